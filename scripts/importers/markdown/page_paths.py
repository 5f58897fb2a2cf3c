"""Paths under which a site generator serves pages, by the rules in its configuration."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath

from hub.text.slugs import slug_of
from scripts.importers.markdown.configuration import SiteConfig
from scripts.importers.markdown.header_fields import Header
from scripts.importers.markdown.languages import Translation
from scripts.importers.markdown.permalinks import file_slug, file_stem, published_at

_JEKYLL_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_PLACEHOLDER = re.compile(r":([a-z_]+)|\{\{-?\s*page\.(fileSlug|filePathStem)\s*-?\}\}")
_PELICAN = re.compile(r"\{([a-z]+)(?::([^{}]*))?\}")


def page_path(
    place: PurePosixPath, header: Header, config: SiteConfig, translation: Translation
) -> str:
    """Return the path of a page on its site, from the site's root; empty if it is not known."""
    own = header.text("permalink", "url") or header.text(
        "path" if config.generator == "zola" else ""
    )
    if own and ":" not in own and "{" not in own:
        return own if own.startswith("/") else f"/{own}"
    rules = _RULES.get(config.generator)
    if "page." in own or (own and config.generator == "jekyll"):
        return _expand(own, place, header, translation)
    return rules(header, config, translation) if rules and not own else ""


def _hugo(header: Header, config: SiteConfig, translation: Translation) -> str:
    inside = _inside(translation.place, config)
    sections = inside.parts[:-1]
    if inside.stem in ("index", "_index"):
        sections, is_bundle = inside.parts[:-2], bool(inside.parts[:-1])
        if inside.stem == "_index" or not is_bundle:
            return _language_root(config, translation) + "".join(f"{p}/" for p in inside.parts[:-1])
    pattern = config.permalinks.get(sections[0]) if sections else None
    if pattern:
        path = _expand(pattern, translation.place, header, translation, sections)
    else:
        slug = header.text("slug") or file_stem(inside)
        path = "/" + "".join(f"{part}/" for part in (*sections, slug))
    return "" if not path else _language_root(config, translation)[:-1] + path


def _jekyll(header: Header, config: SiteConfig, translation: Translation) -> str:
    place = translation.place
    collection = next((p[1:] for p in place.parts[:-1] if p.startswith("_")), "")
    if collection in ("drafts", "data"):
        return ""
    if collection:
        pattern = config.permalinks.get(collection, "")
        if collection == "posts":
            pattern = _JEKYLL_STYLES.get(pattern, pattern)
        return _expand(pattern, place, header, translation, collection=collection)
    style = config.permalinks.get("posts", "")
    ends_in_slash = style == "pretty" or style.endswith("/")
    folder = "".join(f"/{part}" for part in place.parts[:-1])
    if place.stem == "index":
        return f"{folder}/"
    return f"{folder}/{place.stem}/" if ends_in_slash else f"{folder}/{place.stem}.html"


def _pelican(header: Header, config: SiteConfig, translation: Translation) -> str:
    kind = "page" if "pages" in translation.place.parts[:-1] else "article"
    language = header.language() or translation.language
    is_translation = bool(language and language != config.language) and bool(
        config.language or header.text("translation").lower() == "true"
    )
    slug = header.text("slug") or slug_of(header.text("title")) or file_stem(translation.place)
    defaults = {"page_url": "pages/{slug}.html", "page_lang_url": "pages/{slug}-{lang}.html"}
    name = f"{kind}_lang_url" if is_translation else f"{kind}_url"
    default = "{slug}-{lang}.html" if is_translation else "{slug}.html"
    pattern = config.permalinks.get(name, defaults.get(name, default))
    date = published_at(translation.place, header)

    def fill(match: re.Match[str]) -> str:
        if match[1] == "date" and date and re.fullmatch(r"(?:%[A-Za-z]|[/.-])*", match[2] or ""):
            return date.astimezone(header.zone).strftime(match[2])
        return {"slug": slug, "lang": language, "category": _first(header)}.get(match[1], "\x00")

    path = _PELICAN.sub(fill, pattern)
    return "" if "\x00" in path else f"/{path.lstrip('/')}"


