"""hub.reads.per_key: a query for many keys returns the same rows as one query per key."""

from __future__ import annotations

import pytest

from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.drafts import CommentDraft, RelationDraft
from hub.imports import import_articles
from hub.models import CommentStatus, RelationKind
from hub.reads import comments, related
from tests.support.factories import READER, a_draft, text

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
ARTICLES = 120  # more than a statement takes


async def _a_site(db: Reader) -> list[int]:
    """Store articles with zero to four links and zero to three comments, and return their ids."""
    drafts = [
        a_draft(
            str(number),
            slug=f"s{number}",
            relations=tuple(
                RelationDraft(RelationKind.INLINE, f"To {to}", slug=f"s{(number + to) % ARTICLES}")
                for to in range(1, number % 5 + 1)
            ),
            comments=tuple(
                CommentDraft(
                    key=f"{number}-{at}",
                    author_name="Rita",
                    body=text("Well."),
                    created_at=now(),
                    status=CommentStatus.APPROVED,
                )
                for at in range(number % 4)
            ),
        )
        for number in range(ARTICLES)
    ]
    await import_articles(drafts, by=SYSTEM)
    return [id_ for (id_,) in await db.rows("SELECT id FROM article ORDER BY id")]


async def test_each_of_many_has_the_rows_that_it_has_alone(db: Reader) -> None:
    ids = [*await _a_site(db), 10**12]
    page_args = PageArgs(2)
    before = db.statements
    edges = await related.from_articles(db, ids, page_args, READER)
    threads = await comments.threads(db, ids, page_args, READER, newest_first=True)
    assert db.statements - before == 4
    assert max(len(part.rows) for part in edges.values()) == 2
    assert {part.has_next for part in threads.values()} == {True, False}
    for id_ in ids:
        assert (await related.from_articles(db, [id_], page_args, READER))[id_] == edges[id_]
        alone = await comments.threads(db, [id_], page_args, READER, newest_first=True)
        assert alone[id_] == threads[id_]


@pytest.mark.databases("postgres")
async def test_a_statement_for_many_keys_is_planned_once_for_any_number(db: Reader) -> None:
    for number in range(2, 9):
        await related.from_articles(db, [*range(number)], PageArgs(2), READER)
    [(prepared,)] = await db.rows(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM relation%'"
        " AND statement NOT LIKE '%pg_prepared%'"
    )
    assert prepared == 1
