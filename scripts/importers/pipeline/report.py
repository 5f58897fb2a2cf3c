"""What an import has done, for the editor who ran it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hub.imports import Action, Outcome
from scripts.importers.source import Note, Refusal, Skipped

CONFLICT_ADVICE = "edited in the hub since; --theirs lets the import win"


@dataclass(slots=True)
class Report:
    """Counts, and the places of everything that an editor may want to look at.

    `bound` counts the relations that a dry run foresees to find their target; `failed_paths` are
    those of the command line of which something was refused, for another try.
    """

    dry_run: bool = False
    actions: Counter[Action] = field(default_factory=Counter)
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    dangling: list[tuple[str, str | None]] = field(default_factory=list)
    comments: int = 0
    bound: int = 0
    failed_paths: dict[str, None] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count what became of a draft; keep it where there is something to be said about it."""
        self.actions[outcome.action] += 1
        self.comments += outcome.comments_added
        if outcome.action is Action.REFUSED:
            self.refused.append(Refusal(outcome.place, outcome.reason or "refused"))
        elif outcome.action is Action.CONFLICT or self.dry_run:
            self.outcomes.append(outcome)
        elif outcome.reason and outcome.action is not Action.UNCHANGED:
            self.notes.append(Note(outcome.place, outcome.reason))

    def note(self, record: Refusal | Skipped | Note) -> None:
        """Count a record that is no draft."""
        if isinstance(record, Refusal):
            self.refused.append(record)
        elif isinstance(record, Skipped):
            self.skipped[record.reason] += 1
        else:
            self.notes.append(record)

    @property
    def conflicts(self) -> list[Outcome]:
        """The drafts whose articles were edited in the hub since the last import."""
        return [one for one in self.outcomes if one.action is Action.CONFLICT]

    @property
    def exit_status(self) -> int:
        """0 when all is in, 1 when records were refused, 2 when nothing could be read."""
        if self.unreadable and not self.sources:
            return 2
        return 1 if self.refused or self.unreadable else 0

    def counts(self) -> list[tuple[str, int]]:
        """The numbers, in the order in which they are told."""
        return [
            ("created", self.actions[Action.CREATED]),
            ("updated", self.actions[Action.UPDATED]),
            ("unchanged", self.actions[Action.UNCHANGED]),
            ("conflicts", self.actions[Action.CONFLICT]),
            ("comments added", self.comments),
            ("skipped", sum(self.skipped.values())),
            ("refused", len(self.refused)),
            ("relations bound", self.bound),
            ("dangling links", len(self.dangling)),
        ]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, as `--json` prints it."""
        return {
            "dry_run": self.dry_run,
            "sources": self.sources,
            "created": self.actions[Action.CREATED],
            "updated": self.actions[Action.UPDATED],
            "unchanged": self.actions[Action.UNCHANGED],
            "comments_added": self.comments,
            "retry": list(self.failed_paths),
            **({"plan": [_planned(one) for one in self.outcomes]} if self.dry_run else {}),
            "conflicts": [{"place": one.place, "title": one.title} for one in self.conflicts],
            "skipped": dict(self.skipped),
            "refused": [{"place": one.place, "reason": one.reason} for one in self.refused],
            "notes": [{"place": one.place, "text": one.text} for one in self.notes],
            "unreadable": self.unreadable,
            "dangling": [{"anchor": anchor, "url": url} for anchor, url in self.dangling],
            "seconds": round(self.seconds, 3),
        }


def _planned(one: Outcome) -> dict[str, Any]:
    """What a dry run foresees of a draft, as plain data."""
    return {
        "place": one.place,
        "title": one.title,
        "action": one.action.value,
        "comments_added": one.comments_added,
        "changes": [
            {"field": each.field, "before": each.before, "after": each.after}
            for each in one.differences
        ],
    }
