"""What a file of a site generator is called: its slug, its date, and the paths that lead to it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath

from hub.text.slugs import slug_of
from scripts.importers.dates import moment
from scripts.importers.markdown.header_fields import Header

_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[-_](.+)")
_DATED_PATH = re.compile(r"(?:^|[/\n])(\d{4})/(\d{1,2})/(\d{1,2})(?:/|$)")
_INDEXES = frozenset({"index", "_index"})


def stem_of(place: PurePosixPath) -> str:
    """The file's own name, without date and extension; the folder's for an index."""
    indexed = place.stem in _INDEXES and place.parent.name
    stem = place.parent.name if indexed else place.stem.lstrip("_") or place.stem
    dated = _DATED.fullmatch(stem)
    return dated[4] if dated else stem


def slug_for(place: PurePosixPath, header: Header) -> str | None:
    """The slug that a file names, or else has by its name."""
    given = header.text("slug", "basename") or _last(header.text("permalink", "path", "url"))
    slug = given if re.fullmatch(r"[^\s/?#%\\:]+", given) else slug_of(given)
    stem = stem_of(place)
    plain = stem if re.fullmatch(r"[\w.@~-]+", stem) else slug_of(stem)
    return (slug or plain or slug_of(header.text("title")))[:160] or None


def _last(path: str) -> str:
    """The last part of an address, without extension; empty for a pattern (`/:year/:title`)."""
    if ":" in path.replace("://", "") or "{" in path:
        return ""
    name = PurePosixPath(path).name
    if name in ("index.html", "index.htm"):
        name = PurePosixPath(path).parent.name
    return re.sub(r"\.(?:html?|md)$", "", name)


def aliases_of(header: Header) -> tuple[str, ...]:
    """The old slugs of a file."""
    slugs = (_last(alias) for alias in header.list("aliases", "alias", "redirect_from"))
    return tuple(dict.fromkeys(one for one in slugs if re.fullmatch(r"[^\s/?#%\\]{1,160}", one)))


def published_at(place: PurePosixPath, header: Header) -> datetime | None:
    """The date of a file, from its header or its path; where it is held back, until when."""
    held = header.moment("publishDate", "publish_date")
    found = header.moment("date", "publishDate", "pubDate", "published_at", "published", "created")
    if found is not None and held is not None:
        return max(found, held)
    if found is None and held is None:
        dated = _DATED.search(str(place)) or _DATED_PATH.search(
            f"{header.text('path', 'permalink', 'url')}\n{place}"
        )
        found = moment("-".join(part.zfill(2) for part in dated.groups()[:3])) if dated else None
    return found or held


def names(place: PurePosixPath, header: Header) -> list[str]:
    """The paths under which a site generator serves a file, or its colleagues link to it."""
    stem = stem_of(place)
    found = [str(place.parent / stem), stem] if stem != place.stem else []
    if place.stem in _INDEXES:
        found.append(str(place.parent))
    found += [
        value for name in ("permalink", "path", "url", "slug") if (value := header.text(name))
    ]
    found += header.list("aliases", "alias", "redirect_from")
    dated = _DATED.fullmatch(place.stem)
    if dated:
        found += [place.stem, f"{dated[1]}/{dated[2].zfill(2)}/{dated[3].zfill(2)}/{dated[4]}"]
    return [one for one in found if ":" not in one.replace("://", "")]
