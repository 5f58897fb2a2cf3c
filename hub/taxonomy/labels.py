"""What topics and authors have in common: their tables, fields, former names, and what follows.

All of it is for the services of this package, within their transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_camel

from hub import outbox
from hub.auth import ANONYMOUS, Condition, Permission, Viewer, author_condition, topic_condition
from hub.db.database import marks, run
from hub.drafts import LinkDraft, NameDraft
from hub.errors import Invalid, NotFound
from hub.models import Author, FormerAuthor, FormerTopic, Topic
from hub.text import validation

CHANGED_TAG = "labels"
"""The change feed's tag of all topics and authors: announced if a public one has changed."""

MAX_DEPTH = 16
"""Levels of the tree of topics, at most."""

MAX_LINKS = 20
"""Links of an author, at most."""

MAX_TRANSLATIONS = 50
"""Languages in which a label has a name of its own, at most."""

BATCH = 5_000
"""Articles that are marked for the index by one statement."""


def _links(value: Sequence[LinkDraft], path: str) -> str | None:
    """Validate links, and encode them as JSON; None for none."""
    if len(value) > MAX_LINKS:
        raise Invalid(path, f"must be at most {MAX_LINKS}")
    links = []
    for number, link in enumerate(value):
        url = validation.url(link.url, f"{path}.{number}.url")
        if url is None:
            raise Invalid(f"{path}.{number}.url", "must not be empty")
        links.append({"name": _name(link.name, f"{path}.{number}.name"), "url": url})
    return json.dumps(links, ensure_ascii=False) if links else None


def _translations(value: Sequence[NameDraft], path: str) -> str | None:
    """Validate names by language, and encode them as JSON; None for none."""
    if len(value) > MAX_TRANSLATIONS:
        raise Invalid(path, f"must be at most {MAX_TRANSLATIONS}")
    names: dict[str, str] = {}
    for number, item in enumerate(value):
        language = validation.language(item.language, f"{path}.{number}.language")
        if language in names:
            raise Invalid(f"{path}.{number}.language", f"{language} has a name already")
        names[language] = _name(item.name, f"{path}.{number}.name")
    return json.dumps(dict(sorted(names.items())), ensure_ascii=False) if names else None


def _name(value: str, path: str) -> str:
    return validation.line(value, path, validation.MAX_NAME)


