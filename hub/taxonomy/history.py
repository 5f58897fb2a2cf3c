"""Reads of topics and authors as they were at a moment, by the audit trail.

A revision holds the labels of its save. What became of them until a later moment, while the article
was not saved, is told by their own entries: other names, merges and deletions.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from hub.auth import Permission, Viewer
from hub.db.database import Reader, marks

MAX_MERGES = 20
"""Merges of a label, one after the other, that are followed at most."""


class Label(NamedTuple):
    """A topic or an author, by its id."""

    id: int
    slug: str
    name: str


class StoredLabel(NamedTuple):
    """A label as a revision holds it: that of `subject`, `Topic` or `Author`.

    It is looked up as it was at `moment`, after `saved_at`, the time of the save.
    """

    subject: str
    label: Label
    saved_at: datetime
    moment: datetime


async def labels_then(
    db: Reader, stored: Iterable[StoredLabel], viewer: Viewer
) -> dict[StoredLabel, Label]:
    """Return what each label was at its moment, as far as the audit trail reaches.

    Deleted ones are left out. One statement, and one for each merge of a merge.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    stored = list(stored)
    present: dict[StoredLabel, Label] = {item: item.label for item in stored}
    since = {item: item.saved_at for item in stored}
    pending = [item for item in stored if item.saved_at < item.moment]
    for _ in range(MAX_MERGES):
        if not pending:
            break
        entries = await _entries(db, {(item.subject, present[item].id) for item in pending})
        merged = []
        for item in pending:
            label = present.pop(item)
            for at, action, changes in entries.get((item.subject, label.id), ()):
                if not since[item] < at <= item.moment:
                    continue
                since[item] = at
                if action.endswith(".delete"):
                    break
                label = _changed(label, changes)
                if action.endswith(".merge"):
                    merged.append(item)
                    present[item] = label
                    break
            else:
                present[item] = label
        pending = merged
    return present


class _Entry(NamedTuple):
    at: datetime
    action: str
    changes: dict[str, Any]


def without_repetitions(labels: Iterable[Label | None]) -> list[Label]:
    """Return each label once, at its first place: several may have been merged into it."""
    by_id: dict[int, Label] = {}
    for label in labels:
        if label is not None:
            by_id.setdefault(label.id, label)
    return list(by_id.values())


async def _entries(db: Reader, labels: set[tuple[str, int]]) -> dict[tuple[str, int], list[_Entry]]:
    """Return the entries on each label that change its name or end it, the oldest first."""
    by_label: dict[tuple[str, int], list[_Entry]] = {}
    for subject in sorted({subject for subject, _ in labels}):
        ids = sorted(id_ for other, id_ in labels if other == subject)
        kind = subject.lower()
        actions = [f"{kind}.{verb}" for verb in ("update", "merge", "delete")]
        rows = await db.rows(
            "SELECT subject_id, at, action, changes FROM audit_entry WHERE subject = ?"
            f" AND subject_id IN ({marks(ids)}) AND action IN ({marks(actions)}) ORDER BY at, id",
            [subject, *ids, *actions],
        )
        for id_, at, action, changes in rows:
            values = orjson.loads(changes) if changes else {}
            entry = _Entry(datetime.fromisoformat(at), action, values)
            by_label.setdefault((subject, id_), []).append(entry)
    return by_label


def _changed(label: Label, changes: dict[str, Any]) -> Label:
    """Return a label after an entry; the values of an erased entry are not known any more."""
    _, id_ = changes.get("into", (None, label.id))
    _, slug = changes.get("slug", (None, label.slug))
    _, name = changes.get("name", (None, label.name))
    return Label(id_, slug, name)
