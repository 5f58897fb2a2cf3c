"""hub.text.slugs: different spellings have the same key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.text.slugs import KEY_LENGTH, headline_key, slug_of, url_key

SAME_URLS = [
    ("https://www.Example.test/a/b/", "http://example.test/a/b"),
    ("https://example.test:443/a#comments", "https://example.test/a"),
    ("https://example.test/a?utm_source=x&b=2&a=1", "https://example.test/a?a=1&b=2"),
    ("https://example.test/caf%C3%A9", "https://example.test/café"),
    ("https://me:pw@example.test/a", "https://example.test/a"),
]


@pytest.mark.parametrize(("first", "second"), SAME_URLS)
def test_two_spellings_of_a_url_have_one_key(first: str, second: str) -> None:
    assert url_key(first) == url_key(second) != ""


def test_different_pages_have_different_keys() -> None:
    assert url_key("https://a.test/?p=1") != url_key("https://a.test/?p=2")
    assert url_key("https://a.test/x") != url_key("https://b.test/x")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("EU’s top diplomat visits Ukraine.", "EU's Top Diplomat visits ukraine"),
        ("Cafe\u0301 opens", "Caf\u00e9 opens"),
        ("One – two", "One: two"),
    ],
)
def test_two_spellings_of_a_headline_have_one_key(first: str, second: str) -> None:
    assert headline_key(first) == headline_key(second) != ""


@given(st.text())
def test_keys_of_any_text_are_bounded_and_stable(text: str) -> None:
    for key in (headline_key, url_key):
        value = key(text)
        assert len(value) <= KEY_LENGTH
        assert key(text) == value
    assert headline_key(headline_key(text)) == headline_key(text)
    slug = slug_of(text)
    assert len(slug) <= 160
    assert not set(slug) & set(" /?#")


def test_long_keys_keep_what_tells_them_apart() -> None:
    assert headline_key("x" * 400 + " a") != headline_key("x" * 400 + " b")
