"""Configuration of a static site generator: its address, languages, and where its pages are.

Read are the files of Jekyll, Hugo, Zola, MkDocs and, as far as its values are literals, Pelican.
Files in JavaScript are programs and are not run; of them only an address that stands in a line of
its own is read.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from scripts.importers.markdown import front_matter
from scripts.importers.markdown.front_matter import UnreadableFile

Values = dict[str, Any]

CONTENT_FOLDERS = frozenset({"content", "posts", "_posts", "src", "docs"})
"""Folders that may be imported alone: the configuration is then in the folder around them."""

_FILES = {
    "jekyll": ("_config.yml", "_config.yaml", "_config.toml"),
    "hugo": (
        *("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"),
        *("config/_default/hugo.toml", "config/_default/hugo.yaml"),
        *("config/_default/config.toml", "config/_default/config.yaml"),
        *("config.toml", "config.yaml", "config.yml", "config.json"),
    ),
    "pelican": ("pelicanconf.py", "publishconf.py"),
    "mkdocs": ("mkdocs.yml", "mkdocs.yaml"),
    "script": (
        *("astro.config.mjs", "astro.config.ts", "astro.config.js"),
        *("docusaurus.config.js", "docusaurus.config.ts"),
    ),
}
_HUGO_PARTS = ("languages", "params", "permalinks")
_SCRIPT_URL = re.compile(r"^\s*(?:site|url)\s*:\s*[\"'](https?://[^\"'\s]+)[\"']\s*,?\s*$", re.M)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """What the configuration of a site tells; empty values where it tells nothing.

    `content` is the folder of pages in the imported one, `""` for that itself. `language_folders`
    are further folders of pages, by their language. `values` and `params` are the variables that
    templates can name. `permalinks` are patterns of addresses by section or collection.
    """

    generator: str = ""
    url: str = ""
    content: str = ""
    language: str = ""
    languages: frozenset[str] = frozenset()
    language_folders: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneInfo | None = None
    permalinks: Mapping[str, str] = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    params: Values = field(default_factory=dict)


def read_config(root: Path) -> SiteConfig:
    """Read the configuration of the site whose pages are in `root`, or in a folder of it."""
    found = _find(root)
    is_around = found is None and root.resolve().name in CONTENT_FOLDERS
    found = found or (_find(root.resolve().parent) if is_around else None)
    if found is None:
        return SiteConfig()
    generator, values = found
    lower = {str(name).lower(): value for name, value in values.items()}
    if generator == "hugo" and "base_url" in lower:
        generator = "zola"
    languages = lower.get("languages")
    languages = languages if isinstance(languages, dict) else {}
    params = lower.get("params") or lower.get("extra")
    content = _content_folder(generator, lower, root)
    return SiteConfig(
        generator=generator,
        url=_site_url(lower),
        content=content,
        language=_default_language(lower, has_languages=generator == "hugo" and bool(languages)),
        languages=frozenset(str(code).lower() for code in languages if _is_code(code)),
        language_folders=_language_folders(languages, is_around=is_around),
        zone=_zone(lower.get("timezone")),
        permalinks=dict(_permalinks(generator, lower)),
        values=values,
        params=params if isinstance(params, dict) else {},
    )


def _find(root: Path) -> tuple[str, Values] | None:
    for generator, names in _FILES.items():
        values: Values = {}
        for name in names:
            # Of Pelican's two files the later one is that of the published site.
            if (root / name).is_file() and (generator == "pelican" or not values):
                values |= _load(root / name)
        if generator == "hugo":
            values |= {
                part: data
                for part in _HUGO_PARTS
                for suffix in ("toml", "yaml", "yml", "json")
                if (data := _load(root / "config" / "_default" / f"{part}.{suffix}"))
            }
        if values:
            return generator, values
    return None


def _load(path: Path) -> Values:
    """Load a configuration; empty where it does not exist or cannot be read."""
    if not path.is_file():
        return {}
    try:
        text = front_matter.read_text(path)
        front_matter.check_numbers(text)
        match path.suffix:
            case ".toml":
                data: Any = tomllib.loads(text)
            case ".json":
                data = json.loads(text)
            case ".py":
                data = dict(_literals(text))
            case ".yml" | ".yaml":
                data = front_matter.load_yaml(text)
            case _:
                address = _SCRIPT_URL.search(text)
                data = {"url": address[1]} if address else {}
    except (
        *(UnreadableFile, ValueError, TypeError, SyntaxError, yaml.YAMLError),
        *(RecursionError, MemoryError),
    ):
        return {}
    return {str(key): value for key, value in data.items()} if isinstance(data, dict) else {}


def _literals(text: str) -> Iterator[tuple[str, Any]]:
    """Yield the names of a Python module that are set to literals. Nothing of it is run."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                yield node.targets[0].id, ast.literal_eval(node.value)
            except (ValueError, TypeError):  # as for a list in a set
                continue


