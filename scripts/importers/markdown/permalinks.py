"""Slug, date and urls of a file, by the conventions of static site generators."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath

from hub.text.slugs import slug_of
from scripts.importers.content.dates import parse_date
from scripts.importers.markdown import notion
from scripts.importers.markdown.header_fields import Header

_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[-_](.+)")
_DATED_PATH = re.compile(r"(?:^|[/\n])(\d{4})/(\d{1,2})/(\d{1,2})(?:/|$)")
INDEXED_FIELDS = frozenset(
    (
        *("aliases", "alias", "redirect_from", "permalink", "path", "url", "slug", "basename"),
        *("language", "lang", "locale", "translation", "translation_key", "translationkey"),
        *("lang-ref", "ref", "title", "category", "categories", "date", "publishdate"),
        *("publish_date", "pubdate", "published_at", "published", "created"),
    )
)
"""Fields that tell under which paths a file is served, or which translations it has."""
_INDEXES = frozenset({"index", "_index"})


def file_stem(place: PurePosixPath) -> str:
    """Return a file's name without date and extension; the folder's name for an index."""
    indexed = place.stem in _INDEXES and place.parent.name
    stem = place.parent.name if indexed else place.stem.lstrip("_") or place.stem
    stem = notion.strip_id(stem) or stem
    dated = _DATED.fullmatch(stem)
    return dated[4] if dated else stem


def file_slug(place: PurePosixPath, header: Header) -> str | None:
    """Return the slug in a file's header, or else from its name."""
    permalink = header.text("slug", "basename") or _last_segment(
        header.text("permalink", "path", "url")
    )
    slug = permalink if re.fullmatch(r"[^\s/?#%\\:]+", permalink) else slug_of(permalink)
    stem = file_stem(place)
    plain = stem if re.fullmatch(r"[\w.@~-]+", stem) else slug_of(stem)
    return (slug or plain or slug_of(header.text("title")))[:160] or None


def _last_segment(path: str) -> str:
    """Return a url's last segment, without extension; empty for a pattern (`/:year/:title`)."""
    if ":" in path.replace("://", "") or "{" in path:
        return ""
    name = PurePosixPath(path).name
    if name in ("index.html", "index.htm"):
        name = PurePosixPath(path).parent.name
    return re.sub(r"\.(?:html?|md)$", "", name)


def parse_aliases(header: Header) -> tuple[str, ...]:
    """Return the old slugs of a file."""
    slugs = (_last_segment(alias) for alias in header.list("aliases", "alias", "redirect_from"))
    return tuple(dict.fromkeys(slug for slug in slugs if re.fullmatch(r"[^\s/?#%\\]{1,160}", slug)))


def published_at(place: PurePosixPath, header: Header) -> datetime | None:
    """Return the date of a file, from its header or path; a later publish date wins."""
    held = header.date("publishDate", "publish_date")
    date = header.date("date", "publishDate", "pubDate", "published_at", "published", "created")
    if date is not None and held is not None:
        return max(date, held)
    if date is None and held is None:
        dated = _DATED.search(str(place)) or _DATED_PATH.search(
            f"{header.text('path', 'permalink', 'url')}\n{place}"
        )
        text = "-".join(part.zfill(2) for part in dated.groups()[:3]) if dated else ""
        date = parse_date(text, header.zone)
    return date or held


def link_paths(place: PurePosixPath, header: Header) -> list[str]:
    """Return the paths under which a site generator serves a file, or other files link to it."""
    stem = file_stem(place)
    paths = [str(place.parent / stem), stem] if stem != place.stem else []
    if place.stem in _INDEXES:
        paths.append(str(place.parent))
    paths += [
        value for name in ("permalink", "path", "url", "slug") if (value := header.text(name))
    ]
    paths += header.list("aliases", "alias", "redirect_from")
    dated = _DATED.fullmatch(place.stem)
    if dated:
        paths += [place.stem, f"{dated[1]}/{dated[2].zfill(2)}/{dated[3].zfill(2)}/{dated[4]}"]
    return [path for path in paths if ":" not in path.replace("://", "") and "{" not in path]
