"""URLs of articles: by the site's own pattern, at their original site, or in the hub."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote, urlencode

from schema import ids


class Addressable(Protocol):
    """The fields of an article that its URL depends on."""

    @property
    def id(self) -> int:
        """Its id."""
        ...

    @property
    def slug(self) -> str:
        """Its slug."""
        ...

    @property
    def language(self) -> str:
        """Its language tag."""
        ...

    @property
    def canonical_url(self) -> str | None:
        """The URL of its first publication, if that is on another site."""
        ...


def site_url(row: Addressable, pattern: str) -> str | None:
    """Return the article's URL by `pattern` (`{slug}`, `{language}`, `{id}`), else its canonical.

    None if there is neither.
    """
    if not pattern:
        return row.canonical_url
    url = pattern
    for name, value in (
        ("slug", row.slug),
        ("language", row.language),
        ("id", ids.global_id(ids.ARTICLE, row.id)),
    ):
        url = url.replace(f"{{{name}}}", quote(value, safe=""))
    return url


def hub_url(row: Addressable, base: str) -> str:
    """Return the URL of the article on the start page of the hub at `base`, which ends with "/"."""
    return f"{base}?{urlencode({'article': row.slug, 'language': row.language})}"


def public_url(row: Addressable, pattern: str, base: str) -> str:
    """Return the URL for readers: `site_url`, or else `hub_url`."""
    return site_url(row, pattern) or hub_url(row, base)
