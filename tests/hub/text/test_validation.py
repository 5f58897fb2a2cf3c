"""hub.text.validation: values are judged as browsers read and show them."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import comments
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.database import Reader
from hub.drafts import RelationDraft
from hub.errors import Invalid
from hub.imports import import_articles
from hub.models import RelationKind
from hub.text import validation
from tests.support.factories import a_draft, an_article

TAB, LINE, RETURN = "\t", "\n", "\r"
ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    f"/{TAB}/evil.example",
    f"/{LINE}/evil.example",
    f"{TAB}/{RETURN}{LINE}\\{TAB}evil.example",
    f"/{TAB}\\evil.example",
    "\x00//evil.example",
    "\x1f /\\evil.example",
]
SCRIPTS = [
    "javascript:alert(1)",
    f"java{TAB}script:alert(1)",
    f"\x01java{LINE}script:alert(1)",
    "JAVASCRIPT:alert(1)",
    "data:text/html,x",
    "vbscript:x",
]


@pytest.mark.parametrize("url", [*ELSEWHERE, *SCRIPTS, "evil.example", "http:evil.example"])
def test_a_url_that_browsers_read_otherwise_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        validation.url(url, "url")


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("/path", "/path"),
        (f" {TAB}/pa{LINE}th ", "/path"),
        ("/a\\b?c=\\d#\\e", "/a/b?c=\\d#\\e"),
        ("https:\\\\news.example\\a", "https://news.example/a"),
        (f"ht{TAB}tps://news.example/a", "https://news.example/a"),
        ("https://news.example/a?u=//x", "https://news.example/a?u=//x"),
        ("\x00https://news.example/", "https://news.example/"),
        ("", None),
        ("\x00 \x1f", None),
    ],
)
def test_a_url_is_stored_as_browsers_read_it(url: str, stored: str | None) -> None:
    assert validation.url(url, "url") == stored


PARTS = ["/", "\\", TAB, LINE, " ", "\x01", "a", ".", ":", "?", "http"]


@given(st.lists(st.sampled_from(PARTS)))
def test_what_passes_is_a_path_of_the_site_or_names_a_web_host(parts_of_url: list[str]) -> None:
    try:
        url = validation.url("".join(parts_of_url), "url")
    except Invalid:
        return
    if url is not None:
        assert validation.url(url, "url") == url
        assert not set(url.partition("?")[0]) & {TAB, LINE, "\\", " "}
        parts = urlsplit(url)
        assert (parts.scheme in ("http", "https") and parts.netloc) or (
            url.startswith("/") and not parts.netloc and not parts.scheme
        )


@pytest.mark.anyio
@pytest.mark.parametrize("url", SCRIPTS)
async def test_an_imported_edge_has_no_script_as_its_url(db: Reader, url: str) -> None:
    links = (
        RelationDraft(kind=RelationKind.INLINE, anchor="A", url=url),
        RelationDraft(kind=RelationKind.INLINE, anchor="B", url="../old/page.html"),
    )
    [outcome] = await import_articles([a_draft("a", relations=links)], by=SYSTEM)
    assert outcome.reason is None
    rows = await db.rows("SELECT anchor, url FROM relation ORDER BY anchor")
    assert rows == [("A", None), ("B", "../old/page.html")]


BLANK = ["\u200b", "\u200b\u200c\u200d\ufeff", "\u2060 \u00ad", "\u3164", "\u2800\u115f", "\u202e"]
BLANK += ["\u0301", "\ufe0f\u034f", "\U000e0061\U000e007f", "\u00a0\u3000", "\x01\u200b"]


@pytest.mark.anyio
@pytest.mark.parametrize("words", BLANK, ids=ascii)
async def test_a_comment_that_shows_nothing_is_empty(db: Reader, words: str) -> None:
    article = await an_article()
    submit = partial(comments.submit, article, author_email=None, by=ANONYMOUS)
    with pytest.raises(Invalid, match="body: must not be empty"):
        await submit(author_name="Rita", body=words)
    with pytest.raises(Invalid, match="authorName: must not be empty"):
        await submit(author_name=words, body="Well said.")
    assert await db.rows("SELECT * FROM comment") == []


VISIBLE = ["a\u200b", "👩\u200d👧", "❤\ufe0f", "e\u0301", "می\u200cخواهم", "·"]


@pytest.mark.parametrize("words", VISIBLE)
def test_zero_width_characters_are_allowed_beside_others(words: str) -> None:
    assert not validation.is_blank(words)
    assert validation.line(words, "title") == words
