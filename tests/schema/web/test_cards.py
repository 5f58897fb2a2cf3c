"""Articles as other pages and search engines show them: oEmbed and schema.org."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import unescape
from typing import Any

import httpx
import pytest
from lxml import etree

from hub.models import Kind, Status
from hub.settings import Settings
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
JSON_LD = "query ($slug: String!) { article(slug: $slug) { jsonLd } }"
HERE = "http://hub.test/stories/ferry-launch"


async def oembed(client: Client, **parameters: Any) -> httpx.Response:
    return await client.http.get("/oembed", params=parameters)


async def test_schema_org_describes_an_article(demo: Client) -> None:
    json_ld = json.loads((await demo.ask(JSON_LD, slug="ferry-month"))["article"]["jsonLd"])
    assert json_ld["@context"] == "https://schema.org"
    assert json_ld["@type"] == "Article"
    assert json_ld["headline"] == "One month of the electric ferry, in figures"
    assert json_ld["author"] == [{"@type": "Person", "name": "Nora Quill"}]
    assert re.fullmatch(r"2026-10-29T\d\d:\d\d:00Z", json_ld["datePublished"])
    assert json_ld["keywords"]
    assert "url" not in json_ld  # nobody has said where it is read


# Of https://schema.org/Article and the types it is made of: the properties that the hub tells, and
# what each of them may be. Those that search engines recommend for articles are all among them.
THING = {"@type": str, "name": str, "url": str}
CREATIVE_WORK = {
    "@context": "https://schema.org",
    "@type": str,
    "headline": str,
    "description": str,
    "url": str,
    "mainEntityOfPage": str,
    "inLanguage": str,
    "datePublished": datetime,
    "dateModified": datetime,
    "author": [{"@type": "Person", "name": str}],
    "keywords": [str],
    "image": {"@type": "ImageObject", "url": str, "caption": str},
    "commentCount": int,
    "publisher": {**THING, "@type": "Organization"},
    "isPartOf": {**THING, "@type": "WebSite"},
}
ARTICLE = {**CREATIVE_WORK, "@type": "Article", "articleSection": [str]}
RECOMMENDED = {"headline", "image", "datePublished", "dateModified", "author"}


def fits(value: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        return value.keys() <= expected.keys() and all(
            fits(item, expected[name]) for name, item in value.items()
        )
    if isinstance(expected, list):
        return isinstance(value, list) and all(fits(item, expected[0]) for item in value)
    if expected is datetime:
        return datetime.fromisoformat(value).tzinfo is not None
    return isinstance(value, expected) if isinstance(expected, type) else bool(value == expected)


async def test_json_ld_uses_properties_of_its_type_alone(settings: Settings) -> None:
    update = {"article_url": "https://www.example.org/{slug}"}
    async with a_hub(settings.model_copy(update=update)) as hub:
        image = {"image_url": "https://i.example.org/1.png", "image_alt": "A gull"}
        properties: dict[str, Any] = {
            "authors": ["Ann"],
            "topics": ["Tides"],
            "summary": "In short.",
            **image,
        }
        await an_article("Whole", slug="whole", **properties)
        await an_article("A page", slug="page", kind=Kind.PAGE, **properties)
        json_ld = json.loads((await hub.ask(JSON_LD, slug="whole"))["article"]["jsonLd"])
        assert fits(json_ld, ARTICLE)
        assert set(json_ld) >= RECOMMENDED
        assert set(json_ld) == set(ARTICLE)
        page = json.loads((await hub.ask(JSON_LD, slug="page"))["article"]["jsonLd"])
        assert fits(page, {**CREATIVE_WORK, "@type": "WebPage"})
        assert not fits({**page, "articleSection": ["x"]}, {**CREATIVE_WORK, "@type": "WebPage"})


async def test_nothing_in_json_ld_ends_its_element(settings: Settings) -> None:
    update = {"article_url": "https://www.example.org/{slug}?a=1&b=2"}
    async with a_hub(settings.model_copy(update=update)) as hub:
        await an_article("</script><!-- & \u2028", slug="odd")
        text = (await hub.ask(JSON_LD, slug="odd"))["article"]["jsonLd"]
        assert not set("<>&\u2028") & set(text)
        json_ld = json.loads(text)
        assert json_ld["headline"].startswith("</script><!-- &")
        assert json_ld["url"] == "https://www.example.org/odd?a=1&b=2"


async def test_a_card_of_an_article(demo: Client) -> None:
    answer = await oembed(demo, url=HERE)
    card = answer.json()
    assert {"version": "1.0", "type": "rich"}.items() <= card.items()
    assert card["title"] == "The Little Gannet slides into the Sallow"
    assert card["author_name"] == "Tomás Brandt"
    assert card["html"].startswith('<blockquote lang="en">')
    assert (card["width"], card["height"]) == (600, 200)
    small = (await oembed(demo, url=HERE, maxwidth=300)).json()
    assert small["width"] == 300
    tag = answer.headers["etag"]
    repeated = await demo.http.get("/oembed", params={"url": HERE}, headers={"if-none-match": tag})
    assert repeated.status_code == 304


async def test_a_card_has_what_oembed_asks_for(demo: Client) -> None:
    """https://oembed.com/#section2.3: what a rich card must and may hold."""
    card = (await oembed(demo, url=HERE)).json()
    assert {"type", "version", "html", "width", "height"} <= card.keys()
    assert card.keys() <= {
        *("type", "version", "html", "width", "height", "title", "author_name"),
        *("provider_name", "provider_url", "cache_age"),
    }
    story = (await demo.http.get(HERE)).text
    [place] = re.findall(
        r'type="application/json\+oembed"[^>]* href="(http://hub.test/[^"]+)"', story
    )
    assert (await demo.http.get(unescape(place))).json() == card
    [place] = re.findall(r'type="application/atom\+xml"[^>]* href="../([^"]+)"', story)
    assert "Comments on" in (await demo.http.get(f"/{unescape(place)}")).text


