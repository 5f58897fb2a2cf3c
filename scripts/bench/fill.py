"""A hub filled with the corpus, through the door that imports use."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from hub.auth import SYSTEM
from hub.db.database import connected
from hub.drafts import ArticleDraft
from hub.imports import Action, take_in
from hub.settings import Settings
from scripts.bench.corpus import Corpus
from scripts.bench.process import BenchError

BATCH = 100


class Fact(NamedTuple):
    """What a right answer tells of an article.

    `related` counts the edges whose target is in the hub, `threads` the comments at the top
    level, `comments` all of them.
    """

    slug: str
    related: int
    threads: int
    comments: int


class Filled(NamedTuple):
    """What the hub holds, the oldest article first, and the seconds that storing it took."""

    facts: list[Fact]
    seconds: float


async def fill(settings: Settings, corpus: Corpus) -> Filled:
    """Store the whole corpus in the hub of `settings`; making the drafts is not timed.

    Raises:
        BenchError: an article was refused, or was there already.
    """
    known = {head.slug for head in corpus.heads[: corpus.size]}
    facts, seconds = list[Fact](), 0.0
    async with connected(settings):
        for drafts in _batches(corpus):
            started = time.perf_counter()
            outcomes = await take_in(drafts, by=SYSTEM)
            seconds += time.perf_counter() - started
            for outcome in outcomes:
                if outcome.action is not Action.CREATED:
                    raise BenchError(f"{outcome.title}: {outcome.action.value}, {outcome.reason}")
            facts += [_fact(draft, known) for draft in drafts]
    return Filled(facts, seconds)


def _batches(corpus: Corpus) -> Iterator[list[ArticleDraft]]:
    batch = list[ArticleDraft]()
    for draft in corpus.drafts():
        batch.append(draft)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _fact(draft: ArticleDraft, known: set[str]) -> Fact:
    return Fact(
        slug=draft.slug or "",
        related=sum(relation.slug in known for relation in draft.relations),
        threads=sum(comment.parent_key is None for comment in draft.comments),
        comments=len(draft.comments),
    )
