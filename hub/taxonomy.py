"""Topics and authors: found by name or slug, made where they are missing. Their only writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from tortoise.expressions import Q

from hub import outbox
from hub.db.database import marks, run
from hub.drafts import AuthorDraft, TopicDraft
from hub.models import Author, Topic
from hub.text import validation
from hub.text.slugs import slug_of

D = TypeVar("D", TopicDraft, AuthorDraft)
MAX_DEPTH = 16
CHANGED_TAG = "labels"
"""The change feed's tag of every topic and author that is stored: one of them has changed."""


async def ensure_topics(drafts: Iterable[TopicDraft]) -> dict[TopicDraft, int]:
    """The id of each topic, creating those that are missing. Within a transaction.

    A draft with a slug is that topic; one without is the topic of that name, or else of that
    slug. Descriptions and parents that a draft brings replace what is stored; a parent that
    does not exist is created as `above` has it, or else under its slug, and one that would
    close a circle is left out. Drafts of one slug are one topic.
    """
    drafts = list(dict.fromkeys(one for draft in drafts for one in (*draft.above, draft)))
    known = await _find(Topic, drafts)
    made: dict[str, int] = {}
    changed = 0
    for draft in drafts:
        if draft not in known and draft.slug in made:
            known[draft] = made[draft.slug]
        elif draft not in known:
            topic = await Topic.create(
                slug=await _free_slug(Topic, draft.slug or slug_of(draft.name)),
                name=validation.line(draft.name, "topics", validation.MAX_NAME),
                description=draft.description or "",
            )
            known[draft] = made[topic.slug] = topic.id
        elif draft.description is not None:
            changed += await (
                Topic.filter(id=known[draft])
                .exclude(description=draft.description)
                .update(description=draft.description)
            )
    for draft in drafts:
        if draft.parent is not None:
            changed += await _place(known[draft], draft.parent)
    await _announce("topics", bool(made) or changed > 0, changed > 0)
    return known


async def ensure_authors(drafts: Iterable[AuthorDraft]) -> dict[AuthorDraft, int]:
    """The id of each author, creating those that are missing. Within a transaction.

    A draft with a slug is that author; one without is the author of that name, or else of that
    slug. A biography that a draft brings replaces what is stored.
    """
    drafts = list(dict.fromkeys(drafts))
    known = await _find(Author, drafts)
    made: dict[str, int] = {}
    changed = 0
    for draft in drafts:
        if draft not in known and draft.slug in made:
            known[draft] = made[draft.slug]
        elif draft not in known:
            author = await Author.create(
                slug=await _free_slug(Author, draft.slug or slug_of(draft.name)),
                name=validation.line(draft.name, "authors", validation.MAX_NAME),
                bio=draft.bio or "",
            )
            known[draft] = made[author.slug] = author.id
        elif draft.bio is not None:
            there = Author.filter(id=known[draft]).exclude(bio=draft.bio)
            changed += await there.update(bio=draft.bio)
    await _announce("authors", bool(made), changed > 0)
    return known


async def _find(model: type[Topic] | type[Author], drafts: Sequence[D]) -> dict[D, int]:
    """The drafts that are stored already. One statement for all of them."""
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
    found = {}
    for draft in drafts:
        if draft.slug is not None:
            id_ = by_slug.get(draft.slug)
        else:
            id_ = by_name.get(draft.name, by_slug.get(draft.name))
        if id_ is not None:
            found[draft] = id_
    return found


async def _free_slug(model: type[Topic] | type[Author], wanted: str) -> str:
    """`wanted`, or with the first number behind it that makes it unique."""
    base = wanted or model._meta.db_table
    slug, number = base, 1
    while await model.exists(slug=slug):
        number += 1
        slug = f"{base}-{number}"
    return slug


async def _announce(lists: str, has_made: bool, has_changed: bool) -> None:
    """Tell the change feed of labels that are new or no longer as they were."""
    told = [tag for tag, is_so in ((lists, has_made), (CHANGED_TAG, has_changed)) if is_so]
    if told:
        await outbox.announce(told)


async def _place(topic_id: int, parent_slug: str) -> bool:
    """Put a topic below another, unless that would close a circle or go too deep; whether."""
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