async def test_a_card_in_xml(demo: Client) -> None:
    answer = await oembed(demo, url=HERE, format="xml")
    root = etree.fromstring(answer.content)
    assert root.tag == "oembed"
    assert root.findtext("title") == "The Little Gannet slides into the Sallow"


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"url": HERE, "format": "yaml"}, 501),
        ({"url": HERE, "maxwidth": "wide"}, 400),
        ({"url": HERE, "maxwidth": "99"}, 400),
        ({}, 400),
        ({"url": "http://hub.test/?article=nothing"}, 404),
        ({"url": "http://hub.test/stories/nothing"}, 404),
        ({"url": "http://hub.test/stories/fr/ferry-launch"}, 404),
        ({"url": "http://hub.test/stories/"}, 404),
        ({"url": "http://hub.test/"}, 404),
        ({"url": "http://[odd"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "https://elsewhere.example/ferry-launch"}, 404),
    ],
)
async def test_what_has_no_card_is_told(
    parameters: dict[str, str], status: int, demo: Client
) -> None:
    answer = await oembed(demo, **parameters)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "pattern",
    ["https://www.example.org/{language}/news/{slug}.html", "https://www.example.org/?a={id}"],
)
async def test_a_card_is_found_by_the_sites_addresses(pattern: str, settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"article_url": pattern})) as hub:
        await an_article("<b>Tides</b>", slug="tides")
        await an_article("Hidden", slug="hidden", status=Status.DRAFT)
        await an_article("Old", slug="old", canonical_url="https://old.example/2019/old/")
        query = '{ article(slug: "tides") { url } }'
        url = (await hub.ask(query))["article"]["url"]
        card = (await oembed(hub, url=f"{url}#top")).json()
        assert card["title"] == "<b>Tides</b>"
        assert "<b><b>" not in card["html"]
        assert (await oembed(hub, url=url.replace("tides", "hidden") + "x")).status_code == 404
        old = await oembed(hub, url="http://old.example/2019/old")
        assert old.json()["title"] == "Old"
        hidden = await hub.ask('{ article(slug: "hidden") { url } }', editor=True)
        answer = await hub.http.get(
            "/oembed", params={"url": hidden["article"]["url"]}, headers=hub.editor
        )
        assert answer.status_code == 404
