"""Report of an import for the editor."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.curation.dangling import DanglingLink
from hub.import_plan import Action, Outcome
from hub.models import Status
from scripts.importers.source import HeldBack, Note, Refusal, Skipped

CONFLICT_ADVICE = "edited or deleted in the hub since; --theirs lets the import win"
MAX_TITLES = 3
"""Titles of articles that a printed group of notes names."""

_DETAIL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\d+")
_STATUS_NAMES = {
    Status.PUBLISHED: "public",
    Status.DRAFT: "drafts",
    Status.SCHEDULED: "scheduled",
    Status.ARCHIVED: "archived",
}


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """Notes of one kind: they differ in quoted names and numbers alone.

    Notes about the source itself, which have no title, are of one kind only if they are equal.
    """

    notes: tuple[Note, ...]

    @property
    def text(self) -> str:
        """The text that the notes share: names and numbers in which they differ are left out."""
        details = zip(*(_DETAIL.findall(note.text) for note in self.notes), strict=False)
        shared: Iterator[str] = (
            values[0] if len(set(values)) == 1 else "…" for values in list(details)
        )
        return _DETAIL.sub(lambda _: next(shared, "…"), self.notes[0].text)

    @property
    def titles(self) -> list[str]:
        """The titles of the articles, or their places where they have none, each once."""
        return list(dict.fromkeys(note.title or note.place for note in self.notes))


def group_notes(notes: Iterable[Note]) -> list[NoteGroup]:
    """Group notes by kind, the largest group first."""
    groups: dict[str, list[Note]] = {}
    for note in notes:
        kind = _DETAIL.sub("…", note.text) if note.title else f"{note.text}\0"
        groups.setdefault(kind, []).append(note)
    ordered = sorted(groups.values(), key=len, reverse=True)
    return [NoteGroup(tuple(group)) for group in ordered]


@dataclass(slots=True)
class Report:
    """Counts, and the places of everything that an editor may want to check.

    `bound` is the number of relations that would find their target, in a dry run; `failed_paths`
    are the paths of the command line with refusals, for a retry. `withdrawn` are the outcomes that
    hide what was public. `statuses` counts the created and updated articles by the status that they
    have now, or would have; `held_back` lists those that are not public, with the reasons. `run_id`
    is the import's number in `hub imports list`; None if nothing changed, or not in this hub.
    `pictures_elsewhere` counts pictures of created and updated articles by the hosts on which they
    stay.
    """

    dry_run: bool = False
    actions: Counter[Action] = field(default_factory=Counter)
    statuses: Counter[Status] = field(default_factory=Counter)
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    held_back: list[HeldBack] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    withdrawn: list[Outcome] = field(default_factory=list)
    dangling: list[DanglingLink] = field(default_factory=list)
    comments: int = 0
    bound: int = 0
    failed_paths: dict[str, None] = field(default_factory=dict)
    seconds: float = 0.0
    run_id: int | None = None
    pictures_copied: int = 0
    pictures_elsewhere: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count the outcome of a draft, and store it if the report lists it."""
        self.actions[outcome.action] += 1
        self.comments += outcome.comments_added
        if outcome.withdrawn:
            self.withdrawn.append(outcome)
        if outcome.status is not None:
            self.statuses[outcome.status] += 1
        if outcome.action is Action.REFUSED:
            self.refused.append(Refusal(outcome.place, outcome.reason or "refused"))
        elif outcome.action is Action.CONFLICT or self.dry_run:
            self.outcomes.append(outcome)
        elif outcome.reason and outcome.action is not Action.UNCHANGED and not outcome.withdrawn:
            self.notes.append(Note(outcome.place, outcome.reason, outcome.title))

    def note(self, record: Refusal | Skipped | Note) -> None:
        """Count a record that is no draft."""
        if isinstance(record, Refusal):
            self.refused.append(record)
        elif isinstance(record, Skipped):
            self.skipped[record.reason] += 1
        elif isinstance(record, HeldBack):
            self.held_back.append(record)
        else:
            self.notes.append(record)

    @property
    def conflicts(self) -> list[Outcome]:
        """The drafts whose articles were edited in the hub since the last import."""
        return [outcome for outcome in self.outcomes if outcome.action is Action.CONFLICT]

    @property
    def exit_status(self) -> int:
        """0 when all was imported, 1 when records were refused, 2 when nothing could be read."""
        if self.unreadable and not self.sources:
            return 2
        return 1 if self.refused or self.unreadable else 0

    def counts(self) -> list[tuple[str, int]]:
        """Return the counts in the order of the printed report."""
        return [
            ("created", self.actions[Action.CREATED]),
            ("updated", self.actions[Action.UPDATED]),
            ("unchanged", self.actions[Action.UNCHANGED]),
            ("withdrawn", len(self.withdrawn)),
            ("conflicts", self.actions[Action.CONFLICT]),
            ("comments added", self.comments),
            ("skipped", sum(self.skipped.values())),
            ("refused", len(self.refused)),
            ("relations bound", self.bound),
            ("dangling links", len(self.dangling)),
            ("pictures copied", self.pictures_copied),
        ]

    def status_counts(self) -> list[tuple[str, int]]:
        """Return how many of the created and updated articles are public, drafts, and so on."""
        return [(name, self.statuses[status]) for status, name in _STATUS_NAMES.items()]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data, as `--json` prints it."""
        return {
            "dry_run": self.dry_run,
            "import": self.run_id,
            "sources": self.sources,
            "created": self.actions[Action.CREATED],
            "updated": self.actions[Action.UPDATED],
            "unchanged": self.actions[Action.UNCHANGED],
            "comments_added": self.comments,
            "by_status": dict(self.status_counts()),
            "held_back": [
                {"place": note.place, "title": note.title, "reason": note.text}
                for note in self.held_back
            ],
            "retry": list(self.failed_paths),
            **(
                {"plan": [_plan_entry(outcome) for outcome in self.outcomes]}
                if self.dry_run
                else {}
            ),
            "withdrawn": [
                {"place": outcome.place, "title": outcome.title, "reason": outcome.reason}
                for outcome in self.withdrawn
            ],
            "conflicts": [
                {"place": outcome.place, "title": outcome.title} for outcome in self.conflicts
            ],
            "skipped": dict(self.skipped),
            "refused": [
                {"place": refusal.place, "reason": refusal.reason} for refusal in self.refused
            ],
            "notes": [
                {"place": note.place, "title": note.title, "text": note.text} for note in self.notes
            ],
            "unreadable": self.unreadable,
            "dangling": [
                {"anchor": link.anchor, "url": link.url, "articles": list(link.titles)}
                for link in self.dangling
            ],
            "pictures": {
                "copied": self.pictures_copied,
                "elsewhere": dict(self.pictures_elsewhere.most_common()),
            },
            "seconds": round(self.seconds, 3),
        }


def _plan_entry(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome of a draft in a dry run as plain data."""
    return {
        "place": outcome.place,
        "title": outcome.title,
        "action": outcome.action.value,
        "comments_added": outcome.comments_added,
        "changes": [
            {"field": difference.field, "before": difference.before, "after": difference.after}
            for difference in outcome.differences
        ],
    }
