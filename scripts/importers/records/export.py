"""The records of `hub export`, a JSON object each: topics, authors, then articles by age."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import orjson

from hub.auth import ALL_COMMENTS, ANONYMOUS, SYSTEM
from hub.db.database import Reader
from hub.drafts import ARTICLE_FIELDS
from hub.models import CommentStatus, Status
from hub.reads import export
from hub.reads.export import ExportedComment, ExportedEdge
from hub.text.slugs import url_key

BATCH = 200
SOURCE = "hub"
"""The source of articles created in a hub itself: an import identifies them by source and key."""


async def export_records(db: Reader, *, public: bool = False) -> AsyncIterator[bytes]:
    """Yield every record as a line of JSON, without line end, in constant memory.

    `public` leaves out all that is not public, including e-mail addresses.
    """
    viewer = ANONYMOUS if public else SYSTEM
    for slug, name, description, taxonomy, parent, names in await export.topics(db, viewer):
        yield _line(
            {"type": "topic", "slug": slug, "name": name, "parent": parent}
            | {"description": description or None, "taxonomy": taxonomy}
            | {"translations": _names(names)}
        )
    for slug, name, bio, image_url, image_alt, links, names in await export.authors(db, viewer):
        yield _line(
            {"type": "author", "slug": slug, "name": name, "bio": bio or None}
            | {"image_url": image_url, "image_alt": image_alt, "links": orjson.loads(links or "[]")}
            | {"translations": _names(names)}
        )
    statuses = [Status.PUBLISHED.value] if public else [status.value for status in Status]
    moderated = [CommentStatus.APPROVED.value] if public else list(ALL_COMMENTS)
    after = 0
    while batch := await export.articles(db, after, BATCH, statuses):
        after = batch[-1]["id"]
        ids = [article["id"] for article in batch]
        authors, topics = await export.labels(db, ids)
        slugs, keys = await export.names(db, ids)
        edges = await export.edges(db, ids, viewer)
        comments = await export.comments(db, ids, moderated)
        for article in batch:
            id_ = article["id"]
            yield _line(
                _article(article, public)
                | {
                    "authors": [
                        dict(zip(_LABEL, row, strict=True)) for row in authors.get(id_, [])
                    ],
                    "topics": [dict(zip(_LABEL, row, strict=True)) for row in topics.get(id_, [])],
                    "aliases": [slug for (slug,) in slugs.get(id_, [])],
                    "addresses": [_to_url(key) for (key,) in keys.get(id_, [])],
                    "relations": [_relation(edge) for edge in edges.get(id_, [])],
                    "comments": [_comment(comment, public) for comment in comments.get(id_, [])],
                }
            )


_LABEL = ("name", "slug")


def _names(translations: str | None) -> list[dict[str, str]]:
    names: dict[str, str] = orjson.loads(translations or "{}")
    return [{"language": language, "name": name} for language, name in names.items()]


def _article(article: dict[str, Any], public: bool) -> dict[str, Any]:
    metadata = article["metadata"]
    return {
        "type": "article",
        "source": article["source"] or SOURCE,
        "key": article["source_key"] or f"article-{article['id']}",
        "slug": article["slug"],
        "status": article["status"],
        **{name: _to_iso(article[name]) for name in ("published_at", "created_at", "updated_at")},
        **{field.name: article[field.name] for field in ARTICLE_FIELDS},
        "comments_open": bool(article["comments_open"]),  # SQLite returns 0 or 1
        "body": article["body_html"],
        "body_format": "HTML",
        "metadata": orjson.loads(metadata) if metadata and not public else None,
    }


def _relation(edge: ExportedEdge) -> dict[str, Any]:
    """Serialize a relation by what identifies its target; one set by hand, by the target's slug."""
    has_target = edge.slug or edge.headline or edge.url_key
    return {
        "kind": edge.kind,
        "anchor": edge.anchor,
        "url": edge.url,
        "slug": edge.slug if has_target else edge.target_slug,
        "by_headline": edge.headline is not None,
        "position": edge.position,
        **({"chosen": True} if edge.chosen else {}),
    }


def _comment(comment: ExportedComment, public: bool) -> dict[str, Any]:
    parent = comment.parent_key or (f"comment-{comment.parent_id}" if comment.parent_id else None)
    return {
        "key": comment.source_key or f"comment-{comment.id}",
        "author_name": comment.author_name,
        "author_email": None if public else comment.author_email,
        "body": comment.body_html,
        "body_format": "HTML",
        "created_at": _to_iso(comment.created_at),
        "status": comment.status,
        "kind": comment.kind,
        "parent_key": parent,
    }


def _to_url(key: str) -> str:
    """Return a url whose normal form is `key`; for some keys the key itself."""
    return next((url for url in (f"//{key}", key) if url_key(url) == key), key)


def _to_iso(stored: str | None) -> str | None:
    """Convert a stored time to ISO 8601 in UTC."""
    if stored is None:
        return None
    return datetime.fromisoformat(stored).isoformat().replace("+00:00", "Z")


def _line(record: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {name: value for name, value in record.items() if value not in (None, [], "")}
    )
