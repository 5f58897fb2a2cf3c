"""The pages below `/docs/`: complete, linked with each other, and found at their old addresses."""

from __future__ import annotations

import re

import pytest

from schema.web.docs import MOVED, docs
from tests.support.hub import Client

pytestmark = pytest.mark.anyio
LISTED = re.compile(r'<li><a href="([^"#]+)"')
LINK = re.compile(r'href="([^"]+)"')


async def test_the_docs_lead_from_page_to_page(client: Client) -> None:
    for name in docs():
        page = await client.http.get(f"/docs/{name}")
        assert page.status_code == 200
        assert "script-src" not in page.headers["content-security-policy"]
        for address in LINK.findall(page.text):
            if not address.startswith("data:"):
                target, _, place = str(page.url.join(address)).partition("#")
                if target.startswith("http://hub.test/"):
                    answer = await client.http.get(target, headers={"accept": "text/html"})
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


@pytest.mark.parametrize(("earlier", "name"), MOVED.items())
async def test_an_earlier_address_redirects(earlier: str, name: str, client: Client) -> None:
    assert earlier not in docs()
    answer = await client.http.get(f"/docs/{earlier}")
    assert answer.status_code == 308
    target = answer.url.join(answer.headers["location"])
    assert target.path == f"/docs/{name}"
    assert (await client.http.get(target)).status_code == 200