def _zola(header: Header, config: SiteConfig, translation: Translation) -> str:
    inside = _inside(translation.place, config)
    root = _language_root(config, translation)
    if inside.stem in ("index", "_index"):
        return root + "".join(f"{part}/" for part in inside.parts[:-1])
    slug = header.text("slug") or file_slug(inside, header) or file_stem(inside)
    return root + "".join(f"{part}/" for part in (*inside.parts[:-1], slug))


def _mkdocs(_: Header, config: SiteConfig, translation: Translation) -> str:
    inside = _inside(translation.place, config)
    name = () if inside.stem == "index" else (inside.stem,)
    return "/" + "".join(f"{part}/" for part in (*inside.parts[:-1], *name))


_RULES: dict[str, Callable[[Header, SiteConfig, Translation], str]] = {
    "hugo": _hugo,
    "jekyll": _jekyll,
    "mkdocs": _mkdocs,
    "pelican": _pelican,
    "zola": _zola,
}


def _expand(
    pattern: str,
    place: PurePosixPath,
    header: Header,
    translation: Translation,
    sections: tuple[str, ...] = (),
    *,
    collection: str = "",
) -> str:
    """Fill a pattern such as `/:year/:title/`; empty if it has a part that is not known."""
    date = published_at(translation.place, header)
    stem = file_stem(translation.place)
    slug = header.text("slug")
    values = {
        "slug": slug or (stem if collection else slug_of(header.text("title")) or stem),
        "title": (slug or stem) if collection else slug_of(header.text("title")) or stem,
        "name": stem,
        "path": stem,
        "filename": stem,
        "contentbasename": stem,
        "slugorfilename": slug or stem,
        "slugorcontentbasename": slug or stem,
        "fileSlug": stem,
        "filePathStem": "/" + str(translation.place.with_suffix("")).partition("src/")[2],
        "section": sections[0] if sections else "",
        "sections": "/".join(sections),
        "collection": collection,
        "categories": "/".join(map(slug_of, _categories(translation.place, header))),
        "output_ext": ".html",
        **(_date_parts(date.astimezone(header.zone)) if date else {}),
    }
    path = _PLACEHOLDER.sub(lambda match: values.get(match[1] or match[2], "\x00"), pattern)
    return "" if not path or "\x00" in path or "{" in path else re.sub("/{2,}", "/", f"/{path}")


def _date_parts(date: datetime) -> dict[str, str]:
    formats = {
        **{"year": "%Y", "month": "%m", "day": "%d", "y_day": "%j", "yearday": "%j"},
        **{"short_year": "%y", "monthname": "%B", "hour": "%H", "minute": "%M", "second": "%S"},
    }
    plain = {"i_month": str(date.month), "i_day": str(date.day)}
    return {name: date.strftime(text) for name, text in formats.items()} | plain


def _inside(place: PurePosixPath, config: SiteConfig) -> PurePosixPath:
    content = PurePosixPath(config.content)
    return place.relative_to(content) if place.is_relative_to(content) else place


def _language_root(config: SiteConfig, translation: Translation) -> str:
    language = translation.language
    return f"/{language}/" if language and language != config.language else "/"


def _categories(place: PurePosixPath, header: Header) -> list[str]:
    """Return Jekyll's categories of a post: folders around `_posts`, and those of its header."""
    parts = place.parts[:-1]
    folders = list(parts[: parts.index("_posts")]) if "_posts" in parts else []
    value = header.get("categories", "category")
    named = value.split() if isinstance(value, str) else header.list("categories", "category")
    return list(dict.fromkeys(folders + named))


def _first(header: Header) -> str:
    return slug_of(header.text("category")) or "misc"
