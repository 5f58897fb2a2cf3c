"""The pages below `/docs/`: complete, linked with each other, and found at their old addresses."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from lxml import html as markup

from schema.web.docs import MOVED, docs
from tests.support.hub import Client

pytestmark = pytest.mark.anyio
LISTED = re.compile(r'<li><a href="([^"#]+)"')
LINK = re.compile(r'href="([^"]+)"')


async def test_the_docs_lead_from_page_to_page(client: Client) -> None:
    answers = dict[str, httpx.Response]()
    for name in docs():
        page = await client.http.get(f"/docs/{name}")
        assert page.status_code == 200
        assert "unsafe" not in page.headers["content-security-policy"]
        for address in LINK.findall(page.text):
            if not address.startswith("data:"):
                target, _, place = str(page.url.join(address)).partition("#")
                if target.startswith("http://hub.test/"):
                    if target not in answers:
                        html = {"accept": "text/html"}
                        answers[target] = await client.http.get(target, headers=html)
                    answer = answers[target]
                    assert answer.status_code == 200, (name, address)
                    assert not place or f'id="{place}"' in answer.text, (name, address)
    for name in ("nothing", "../README", "%2e%2e/README", "reference/api.md", "README", "changes/"):
        assert (await client.http.get(f"/docs/{name}")).status_code == 404


async def test_the_index_lists_every_page(client: Client) -> None:
    index = await client.http.get("/docs/")
    decisions = {name for name in docs() if re.match(r"adr/.", name)}
    assert set(LISTED.findall(index.text)) == set(docs()) - decisions - {""}
    listed = LISTED.findall((await client.http.get("/docs/adr/")).text)
    assert {f"adr/{name}" for name in listed} == decisions


EARLIER = {
    **MOVED,
    **{name: f"how-to/{name}" for name in ("editors", "preview", "audit")},
}


@pytest.mark.parametrize(("earlier", "name"), EARLIER.items())
async def test_an_earlier_address_redirects(earlier: str, name: str, client: Client) -> None:
    assert earlier not in docs()
    answer = await client.http.get(f"/docs/{earlier}")
    assert answer.status_code == 308
    target = answer.url.join(answer.headers["location"])
    assert target.path == f"/docs/{name}"
    assert (await client.http.get(target)).status_code == 200


async def read(client: Client, path: str) -> Any:
    answer = await client.http.get(f"/docs/{path}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    tree: Any = markup.document_fromstring(answer.text)
    tree.make_links_absolute(str(answer.url))
    return tree


async def test_the_docs_are_read_from_the_first_page_to_the_last(client: Client) -> None:
    visited, path = [], ""
    while True:
        tree = await read(client, path)
        current = [link.get("href") for link in tree.cssselect(".side [aria-current]")]
        assert current == ([f"http://hub.test/docs/{path}"] if path else [])
        following = [link.get("href") for link in tree.cssselect("nav [rel=next]")]
        if not following:
            break
        visited.append(path := following[0].removeprefix("http://hub.test/docs/"))
        [before] = (await read(client, path)).cssselect("nav [rel=prev]")
        assert before.get("href") == f"http://hub.test/docs/{visited[-2] if visited[1:] else ''}"
    assert sorted(visited) == sorted(set(docs()) - {""})


@pytest.mark.parametrize(
    ("text", "page", "anchor"),
    [
        ("HUB_ARTICLE_URL", "reference/settings", ""),
        ("moderate comm", "how-to/moderate-comments", ""),
        ("form token script", "how-to/pages", "comments"),
        ("xylographic zeppelin", "", ""),
        ("?! --", "", ""),
        ("a" * 5_000, "", ""),
        ("<xqz>(", "", ""),
    ],
)
async def test_a_search_leads_to_parts_of_pages(
    text: str, page: str, anchor: str, client: Client
) -> None:
    tree = await read(client, f"?{urlencode({'q': text})}")
    links = [
        link.get("href").removeprefix("http://hub.test/docs/")
        for link in tree.cssselect(".results > li > a")
    ]
    assert bool(links) == bool(page)
    assert not tree.cssselect("main b")
    if page:
        assert any(link.partition("#")[0] == page for link in links[:5]), links
        assert not anchor or f"{page}#{anchor}" in links
        assert tree.cssselect(".results mark")


async def test_code_is_coloured_and_tables_scroll_in_boxes(client: Client) -> None:
    tree = await read(client, "how-to/search-box")
    assert tree.cssselect(".code > pre > code span.nt")
    assert "<hub-search" in tree.cssselect(".code > pre")[0].text_content()
    tree = await read(client, "reference/settings")
    names = [box.get("aria-label") for box in tree.cssselect(".scroll[tabindex='0']")]
    assert len(names) == len(set(names)) == len(tree.cssselect("table")) > 1
