"""Where an import stores what it has read: this hub, or one elsewhere (`remote`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from hub import imports, related
from hub.auth import SYSTEM
from hub.drafts import ArticleDraft, AuthorDraft, RelationDraft, TopicDraft
from hub.errors import HubError
from hub.imports import Outcome

Dangling = list[tuple[str, str | None]]


class SinkError(HubError):
    """A hub that takes no more of an import; what it has taken stays there."""


class Sink(Protocol):
    """Takes in drafts."""

    async def take_in(
        self, drafts: Sequence[ArticleDraft], *, theirs: bool, dry_run: bool
    ) -> list[Outcome]:
        """See `hub.imports.take_in`."""
        ...

    async def describe(self, labels: Iterable[TopicDraft | AuthorDraft]) -> None:
        """See `hub.imports.describe`."""
        ...

    async def dangling(self, sources: Sequence[str]) -> Dangling:
        """See `hub.imports.dangling`."""
        ...

    async def unbound(self, wanted: Sequence[RelationDraft]) -> list[RelationDraft]:
        """See `hub.related.unbound`."""
        ...


class LocalSink:
    """This hub; to be used while it is connected."""

    async def take_in(
        self, drafts: Sequence[ArticleDraft], *, theirs: bool, dry_run: bool
    ) -> list[Outcome]:
        """See `Sink.take_in`."""
        return await imports.take_in(drafts, by=SYSTEM, theirs=theirs, dry_run=dry_run)

    async def describe(self, labels: Iterable[TopicDraft | AuthorDraft]) -> None:
        """See `Sink.describe`."""
        labels = list(labels)
        await imports.describe(
            [one for one in labels if isinstance(one, TopicDraft)],
            [one for one in labels if isinstance(one, AuthorDraft)],
            by=SYSTEM,
        )

    async def dangling(self, sources: Sequence[str]) -> Dangling:
        """See `Sink.dangling`."""
        return await imports.dangling(sources)

    async def unbound(self, wanted: Sequence[RelationDraft]) -> list[RelationDraft]:
        """See `Sink.unbound`."""
        return await related.unbound(wanted)
