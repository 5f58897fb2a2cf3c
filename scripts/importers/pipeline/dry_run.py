"""Relations in a dry run: prediction of those that would bind, and of dangling ones."""

from __future__ import annotations

from collections.abc import Sequence

from hub.curation.dangling import DanglingLink
from hub.drafts import ArticleDraft, RelationDraft
from hub.import_plan import Action, Outcome
from hub.text.slugs import headline_key, slug_of, url_key
from scripts.importers.pipeline.report import MAX_TITLES, Report
from scripts.importers.pipeline.sink import Sink

BATCH = 500


class DryRunRelations:
    """Collects the relations of drafts, and the names by which drafts can be their targets."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._relations: dict[RelationDraft, list[str]] = {}
        self._count = 0

    def add(self, drafts: Sequence[ArticleDraft], outcomes: Sequence[Outcome]) -> None:
        """Add the drafts that would be stored."""
        for draft, outcome in zip(drafts, outcomes, strict=True):
            if outcome.action in (Action.CREATED, Action.UPDATED):
                urls = (*draft.addresses, draft.canonical_url or "")
                self._names |= {f"url:{key}" for url in urls if (key := url_key(url))}
                slugs = (draft.slug or slug_of(draft.title), *draft.aliases)
                self._names |= {f"slug:{slug}" for slug in slugs}
                self._names.add(f"headline:{headline_key(draft.title)}")
                self._count += len(draft.relations)
                for relation in draft.relations:
                    titles = self._relations.setdefault(relation, [])
                    if len(titles) <= MAX_TITLES and draft.title not in titles:
                        titles.append(draft.title)

    async def report_relations(self, sink: Sink, report: Report) -> None:
        """Set the number of relations that would bind, and the dangling ones, in the report."""
        unmatched = [
            relation
            for relation in self._relations
            if not self._names.intersection(_target_names(relation))
        ]
        dangling: list[RelationDraft] = []
        for start in range(0, len(unmatched), BATCH):
            dangling += await sink.unbound(unmatched[start : start + BATCH])
        titles: dict[tuple[str, str | None], dict[str, None]] = {}
        for relation in dangling:
            names = titles.setdefault((relation.anchor, relation.url), {})
            names |= dict.fromkeys(self._relations[relation])
        report.dangling = [
            DanglingLink(*link, tuple(titles[link])) for link in sorted(titles, key=repr)
        ]
        report.bound = self._count - len(dangling)


def _target_names(relation: RelationDraft) -> set[str]:
    names = {f"url:{url_key(relation.url)}"} if relation.url else set[str]()
    if relation.slug:
        names.add(f"slug:{relation.slug}")
    return names | (
        {f"headline:{headline_key(relation.anchor)}"} if relation.by_headline else set()
    )
