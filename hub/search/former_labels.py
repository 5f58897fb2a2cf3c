"""Former slugs and names of topics and authors, for searches: the index knows present ones alone.

A former slug or name under which readers never saw the label finds it for staff alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Literal, NamedTuple

from hub.auth import Condition, Permission, Viewer, author_condition, topic_condition
from hub.db.database import Reader, marks

LabelName = Literal["topic", "author"]
"""A kind of label, as its table is named."""

_CONDITIONS: dict[LabelName, Callable[[Viewer, str], Condition]] = {
    "topic": topic_condition,
    "author": author_condition,
}


class LabelSlugs(NamedTuple):
    """Slugs of topics and of authors."""

    topics: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()


async def with_present_slugs(db: Reader, slugs: LabelSlugs, viewer: Viewer) -> LabelSlugs:
    """Return these slugs; for each that a label once had, the one that it has now.

    One statement; none without slugs.
    """
    parts, args = list[str](), list[object]()
    by_kind: dict[LabelName, frozenset[str]] = {"topic": slugs.topics, "author": slugs.authors}
    for kind, values in by_kind.items():
        if values:
            condition = _CONDITIONS[kind](viewer, "t")
            parts.append(
                f"SELECT '{kind}', f.slug, t.slug FROM former_{kind} f"
                f" JOIN {kind} t ON t.id = f.{kind}_id WHERE f.slug IN ({marks(list(values))})"
                f" AND {_may_lead_on(viewer)} AND {condition.sql}"
            )
            args += [*values, *condition.args]
    if not parts:
        return slugs
    rows = await db.rows(" UNION ALL ".join(parts), args)
    present = {(kind, former): slug for kind, former, slug in rows}
    topics, authors = (
        frozenset(present.get((kind, slug), slug) for slug in values)
        for kind, values in by_kind.items()
    )
    return LabelSlugs(topics, authors)


async def present_topics(db: Reader, slugs: Collection[str]) -> dict[str, str]:
    """Return the present slugs of topics by those that they had. One statement; none without."""
    if not slugs:
        return {}
    return dict(
        await db.rows(
            "SELECT f.slug, t.slug FROM former_topic f JOIN topic t ON t.id = f.topic_id"
            f" WHERE f.slug IN ({marks(list(slugs))})"
            " AND NOT EXISTS (SELECT 1 FROM topic o WHERE o.slug = f.slug)",
            list(slugs),
        )
    )


async def slugs_by_name(
    db: Reader, kind: LabelName, names: Iterable[str], viewer: Viewer
) -> dict[str, list[str]]:
    """Return for each name the slugs of the visible labels with that name.

    Where none has a name now, those of the labels that had it. One statement.
    """
    names, visible = list(names), _CONDITIONS[kind](viewer, "t")
    rows = await db.rows(
        f"SELECT 0 AS turn, t.name, t.slug FROM {kind} t WHERE t.name IN ({marks(names)})"
        f" AND {visible.sql} UNION ALL SELECT 1, f.name, t.slug FROM former_{kind} f"
        f" JOIN {kind} t ON t.id = f.{kind}_id WHERE f.name IN ({marks(names)})"
        f" AND {_may_lead_on(viewer)} AND {visible.sql} ORDER BY turn",
        [*names, *visible.args, *names, *visible.args],
    )
    turns = dict[str, int]()
    slugs: dict[str, list[str]] = {}
    for turn, name, slug in rows:
        if turns.setdefault(name, turn) == turn and slug not in slugs.get(name, ()):
            slugs.setdefault(name, []).append(slug)
    return slugs


def _may_lead_on(viewer: Viewer) -> str:
    """Return the condition that a former slug or name `f` finds its label for the viewer."""
    return "TRUE" if viewer.may(Permission.READ) else "f.was_public = TRUE"
