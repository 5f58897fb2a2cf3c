"""Merge two topics, or two authors, into one."""

from __future__ import annotations

from hub import audit
from hub.auth import Permission, Viewer
from hub.db.database import run, transaction
from hub.errors import Invalid
from hub.models import Topic
from hub.taxonomy.labels import (
    TOPICS,
    LabelKind,
    announce,
    check_depth,
    get,
    height,
    ids_above,
    is_public,
    recorded_fields,
    reindex,
    remember,
)


@transaction
async def merge(kind: LabelKind, id_: int, into_id: int, *, by: Viewer) -> int:
    """Make a label part of another one; return the number of articles that carried it.

    They carry the other one instead, at the place of the first of both. The topics below it are
    below the other one. Its slug and name, and those that it had before, find the other one from
    now on, also for imports and for revisions that are restored. Some 25 statements, however many
    articles there are, and two more for each 5,000.

    Raises:
        NotAllowed: `by` may not publish and delete.
        NotFound: no such label that `by` may see.
        Invalid: both are the same one, or the tree of topics would be deeper than 16 levels.
    """
    by.require(Permission.PUBLISH)
    by.require(Permission.DELETE)
    if id_ == into_id:
        raise Invalid("intoId", f"is the same {kind.name}")
    label = await get(kind, id_, by)
    other = await get(kind, into_id, by)
    fields = recorded_fields(kind, label)
    was_public = await is_public(kind, id_)
    touched = [id_, into_id]
    await reindex(kind, id_)
    if kind is TOPICS:
        touched += [*await ids_above(id_), *await ids_above(into_id)]
        await _take_children(label, other)
    number = await _take_articles(kind, id_, into_id)
    await kind.former.filter(**{kind.column: id_}).update(**{kind.column: into_id})
    await kind.model.filter(id=id_).delete()
    await kind.model.filter(id=into_id).update(edited=True)
    await remember(
        kind, into_id, slug=label.slug, name=label.name, was_public=was_public, merged_id=id_
    )
    changes: dict[str, tuple[object, object]] = {
        name: (value, getattr(other, name)) for name, value in fields.items()
    }
    changes |= {"into": (None, into_id), "articles": (number, None)}
    await audit.record(f"{kind.name}.merge", kind.subject, id_, by=by, changes=changes)
    if was_public:
        await announce(kind, dict.fromkeys(touched))
    return number


async def _take_children(topic: Topic, other: Topic) -> None:
    """Move the topics below a topic below another one, which first takes its place if it is one.

    Raises Invalid.
    """
    if topic.id in await ids_above(other.id):
        await Topic.filter(id=other.id).update(parent_id=topic.parent_id)  # type: ignore[attr-defined]
    levels = await height(topic.id) - 1
    if levels:
        check_depth(len(await ids_above(other.id)) + levels, "intoId")
        await Topic.filter(parent_id=topic.id).update(parent_id=other.id)


async def _take_articles(kind: LabelKind, id_: int, into_id: int) -> int:
    """Let the articles of a label carry another one, once; return their number. Four statements."""
    links, column = kind.links, kind.column
    [row] = await run(f"SELECT count(*) AS number FROM {links} WHERE {column} = ?", [id_])
    await run(
        f"UPDATE {links} SET position = (SELECT CASE WHEN o.position < {links}.position"
        f" THEN o.position ELSE {links}.position END FROM {links} o"
        f" WHERE o.article_id = {links}.article_id AND o.{column} = ?) WHERE {column} = ?"
        f" AND article_id IN (SELECT article_id FROM {links} WHERE {column} = ?)",
        [id_, into_id, id_],
    )
    await run(
        f"DELETE FROM {links} WHERE {column} = ? AND article_id IN"
        f" (SELECT article_id FROM {links} WHERE {column} = ?)",
        [id_, into_id],
    )
    await run(f"UPDATE {links} SET {column} = ? WHERE {column} = ?", [into_id, id_])
    return int(row["number"])
