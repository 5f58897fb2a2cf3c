"""Old addresses lead to the article, in one hop and in one statement."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub import articles
from hub.auth import ANONYMOUS, SYSTEM
from hub.drafts import ArticleChanges
from hub.imports import import_articles
from hub.models import Status
from hub.reads import addresses
from hub.settings import Settings
from schema import article_urls
from tests.support.factories import a_draft, an_article
from tests.support.hub import Client, a_hub
from tests.support.statements import counted

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

SITE = "https://new.test/{language}/{slug}"


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings.model_copy(update={"article_url": SITE})) as running:
        yield running


async def resolve(client: Client, url: str) -> tuple[int, str | None, str] | None:
    query = (
        "query ($url: String!) { resolve(url: $url) { status url article { slug } }"
        " article(url: $url) { slug } }"
    )
    answer = await client.ask(query, url=url)
    resolution = answer["resolve"]
    assert answer["article"] == (resolution and resolution["article"])
    if resolution is None:
        return None
    return resolution["status"], resolution["url"], resolution["article"]["slug"]


async def move(client: Client, slug: str) -> None:
    """Import an article with old addresses, and change its slug twice."""
    draft = a_draft(
        "ferry",
        slug=slug,
        language="en",
        canonical_url="https://old.test/2019/05/ferry/",
        addresses=("https://old.test/?p=12", "/boats/ferry.html"),
    )
    [outcome] = await import_articles([draft], by=SYSTEM)
    assert outcome.article_id is not None
    for version, name in enumerate(("second", "ferry-launch"), 1):
        await articles.revise(
            outcome.article_id, ArticleChanges(slug=name), by=SYSTEM, seen_version=version
        )


ADDRESSES = [
    ("https://new.test/en/ferry-launch", 200),
    ("http://www.new.test/en/ferry-launch/?utm_source=x#top", 200),
    ("/en/ferry-launch", 200),
    ("https://new.test/en/first", 301),
    ("/en/second/", 301),
    ("https://old.test/2019/05/ferry", 301),
    ("http://OLD.test/?p=12", 301),
    ("/2019/05/ferry/", 301),
    ("/?p=12", 301),
    ("/boats/ferry.html", 301),
    ("https://new.test/2019/05/ferry/", 301),
    ("https://other.test/2019/05/ferry/", None),
    ("https://other.test/en/ferry-launch", None),
    ("https://new.test/de/ferry-launch", None),
    ("/", None),
    ("", None),
    ("https://[::1/x", None),
]


async def test_every_address_leads_there_in_one_hop(client: Client) -> None:
    await move(client, "first")
    for url, status in ADDRESSES:
        expected = status and (status, "https://new.test/en/ferry-launch", "ferry-launch")
        assert await resolve(client, url) == expected, url


async def test_a_hidden_article_is_nowhere_and_takes_no_address(client: Client) -> None:
    await move(client, "first")
    await an_article(
        "Hidden", slug="hidden", status=Status.DRAFT, canonical_url="https://old.test/x"
    )
    for url in ("https://old.test/x", "/x", "/en/hidden"):
        assert await resolve(client, url) is None
    await an_article(
        "Draft", slug="d", status=Status.DRAFT, canonical_url="https://old.test/2019/05/ferry"
    )
    moved = await resolve(client, "https://old.test/2019/05/ferry")
    assert moved is not None
    assert moved[2] == "ferry-launch"


async def test_an_address_is_resolved_in_one_statement(client: Client) -> None:
    await move(client, "first")
    lookup = article_urls.lookup("/2019/05/ferry/", SITE)
    with counted(client.db) as statements:
        assert await addresses.resolve(client.db, lookup, ANONYMOUS) is not None
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ('article(url: "/a", slug: "a")', "give either id, slug or url"),
        ('article(language: "en")', "give either id, slug or url"),
        (f'resolve(url: "/{"a" * 2001}")', "must have at most 2000 characters"),
    ],
)
async def test_one_address_of_a_sane_length_is_given(
    client: Client, field: str, message: str
) -> None:
    [error] = (await client.post(f"{{ {field} {{ __typename }} }}"))["errors"]
    assert message in error["message"]