def _site_url(values: Values) -> str:
    """Return the address of the site's root without a slash at its end."""
    for name in ("baseurl", "base_url", "siteurl", "site_url", "url"):
        address = str(values.get(name) or "")
        if re.match(r"https?://[^\s/]", address):
            below = str(values.get("baseurl") or "") if name == "url" else ""
            return address.rstrip("/") + ("/" + below.strip("/") if below.strip("/") else "")
    return ""


def _content_folder(generator: str, values: Values, root: Path) -> str:
    names = {
        "hugo": str(values.get("contentdir") or "content"),
        "zola": "content",
        "pelican": str(values.get("path") or "content"),
        "mkdocs": str(values.get("docs_dir") or "docs"),
    }
    name = names.get(generator, "").strip("/.")
    return name if name and (root / name).is_dir() else ""


def _language_folders(languages: Values, *, is_around: bool) -> dict[str, str]:
    """Return Hugo's folders of languages that have one of their own, as paths in the source."""
    folders = {}
    for code, data in languages.items():
        name = {str(k).lower(): v for k, v in data.items()} if isinstance(data, dict) else {}
        folder = str(name.get("contentdir") or "").strip("/")
        if folder:
            folders[folder.partition("/")[2] if is_around else folder] = str(code).lower()
    return folders


def _default_language(values: Values, *, has_languages: bool) -> str:
    """Return the language of pages without one; of Hugo's languages that is English by default."""
    if has_languages and not values.get("defaultcontentlanguage"):
        return "en"
    names = (
        *("defaultcontentlanguage", "default_language", "default_lang"),
        *("languagecode", "lang", "locale"),
    )
    tags = (str(values.get(name) or "").replace("_", "-").lower() for name in names)
    return next((tag for tag in tags if _LANGUAGE.fullmatch(tag) and len(tag) <= 16), "")


def _permalinks(generator: str, values: Values) -> Iterator[tuple[str, str]]:
    """Yield the patterns of addresses by section (Hugo) or collection (Jekyll)."""
    patterns = values.get("permalinks")
    if generator == "hugo" and isinstance(patterns, dict):
        pages = patterns.get("page")
        sections = {**patterns, **(pages if isinstance(pages, dict) else {})}
        yield from ((str(k), v) for k, v in sections.items() if isinstance(v, str))
    if generator == "jekyll":
        yield "posts", str(values.get("permalink") or "date")
        collections = values.get("collections")
        for name, data in collections.items() if isinstance(collections, dict) else ():
            pattern = data.get("permalink") if isinstance(data, dict) else None
            yield str(name), str(pattern or "/:collection/:path:output_ext")
    if generator == "pelican":
        for name in ("article_url", "article_lang_url", "page_url", "page_lang_url"):
            if isinstance(values.get(name), str):
                yield name, values[name]


def _zone(value: object) -> ZoneInfo | None:
    try:
        return ZoneInfo(str(value)) if value else None
    except (ValueError, OSError, KeyError):
        return None


def _is_code(value: object) -> bool:
    return isinstance(value, str) and bool(_LANGUAGE.fullmatch(value))