@dataclass(frozen=True, slots=True)
class LabelKind:
    """A kind of label: its table is `name`, its links to articles `article_<name>`.

    `fields` validate the columns that editors may set. `below` selects the ids of a label and of
    those whose articles count as its own.
    """

    name: str
    model: type[Topic] | type[Author]
    former: type[FormerTopic] | type[FormerAuthor]
    condition: Callable[[Viewer, str], Condition]
    fields: Mapping[str, Callable[[Any, str], Any]]
    below: str

    @property
    def links(self) -> str:
        """The table of the articles that carry a label."""
        return f"article_{self.name}"

    @property
    def column(self) -> str:
        """The column of a label's id in other tables."""
        return f"{self.name}_id"

    @property
    def subject(self) -> str:
        """The kind of record, as the audit trail names it."""
        return self.model.__name__

    def validate(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns of these values. Raises Invalid."""
        return {name: self.fields[name](value, to_camel(name)) for name, value in values.items()}


TOPICS = LabelKind(
    "topic",
    Topic,
    FormerTopic,
    topic_condition,
    {
        "name": _name,
        "slug": validation.slug,
        "description": validation.text,
        "taxonomy": validation.taxonomy,
        "translations": _translations,
    },
    "WITH RECURSIVE below(id) AS (SELECT id FROM topic WHERE id = ? UNION"
    " SELECT t.id FROM topic t JOIN below ON t.parent_id = below.id) SELECT id FROM below",
)
AUTHORS = LabelKind(
    "author",
    Author,
    FormerAuthor,
    author_condition,
    {
        "name": _name,
        "slug": validation.slug,
        "bio": validation.text,
        "image_url": validation.url,
        "image_alt": validation.optional_line,
        "links": _links,
        "translations": _translations,
    },
    "SELECT id FROM author WHERE id = ?",
)


async def get(kind: LabelKind, id_: int, by: Viewer) -> Any:
    """Return a label that `by` may see. Raises NotFound."""
    label = await kind.model.get_or_none(id=id_)
    if label is None or not await is_visible(kind, id_, by):
        raise NotFound(kind.name, id_)
    return label


async def is_visible(kind: LabelKind, id_: int, viewer: Viewer) -> bool:
    """Return whether a viewer sees a label. One statement."""
    visible = kind.condition(viewer, "label")
    return bool(
        await run(
            f"SELECT 1 FROM {kind.name} label WHERE label.id = ? AND {visible.sql}",
            [id_, *visible.args],
        )
    )


async def is_public(kind: LabelKind, id_: int) -> bool:
    """Return whether readers see a label. One statement."""
    return await is_visible(kind, id_, ANONYMOUS)


async def take_slug(kind: LabelKind, slug: str, by: Viewer, own_id: int = 0) -> None:
    """Let a label have this slug: it leads to no other label from now on.

    A slug under which readers saw another label is theirs: who takes it needs to publish.

    Raises:
        Invalid: another label has it, or had it in public and `by` may not publish.
        NotFound: another one has it that `by` may not see.
    """
    other = await kind.model.filter(slug=slug).exclude(id=own_id).first()
    if other is not None:
        if not await is_visible(kind, other.id, by):
            raise NotFound("free slug", slug)
        raise Invalid("slug", f"{slug} is taken by the {kind.name} {other.name!r}")
    former = await kind.former.get_or_none(slug=slug)
    if former is None:
        return
    label_id = getattr(former, kind.column)
    if former.was_public and label_id != own_id:
        if not by.may(Permission.PUBLISH):
            raise Invalid(
                "slug",
                f"{slug} leads readers to another {kind.name}: choose another one, or let somebody "
                "who may publish take it",
            )
        await announce(kind, [label_id])
    await kind.former.filter(id=former.id).update(slug=None)


def recorded_fields(kind: LabelKind, label: Topic | Author) -> dict[str, object]:
    """Return the fields of a label that an entry on its end holds, without empty ones."""
    names = (*kind.fields, "parent_id") if kind is TOPICS else kind.fields
    return {name: value for name in names if (value := getattr(label, name))}


async def remember(
    kind: LabelKind,
    label_id: int,
    *,
    slug: str | None,
    name: str,
    was_public: bool,
    merged_id: int | None = None,
) -> None:
    """Store a name that a label had, or one that was merged into it, so that it still finds it."""
    own = kind.former.filter(**{kind.column: label_id}, slug=None, name=name, merged_id=None)
    await own.delete()
    values: dict[str, Any] = {kind.column: label_id, "slug": slug, "name": name}
    await kind.former.create(**values, merged_id=merged_id, was_public=was_public)


async def present_ids(kind: LabelKind, ids: Iterable[int]) -> dict[int, int]:
    """Return the labels that there are of these ids: a merged one is that which it went into.

    One statement.
    """
    ids = list(ids)
    rows = await run(
        f"SELECT id AS id_then, id FROM {kind.name} WHERE id IN ({marks(ids)}) UNION ALL"
        f" SELECT merged_id, {kind.column} FROM former_{kind.name} WHERE merged_id IN"
        f" ({marks(ids)})",
        [*ids, *ids],
    )
    return {int(row["id_then"]): int(row["id"]) for row in rows}


async def reindex(kind: LabelKind, id_: int) -> None:
    """Add events to reindex all articles that carry a label, or one below it.

    Two statements for each BATCH of them.
    """
    last, size = 0, BATCH
    while size == BATCH:
        rows = await run(
            f"SELECT DISTINCT x.article_id FROM {kind.links} x WHERE x.{kind.column} IN"
            f" ({kind.below}) AND x.article_id > ? ORDER BY x.article_id LIMIT ?",
            [id_, last, BATCH],
        )
        ids = [int(row["article_id"]) for row in rows]
        await outbox.record(ids)
        last, size = (ids[-1] if ids else last), len(ids)


async def announce(kind: LabelKind, ids: Iterable[int]) -> None:
    """Announce that these labels, some of which readers see, have changed.

    Every response that shows a label has CHANGED_TAG; the tags of single ones are for those that
    keep nothing else of it.
    """
    await outbox.announce([CHANGED_TAG, *(f"{kind.name}:{id_}" for id_ in ids)])


async def ids_above(topic_id: int) -> list[int]:
    """Return the id of a topic, and those of the topics above it, the nearest first.

    One statement.
    """
    rows = await run(
        "WITH RECURSIVE above(id, depth) AS (SELECT id, 0 FROM topic WHERE id = ? UNION"
        " SELECT t.parent_id, above.depth + 1 FROM topic t JOIN above ON t.id = above.id"
        f" WHERE t.parent_id IS NOT NULL AND above.depth < {MAX_DEPTH})"
        " SELECT id FROM above ORDER BY depth",
        [topic_id],
    )
    return [int(row["id"]) for row in rows]


async def height(topic_id: int) -> int:
    """Return the levels of the tree from a topic down: 1 without topics below. One statement."""
    [row] = await run(
        "WITH RECURSIVE below(id, depth) AS (SELECT id, 1 FROM topic WHERE id = ? UNION"
        " SELECT t.id, below.depth + 1 FROM topic t JOIN below ON t.parent_id = below.id"
        f" WHERE below.depth <= {MAX_DEPTH}) SELECT max(depth) AS levels FROM below",
        [topic_id],
    )
    return int(row["levels"])


def check_depth(levels: int, path: str) -> None:
    """Raise Invalid if a tree of topics would have so many levels."""
    if levels > MAX_DEPTH:
        raise Invalid(path, f"the topics would be {levels} levels deep; {MAX_DEPTH} is the most")
