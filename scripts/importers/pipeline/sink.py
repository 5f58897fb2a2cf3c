"""Sinks of an import, which store its drafts: this hub, or a remote one (`remote_sink`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from hub import imports, related
from hub.auth import SYSTEM
from hub.drafts import ArticleDraft, AuthorDraft, RelationDraft, TopicDraft
from hub.errors import HubError
from hub.import_plan import Outcome

Dangling = list[tuple[str, str | None]]


class SinkError(HubError):
    """A hub stops accepting an import; articles that it has stored stay there."""


class Sink(Protocol):
    """Stores drafts."""

    async def import_articles(
        self, drafts: Sequence[ArticleDraft], *, overwrite: bool, dry_run: bool
    ) -> list[Outcome]:
        """See `hub.imports.import_articles`."""
        ...

    async def import_taxonomy(self, labels: Iterable[TopicDraft | AuthorDraft]) -> None:
        """See `hub.imports.import_taxonomy`."""
        ...

    async def dangling_edges(self, sources: Sequence[str]) -> Dangling:
        """See `hub.imports.dangling_edges`."""
        ...

    async def unbound(self, relations: Sequence[RelationDraft]) -> list[RelationDraft]:
        """See `hub.related.unbound`."""
        ...


class LocalSink:
    """This hub; requires an open database."""

    async def import_articles(
        self, drafts: Sequence[ArticleDraft], *, overwrite: bool, dry_run: bool
    ) -> list[Outcome]:
        """See `Sink.import_articles`."""
        return await imports.import_articles(
            drafts, by=SYSTEM, overwrite=overwrite, dry_run=dry_run
        )

    async def import_taxonomy(self, labels: Iterable[TopicDraft | AuthorDraft]) -> None:
        """See `Sink.import_taxonomy`."""
        labels = list(labels)
        await imports.import_taxonomy(
            [label for label in labels if isinstance(label, TopicDraft)],
            [label for label in labels if isinstance(label, AuthorDraft)],
            by=SYSTEM,
        )

    async def dangling_edges(self, sources: Sequence[str]) -> Dangling:
        """See `Sink.dangling_edges`."""
        return await imports.dangling_edges(sources, SYSTEM)

    async def unbound(self, relations: Sequence[RelationDraft]) -> list[RelationDraft]:
        """See `Sink.unbound`."""
        return await related.unbound(relations)
