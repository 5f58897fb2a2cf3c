"""Conditional requests: one set of rules (RFC 9110, 13) for `/graphql`, pages, feeds and files."""

from __future__ import annotations

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.server.conditional import entity_tag, is_not_modified, tag_in_coding
from tests.support.factories import an_article
from tests.support.hub import Client

DOORS = (
    "/graphql?query={site{name}}",
    "/graphql/static/start.css",
    "/graphql/static/start.js",
    "/hub-search.js",
    "/hub-search.json",
    "/schema.graphql",
    "/docs/",
    "/search?q=bread",
    "/feed.xml",
    "/sitemap.xml",
    "/suggest?q=bread",
)
CONDITIONS = (
    (["{tag}"], 304),
    (["W/{tag}"], 304),
    (['"other", {tag}'], 304),
    (['"other",W/{tag}'], 304),
    (['"a,b" ,\t{tag} , '], 304),
    (['"other"', "{tag}"], 304),  # two lines are one list
    (["*"], 304),
    ([" * "], 304),
    (['"other"'], 200),
    (["{opaque}"], 200),
    (["w/{tag}"], 200),
    (['"{opaque}-other"'], 200),
    (['"other", *'], 200),
    ([""], 200),
    (["\xff"], 200),
)
"""Lines of If-None-Match, and the status: the tag is compared weakly, `*` stands alone."""


def request_headers(lines: list[str], tag: str) -> list[tuple[bytes, bytes]]:
    opaque = tag.strip('"')
    return [
        (b"if-none-match", line.format(tag=tag, opaque=opaque).encode("latin-1")) for line in lines
    ]


@pytest.mark.anyio
@pytest.mark.parametrize("door", DOORS)
async def test_if_none_match_means_the_same_at_every_door(door: str, client: Client) -> None:
    assert await client.indexer.wait(await an_article("Bread"))
    first = await client.http.get(door)
    assert first.status_code == 200
    tag = first.headers["etag"].removeprefix("W/")
    for method in ("GET", "HEAD"):
        for lines, status in CONDITIONS:
            answer = await client.http.request(method, door, headers=request_headers(lines, tag))
            assert answer.status_code == status, (method, lines)
            assert (answer.content == b"") == (status == 304 or method == "HEAD")
            for name in ("etag", "cache-control", "vary"):
                assert answer.headers[name] == first.headers[name]


AT = "Sun, 06 Nov 1994 08:49:37 GMT"
DATES = (
    (AT, 304),
    ("Sunday, 06-Nov-94 08:49:37 GMT", 200),
    ("Sun, 06 Nov 1994 08:49:38 GMT", 200),
    ("Sun, 06 Nov 1994 08:49:36 GMT", 200),
    ("yesterday", 200),
    ("", 200),
    ("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", 200),
    ("Sun, 06 Nov 1994 08:49:37 +99999999999999", 200),
)
"""If-Modified-Since, which proves something only if it is the Last-Modified of the response."""


@pytest.mark.parametrize(("date", "status"), DATES)
def test_if_modified_since_is_the_date_of_the_response(date: str, status: int) -> None:
    since = (b"if-modified-since", date.encode())
    assert is_not_modified({"headers": [since]}, '"x"', AT) == (status == 304)
    for tag, matches in ((b'"x"', True), (b'"other"', False), (b"", False)):
        scope = {"headers": [since, (b"if-none-match", tag)]}  # the date is ignored
        assert is_not_modified(scope, '"x"', AT) == matches
    assert not is_not_modified({"headers": [since]}, '"x"')


@pytest.mark.anyio
@pytest.mark.parametrize("door", ["/feed.xml", "/atom.xml", "/sitemap.xml", "/feed.json"])
async def test_the_date_of_a_response_is_accepted_and_any_other_ignored(
    door: str, client: Client
) -> None:
    await an_article("Bread")
    with anyio.fail_after(10):  # within the second of a change there is no date
        while (modified := (await client.http.get(door)).headers.get("last-modified")) is None:
            await anyio.sleep(0.1)
    for date, status in [(modified, 304), *((date, 200) for date, _ in DATES)]:
        answer = await client.http.get(door, headers={"if-modified-since": date})
        assert answer.status_code == status, date


@given(st.text(st.characters(max_codepoint=255)), st.text(st.characters(max_codepoint=255)))
def test_no_header_is_an_error(tag: str, date: str) -> None:
    headers = [
        (name, value.encode("latin-1"))
        for name, value in ((b"if-none-match", tag), (b"if-modified-since", date))
        if value
    ]
    assert is_not_modified({"headers": headers}, entity_tag(b"x"), AT) in (True, False)
    assert is_not_modified({"headers": headers[-1:]}, entity_tag(b"x"), AT) in (True, False)


@given(st.sets(st.binary(), min_size=1, max_size=3), st.sampled_from(["br", "gzip", None]))
def test_other_bytes_have_other_tags(contents: set[bytes], coding: str | None) -> None:
    tags = {tag_in_coding(entity_tag(content), coding) for content in contents}
    tags |= {tag_in_coding(entity_tag(content), "other") for content in contents}
    assert len(tags) == 2 * len(contents)
    assert all(tag[0] == tag[-1] == '"' and '"' not in tag[1:-1] for tag in tags)
