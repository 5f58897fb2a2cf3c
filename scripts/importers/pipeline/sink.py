"""Sinks of an import, which store its drafts: this hub, or a remote one (`remote_sink`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from hub import imports
from hub.articles import import_log
from hub.auth import SYSTEM
from hub.curation import dangling
from hub.curation.dangling import DanglingLink
from hub.db.database import fault_of
from hub.drafts import ArticleDraft, AuthorDraft, RelationDraft, TopicDraft
from hub.errors import HubError
from hub.import_plan import Outcome


class SinkError(HubError):
    """A hub stops accepting an import; articles that it has stored stay there."""


class Sink(Protocol):
    """Stores drafts."""

    async def start(self, paths: Sequence[str]) -> None:
        """Begin the record of an import of these paths, where the hub has one."""
        ...

    async def finish(self, counts: dict[str, int]) -> int | None:
        """End the record of the import; return its number, unless there is none."""
        ...

    async def import_articles(
        self, drafts: Sequence[ArticleDraft], *, overwrite: bool, dry_run: bool
    ) -> list[Outcome]:
        """See `hub.imports.import_articles`."""
        ...

    async def withdraw(self, source: str, keys: Sequence[str], *, dry_run: bool) -> list[Outcome]:
        """See `hub.imports.withdraw_articles`."""
        ...

    async def import_taxonomy(self, labels: Iterable[TopicDraft | AuthorDraft]) -> None:
        """See `hub.imports.import_taxonomy`."""
        ...

    async def dangling_edges(self, sources: Sequence[str]) -> list[DanglingLink]:
        """See `hub.curation.dangling.dangling_edges`."""
        ...

    async def unbound(self, relations: Sequence[RelationDraft]) -> list[RelationDraft]:
        """See `hub.curation.dangling.unbound_relations`."""
        ...


@contextmanager
def _stop_at_faults() -> Iterator[None]:
    """Raise SinkError when the database is at fault: every further draft would fail too."""
    try:
        yield
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        raise SinkError(
            f"{fault} The import has stopped; imported articles stay. Run the same import again to"
            " go on."
        ) from error


class LocalSink:
    """This hub; requires an open database. SinkError is raised when the database is at fault.

    `as_draft`: see `hub.imports.ImportOptions`.
    """

    def __init__(self, *, as_draft: bool = False) -> None:
        self._as_draft = as_draft
        self._run_id: int | None = None

    async def start(self, paths: Sequence[str]) -> None:
        """See `Sink.start`."""
        with _stop_at_faults():
            self._run_id = await import_log.start(paths, by=SYSTEM)

    async def finish(self, counts: dict[str, int]) -> int | None:
        """See `Sink.finish`."""
        run_id, self._run_id = self._run_id, None
        if run_id is None:
            return None
        with _stop_at_faults():
            return run_id if await import_log.finish(run_id, counts, by=SYSTEM) else None

    async def import_articles(
        self, drafts: Sequence[ArticleDraft], *, overwrite: bool, dry_run: bool
    ) -> list[Outcome]:
        """See `Sink.import_articles`."""
        with _stop_at_faults():
            return await imports.import_articles(
                drafts,
                by=SYSTEM,
                overwrite=overwrite,
                dry_run=dry_run,
                as_draft=self._as_draft,
                run_id=self._run_id,
            )

    async def withdraw(self, source: str, keys: Sequence[str], *, dry_run: bool) -> list[Outcome]:
        """See `Sink.withdraw`."""
        with _stop_at_faults():
            return await imports.withdraw_articles(
                source, keys, by=SYSTEM, dry_run=dry_run, run_id=self._run_id
            )

    async def import_taxonomy(self, labels: Iterable[TopicDraft | AuthorDraft]) -> None:
        """See `Sink.import_taxonomy`."""
        labels = list(labels)
        with _stop_at_faults():
            await imports.import_taxonomy(
                [label for label in labels if isinstance(label, TopicDraft)],
                [label for label in labels if isinstance(label, AuthorDraft)],
                by=SYSTEM,
                run_id=self._run_id,
            )

    async def dangling_edges(self, sources: Sequence[str]) -> list[DanglingLink]:
        """See `Sink.dangling_edges`."""
        with _stop_at_faults():
            return await dangling.dangling_edges(sources, SYSTEM)

    async def unbound(self, relations: Sequence[RelationDraft]) -> list[RelationDraft]:
        """See `Sink.unbound`."""
        with _stop_at_faults():
            return await dangling.unbound_relations(relations)
