"""The records of `hub export`, a JSON object each: topics, authors, then articles by their age."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import orjson

from hub.auth import ALL_COMMENTS
from hub.db.database import Reader
from hub.models import CommentStatus, Status
from hub.reads import export
from hub.reads.export import WholeArticle, WholeComment, WholeEdge
from hub.text.slugs import url_key

BATCH = 200
SOURCE = "hub"
"""The source of what was written in a hub itself: an import needs one to find it again."""


async def exported(db: Reader, *, public: bool = False) -> AsyncIterator[bytes]:
    """Every record as a line of JSON, without its end. Memory stays flat.

    `public` leaves out all that readers do not see, e-mail addresses too.
    """
    for slug, name, description, parent in await export.topics(db):
        yield _line(
            {"type": "topic", "slug": slug, "name": name, "parent": parent}
            | {"description": description or None}
        )
    for slug, name, bio in await export.authors(db):
        yield _line({"type": "author", "slug": slug, "name": name, "bio": bio or None})
    statuses = [Status.PUBLISHED.value] if public else [one.value for one in Status]
    moderated = [CommentStatus.APPROVED.value] if public else list(ALL_COMMENTS)
    after = 0
    while batch := await export.articles(db, after, BATCH, statuses):
        after = batch[-1].id
        ids = [one.id for one in batch]
        authors, topics = await export.labels(db, ids)
        slugs, keys = await export.names(db, ids)
        edges = await export.edges(db, ids)
        comments = await export.comments(db, ids, moderated)
        for one in batch:
            yield _line(
                _article(one, public)
                | {
                    "authors": [
                        dict(zip(_LABEL, row, strict=True)) for row in authors.get(one.id, [])
                    ],
                    "topics": [
                        dict(zip(_LABEL, row, strict=True)) for row in topics.get(one.id, [])
                    ],
                    "aliases": [slug for (slug,) in slugs.get(one.id, [])],
                    "addresses": [_address(key) for (key,) in keys.get(one.id, [])],
                    "relations": [
                        _relation(edge)
                        for edge in edges.get(one.id, [])
                        if edge.target_status in (None, *statuses)
                    ],
                    "comments": [_comment(each, public) for each in comments.get(one.id, [])],
                }
            )


_LABEL = ("name", "slug")


def _article(one: WholeArticle, public: bool) -> dict[str, Any]:
    return {
        "type": "article",
        "source": one.source or SOURCE,
        "key": one.source_key or f"article-{one.id}",
        "title": one.title,
        "slug": one.slug,
        "language": one.language,
        "kind": one.kind,
        "status": one.status,
        "published_at": _moment(one.published_at),
        "created_at": _moment(one.created_at),
        "updated_at": _moment(one.updated_at),
        "summary": one.summary,
        "body": one.body_html,
        "body_format": "HTML",
        "image_url": one.image_url,
        "image_alt": one.image_alt,
        "canonical_url": one.canonical_url,
        "translation_key": one.translation_key,
        "comments_open": bool(one.comments_open),
        "metadata": orjson.loads(one.metadata) if one.metadata and not public else None,
    }


def _relation(edge: WholeEdge) -> dict[str, Any]:
    """An edge by what it finds its target; one that was led there by hand, by the target's slug."""
    named = edge.slug or edge.headline or edge.wanted_url
    return {
        "kind": edge.kind,
        "anchor": edge.anchor,
        "url": edge.url,
        "slug": edge.slug if named else edge.target_slug,
        "by_headline": edge.headline is not None,
        "position": edge.position,
    }


def _comment(one: WholeComment, public: bool) -> dict[str, Any]:
    parent = one.parent_key or (f"comment-{one.parent_id}" if one.parent_id else None)
    return {
        "key": one.source_key or f"comment-{one.id}",
        "author_name": one.author_name,
        "author_email": None if public else one.author_email,
        "body": one.body_html,
        "body_format": "HTML",
        "created_at": _moment(one.created_at),
        "status": one.status,
        "kind": one.kind,
        "parent_key": parent,
    }


def _address(key: str) -> str:
    """A url with this normal form; some keys are their own."""
    return next((url for url in (f"//{key}", key) if url_key(url) == key), key)


def _moment(stored: str | None) -> str | None:
    """A moment of a row in ISO 8601, in UTC."""
    if stored is None:
        return None
    return datetime.fromisoformat(stored).isoformat().replace("+00:00", "Z")


def _line(record: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {name: value for name, value in record.items() if value not in (None, [], "")}
    )
