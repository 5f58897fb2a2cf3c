"""What search engines are told of an article: by mutations, versions, pages and the sitemap."""

from __future__ import annotations

import pytest

from hub import articles
from hub.articles import working_versions
from hub.auth import SYSTEM
from hub.drafts import ArticleChanges
from hub.imports import import_articles
from hub.models import Article
from hub.text.seo import Seo
from tests.support.factories import a_draft
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

SEO = "seo { title description image { url } noindex }"
SHOWN = {
    "title": "Ferries at night | Courier",
    "description": "When they sail",
    "image": {"url": "https://a.test/ferry.jpg"},
    "noindex": False,
}
EMPTY = {"title": None, "description": None, "image": None, "noindex": False}
METADATA = (
    ("mood", "calm"),
    ("seo_title", "Ferries at night | Courier"),
    ("seo_description", "When they sail"),
    ("seo_keyword", "quiet"),
    ("og_image", "https://a.test/ferry.jpg"),
)
INPUT = (
    'seo: {title: "Ferries at night | Courier", description: "When they sail",'
    ' image: "https://a.test/ferry.jpg"}'
)


async def _import(client: Client) -> tuple[int, str]:
    draft = a_draft("ferry", title="The ferry", slug="ferry", metadata=METADATA)
    [outcome] = await import_articles([draft], by=SYSTEM)
    assert outcome.article_id is not None
    answer = await client.ask('{ article(slug: "ferry") { id } }')
    return outcome.article_id, answer["article"]["id"]


async def _shown(client: Client) -> object:
    return (await client.ask(f'{{ article(slug: "ferry") {{ {SEO} }} }}'))["article"]["seo"]


async def test_what_an_import_or_an_editor_set_is_told_on_the_page(client: Client) -> None:
    """The rest of the metadata stays the staff's."""
    id_, global_id = await _import(client)
    assert await _shown(client) == SHOWN
    page = (await client.http.get("/stories/ferry")).text
    for part in (
        "<title>Ferries at night | Courier</title>",
        '<meta name="description" content="When they sail">',
        '<meta property="og:title" content="Ferries at night | Courier">',
        '<meta property="og:image" content="https://a.test/ferry.jpg">',
        "<h1>The ferry</h1>",
    ):
        assert part in page
    assert "noindex" not in page
    revise = (
        f'mutation {{ reviseArticle(input: {{id: "{global_id}", seenVersion: %d, %s}})'
        f" {{ ... on ReviseArticlePayload {{ article {{ {SEO} metadata {{ name }} }} }}"
        " ... on Invalid { message } }"
    ) + " }"
    left_out = await client.ask(revise % (1, "seo: {noindex: true}"), editor=True)
    article = left_out["reviseArticle"]["article"]
    assert article["seo"] == EMPTY | {"noindex": True}
    assert {field["name"] for field in article["metadata"]} == {
        "mood",
        "seo_keyword",
        "seo_noindex",
    }
    page = (await client.http.get("/stories/ferry")).text
    assert '<meta name="robots" content="noindex">' in page
    assert (await client.http.get("/sitemap-0.xml")).status_code == 404
    assert "ferry" in (await client.http.get("/feed.xml")).text
    same = await client.ask(revise % (2, "seo: {noindex: true}"), editor=True)
    assert same["reviseArticle"]["article"]["seo"]["noindex"]
    assert (await Article.get(id=id_)).version == 2
    cleared = await client.ask(revise % (2, "seo: null"), editor=True)
    assert cleared["reviseArticle"]["article"]["seo"] == EMPTY
    assert "/stories/ferry" in (await client.http.get("/sitemap-0.xml")).text


async def test_versions_hold_it(client: Client) -> None:
    id_, _ = await _import(client)
    await working_versions.save(id_, ArticleChanges(seo=Seo(title="Later")), by=SYSTEM)
    assert await _shown(client) == SHOWN
    await articles.publish(id_, by=SYSTEM)
    query = (
        f'{{ article(slug: "ferry") {{ {SEO} metadata {{ name }}'
        f" workingVersion {{ {SEO} }} revisions(first: 2) {{ nodes {{ {SEO} }} }} }} }}"
    )
    article = (await client.ask(query, editor=True))["article"]
    assert article["seo"] == EMPTY | {"title": "Later"}
    assert [node["seo"] for node in article["revisions"]["nodes"]] == [article["seo"], SHOWN]
    assert {field["name"] for field in article["metadata"]} == {"mood", "seo_keyword", "seo_title"}


async def test_a_new_article_has_it_and_bad_values_are_told(client: Client) -> None:
    create = (
        'mutation { createArticle(input: {title: "Ferry", body: {text: "Words."},'
        f" status: PUBLISHED, %s}}) {{ ... on CreateArticlePayload {{ article {{ {SEO} }} }}"
        " ... on Invalid { path } }"
    ) + " }"
    made = await client.ask(create % INPUT, editor=True)
    assert made["createArticle"]["article"]["seo"] == SHOWN
    refused = await client.ask(create % 'seo: {image: "javascript:x"}', editor=True)
    assert refused["createArticle"] == {"path": ["input", "seo", "image"]}
