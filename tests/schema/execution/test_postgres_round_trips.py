"""Round trips to PostgreSQL for an article page."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tortoise import Tortoise

from hub.db.postgres.reader import open_reader
from hub.settings import Settings
from tests.schema.execution.test_executor import endpoint
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases("postgres")]

PAGE = """
query ($count: Boolean!) {
  article(slug: "bread") {
    title body authors { name } topics { name }
    related(first: 5) { totalCount edges { node { title } } }
    comments(first: 2) { ...Counted nodes { body } }
  }
}
fragment Counted on CommentConnection { totalCount @include(if: $count) }
"""


@pytest.mark.parametrize("threads", [0, 1, 3])
async def test_all_of_a_page_but_its_article_is_asked_for_at_once(
    client: Client, settings: Settings, threads: int
) -> None:
    id_ = await an_article("Bread", slug="bread")
    for _ in range(threads):
        await a_comment(id_)
    writers: Any = Tortoise.get_connection("default")
    async with (
        open_reader(settings.database_url, 2, writers) as db,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=endpoint(client.app, db=db)),
            base_url="http://hub.test",
        ) as http,
    ):
        for count in (True, False, True):
            request = {"query": PAGE, "variables": {"count": count}}
            batches, statements = db.batches, db.statements
            answer = (await http.post("/graphql", json=request)).json()
            article = answer["data"]["article"]
            assert article["comments"].get("totalCount") == (threads if count else None)
            assert article["related"]["totalCount"] == 0
            assert len(article["comments"]["nodes"]) == min(threads, 2)
            assert db.batches - batches == 2
            assert db.statements - statements == 1 + 6 + count
