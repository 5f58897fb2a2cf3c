"""What search engines and social networks are told of an article: the public part of its metadata.

Metadata are for staff. The values under these names alone are public, whoever has set them: an
editor, or a plugin of the site that an article comes from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from hub.errors import Invalid
from hub.text import validation

MAX_DESCRIPTION = 2_000
_NAMES = {"title": "seo_title", "description": "seo_description", "image": "og_image"}
_NOINDEX, _YES = "seo_noindex", "1"

NOINDEX_PATTERNS = (
    f'{{"{_NOINDEX}": "{_YES}"%'.replace("_", r"\_"),
    f'%, "{_NOINDEX}": "{_YES}"%'.replace("_", r"\_"),
)
"""Patterns of LIKE, with a backslash as ESCAPE, for the metadata of articles with `noindex`.

A quotation mark within a name or a value is escaped in JSON, so that neither is taken for it.
"""


@dataclass(frozen=True, slots=True)
class Seo:
    """Texts and a picture instead of an article's own, which None leaves as they are.

    `noindex`: search engines are asked to leave the article out of their results.
    """

    title: str | None = None
    description: str | None = None
    image: str | None = None
    noindex: bool = False


def read(metadata: str | None) -> Seo:
    """Return the public part of metadata, a JSON object of strings; a bad address is left out."""
    values = json.loads(metadata) if metadata else {}
    return Seo(
        title=values.get(_NAMES["title"]) or None,
        description=values.get(_NAMES["description"]) or None,
        image=_address(values.get(_NAMES["image"])),
        noindex=values.get(_NOINDEX) == _YES,
    )


def image_pattern(path: str) -> str:
    r"""Return the pattern of LIKE, with \ as ESCAPE, for metadata whose picture begins with `path`.

    Such a path has no characters that have a meaning in a pattern, as those of the hub's pictures.
    """
    return f'%"{_NAMES["image"]}": "'.replace("_", r"\_") + f"{path}%"


def merge(metadata: str | None, seo: Seo | None) -> str | None:
    """Return metadata whose public part is `seo`, and whose other values stay; None without any.

    Raises:
        Invalid: a value is out of bounds.
    """
    seo = Seo() if seo is None else _check(seo)
    if read(metadata) == seo:
        return metadata
    values = json.loads(metadata) if metadata else {}
    for attribute, name in _NAMES.items():
        values.pop(name, None)
        if value := getattr(seo, attribute):
            values[name] = value
    values.pop(_NOINDEX, None)
    if seo.noindex:
        values[_NOINDEX] = _YES
    return json.dumps(values, ensure_ascii=False) if values else None


def _check(seo: Seo) -> Seo:
    description = validation.optional_line(seo.description, "seo.description", MAX_DESCRIPTION)
    return Seo(
        validation.optional_line(seo.title, "seo.title") or None,
        description or None,
        validation.url(seo.image, "seo.image") or None,
        seo.noindex,
    )


def _address(value: str | None) -> str | None:
    try:
        return validation.url(value, "seo.image") or None
    except Invalid:
        return None
