"""Topics and authors (labels): look up by name or slug, or create. Their only writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from tortoise.expressions import Q

from hub import outbox
from hub.auth import ANONYMOUS, Condition, author_condition, topic_condition
from hub.db.database import marks, run, run_many
from hub.drafts import AuthorDraft, TopicDraft
from hub.models import Author, Topic
from hub.text import validation
from hub.text.slugs import slug_of

D = TypeVar("D", TopicDraft, AuthorDraft)
MAX_DEPTH = 16
CHANGED_TAG = "labels"
"""The change feed's tag of all topics and authors: announced if a public one has changed."""


async def ensure_topics(
    drafts: Iterable[TopicDraft], written: set[int] | None = None
) -> dict[TopicDraft, int]:
    """Return the id of each topic, creating missing ones. Within a transaction.

    A draft with a slug is the topic with that slug; one without is the topic of that name, or else
    the topic whose slug equals the name. Descriptions and parents of a draft replace stored ones;
    a parent that does not exist is created from `above`, or else named by its slug; one that would
    form a cycle is ignored. Drafts of one slug are one topic. The ids of topics that were created
    or changed are added to `written`.
    """
    drafts = list(dict.fromkeys(item for draft in drafts for item in (*draft.above, draft)))
    ids = await _find_stored(Topic, drafts)
    created: dict[str, int] = {}
    changed = set[int]()
    for draft in drafts:
        if draft not in ids and draft.slug in created:
            ids[draft] = created[draft.slug]
        elif draft not in ids:
            topic = await Topic.create(
                slug=await _unique_slug(Topic, draft.slug or slug_of(draft.name)),
                name=validation.line(draft.name, "topics", validation.MAX_NAME),
                description=draft.description or "",
            )
            ids[draft] = created[topic.slug] = topic.id
        elif draft.description is not None:
            outdated = Topic.filter(id=ids[draft]).exclude(description=draft.description)
            if await outdated.update(description=draft.description):
                changed.add(ids[draft])
    for draft in drafts:
        if draft.parent is not None and await _move_below(ids[draft], draft.parent):
            changed.add(ids[draft])
    await _announce("topic", changed, topic_condition(ANONYMOUS, "label"))
    if written is not None:
        written |= changed | set(created.values())
    return ids


async def ensure_authors(
    drafts: Iterable[AuthorDraft], written: set[int] | None = None
) -> dict[AuthorDraft, int]:
    """Return the id of each author, creating missing ones. Within a transaction.

    A draft with a slug is the author with that slug; one without is the author of that name, or
    else the author whose slug equals the name. The biography of a draft replaces the stored one.
    The ids of authors who were created or changed are added to `written`.
    """
    drafts = list(dict.fromkeys(drafts))
    ids = await _find_stored(Author, drafts)
    created: dict[str, int] = {}
    changed = set[int]()
    for draft in drafts:
        if draft not in ids and draft.slug in created:
            ids[draft] = created[draft.slug]
        elif draft not in ids:
            author = await Author.create(
                slug=await _unique_slug(Author, draft.slug or slug_of(draft.name)),
                name=validation.line(draft.name, "authors", validation.MAX_NAME),
                bio=draft.bio or "",
            )
            ids[draft] = created[author.slug] = author.id
        elif draft.bio is not None:
            outdated = Author.filter(id=ids[draft]).exclude(bio=draft.bio)
            if await outdated.update(bio=draft.bio):
                changed.add(ids[draft])
    await _announce("author", changed, author_condition(ANONYMOUS, "label"))
    if written is not None:
        written |= changed | set(created.values())
    return ids


LabelChange = tuple[list[int], list[int]]
"""The ids of an article's labels before and after a change."""


async def set_topics(article_id: int, topic_ids: list[int]) -> LabelChange | None:
    """Replace an article's topics by these, in this order; return the change, None without one."""
    return await _set_links("article_topic", "topic_id", article_id, topic_ids)


