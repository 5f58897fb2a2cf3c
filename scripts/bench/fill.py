"""Filling of a hub with the corpus, by the service that imports use."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.drafts import ArticleDraft
from hub.import_plan import Action
from hub.imports import import_articles
from hub.settings import Settings
from scripts.bench.corpus import Corpus
from scripts.bench.process import BenchError

BATCH = 100


class ExpectedArticle(NamedTuple):
    """Values that a correct response has for an article.

    `related` counts the edges whose target is in the hub, `threads` the top-level comments,
    `comments` all of them.
    """

    slug: str
    related: int
    threads: int
    comments: int


class FillResult(NamedTuple):
    """The stored articles, the oldest first, and the seconds that storing them took."""

    articles: list[ExpectedArticle]
    seconds: float


async def fill(settings: Settings, corpus: Corpus) -> FillResult:
    """Store the corpus in the hub of `settings`; generating the drafts is not timed.

    Raises:
        BenchError: an article was refused, or existed already.
    """
    slugs = {head.slug for head in corpus.heads[: corpus.size]}
    articles, seconds = list[ExpectedArticle](), 0.0
    async with open_database(settings):
        for drafts in _batches(corpus):
            started = time.perf_counter()
            outcomes = await import_articles(drafts, by=SYSTEM)
            seconds += time.perf_counter() - started
            for outcome in outcomes:
                if outcome.action is not Action.CREATED:
                    raise BenchError(f"{outcome.title}: {outcome.action.value}, {outcome.reason}")
            articles += [_expected_article(draft, slugs) for draft in drafts]
    return FillResult(articles, seconds)


def _batches(corpus: Corpus) -> Iterator[list[ArticleDraft]]:
    batch = list[ArticleDraft]()
    for draft in corpus.drafts():
        batch.append(draft)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _expected_article(draft: ArticleDraft, slugs: set[str]) -> ExpectedArticle:
    return ExpectedArticle(
        slug=draft.slug or "",
        related=sum(relation.slug in slugs for relation in draft.relations),
        threads=sum(comment.parent_key is None for comment in draft.comments),
        comments=len(draft.comments),
    )
