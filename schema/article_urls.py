"""URLs of articles: by the site's own pattern, at their original site, or in the hub."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote, unquote, urljoin

from hub.reads.addresses import Lookup
from hub.settings import Settings
from hub.text.slugs import path_of_key, url_key
from schema import ids

_PLACEHOLDER = re.compile(r"\\{(slug|language|id)\\}")
_VALUES = {"slug": "[^/?#&]+", "language": "[A-Za-z0-9-]{1,35}", "id": "[A-Za-z0-9_=%+-]{1,64}"}
"""What stands for a placeholder. One alone is unbounded: several in one segment of a path, tried at
all of their borders, take linear time."""


class Place(Protocol):
    """The fields of an article that its story's address depends on."""

    @property
    def slug(self) -> str:
        """Its slug."""
        ...

    @property
    def language(self) -> str:
        """Its language tag."""
        ...


class Addressable(Place, Protocol):
    """The fields of an article that its URL depends on."""

    @property
    def id(self) -> int:
        """Its id."""
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


def lookup(url: str, pattern: str) -> Lookup:
    """Return how an address is looked up, given the `pattern` of the site's own.

    Without a host, or at the pattern's, old paths of all hosts count: the site may serve the
    articles of another one now.
    """
    key = url_key(url)
    names = parse(url, pattern) if pattern else None
    if names is None:
        host = key.partition("/")[0].partition("?")[0]
        is_own = host in ("", url_key(urljoin(pattern, "/")))
        return Lookup(key, path_of_key(key) if is_own else None)
    if "id" in names:
        kind, number = ids.parse(names["id"]) or ("", 0)
        return Lookup(key, path_of_key(key), id=number if kind == ids.ARTICLE else None)
    return Lookup(key, path_of_key(key), slug=names["slug"], language=names.get("language"))


def parse(url: str, pattern: str) -> dict[str, str] | None:
    """Return what an address names by `pattern` (`slug`, `language`, `id`); None if it is none.

    Without a host, the path of the pattern counts.
    """
    url = url.strip().partition("#")[0]
    url = url if "?" in pattern else url.partition("?")[0]
    expected = pattern
    if url.startswith("/") and not url.startswith("//"):
        expected = pattern[len(urljoin(pattern, "/")) - 1 :] if "://" in pattern else pattern
    url, expected = _bare(url), _bare(expected)
    match = re.fullmatch(_expression(expected), url)
    return None if match is None else {k: unquote(v) for k, v in match.groupdict().items()}


def _bare(url: str) -> str:
    """Return an address without what makes no difference: scheme, `www.` and final slash."""
    return re.sub(r"^https?://(?:www\.)?", "//", url).rstrip("/")


@lru_cache(maxsize=16)
def _expression(pattern: str) -> str:
    names: set[str] = set()

    def group(match: re.Match[str]) -> str:
        name = match[1]
        if name in names:
            return f"(?P={name})"
        names.add(name)
        return f"(?P<{name}>{_VALUES[name]})"

    return _PLACEHOLDER.sub(group, re.escape(pattern))


def is_present(url: str, present: str | None) -> bool:
    """Tell whether an address, perhaps without host, is the `present` one; yes if there is none."""
    if present is None:
        return True
    key, present_key = url_key(url), url_key(present)
    return key in (present_key, path_of_key(present_key))


def story_path(row: Place, language: str) -> str:
    """Return the path of an article's story below the hub's base.

    `language` is the hub's own, whose articles have no language in their paths.
    """
    slug = quote(row.slug, safe="")
    if row.language.lower() == language.lower():
        return f"stories/{slug}"
    return f"stories/{quote(row.language, safe='')}/{slug}"


def public_url(row: Addressable, settings: Settings, base: str) -> str:
    """Return the URL for readers: `site_url`, or else its story in the hub at `base`.

    `base` ends with "/".
    """
    return site_url(row, settings.article_url) or base + story_path(row, settings.language)


def comment_anchor(id_: int) -> str:
    """Return the anchor of a comment, on every page that shows it."""
    return f"comment-{id_}"


def comment_url(row: Addressable, id_: int, settings: Settings) -> str | None:
    """Return the URL of a comment on an article for readers; None if there is no page of it.

    A story in the hub has its comments on several pages: the address names the comment's.
    """
    anchor = comment_anchor(id_)
    if url := site_url(row, settings.article_url):
        return f"{url.partition('#')[0]}#{anchor}"
    if not settings.start_page:
        return None
    story = public_url(row, settings, settings.site_url.rstrip("/") + "/")
    return f"{story}?comment={id_}#{anchor}"