async def set_authors(article_id: int, author_ids: list[int]) -> LabelChange | None:
    """Replace an article's authors by these, in this order; return the change, None without one."""
    return await _set_links("article_author", "author_id", article_id, author_ids)


async def _find_stored(model: type[Topic] | type[Author], drafts: Sequence[D]) -> dict[D, int]:
    """Return the ids of those drafts that are stored already. One statement."""
    if not drafts:
        return {}
    slugs: list[str] = [draft.slug or draft.name for draft in drafts]
    names: list[str] = [draft.name for draft in drafts if draft.slug is None]
    table = model._meta.db_table
    rows = await run(
        f"SELECT id, slug, name FROM {table} WHERE slug IN ({marks(slugs)})"
        f" UNION SELECT id, slug, name FROM {table} WHERE name IN ({marks(names)})"
        " ORDER BY id DESC",
        [*slugs, *names],
    )
    by_slug: Mapping[str, int] = {row["slug"]: row["id"] for row in rows}
    by_name: Mapping[str, int] = {row["name"]: row["id"] for row in rows}
    ids = {}
    for draft in drafts:
        if draft.slug is not None:
            id_ = by_slug.get(draft.slug)
        else:
            id_ = by_name.get(draft.name, by_slug.get(draft.name))
        if id_ is not None:
            ids[draft] = id_
    return ids


async def _unique_slug(model: type[Topic] | type[Author], slug: str) -> str:
    """Return `slug`, or `slug-2`, `slug-3`, …: the first that is unused."""
    base = slug or model._meta.db_table
    slug, number = base, 1
    while await model.exists(slug=slug):
        number += 1
        slug = f"{base}-{number}"
    return slug


async def _announce(table: str, changed: set[int], public: Condition) -> None:
    """Announce CHANGED_TAG if one of the labels is public.

    A new label becomes public with an article, whose tags tell of it.
    """
    ids = sorted(changed)
    if ids and await run(
        f"SELECT 1 FROM {table} label WHERE label.id IN ({marks(ids)}) AND {public.sql} LIMIT 1",
        [*ids, *public.args],
    ):
        await outbox.announce([CHANGED_TAG])


async def _move_below(topic_id: int, parent_slug: str) -> bool:
    """Move a topic below another unless that forms a cycle or is too deep; return if it moved."""
    parent = await Topic.get_or_none(slug=parent_slug)
    if parent is None:
        parent = await Topic.create(slug=parent_slug, name=parent_slug, description="")
    above = [
        row["id"]
        for row in await run(
            "WITH RECURSIVE above(id, depth) AS (SELECT id, 0 FROM topic WHERE id = ? UNION"
            " SELECT t.parent_id, above.depth + 1 FROM topic t JOIN above ON t.id = above.id"
            f" WHERE t.parent_id IS NOT NULL AND above.depth < {MAX_DEPTH})"
            " SELECT id FROM above",
            [parent.id],
        )
    ]
    if topic_id in above or len(above) >= MAX_DEPTH:
        return False
    moved = Topic.filter(Q(parent_id=None) | ~Q(parent_id=parent.id), id=topic_id)
    return bool(await moved.update(parent_id=parent.id))


async def _set_links(
    table: str, column: str, article_id: int, ids: list[int]
) -> LabelChange | None:
    ids = list(dict.fromkeys(ids))
    rows = await run(
        f"SELECT {column} FROM {table} WHERE article_id = ? ORDER BY position", [article_id]
    )
    before = [int(row[column]) for row in rows]
    if before == ids:
        return None
    if rows:
        await run(f"DELETE FROM {table} WHERE article_id = ?", [article_id])
    await run_many(
        f"INSERT INTO {table} (article_id, {column}, position) VALUES (?, ?, ?)",
        [(article_id, id_, position) for position, id_ in enumerate(ids)],
    )
    return before, ids
