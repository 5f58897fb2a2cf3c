"""Where articles are read: by the site's own pattern, where they came from, or in the hub."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote, urlencode

from schema import ids


class Placed(Protocol):
    """What of an article its address is made of."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        ...

    @property
    def language(self) -> str:
        """Its language tag."""
        ...

    @property
    def canonical_url(self) -> str | None:
        """Where it was first published, if that is another site."""
        ...


def on_the_site(row: Placed, pattern: str) -> str | None:
    """The article's address by `pattern` (`{slug}`, `{language}`, `{id}`), else its canonical one.

    None where there is neither.
    """
    if not pattern:
        return row.canonical_url
    found = pattern
    for name, value in (
        ("slug", row.slug),
        ("language", row.language),
        ("id", ids.global_id(ids.ARTICLE, row.id)),
    ):
        found = found.replace(f"{{{name}}}", quote(value, safe=""))
    return found


def in_the_hub(row: Placed, base: str) -> str:
    """The article's story on the start page of the hub at `base`, which ends with a slash."""
    return f"{base}?{urlencode({'article': row.slug, 'language': row.language})}"


def address(row: Placed, pattern: str, base: str) -> str:
    """Where to send readers."""
    return on_the_site(row, pattern) or in_the_hub(row, base)
