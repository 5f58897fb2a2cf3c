"""Links in bodies lead to where the articles are now, as far as the viewer may see them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub import articles, related
from hub.auth import SYSTEM
from hub.drafts import ArticleChanges, NewArticle
from hub.imports import import_articles
from hub.models import RelationKind, Status
from hub.settings import Settings
from hub.text.bodies import Body
from scripts.importers.markdown.reader import MarkdownReader
from scripts.importers.wordpress.reader import WordPressReader
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub
from tests.support.importer_inputs import an_export, an_item, drafts, files
from tests.support.statements import counted

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

SITE = "https://new.test/{slug}"
SITE_URL = "https://old.test"
LINKS = (
    '<p><a href="https://www.site.test/?p=2">number</a>, <a href="/post-2/#end">path</a>, '
    '<a href="http://site.test/post-2">host</a>, '
    '<a href="https://www.site.test/post-3/">other</a>, '
    '<a href="https://else.test/post-2/">outside</a> <a href="#end">end</a></p>'
)


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings.model_copy(update={"article_url": SITE})) as running:
        yield running


async def body(client: Client, slug: str, arguments: str = "", *, editor: bool = False) -> str:
    query = f'{{ article(slug: "{slug}") {{ body{arguments} }} }}'
    html: str = (await client.ask(query, editor=editor))["article"]["body"]
    return html


async def test_links_follow_articles_that_come_late_move_and_hide(
    client: Client, tmp_path: Path
) -> None:
    export = an_export(tmp_path, an_item(1, LINKS), an_item(2), an_item(3, status="draft"))
    first, second, hidden = drafts(WordPressReader(export))
    await import_articles([first], by=SYSTEM)
    stored = await body(client, "post-1")
    assert "https://new.test" not in stored
    [outcome, _] = await import_articles([second, hidden], by=SYSTEM)
    present = (
        stored.replace("https://www.site.test/?p=2", "https://new.test/post-2")
        .replace('"/post-2/#', '"https://new.test/post-2#')
        .replace('"http://site.test/post-2"', '"https://new.test/post-2"')
    )
    assert await body(client, "post-1") == present
    assert await body(client, "post-1", "(links: STORED)") == stored
    assert 'https://new.test/post-3"' in await body(client, "post-1", editor=True)
    assert outcome.article_id is not None
    changes = ArticleChanges(slug="moved")
    await articles.revise(outcome.article_id, changes, seen_version=1, by=SYSTEM)
    assert await body(client, "post-1") == present.replace("test/post-2", "test/moved").replace(
        "else.test/moved", "else.test/post-2"
    )
    await articles.archive(outcome.article_id, by=SYSTEM)
    assert await body(client, "post-1") == stored
    assert "(https://new.test/moved)" in await body(
        client, "post-1", "(format: MARKDOWN)", editor=True
    )


async def test_links_between_files_lead_to_articles(client: Client, tmp_path: Path) -> None:
    folder = files(
        tmp_path / "site",
        posts__a='# A\n\n[b](../b.md) [again](/b) {{< relref "b.md" >}}',
        b="# B\n\nBack to [[a]].",
    )
    await import_articles(drafts(MarkdownReader(folder)), by=SYSTEM)
    assert '<a href="https://new.test/b">b</a>' in await body(client, "a")


@pytest.mark.databases("sqlite")  # the matching is no statement
async def test_words_and_headlines_never_lead_from_another_site_to_the_hub(client: Client) -> None:
    """Only an address of an article does: other sites use the same words and headlines."""
    pier = await an_article("Pier", slug="pier")
    await an_article("Harbour opens", slug="harbour", canonical_url=f"{SITE_URL}/harbour")
    hrefs = {
        "https://else.test/x": None,
        "//else.test/x": None,
        "https://user@else.test/about?u=//old.test/": None,
        "https://else.test/headline": None,
        "https://[else/x": None,
        f"{SITE_URL}/harbour": "harbour",
        "harbour": "harbour",
        f"{SITE_URL}/unknown": "pier",
        "https://new.test/unknown": "pier",
        "unknown?u=//else.test": "pier",
    }
    html = "".join(f'<a href="{href}">Harbour opens</a> ' for href in hrefs)
    source = await articles.create(
        NewArticle(
            title="Source",
            body=Body(f"<p>{html}</p>"),
            status=Status.PUBLISHED,
            slug="source",
            canonical_url=f"{SITE_URL}/source",
        ),
        by=SYSTEM,
    )
    inline, words = RelationKind.INLINE, "Harbour opens"
    await related.link(source, kind=inline, target_id=pier, position=0, anchor=words, by=SYSTEM)
    elsewhere = "https://else.test/headline"
    await related.link(source, kind=inline, headline=words, url=elsewhere, by=SYSTEM)
    served, stored = [
        re.findall('href="([^"]*)"', await body(client, "source", arguments))
        for arguments in ("", "(links: STORED)")
    ]
    assert len(stored) >= 9
    assert dict(zip(stored, served, strict=True)) == {
        href: f"https://new.test/{hrefs[href]}" if hrefs[href] else href for href in stored
    }


@pytest.mark.databases("sqlite")
async def test_the_words_of_a_link_with_an_address_are_no_name(client: Client) -> None:
    """ "Read more" leads to a different place each time."""
    await an_article("Harbour", slug="harbour", canonical_url=f"{SITE_URL}/harbour")
    html = '<p><a href="/about">Read more</a> <a href="/harbour">Read more</a></p>'
    new = NewArticle(
        title="Source", body=Body(html), status=Status.PUBLISHED, canonical_url=f"{SITE_URL}/a"
    )
    await articles.create(new, by=SYSTEM)
    assert await body(client, "source") == html.replace('"/harbour', '"https://new.test/harbour')


async def test_responses_carry_the_tags_of_linked_articles(client: Client, tmp_path: Path) -> None:
    export = an_export(tmp_path, an_item(1, LINKS), an_item(2))
    first, second = await import_articles(drafts(WordPressReader(export)), by=SYSTEM)
    query = '{ node(id: "%s") { ... on Article { body } } }'
    rows = await client.ask("{ articles { nodes { id slug } } }")
    [id_] = [row["id"] for row in rows["articles"]["nodes"] if row["slug"] == "post-1"]
    response = await client.http.get("/graphql", params={"query": query % id_})
    tags = response.headers["cache-tag"].split(",")
    assert {f"article:{first.article_id}", f"article:{second.article_id}"} <= set(tags)


@pytest.mark.databases("sqlite")  # other tasks of the hub read beside it on PostgreSQL
async def test_only_bodies_with_such_links_take_a_further_statement(
    client: Client, tmp_path: Path
) -> None:
    items = [
        an_item(1, LINKS),
        an_item(2),
        an_item(3, LINKS),
        an_item(4, "No <a href='#x'>link</a>"),
    ]
    await import_articles(drafts(WordPressReader(an_export(tmp_path, *items))), by=SYSTEM)

    async def count(query: str) -> int:
        with counted(client.db) as statements:
            await client.ask(query, editor=True)
        return len(statements)

    listed = "{ articles(first: 10) { nodes { %s } } }"
    base = await count(listed % "title body(links: STORED)")
    assert await count(listed % "body excerpt embeds { url }") == base + 1
    query = '{ article(slug: "post-%s") { %s } }'
    for slug, extra in (("4", 0), ("2", 0), ("1", 1)):
        stored = await count(query % (slug, "body(links: STORED)"))
        assert await count(query % (slug, "body")) - stored == extra
