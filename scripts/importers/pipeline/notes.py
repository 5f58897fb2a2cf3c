"""Notes of a source, joined with their articles: title, outcome, and whether they are news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from hub.drafts import ArticleDraft
from hub.import_plan import Action, Outcome, resolve_status
from hub.models import Status
from scripts.importers.source import HeldBack, Note

_HIDDEN = {Status.DRAFT: "it is a draft in its source", Status.ARCHIVED: "it is archived there"}
_HERE = "it is not public here until an editor publishes it"
"""Reason for an article that its source has published, as with `--as-draft`."""


class SourceNotes:
    """Collects the notes of one source, and passes those that are news to `report`.

    A note about an article that is unchanged since the last import was told then, and is dropped; a
    note about the source itself is dropped if all of its articles are unchanged.
    """

    def __init__(self, report: Callable[[Note], None]) -> None:
        self._report = report
        self._waiting: list[Note] = []
        self._batch: dict[str, tuple[str, Action]] = {}
        self._any_stored = False
        self._any_changed = False

    def add(self, note: Note) -> None:
        """Add a note; its article may be stored already, or still to come."""
        if note.place in self._batch:
            self._pass_on(note)
        else:
            self._waiting.append(note)

    def settle(self, drafts: Sequence[ArticleDraft], outcomes: Sequence[Outcome]) -> None:
        """Pass on the notes about these drafts, which were just stored or compared."""
        self._batch = {
            draft.place: (draft.title, outcome.action)
            for draft, outcome in zip(drafts, outcomes, strict=True)
        }
        actions = {outcome.action for outcome in outcomes}
        self._any_stored |= bool(actions)
        self._any_changed |= bool(actions - {Action.UNCHANGED})
        waiting, self._waiting = self._waiting, []
        for note in waiting:
            self.add(note)
        explained = {note.place for note in waiting if isinstance(note, HeldBack)}
        for draft, outcome in zip(drafts, outcomes, strict=True):
            if draft.place not in explained and outcome.status in _HIDDEN:
                is_hidden_there = resolve_status(draft)[0] in _HIDDEN
                self._explain(draft.place, _HIDDEN[outcome.status] if is_hidden_there else _HERE)

    def close(self) -> None:
        """Pass on the notes about the source itself."""
        if self._any_changed or not self._any_stored:
            for note in self._waiting:
                self._report(note)
        self._waiting = []

    def _explain(self, place: str, reason: str) -> None:
        self._pass_on(HeldBack(place, reason))

    def _pass_on(self, note: Note) -> None:
        title, action = self._batch[note.place]
        if action not in (Action.UNCHANGED, Action.REFUSED):
            self._report(replace(note, title=title))
