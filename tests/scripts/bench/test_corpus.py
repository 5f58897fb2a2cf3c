"""The synthetic corpus: deterministic, and of the structure that the benchmarks need."""

from __future__ import annotations

import hashlib
from itertools import islice

import pytest

from hub.drafts import digest
from hub.models import RelationKind
from scripts.bench.corpus import DISCUSSED_EVERY, LONG_DISCUSSION, Corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(120)


def test_it_is_the_same_on_every_run_and_machine(corpus: Corpus) -> None:
    text = "\n".join(digest(draft) for draft in islice(corpus.drafts(), 3))

    assert (
        corpus.draft(1).slug == "at-threat-pharmaceutical-flest-pharmaceutical-prescription-for-1"
    )
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "1e566d49b46afea4"
    assert corpus.queries(2) == ["chef zelensky", "vinyl town"]


def test_a_smaller_one_is_the_beginning_of_a_larger_one(corpus: Corpus) -> None:
    assert list(Corpus(5).drafts()) == list(islice(corpus.drafts(), 5))


def test_articles_differ_and_the_later_is_the_newer(corpus: Corpus) -> None:
    drafts = list(corpus.drafts())
    dates = [draft.published_at for draft in drafts]

    assert len({draft.slug for draft in drafts}) == len({draft.key for draft in drafts}) == 120
    assert dates == sorted(date for date in dates if date is not None)


def test_replies_follow_what_they_reply_to(corpus: Corpus) -> None:
    replies = 0
    for draft in corpus.drafts():
        keys = set[str]()
        for comment in draft.comments:
            assert comment.parent_key is None or comment.parent_key in keys
            replies += comment.parent_key is not None
            keys.add(comment.key)
        assert len(keys) == len(draft.comments)
    assert replies > 20


def test_some_articles_are_much_discussed(corpus: Corpus) -> None:
    threads = [
        sum(comment.parent_key is None for comment in draft.comments) for draft in corpus.drafts()
    ]

    assert [place for place, count in enumerate(threads) if count >= LONG_DISCUSSION] == list(
        range(0, 120, DISCUSSED_EVERY)
    )


def test_related_articles_are_others_and_the_first_are_linked_in_the_text(corpus: Corpus) -> None:
    all_slugs = {head.slug for head in corpus.heads}
    for draft in corpus.drafts():
        slugs = [relation.slug for relation in draft.relations]
        assert 3 <= len(set(slugs)) == len(slugs) <= 8
        assert draft.slug not in slugs
        assert all_slugs.issuperset(slugs)
        kinds = [relation.kind for relation in draft.relations]
        assert kinds == [RelationKind.INLINE] * 3 + [RelationKind.MORE_TO_READ] * (len(kinds) - 3)
        linked = [f'"/articles/{slug}"' in draft.body.content for slug in slugs]
        assert not any(linked[3:])


def test_queries_are_as_many_as_wanted_and_all_differ(corpus: Corpus) -> None:
    queries = corpus.queries(500)

    assert len(set(queries)) == 500
    assert all(len(query.split()) == 2 for query in queries)
