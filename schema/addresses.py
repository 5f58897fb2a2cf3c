"""Where articles are read: by the site's own pattern, where they came from, or in the hub."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from hub.reads.articles import ArticleRow, PlaceRow
from schema import ids


def on_the_site(row: ArticleRow | PlaceRow, pattern: str) -> str | None:
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


def in_the_hub(row: ArticleRow | PlaceRow, base: str) -> str:
    """The article's story on the start page of the hub at `base`, which ends with a slash."""
    return f"{base}?{urlencode({'article': row.slug, 'language': row.language})}"


def address(row: ArticleRow | PlaceRow, pattern: str, base: str) -> str:
    """Where to send readers."""
    return on_the_site(row, pattern) or in_the_hub(row, base)
