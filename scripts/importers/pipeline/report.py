"""Report of an import for the editor."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hub.import_plan import Action, Outcome
from scripts.importers.source import Note, Refusal, Skipped

CONFLICT_ADVICE = "edited in the hub since; --theirs lets the import win"


@dataclass(slots=True)
class Report:
    """Counts, and the places of everything that an editor may want to check.

    `bound` is the number of relations that would find their target, in a dry run; `failed_paths`
    are the paths of the command line with refusals, for a retry. `withdrawn` are the outcomes that
    hide what was public.
    """

    dry_run: bool = False
    actions: Counter[Action] = field(default_factory=Counter)
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    withdrawn: list[Outcome] = field(default_factory=list)
    dangling: list[tuple[str, str | None]] = field(default_factory=list)
    comments: int = 0
    bound: int = 0
    failed_paths: dict[str, None] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count the outcome of a draft, and store it if the report lists it."""
        self.actions[outcome.action] += 1
        self.comments += outcome.comments_added
        if outcome.withdrawn:
            self.withdrawn.append(outcome)
        if outcome.action is Action.REFUSED:
            self.refused.append(Refusal(outcome.place, outcome.reason or "refused"))
        elif outcome.action is Action.CONFLICT or self.dry_run:
            self.outcomes.append(outcome)
        elif outcome.reason and outcome.action is not Action.UNCHANGED and not outcome.withdrawn:
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
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data, as `--json` prints it."""
        return {
            "dry_run": self.dry_run,
            "sources": self.sources,
            "created": self.actions[Action.CREATED],
            "updated": self.actions[Action.UPDATED],
            "unchanged": self.actions[Action.UNCHANGED],
            "comments_added": self.comments,
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
            "notes": [{"place": note.place, "text": note.text} for note in self.notes],
            "unreadable": self.unreadable,
            "dangling": [{"anchor": anchor, "url": url} for anchor, url in self.dangling],
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
