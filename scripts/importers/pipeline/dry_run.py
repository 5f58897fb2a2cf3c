"""What a dry run foresees of relations: which would bind, and which would lead nowhere yet."""

from __future__ import annotations

from collections.abc import Sequence

from hub.drafts import ArticleDraft, RelationDraft
from hub.imports import Action, Outcome
from hub.text.slugs import headline_key, slug_of, url_key
from scripts.importers.pipeline.report import Report
from scripts.importers.pipeline.sink import Sink

BATCH = 500


class Foresight:
    """Collects what the drafts of a dry run name, and what they are named by."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._wanted: dict[RelationDraft, None] = {}
        self._count = 0

    def add(self, drafts: Sequence[ArticleDraft], outcomes: Sequence[Outcome]) -> None:
        """Take the drafts that would be stored into account."""
        for draft, outcome in zip(drafts, outcomes, strict=True):
            if outcome.action in (Action.CREATED, Action.UPDATED):
                urls = (*draft.addresses, draft.canonical_url or "")
                self._names |= {f"url:{key}" for url in urls if (key := url_key(url))}
                slugs = (draft.slug or slug_of(draft.title), *draft.aliases)
                self._names |= {f"slug:{slug}" for slug in slugs}
                self._names.add(f"headline:{headline_key(draft.title)}")
                self._count += len(draft.relations)
                self._wanted |= dict.fromkeys(draft.relations)

    async def settle(self, sink: Sink, report: Report) -> None:
        """Tell the report what would bind, and what would be left dangling."""
        open_ = [one for one in self._wanted if not self._names.intersection(_names_of(one))]
        dangling: list[RelationDraft] = []
        for start in range(0, len(open_), BATCH):
            dangling += await sink.unbound(open_[start : start + BATCH])
        report.dangling = sorted({(one.anchor, one.url) for one in dangling}, key=repr)
        report.bound = self._count - len(dangling)


def _names_of(one: RelationDraft) -> set[str]:
    names = {f"url:{url_key(one.url)}"} if one.url else set[str]()
    if one.slug:
        names.add(f"slug:{one.slug}")
    return names | ({f"headline:{headline_key(one.anchor)}"} if one.by_headline else set())
