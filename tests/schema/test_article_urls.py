"""schema.article_urls: addresses of articles by the site's pattern, and back."""

from __future__ import annotations

import pytest

from hub.reads.related import BodyLink
from schema import article_urls, ids

PATTERNS = ["{language}-{slug}-{id}", "{slug}{language}{id}x", "{slug}-{language}-{slug}-{id}"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_hostile_addresses_are_parsed_in_linear_time(pattern: str) -> None:
    """In cubic time, this would take hours."""
    for address in ("-" * 20_000, "a-" * 10_000, "=-" * 10_000):
        assert article_urls.parse(f"/{address}!", f"/{pattern}") is None


@pytest.mark.parametrize("pattern", [PATTERNS[0], "{id}/{slug}", "{language}/{slug}?a={id}"])
def test_an_address_names_the_article_that_it_is_made_for(pattern: str) -> None:
    row = BodyLink(None, None, False, "", None, None, 2**40, "über-zwei_100%", "pt-BR", None)
    url = article_urls.site_url(row, f"https://a.test/{pattern}")
    assert url is not None
    names = article_urls.parse(url, f"https://a.test/{pattern}")
    assert names is not None
    assert ids.parse(names["id"]) == (ids.ARTICLE, row.id)
