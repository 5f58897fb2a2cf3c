"""Pages as a client without JavaScript reads them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from lxml import html as markup

from hub import articles, related, taxonomy
from hub.auth import SYSTEM
from hub.drafts import ArticleChanges
from hub.models import RelationKind, Status
from hub.settings import Settings
from hub.taxonomy import AUTHORS, TOPICS
from hub.text.bodies import Body, Markup
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client, a_hub

pytestmark = pytest.mark.anyio
HTML = {"accept": "text/html"}
PAGES = (
    *("/", "/stories/electric-crossing", "/stories/fr/traversee-electrique", "/topics"),
    *("/topics/harbour", "/authors", "/authors/nora-quill", "/archive", "/archive/2026"),
    *("/archive/2026/9", "/search?q=ferry", "/search", "/comment?article=ferry-launch"),
)


async def read(client: Client, path: str, status: int = 200) -> Any:
    """Return the tree of a page, which has links that are absolute."""
    answer = await client.http.get(path, headers=HTML)
    assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
    return parse(answer)


def parse(answer: httpx.Response) -> Any:
    tree: Any = markup.document_fromstring(answer.text)
    tree.make_links_absolute(str(answer.url))
    return tree


def texts(tree: Any, path: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in tree.cssselect(path)]


def hrefs(tree: Any, path: str) -> list[str]:
    return [element.get("href") for element in tree.cssselect(path)]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_whole(path: str, demo: Client) -> None:
    """One heading, landmarks, links that lead somewhere, valid JSON-LD, strict policy, 304."""
    answer = await demo.http.get(path, headers=HTML)
    tree = parse(answer)
    assert len(tree.cssselect("h1")) == 1
    assert tree.cssselect("html[lang], main#content, header nav[aria-label]")
    assert tree.cssselect("body > a.skip")[0].get("href").endswith("#content")
    ids = [element.get("id") for element in tree.cssselect("[id]")]
    assert len(ids) == len(set(ids))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for script in tree.cssselect("script"):
        assert script.get("src") or json.loads(script.text)["@context"] == "https://schema.org"
    assert not re.search(r"<style| on\w+=| style=", answer.text)
    for link in {*hrefs(tree, "main a"), *hrefs(tree, "head link[rel=next], head link[rel=prev]")}:
        if link.startswith("http://hub.test/"):
            linked = await demo.http.get(link.partition("#")[0], headers=HTML)
            assert linked.status_code == 200, (path, link)
    if not path.startswith("/comment"):
        assert "public" in answer.headers["cache-control"]
        conditional = {**HTML, "if-none-match": answer.headers["etag"]}
        assert (await demo.http.get(path, headers=conditional)).status_code == 304


async def test_a_story_tells_what_it_is(client: Client) -> None:
    values: dict[str, Any] = {"topics": ("Baking",), "authors": ("Olive",)}
    german = await an_article("Brot", slug="brot", language="de", translation_key="b", **values)
    await an_article("Secret", slug="secret", status=Status.DRAFT, topics=("Hidden",))
    id_ = await an_article(
        'Salt & "bread"',
        slug="bread",
        summary="Two <loaves>.",
        translation_key="b",
        image_url="http://pictures.test/b.png",
        image_alt="A loaf",
        **values,
    )
    await related.link(id_, kind=RelationKind.PINNED, by=SYSTEM, target_id=german)
    answer = await client.http.get("/stories/bread", headers=HTML)
    tree = parse(answer)
    meta = {one.get("property") or one.get("name"): one.get("content") for one in tree.iter("meta")}
    assert tree.findtext(".//title") == 'Salt & "bread" · Content hub'
    assert meta["description"] == meta["og:description"] == "Two <loaves>."
    assert meta["og:title"] == 'Salt & "bread"'
    assert meta["og:image"] == "http://pictures.test/b.png"
    assert hrefs(tree, "link[rel=canonical]") == ["http://hub.test/stories/bread"]
    languages = {one.get("hreflang"): one.get("href") for one in tree.cssselect("link[hreflang]")}
    assert languages == {
        "en": "http://hub.test/stories/bread",
        "de": "http://hub.test/stories/de/brot",
        "x-default": "http://hub.test/stories/bread",
    }
    data = json.loads(tree.cssselect("script[type='application/ld+json']")[0].text)
    assert (data["@type"], data["url"]) == ("Article", "http://hub.test/stories/bread")
    assert tree.cssselect("img.lead")[0].get("src") == "https://pictures.test/b.png"
    assert "http://hub.test/topics/baking" in hrefs(tree, "article .chips a")
    assert hrefs(tree, ".graph .to a") == ["http://hub.test/stories/de/brot"]
    assert "<loaves>" not in answer.text


@pytest.mark.databases
async def test_addresses_that_were_lead_to_those_that_are(client: Client) -> None:
    id_ = await an_article("Bread", slug="old", topics=("Baking",), authors=("Olive",))
    await articles.revise(id_, ArticleChanges(slug="new"), seen_version=1, by=SYSTEM)
    await an_article("Brot", slug="brot", language="de")
    for kind, name in ((TOPICS, "baking"), (AUTHORS, "olive")):
        label = await kind.model.get(slug=name)
        await taxonomy.update(
            kind, label.id, {"name": f"New {name}", "slug": f"new-{name}"}, by=SYSTEM
        )
    for path, target in {
        "/?article=new": "/stories/new",
        "/?article=old&language=en": "/stories/new",
        "/?article=brot&language=de": "/stories/de/brot",
        "/stories/old": "/stories/new",
        "/stories/brot": "/stories/de/brot",
        "/stories/en/old": "/stories/new",
        "/topics/baking": "/topics/new-baking",
        "/authors/olive": "/authors/new-olive",
        "/search?topic=baking": "/search?q=&topic=new-baking",
    }.items():
        answer = await client.http.get(path, headers=HTML)
        assert answer.status_code == 301, path
        assert str(answer.url.join(answer.headers["location"])) == f"http://hub.test{target}"
    assert (await client.http.get("/stories/en/new")).status_code == 200


@pytest.mark.databases
@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(
            (f"/stories/{slug}", 404)
            for slug in ("nothing", "secret", "%00", "%ff", "a%2Fb", "x" * 3000)
        ),
        *((f"/stories/{tag}/bread", 404) for tag in ("fr", "%00", "zz-" * 30)),
        *((f"/topics/{slug}", 404) for slug in ("nothing", "hidden", "%00", "%F0%9F")),
        *((f"/authors/{slug}", 404) for slug in ("nothing", "%00")),
        *(
            (f"/archive/{time}", 404)
            for time in ("0", "1066", "-1", "9" * 5000, "2026/13", "x/y", "٢٠٢٦")
        ),
        *((f"/comment?{about}", 404) for about in ("", "article=secret", "article=bread&to=999")),
        *((f"{path}?after=nonsense", 400) for path in ("/", "/topics", "/topics/baking")),
        ("/search?q=bread&after=nonsense", 400),
        ("/stories/bread?before=%00", 400),
        ("/?article=nothing", 404),
        ("/?article=secret", 404),
        ("/nothing/at/all", 404),
    ],
)
async def test_what_is_not_there_has_a_page_of_its_own(
    path: str, status: int, client: Client
) -> None:
    await an_article("Bread", slug="bread", topics=("Baking",))
    await an_article("Secret", slug="secret", status=Status.DRAFT, topics=("Hidden",))
    answer = await client.http.get(path, headers=HTML)
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    tree = parse(answer)
    assert texts(tree, "h1")
    assert texts(tree, "[role=alert]")
    assert tree.cssselect("form[role=search]")
    for said in ("Secret", "Hidden", "Traceback"):
        assert said not in answer.text
    assert [link for link in hrefs(tree, "main a") if link == "http://hub.test/topics"]


async def test_lists_turn_their_pages_both_ways(client: Client) -> None:
    for number in range(30):
        day = datetime(2020, 3, 1 + number, tzinfo=UTC)
        await an_article(f"Loaf {number}", topics=("Baking",), authors=("Olive",), published_at=day)
    for path in ("/", "/topics/baking", "/authors/olive", "/archive/2020", "/archive/2020/3"):
        pages, address = list[list[str]](), path
        while address:
            tree = await read(client, address)
            pages.append(texts(tree, ".cards h2"))
            last, address = tree, next(iter(hrefs(tree, "head link[rel=next]")), "")
        assert [title for page in pages for title in page] == [
            f"Loaf {number}" for number in reversed(range(30))
        ], path
        [back] = hrefs(last, "head link[rel=prev]")
        assert texts(await read(client, back), ".cards h2") == pages[-2]


async def test_all_topics_stand_in_the_order_of_their_letters(client: Client) -> None:
    for name in ("zebra", "Äpfel", "apricot", "Éclair", "eel", "12 loaves", "Яблоко", "“Quoted”"):
        await an_article(topics=(name,))
    tree = await read(client, "/topics")
    assert texts(tree, ".letter a") == [
        *("12 loaves", "Äpfel", "apricot", "Éclair", "eel", "“Quoted”", "zebra", "Яблоко"),
    ]
    assert texts(tree, ".letter h2") == ["#", "A", "E", "Q", "Z", "Я"]


async def test_the_start_page_shows_pictures_teasers_and_most_used_topics(client: Client) -> None:
    tree = await read(client, "/")
    assert len(tree.cssselect(".steps li")) == 3
    for topic, times in (("Rare", 1), ("Common", 3)):
        for _ in range(times):
            await an_article(topics=(topic,), published_at=datetime(2020, 1, 1, tzinfo=UTC))
    body = '<p>Long ago.</p><img src="data:x"><img src="http://pictures.test/a.png" alt="Oven">'
    id_ = await an_article("Newest")
    await articles.revise(
        id_, ArticleChanges(body=Body(body, Markup.HTML)), seen_version=1, by=SYSTEM
    )
    assert await client.indexer.wait(id_)
    tree = await read(client, "/")
    [picture] = tree.cssselect(".cards li:first-child img")
    assert (picture.get("src"), picture.get("alt")) == ("https://pictures.test/a.png", "Oven")
    assert "Long ago." in texts(tree, ".cards li:first-child p")
    assert texts(tree, ".bar .chips a") == ["Common", "Rare", "All topics"]


async def test_links_follow_the_sites_pattern(settings: Settings) -> None:
    pattern = "https://www.example.org/{language}/{slug}"
    async with a_hub(settings.model_copy(update={"article_url": pattern})) as hub:
        await an_article("Bread", slug="bread", topics=("Baking",))
        for path in ("/", "/topics/baking"):
            assert hrefs(await read(hub, path), ".cards h2 a") == [
                "https://www.example.org/en/bread"
            ]
        tree = await read(hub, "/stories/bread")
        assert hrefs(tree, "link[rel=canonical]") == ["https://www.example.org/en/bread"]


async def test_a_page_is_rendered_once_and_never_stale(client: Client) -> None:
    id_ = await an_article("Bread", slug="bread")
    first = await client.http.get("/stories/bread")
    assert len(client.app.state.page_cache) == 1
    page = client.app.state.page_cache.items()[0][1]
    assert (await client.http.get("/stories/bread")).content == first.content
    assert client.app.state.page_cache.items()[0][1] is page
    await articles.revise(id_, ArticleChanges(title="Cake"), seen_version=1, by=SYSTEM)
    assert texts(await read(client, "/stories/bread"), "h1") == ["Cake"]
    await articles.archive(id_, by=SYSTEM)
    await read(client, "/stories/bread", 404)


async def test_a_limit_of_searches_has_a_page(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"searches_per_minute": 1})) as hub:
        statuses = [(await hub.http.get(f"/search?q=bread{n}")).status_code for n in range(4)]
        assert statuses[0] == 200
        assert statuses[-1] == 429


@pytest.mark.databases
async def test_no_comment_vanishes_at_any_depth_or_page(client: Client) -> None:
    id_ = await an_article("Bread", slug="bread")
    parent, numbers = None, []
    for number in range(130):
        parent = await a_comment(id_, f"Word {number}.", parent_id=parent if number % 13 else None)
        numbers.append(parent)
    seen, address = [], "/stories/bread"
    while address:
        tree = await read(client, address)
        seen += [one.get("id") for one in tree.cssselect(".comments li")]
        address = next(iter(hrefs(tree, ".said a[rel=next]")), "")
    assert sorted(seen) == sorted(f"comment-{number}" for number in numbers)
    last = numbers[-1]
    tree = await read(client, f"/stories/bread?comment={last}")
    assert tree.cssselect(f"#comment-{last}")
    assert tree.cssselect("meta[name=robots]")[0].get("content") == "noindex"
    for page in ("x", "99999999999999999999", "0", str(2**62)):
        await read(client, f"/stories/bread?comment={page}")
