"""Find topics and authors by name or slug, or create them, and let articles carry them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from tortoise.expressions import Q

from hub import outbox
from hub.auth import ANONYMOUS
from hub.db.database import marks, run, run_many, transaction
from hub.drafts import AuthorDraft, TopicDraft
from hub.models import Author, Topic
from hub.taxonomy.labels import AUTHORS, CHANGED_TAG, MAX_DEPTH, TOPICS, LabelKind, ids_above
from hub.text import validation
from hub.text.slugs import slug_of

D = TypeVar("D", TopicDraft, AuthorDraft)


async def ensure_topics(
    drafts: Iterable[TopicDraft], written: set[int] | None = None
) -> dict[TopicDraft, int]:
    """Return the id of each topic, creating missing ones. Within a transaction.

    A draft with a slug is the topic with that slug; one without is the topic of that name, or else
    the topic whose slug equals the name, or whose name differs in its case alone. A topic that was
    renamed or merged is found by its old names too, where no other has them. Descriptions and
    parents of a draft replace stored ones, unless an editor has changed the topic; a parent that
    does not exist is created from `above`, or else named by its slug; one that would form a cycle
    is ignored. Drafts of one slug are one topic. The ids of topics that were created or changed are
    added to `written`.
    """
    drafts = list(dict.fromkeys(item for draft in drafts for item in (*draft.above, draft)))
    ids, edited = await _find_stored(TOPICS, drafts)
    created: dict[str | tuple[str], int] = {}
    changed = set[int]()
    for draft in drafts:
        if draft not in ids and (key := _key(draft)) in created:
            ids[draft] = created[key]
        elif draft not in ids:
            topic = await Topic.create(
                slug=await _unique_slug(TOPICS, draft.slug or slug_of(draft.name)),
                name=validation.line(draft.name, "topics", validation.MAX_NAME),
                **{"description": ""} | _said_of_topic(draft),
                taxonomy=validation.taxonomy(draft.taxonomy, "taxonomy"),
            )
            ids[draft] = created[_key(draft)] = created[topic.slug] = topic.id
        elif await _update(TOPICS, ids[draft], _said_of_topic(draft), edited):
            changed.add(ids[draft])
    changed |= await _classify(drafts)
    for draft in drafts:
        id_ = ids[draft]
        if draft.parent and id_ not in edited and await _move_below(id_, draft.parent):
            changed.add(id_)
    await _announce(TOPICS, changed)
    if written is not None:
        written |= changed | set(created.values())
    return ids


@transaction
async def classify_topics(drafts: Iterable[TopicDraft]) -> None:
    """Store the taxonomies of topics that have none, as that of an import before version 0.3.

    One statement if there is nothing to do.
    """
    await _announce(TOPICS, await _classify(drafts))


async def ensure_authors(
    drafts: Iterable[AuthorDraft], written: set[int] | None = None
) -> dict[AuthorDraft, int]:
    """Return the id of each author, creating missing ones. Within a transaction.

    A draft is found as that of a topic is: see `ensure_topics`. What a draft says of an author
    replaces what is stored. The ids of authors who were created or changed are added to `written`.
    """
    drafts = list(dict.fromkeys(drafts))
    ids, edited = await _find_stored(AUTHORS, drafts)
    created: dict[str | tuple[str], int] = {}
    changed = set[int]()
    for draft in drafts:
        if draft not in ids and (key := _key(draft)) in created:
            ids[draft] = created[key]
        elif draft not in ids:
            author = await Author.create(
                slug=await _unique_slug(AUTHORS, draft.slug or slug_of(draft.name)),
                name=validation.line(draft.name, "authors", validation.MAX_NAME),
                **{"bio": ""} | _profile(draft),
            )
            ids[draft] = created[_key(draft)] = created[author.slug] = author.id
        elif await _update(AUTHORS, ids[draft], _profile(draft), edited):
            changed.add(ids[draft])
    await _announce(AUTHORS, changed)
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


async def _update(kind: LabelKind, id_: int, columns: dict[str, Any], edited: set[int]) -> bool:
    """Store these columns of a label, unless an editor changed it; return whether any differed."""
    if not columns or id_ in edited:
        return False
    label = await kind.model.get(id=id_)
    if all(getattr(label, name) == value for name, value in columns.items()):
        return False
    await kind.model.filter(id=id_).update(**columns)
    return True


def _said_of_topic(draft: TopicDraft) -> dict[str, Any]:
    """Return the columns of what a draft says of a topic. Raises Invalid."""
    columns = {} if draft.description is None else {"description": draft.description}
    translations = {"translations": draft.translations} if draft.translations else {}
    return columns | TOPICS.validate(translations)


def _profile(draft: AuthorDraft) -> dict[str, Any]:
    """Return the columns of what a draft says of an author. Raises Invalid."""
    names = ("image_url", "image_alt", "links", "translations")
    values = {name: value for name in names if (value := getattr(draft, name))}
    profile = AUTHORS.validate(values)
    return profile | ({} if draft.bio is None else {"bio": draft.bio})


async def _classify(drafts: Iterable[TopicDraft]) -> set[int]:
    """Store taxonomies where there are none; return the ids of these topics."""
    taxonomies = {
        draft.slug: name
        for draft in reversed(list(drafts))
        if draft.slug and (name := validation.taxonomy(draft.taxonomy, "taxonomy"))
    }
    if not taxonomies:
        return set()
    rows = await run(
        "SELECT id, slug FROM topic WHERE taxonomy IS NULL AND edited = FALSE"
        f" AND slug IN ({marks(list(taxonomies))})",
        list(taxonomies),
    )
    pairs = [(taxonomies[row["slug"]], row["id"]) for row in rows]
    await run_many("UPDATE topic SET taxonomy = ? WHERE id = ?", pairs)
    return {id_ for _, id_ in pairs}


def _key(draft: TopicDraft | AuthorDraft) -> str | tuple[str]:
    """Return what drafts of one new label have in common: the slug, or else the folded name."""
    return draft.slug or (draft.name.casefold(),)


async def _find_stored(kind: LabelKind, drafts: Sequence[D]) -> tuple[dict[D, int], set[int]]:
    """Return the ids of those drafts that are stored, and which of these editors have changed.

    One statement.
    """
    if not drafts:
        return {}, set()
    names: list[str] = [draft.name for draft in drafts if draft.slug is None]
    slugs: list[str] = [draft.slug or draft.name for draft in drafts]
    slugs += map(slug_of, names)
    now = f"SELECT 1 AS turn, id, slug, name, edited FROM {kind.name}"
    once = f"SELECT 0, {kind.column}, slug, name, TRUE FROM former_{kind.name}"
    rows = await run(
        f"{now} WHERE slug IN ({marks(slugs)}) UNION {now} WHERE name IN ({marks(names)}) UNION"
        f" {once} WHERE slug IN ({marks(slugs)}) UNION {once} WHERE name IN ({marks(names)})"
        " ORDER BY turn, id DESC",
        [*slugs, *names, *slugs, *names],
    )
    # What labels are called now is stored over what they were called, older ones over newer ones.
    by_slug: Mapping[str, int] = {row["slug"]: row["id"] for row in rows}
    by_name: Mapping[str, int] = {row["name"]: row["id"] for row in rows}
    folded = {row["slug"]: row["name"].casefold() for row in rows}
    ids = {}
    for draft in drafts:
        if draft.slug is not None:
            id_ = by_slug.get(draft.slug)
        else:
            id_ = by_name.get(draft.name, by_slug.get(draft.name))
            if id_ is None and folded.get(slug := slug_of(draft.name)) == draft.name.casefold():
                id_ = by_slug[slug]
        if id_ is not None:
            ids[draft] = id_
    return ids, {row["id"] for row in rows if row["edited"]}


async def _unique_slug(kind: LabelKind, slug: str) -> str:
    """Return `slug`, or `slug-2`, `slug-3`, …: the first that no label has or had."""
    base = slug or kind.name
    slug, number = base, 1
    while await kind.model.exists(slug=slug) or await kind.former.exists(slug=slug):
        number += 1
        slug = f"{base}-{number}"
    return slug


async def _announce(kind: LabelKind, changed: set[int]) -> None:
    """Announce CHANGED_TAG if one of the labels is public.

    A new label becomes public with an article, whose tags tell of it.
    """
    ids, public = sorted(changed), kind.condition(ANONYMOUS, "label")
    if ids and await run(
        f"SELECT 1 FROM {kind.name} label WHERE label.id IN ({marks(ids)}) AND {public.sql}"
        " LIMIT 1",
        [*ids, *public.args],
    ):
        await outbox.announce([CHANGED_TAG])


async def _move_below(topic_id: int, parent_slug: str) -> bool:
    """Move a topic below another unless that forms a cycle or is too deep; return if it moved."""
    draft = TopicDraft(parent_slug, parent_slug)
    ids, _ = await _find_stored(TOPICS, [draft])
    parent_id = ids.get(draft)
    if parent_id is None:
        parent = await Topic.create(slug=parent_slug, name=parent_slug, description="")
        parent_id = parent.id
    above = await ids_above(parent_id)
    if topic_id in above or len(above) >= MAX_DEPTH:
        return False
    moved = Topic.filter(Q(parent_id=None) | ~Q(parent_id=parent_id), id=topic_id)
    return bool(await moved.update(parent_id=parent_id))


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
