"""Snapshots: all that readers could see of a version of an article, stored with its revision.

A snapshot is a JSON object: the columns of `COLUMNS`, `topics` and `authors` in their order as
`[id, slug, name]`, and `edges`, the editorial and imported ones in their order, as the values of
`EDGE`. `source_hash`, `is_imported` and `held_back` say what its import knew of it. Derived edges
and comments are none of it: they have a life of their own.

A revision holds its snapshot packed: whole, or as a delta from the last whole one. So reading any
takes two rows, however many there are, and old ones can be deleted one by one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import orjson

from hub.auth import Viewer
from hub.db.database import marks, run
from hub.db.timestamps import now, to_iso
from hub.drafts import ARTICLE_FIELDS
from hub.media import rows as media
from hub.models import Article, Revision, RevisionChange
from hub.text import deltas, diff, markup

Snapshot: TypeAlias = dict[str, Any]

COLUMNS = (
    *(field.name for field in ARTICLE_FIELDS),
    *("slug", "status", "published_at", "metadata", "body_html"),
)
"""The columns of an article that its snapshot holds."""

FIELDS = (*COLUMNS, "topics", "authors", "edges")
"""The parts of a snapshot that a revision tells, in the order of differences."""

EDGE = (
    *("kind", "origin", "position", "anchor", "url", "weight", "chosen"),
    *("wanted_url", "wanted_slug", "wanted_headline", "target_id"),
)
"""The values of an edge in a snapshot."""

_LEVEL = 3
"""The level of compression: a whole snapshot of 100 kB takes 2 ms, and 45 kB."""


class Packed(NamedTuple):
    """A stored snapshot: whole, or a delta from the whole one of the revision `base`."""

    base: int | None
    content: bytes


class Base(NamedTuple):
    """A whole snapshot, packed, by its revision's id; `used` are the bytes of deltas from it."""

    id: int
    content: bytes
    used: int


def pack(snapshot: Snapshot, base: Base | None) -> Packed:
    """Pack a snapshot as a delta from `base`, or whole when the deltas would outgrow that.

    So n saves take at most about twice the space of the smallest sum of whole ones and deltas.
    """
    text = orjson.dumps(snapshot).decode()
    if base is not None:
        delta = deltas.encode(_decompress(base.content), text)
        content = zlib.compress(orjson.dumps(delta), _LEVEL)
        if base.used + len(content) <= len(base.content):
            return Packed(base.id, content)
    return Packed(None, zlib.compress(text.encode(), _LEVEL))


def unpack(content: bytes, base: bytes | None) -> Snapshot:
    """Return the snapshot of a revision; `base` is the content of its base, if it has one."""
    text = _decompress(content)
    if base is not None:
        text = deltas.apply(_decompress(base), orjson.loads(text))
    snapshot: Snapshot = orjson.loads(text)
    return snapshot


def _decompress(content: bytes) -> str:
    return zlib.decompress(content).decode()


async def load(articles: Sequence[Article]) -> dict[int, Snapshot]:
    """Return the snapshots of articles as they are now, in a transaction. One statement."""
    parts = await _load_parts([int(article.id) for article in articles])
    return {
        int(article.id): {
            **{name: to_json(getattr(article, name)) for name in COLUMNS},
            **{name: parts[name].get(article.id, []) for name in ("topics", "authors", "edges")},
            "source_hash": article.source_hash,
            "is_imported": article.source_version == article.version,
            "held_back": article.held_back,
        }
        for article in articles
    }


def to_json(value: Any) -> Any:
    """Return the value of a column as a snapshot holds it."""
    if isinstance(value, datetime):
        return to_iso(value)
    return getattr(value, "value", value)


async def record(articles: Sequence[Article], by: Viewer, change: RevisionChange) -> None:
    """Store the present version of each article as a revision, in a transaction.

    Three statements, for any number of articles; one more if any carries a picture of the hub.
    """
    await media.record_uses(articles)
    snapshots = await load(articles)
    bases = await _load_bases([article.id for article in articles if article.version > 1])
    moment, rows = now(), []
    for article in articles:
        packed = pack(snapshots[article.id], bases.get(article.id))
        rows.append(
            Revision(
                article_id=article.id,
                version=article.version,
                slug=article.slug,
                title=article.title,
                summary="",
                body_html="",
                status=article.status,
                editor=by.name,
                created_at=article.updated_at,
                change=change,
                saved_at=moment,
                published_at=article.published_at,
                base=packed.base,
                content=packed.content,
            )
        )
    await Revision.bulk_create(rows)


async def amend(article_id: int) -> None:
    """Store an article's present edges with its last revision, in a transaction.

    Edges that editors draw or take away make no new version of the article's text: a revision
    tells those that it had last. Its topics and authors stay: what became of them since is told by
    their own history (`hub.taxonomy.history`). Four statements.
    """
    article = await Article.get(id=article_id)
    snapshot = (await load([article]))[article_id]
    rows = await run(
        "SELECT r.id, r.content, b.id AS base, b.content AS base_content FROM revision r"
        " LEFT JOIN revision b ON b.id = r.base WHERE r.article_id = ?"
        " ORDER BY r.version DESC LIMIT 1",
        [article_id],
    )
    for id_, content, base, base_content in rows:
        if content is not None:
            stored = unpack(content, base_content)
            snapshot |= {name: stored[name] for name in ("topics", "authors")}
        packed = pack(snapshot, Base(base, bytes(base_content), 0) if base else None)
        await Revision.filter(id=id_).update(base=packed.base, content=packed.content)


