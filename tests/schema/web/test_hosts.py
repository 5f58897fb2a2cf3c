"""No address that the hub gives out is made of a `Host` that only the request names."""

from __future__ import annotations

import re
from urllib.parse import quote

import httpx
import pytest
from pydantic import ValidationError
from starlette.routing import Route

from hub import comments
from hub.app import create_app
from hub.auth import ANONYMOUS
from hub.settings import Settings
from tests.support.factories import an_article
from tests.support.hub import a_hub

pytestmark = pytest.mark.anyio

SETTINGS: dict[str, tuple[dict[str, object], str]] = {
    "nothing": ({}, "http://hub.test/"),
    "a site": ({"site_url": "https://www.site.test/blog/"}, "https://www.site.test/blog/"),
    "hosts": ({"allowed_hosts": ["A.test:81", "b.test"]}, "http://a.test:81/"),
    "both": (
        {"allowed_hosts": ["b.test"], "site_url": "https://www.site.test"},
        "https://www.site.test/",
    ),
}
HOSTS = ("evil.test", "evil.test:80", "EVIL.test", "b.test.evil.test", "b.test@evil.test")
QUERIES = ("", "q=ferry", "article=ferry", f"url={quote('http://hub.test/?article=ferry')}")


def paths(settings: Settings) -> list[str]:
    """The path of every route that can be read, with and without a last slash."""
    routes = [route for route in create_app(settings).routes if isinstance(route, Route)]
    plain = [
        re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: {"block": "0"}.get(name[1], "x"), route.path)
        for route in routes
        if not route.path.startswith("/1/")
    ]
    return plain + [path.rstrip("/") if path[-1] == "/" else f"{path}/" for path in plain]


@pytest.mark.parametrize("name", SETTINGS)
async def test_no_page_names_a_host_that_only_the_request_names(
    name: str, settings: Settings
) -> None:
    update, base = SETTINGS[name]
    settings = settings.model_copy(update={**update, "article_url": ""})
    async with a_hub(settings) as client:
        id_ = await an_article("Ferry", slug="ferry")
        await comments.submit(id_, author_name="Rita", body="Yes.", author_email=None, by=ANONYMOUS)
        for path in paths(settings):
            for host in HOSTS:
                for query in QUERIES:
                    response = await client.http.get(
                        f"{path or '/'}?{query}",
                        headers={
                            "host": host,
                            "x-forwarded-host": "evil.test",
                            "forwarded": "host=evil.test",
                        },
                    )
                    told = f"{response.headers} {response.text}".lower()
                    assert "evil" not in told, (path, host, query)
                    assert response.status_code < 500 or path.startswith("/oembed")
        for file in ("robots.txt", "opensearch.xml", "sitemap.xml", "feed.xml", "hub-search.json"):
            text = (await client.http.get(f"/{file}", headers={"host": "evil.test"})).text
            assert base in text, (file, text)


async def test_an_allowed_host_decides(settings: Settings) -> None:
    update = {"allowed_hosts": ["a.test", "b.test:81"], "site_url": "https://www.site.test"}
    async with a_hub(settings.model_copy(update=update)) as client:
        for host, base in {
            "a.test": "http://a.test/",
            "B.test:81": "http://b.test:81/",
            "b.test": "https://www.site.test/",
        }.items():
            text = (await client.http.get("/robots.txt", headers={"host": host})).text
            assert f"Sitemap: {base}sitemap.xml" in text


async def test_a_last_slash_redirects_within_the_hub(settings: Settings) -> None:
    async with a_hub(settings) as client:
        answer = await client.http.get("/feed.xml/?q=a%20b", headers={"host": "evil.test"})
        assert (answer.status_code, answer.headers["location"]) == (307, "/feed.xml?q=a%20b")
        for path in ("//evil.test/", "/nothing/", "//evil.test/feed.xml/"):
            answer = await client.http.send(
                httpx.Request("GET", httpx.URL("http://hub.test", raw_path=path.encode()))
            )
            assert answer.status_code == 404, path


@pytest.mark.parametrize("host", ["http://a.test", "a.test/b", "a b", "", "a@b.test", "a.test:x"])
def test_a_host_is_a_name_with_a_port(host: str) -> None:
    with pytest.raises(ValidationError):
        Settings(allowed_hosts=[host])
