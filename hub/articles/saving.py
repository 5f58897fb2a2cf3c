"""Saves of articles: the rows that follow from each, and the helpers of its services.

All of it is for services and imports, within their transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from hub import audit, links, outbox, related, slugs, snapshots
from hub.auth import Viewer, article_statuses, require_revision
from hub.db.database import marks, run, run_many
from hub.db.timestamps import now
from hub.drafts import (
    AuthorDraft,
    TopicDraft,
)
from hub.errors import Conflict, HubError, Invalid, NotFound
from hub.models import Article, RevisionChange, SlugHistory, Status
from hub.models.article import URL_LENGTH
from hub.outbox import ArticleLocation
from hub.taxonomy import ensure_authors, ensure_topics, set_authors, set_topics
from hub.text import validation
from hub.text.slugs import digest, path_of_key, url_key


async def get_article(article_id: int) -> Article:
    """Return an article, or raise NotFound."""
    article = await Article.get_or_none(id=article_id)
    if article is None:
        raise NotFound("article", article_id)
    return article


async def get_for_revision(article_id: int, seen_version: int | None, by: Viewer) -> Article:
    """Return an article that `by` may revise, being a writer.

    Raises:
        NotAllowed: `by` may not publish, and the article is no draft of its own.
        NotFound: no such article; or any of these problems, if `by` may not see it.
        Conflict: it has been saved since `seen_version`.
    """
    article = await get_article(article_id)
    try:
        check_version(article, seen_version)
        await require_revision(article, by)
    except HubError as problem:
        if article.status.value in article_statuses(by):
            raise
        raise NotFound("article", article_id) from problem
    return article


def check_version(article: Article, seen_version: int | None) -> None:
    """Check that an article has not been saved since `seen_version`, if that is known.

    Raises:
        Conflict: it has been saved since.
    """
    if seen_version not in (None, article.version):
        raise Conflict(article.version, article.updated_at)


async def move_slug(article: Article, slug: str, language: str, by: Viewer) -> None:
    """Keep an article's current slug as an old slug, before it gets `slug`.

    Raises:
        Invalid: another article of that language has `slug`.
        NotFound: one that `by` may not see has it.
    """
    await check_slug(slug, language, by, article.id)
    await add_slugs(article.id, article.language, [article.slug])
    await SlugHistory.filter(article_id=article.id, slug=slug, language=language).delete()


async def add_slugs(article_id: int, language: str, slugs: list[str]) -> None:
    """Map old slugs to an article, replacing earlier owners, but no public one by a hidden one."""
    is_public = "EXISTS (SELECT 1 FROM article a WHERE a.id = {} AND a.status = 'PUBLISHED')"
    await run_many(
        "INSERT INTO slug_history (slug, language, article_id) VALUES (?, ?, ?)"
        " ON CONFLICT (slug, language) DO UPDATE SET article_id = excluded.article_id"
        f" WHERE {is_public.format('excluded.article_id')}"
        f" OR NOT {is_public.format('slug_history.article_id')}",
        [(slug, language, article_id) for slug in slugs],
    )


async def add_addresses(rows: list[tuple[int, str]]) -> None:
    """Store (article id, url) pairs, by which edges are bound and old addresses are resolved.

    Of several urls with one key, the first is stored.
    """
    await run_many(
        "INSERT INTO address (article_id, url_key, path, url) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (article_id, url_key) DO UPDATE SET url = excluded.url"
        " WHERE address.url IS NULL AND excluded.url IS NOT NULL",
        [
            (id_, key, path_of_key(key), url if _is_address(url) else None)
            for id_, url in rows
            if (key := url_key(url))
        ],
    )


def _is_address(url: str) -> bool:
    return len(url) <= URL_LENGTH and url.startswith(("http://", "https://", "/"))


async def store(
    article: Article,
    values: dict[str, Any],
    by: Viewer,
    change: RevisionChange,
    tags_before: frozenset[str] = frozenset(),
    labels: Mapping[str, tuple[object, object]] = MappingProxyType({}),
) -> None:
    """Write `values` as a new version. The caller has held the write lock since its read.

    `tags_before` are those of `tags_of` from before the caller changed labels; `labels` are these
    changes for the audit trail, by ids.
    """
    turns = "status" in values  # it, and edges to and from it, become visible or hidden
    if values.get("status") is Status.PUBLISHED and article.status is not Status.PUBLISHED:
        slug = await slugs.slug_in_public(article, by)
        values = {"slug": slug, **values} if slug != article.slug else values
    if turns:
        tags_before |= await tags_of([article.id]) | await related.related_tags([article.id])
    moves = bool(values.keys() & {"slug", "language", "canonical_url"})
    old_locations = await locations([article.id]) if moves else []
    before = {name: getattr(article, name) for name in values}
    changes = audit.column_changes(before, values) | dict(labels)
    former = article.body_html if "body_html" in values else ""
    article.update_from_dict(values | {"version": article.version + 1, "updated_at": now()})
    await article.save(update_fields=[*values, "version", "updated_at"])
    edges = await links.link_body(article, former) if "body_html" in values else []
    if turns:
        tags_before |= await related.related_tags([article.id])
    # What tags depend on is as it was: those from before the save need not be read again.
    is_tagged = bool(tags_before) and not (turns or moves or labels or "translation_key" in values)
    await record_save(article, by, change, tags_before, old_locations, is_tagged=is_tagged)
    await audit.record_save(change, article.id, changes, by)
    if turns:
        edges += await related.bind_edges_to([article.id])
    if edges:
        await related.announce_edges(edges)


async def record_save(
    article: Article,
    by: Viewer,
    change: RevisionChange,
    tags_before: frozenset[str] = frozenset(),
    old_locations: Iterable[ArticleLocation] = (),
    *,
    is_tagged: bool = False,
) -> None:
    """Store what every save needs: a revision, an outbox event, lines of the change feed.

    `old_locations` are those from before the save, for purging caches. `is_tagged`: `tags_before`
    are those after it, too.
    """
    await snapshots.record([article], by, change)
    if article.canonical_url:
        await add_addresses([(article.id, article.canonical_url)])
    await outbox.record([article.id])
    tags = tags_before if is_tagged else tags_before | await tags_of([article.id])
    await outbox.announce(sorted(tags), old_locations)


async def tags_of(article_ids: Iterable[int]) -> frozenset[str]:
    """Return the change feed's tags of these articles, and of all lists that contain them.

    Those are the lists of all articles, of their topics and these topics' ancestors, of their
    authors and translations, and of look-ups by their slugs, old ones too. A hidden article is in
    no list that readers see, so it has its own tag alone. Three statements.
    """
    ids = list(article_ids)
    tags = {f"article:{id_}" for id_ in ids}
    ids = list(await outbox.public_among(ids))
    if not ids:
        return frozenset(tags)
    rows = await run(
        "WITH RECURSIVE above(id, depth) AS ("
        f"SELECT topic_id, 0 FROM article_topic WHERE article_id IN ({marks(ids)}) UNION"
        " SELECT t.parent_id, above.depth + 1 FROM topic t JOIN above ON t.id = above.id"
        " WHERE t.parent_id IS NOT NULL AND above.depth < 16)"
        " SELECT 'topic:' || id AS tag FROM above UNION"
        f" SELECT 'author:' || author_id FROM article_author WHERE article_id IN ({marks(ids)})",
        [*ids, *ids],
    )
    tags |= {"articles", *(row["tag"] for row in rows)}
    for row in await run(
        f"SELECT slug, translation_key FROM article WHERE id IN ({marks(ids)}) UNION"
        f" SELECT slug, NULL FROM slug_history WHERE article_id IN ({marks(ids)})",
        [*ids, *ids],
    ):
        tags.add(f"slug:{digest(row['slug'])}")
        if row["translation_key"]:
            tags.add(f"translations:{digest(row['translation_key'])}")
    return frozenset(tags)


async def locations(article_ids: Iterable[int]) -> list[ArticleLocation]:
    """Return the locations of these articles, under current and old slugs, if ever public.

    One statement.
    """
    ids = list(article_ids)
    was_public = (
        "EXISTS (SELECT 1 FROM revision v WHERE v.article_id = a.id AND v.status = 'PUBLISHED')"
    )
    rows = await run(
        "SELECT a.id, a.slug, a.language, a.canonical_url FROM article a"
        f" WHERE a.id IN ({marks(ids)}) AND {was_public}"
        " UNION SELECT a.id, h.slug, h.language, a.canonical_url FROM slug_history h"
        f" JOIN article a ON a.id = h.article_id WHERE a.id IN ({marks(ids)}) AND {was_public}",
        [*ids, *ids],
    )
    return [
        ArticleLocation(row["id"], row["slug"], row["language"], row["canonical_url"])
        for row in rows
    ]


async def check_slug(slug: str, language: str, by: Viewer, article_id: int = 0) -> None:
    """Check that no article but this one has the slug.

    Raises:
        Invalid: another one has it.
        NotFound: another one has it that `by` may not see.
    """
    other = await Article.filter(slug=slug, language=language).exclude(id=article_id).first()
    if other is None:
        return
    if other.status.value not in article_statuses(by):
        raise NotFound("free slug", slug)
    raise Invalid("slug", f"{slug} is taken by another article in this language")


async def set_labels(
    article_id: int, topics: tuple[str, ...] | None, authors: tuple[str, ...] | None
) -> dict[str, tuple[object, object]]:
    """Set labels by their names, None for those that stay; return the changes, ids of labels."""
    changes: dict[str, tuple[object, object]] = {}
    if topics is not None:
        drafts = [TopicDraft(name) for name in validation.names(topics, "topics")]
        ids = await ensure_topics(drafts)
        if change := await set_topics(article_id, [ids[draft] for draft in drafts]):
            changes["topics"] = change
    if authors is not None:
        bylines = [AuthorDraft(name) for name in validation.names(authors, "authors")]
        author_ids = await ensure_authors(bylines)
        if change := await set_authors(article_id, [author_ids[draft] for draft in bylines]):
            changes["authors"] = change
    return changes