async def read(article_id: int, version: int) -> Snapshot | None:
    """Return the snapshot of a version, in a transaction; None if there is no such revision.

    Of a revision before 0.3, what it holds. One statement.
    """
    rows = await run(
        f"SELECT {STORED} FROM revision r LEFT JOIN revision b ON b.id = r.base"
        " WHERE r.article_id = ? AND r.version = ?",
        [article_id, version],
    )
    return from_row(tuple(rows[0])) if rows else None


STORED = (
    "r.content, b.content AS base_content, r.title, r.subtitle, r.summary, r.body_html, r.slug,"
    " r.status"
)
"""The columns of which `from_row` makes a snapshot, of a revision `r` and its base `b`."""


def from_row(row: Sequence[Any]) -> Snapshot:
    """Return the snapshot of a row of STORED; of an older revision only the parts that it has."""
    content, base, *columns = row
    if content is not None:
        return unpack(content, base)
    old = dict(
        zip(("title", "subtitle", "summary", "body_html", "slug", "status"), columns, strict=True)
    )
    return {name: value for name, value in old.items() if value is not None}


def lacking(snapshot: Snapshot) -> list[str]:
    """Return the names of the parts that a snapshot of an older version of the hub lacks."""
    return [name for name in FIELDS if name not in snapshot]


# ── differences ───────────────────────────────────────────────────────────────────────────────


class Difference(NamedTuple):
    """A part of an article that differs between two versions, with the segments of both."""

    name: str
    segments: list[diff.Segment]


def compare(old: Snapshot, new: Snapshot) -> list[Difference]:
    """Return the differences of two snapshots, part by part and word by word.

    Parts that one of them lacks are left out. Bodies are compared as plain text, unless only their
    markup differs. Takes some microseconds a character: long ones are for a thread.
    """
    return [
        Difference(name, diff.compare(*_texts(name, old[name], new[name])))
        for name in FIELDS
        if name in old and name in new and old[name] != new[name]
    ]


def _texts(name: str, old: Any, new: Any) -> tuple[str, str]:
    """Return two values of a part as texts that differ."""
    if name == "body_html":
        texts = markup.to_text(old), markup.to_text(new)
        return texts if texts[0] != texts[1] else (old, new)
    texts = _format(name, old), _format(name, new)
    return texts if texts[0] != texts[1] else (str(old), str(new))


def _format(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in ("topics", "authors"):
        return "\n".join(label for _, _, label in value)
    if name == "edges":
        return "\n".join(_format_edge(dict(zip(EDGE, edge, strict=False))) for edge in value)
    if name == "metadata":
        return "\n".join(f"{key}: {text}" for key, text in orjson.loads(value).items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _format_edge(edge: dict[str, Any]) -> str:
    target = edge["url"] or (f"article {edge['target_id']}" if edge["target_id"] else "")
    return " ".join(filter(None, (edge["kind"], edge["anchor"], target)))


# ── private ───────────────────────────────────────────────────────────────────────────────────


async def _load_parts(ids: Sequence[int]) -> dict[str, dict[int, list[list[Any]]]]:
    """Return the edges, topics and authors of each article, in their order. One statement.

    The rows of labels are padded to those of edges.
    """
    label = (
        "SELECT '{0}s', x.article_id, x.position, x.id, t.slug, NULL, NULL, t.name, NULL, NULL,"
        " NULL, NULL, NULL, NULL, t.id FROM article_{0} x JOIN {0} t ON t.id = x.{0}_id"
        f" WHERE x.article_id IN ({marks(ids)})"
    )
    rows = await run(
        f"SELECT 'edges' AS part, source_id, rank, id, {', '.join(EDGE)} FROM relation"
        f" WHERE source_id IN ({marks(ids)}) AND origin <> 'DERIVED' UNION ALL"
        f" {label.format('topic')} UNION ALL {label.format('author')} ORDER BY 2, 3, 4",
        [*ids, *ids, *ids],
    )
    parts: dict[str, dict[int, list[list[Any]]]] = {"edges": {}, "topics": {}, "authors": {}}
    for row in rows:
        part, article_id, _, _, *values = tuple(row)
        if part == "edges":
            values[_CHOSEN] = bool(values[_CHOSEN])
        else:
            values = [values[_TARGET], values[_KIND], values[_ANCHOR]]
        parts[part].setdefault(article_id, []).append(values)
    return parts


_KIND, _ANCHOR, _CHOSEN, _TARGET = map(EDGE.index, ("kind", "anchor", "chosen", "target_id"))


async def _load_bases(ids: Iterable[int]) -> dict[int, Base]:
    """Return the last whole snapshot of each article that has one. One statement at most."""
    ids = list(ids)
    if not ids:
        return {}
    rows = await run(
        "SELECT b.article_id, b.id, b.content, (SELECT COALESCE(sum(length(d.content)), 0)"
        " FROM revision d WHERE d.article_id = b.article_id AND d.version > b.version) AS used"
        " FROM article a JOIN revision b ON b.id = (SELECT COALESCE(l.base, l.id) FROM revision l"
        " WHERE l.article_id = a.id ORDER BY l.version DESC LIMIT 1)"
        f" WHERE a.id IN ({marks(ids)}) AND b.content IS NOT NULL",
        ids,
    )
    return {row["article_id"]: Base(row["id"], bytes(row["content"]), row["used"]) for row in rows}
