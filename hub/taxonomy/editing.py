"""Create, rename, move and delete topics and authors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    take_slug,
)
from hub.text.slugs import slug_of


@transaction
async def create(
    kind: LabelKind, values: Mapping[str, Any], *, by: Viewer, parent_id: int | None = None
) -> int:
    """Store a new label, and return its id. `values` are some of the fields of its kind.

    Its slug is made of its name, unless one is given. If another label once had that slug, it leads
    to the new one from now on. `parent_id` is for topics: the one above.

    Raises:
        NotAllowed: `by` is not a writer.
        Invalid: a value is out of bounds; another label has the slug, or once had it in public and
            `by` may not publish.
        NotFound: the one above does not exist; or any of these, if `by` may not see it.
    """
    by.require(Permission.WRITE)
    columns = kind.validate(values)
    columns.setdefault("slug", slug_of(columns["name"]) or kind.name)
    await take_slug(kind, columns["slug"], by)
    defaults: dict[str, Any] = dict.fromkeys(kind.fields.keys() & {"description", "bio"}, "")
    defaults["edited"] = True
    if parent_id is not None:
        await get(TOPICS, parent_id, by)
        check_depth(len(await ids_above(parent_id)) + 1, "parentId")
        defaults["parent_id"] = parent_id
    label = await kind.model.create(**defaults | columns)
    names = (*kind.fields, "parent_id") if parent_id is not None else kind.fields
    await audit.record_row(f"{kind.name}.create", label, names, by=by)
    return int(label.id)


@transaction
async def update(kind: LabelKind, id_: int, values: Mapping[str, Any], *, by: Viewer) -> None:
    """Change fields of a label; its articles are reindexed if its name or slug is among them.

    It is still found by the slug and name that it had.

    Raises:
        NotAllowed: `by` may not publish.
        NotFound: no such label; or another one has the slug, and `by` may not see it.
        Invalid: a value is out of bounds, or another label has the slug.
    """
    by.require(Permission.PUBLISH)
    columns = kind.validate(values)
    label = await get(kind, id_, by)
    before = {name: getattr(label, name) for name in columns}
    changes = audit.column_changes(before, columns)
    if not changes:
        return
    was_public = await is_public(kind, id_)
    if "slug" in changes:
        await take_slug(kind, columns["slug"], by, id_)
    if changes.keys() & {"name", "slug"}:
        slug = label.slug if "slug" in changes else None
        await remember(kind, id_, slug=slug, name=label.name, was_public=was_public)
        await reindex(kind, id_)
    await kind.model.filter(id=id_).update(**columns, edited=True)
    await audit.record(f"{kind.name}.update", kind.subject, id_, by=by, changes=changes)
    if was_public:
        await announce(kind, [id_])


@transaction
async def move(topic_id: int, parent_id: int | None, *, by: Viewer) -> None:
    """Move a topic, with those below it, below another one; or to the top, without one.

    Raises:
        NotAllowed: `by` may not publish.
        NotFound: no such topic that `by` may see.
        Invalid: the topic would be above itself, or the tree deeper than 16 levels.
    """
    by.require(Permission.PUBLISH)
    topic = await get(TOPICS, topic_id, by)
    before = topic.parent_id
    if before == parent_id:
        return
    above = await ids_above(topic_id)
    if parent_id is not None:
        await get(TOPICS, parent_id, by)
        new_above = await ids_above(parent_id)
        if topic_id in new_above:
            raise Invalid("parentId", "is the topic itself, or one below it")
        check_depth(len(new_above) + await height(topic_id), "parentId")
        above += new_above
    await Topic.filter(id=topic_id).update(parent_id=parent_id, edited=True)
    changes = {"parent_id": (before, parent_id)}
    await audit.record("topic.move", TOPICS.subject, topic_id, by=by, changes=changes)
    await reindex(TOPICS, topic_id)
    if await is_public(TOPICS, topic_id):
        await announce(TOPICS, dict.fromkeys(above))


@transaction
async def delete(kind: LabelKind, id_: int, *, by: Viewer) -> int:
    """Delete a label; return the number of articles that carried it. They stay, without it.

    The topics below a topic move to the one above it.

    Raises:
        NotAllowed: `by` may not delete.
        NotFound: no such label that `by` may see.
    """
    by.require(Permission.DELETE)
    label = await get(kind, id_, by)
    was_public = await is_public(kind, id_)
    above = await ids_above(id_) if kind is TOPICS else [id_]
    await reindex(kind, id_)
    [row] = await run(f"SELECT count(*) AS number FROM {kind.links} WHERE {kind.column} = ?", [id_])
    if kind is TOPICS:
        await Topic.filter(parent_id=id_).update(parent_id=label.parent_id)
    await kind.model.filter(id=id_).delete()
    fields = recorded_fields(kind, label) | {"articles": row["number"]}
    changes = {name: (value, None) for name, value in fields.items()}
    await audit.record(f"{kind.name}.delete", kind.subject, id_, by=by, changes=changes)
    if was_public:
        await announce(kind, above)
    return int(row["number"])
