"""Create and revise articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from hub import audit, links, related, slugs
from hub.articles.saving import (
    check_slug,
    get_article,
    get_for_revision,
    move_slug,
    record_save,
    set_labels,
    store,
    tags_of,
)
from hub.auth import Permission, Viewer
from hub.db.database import transaction
from hub.db.timestamps import now
from hub.drafts import (
    KEEP,
    ArticleChanges,
    NewArticle,
    derive_columns,
    resolve_status,
)
from hub.models import Article, RevisionChange, Status
from hub.text import seo, validation
from hub.text.slugs import slug_of


async def create(new: NewArticle, *, by: Viewer) -> int:
    """Store a new article, and return its id.

    Raises:
        NotAllowed: `by` is not a writer; or the status is not DRAFT, and `by` may not publish.
        Invalid: a value is out of bounds, or the slug is in use in that language.
    """
    by.require(Permission.WRITE)
    if new.status is not Status.DRAFT:
        by.require(Permission.PUBLISH)
    values = await derive_columns({f.name: getattr(new, f.name) for f in fields(new)})
    return await _create(new, values, by)


@transaction
async def _create(new: NewArticle, values: Mapping[str, Any], by: Viewer) -> int:
    moment = now()
    status, published_at = resolve_status(new.status, new.published_at, moment)
    slug = await _new_slug(new.slug, values, status, by)
    stored = {**values, "slug": slug, "status": status, "published_at": published_at}
    article = await Article.create(**stored, created_at=moment, updated_at=moment)
    labels = await set_labels(article.id, new.topics, new.authors)
    edges = await links.link_body(article)
    await record_save(article, by, RevisionChange.CREATED)
    changes = audit.column_changes({}, stored) | labels
    await audit.record_save(RevisionChange.CREATED, article.id, changes, by)
    await related.announce_edges([*edges, *await related.bind_edges_to([article.id])])
    return int(article.id)


async def revise(article_id: int, changes: ArticleChanges, *, seen_version: int, by: Viewer) -> int:
    """Change an article unless it was saved after `seen_version`, and return its version.

    The old slug still resolves to the article. A revision that changes nothing saves nothing.

    Raises:
        NotAllowed: `by` is not a writer, or may not publish and the article is no draft of its own.
        NotFound: no such article; or any of these problems, if `by` may not see it.
        Invalid: a value is out of bounds, or the slug is in use in that language.
        Conflict: it has been saved since `seen_version`.
    """
    by.require(Permission.WRITE)
    inputs = {
        f.name: value for f in fields(changes) if (value := getattr(changes, f.name)) is not KEEP
    }
    values = await derive_columns(inputs)
    if isinstance(changes.slug, str):
        values["slug"] = validation.slug(changes.slug)
    return await _revise(article_id, inputs, values, seen_version, by)


@transaction
async def _revise(
    article_id: int,
    inputs: Mapping[str, Any],
    values: Mapping[str, Any],
    seen_version: int,
    by: Viewer,
) -> int:
    article = await get_for_revision(article_id, seen_version, by)
    if "seo" in inputs:
        values = {**values, "metadata": seo.merge(article.metadata, inputs["seo"])}
    changed = {key: value for key, value in values.items() if getattr(article, key) != value}
    tags = await tags_of([article_id])
    labels = await set_labels(article_id, inputs.get("topics"), inputs.get("authors"))
    if not changed and not labels:
        return article.version
    if changed.keys() & {"slug", "language"}:
        await move_slug(
            article,
            changed.get("slug", article.slug),
            changed.get("language", article.language),
            by,
        )
    await store(article, changed, by, RevisionChange.REVISED, tags, labels)
    await related.announce_edges(await related.bind_edges_to([article_id]))
    return article.version


async def _new_slug(
    requested: str | None, values: Mapping[str, Any], status: Status, by: Viewer
) -> str:
    if requested is None:
        base = slug_of(values["title"]) or "article"
        return await slugs.new_slug(base, values["language"], status, by)
    slug = validation.slug(requested)
    await check_slug(slug, values["language"], by)
    return slug


@transaction
async def correct_language(article_id: int, language: str, *, by: Viewer) -> bool:
    """Give an imported article the language of its text; return whether it is as it was imported.

    One that has been edited since stays as it is: its language may be an editor's choice. The next
    import finds it unedited, and keeps its language.

    Raises:
        NotAllowed: `by` may not publish, for what readers see changes.
        NotFound: no such article.
        Invalid: it is no language tag.
    """
    by.require(Permission.PUBLISH)
    language = validation.language(language, "language")
    article = await get_article(article_id)
    if article.source is None or article.version != article.source_version:
        return False
    slug = await slugs.new_slug(article.slug, language, article.status, by)
    await move_slug(article, slug, language, by)
    values = {"slug": slug, "language": language, "source_version": article.version + 1}
    await store(article, values, by, RevisionChange.REVISED)
    return True
