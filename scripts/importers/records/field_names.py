"""Names of fields in the records of other systems, and the fields of a record that they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from hub.drafts import ARTICLE_FIELDS
from hub.text.bodies import Markup

Row = dict[str, Any]

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "title": ("headline", "post title", "heading", "page title", "entry title", "name"),
    "body": (
        *("content", "html", "markdown", "text", "body html", "article body", "post body"),
        *("post content", "body text", "content html", "body content", "article text"),
        *("full text", "main text", "rich text", "story"),
    ),
    "key": ("id", "guid", "uuid", "_id", "nid", "post id", "article id", "item id", "record id"),
    "slug": ("post name", "handle", "url slug", "url key"),
    "published_at": (
        *("date", "published", "pub date", "date published", "publish date", "post date"),
        *("published on", "published date", "publication date", "date gmt", "posted on"),
    ),
    "updated_at": (
        "modified",
        "updated",
        "date modified",
        "last modified",
        "lastmod",
        "changed",
        "updated on",
    ),
    "created_at": ("created", "date created", "created on", "created time", "creation date"),
    "authors": (
        *("author", "byline", "by", "creator", "author name", "post author", "writer", "writers"),
        *("written by",),
    ),
    "topics": (
        *("tags", "categories", "topic", "category", "tag", "section", "article section"),
        *("keywords", "labels", "post tags", "post category", "subjects"),
    ),
    "summary": (
        *("description", "excerpt", "short description", "post excerpt", "abstract", "teaser"),
        *("post summary", "meta description", "intro", "lead", "snippet"),
    ),
    "image_url": (
        *("image", "featured image", "main image", "cover image", "cover", "thumbnail"),
        *("thumbnail image", "thumbnail url", "hero image", "post thumbnail", "picture"),
    ),
    "addresses": ("path", "path alias", "old url", "view node"),
    "image_alt": ("image alt text", "featured image alt"),
    "canonical_url": ("url", "link", "permalink", "canonical", "web url", "page url"),
    "language": ("lang", "locale", "langcode", "in language"),
    **{
        field.name: field.aliases
        for field in ARTICLE_FIELDS
        if field.aliases
        and field.name not in ("summary", "image_url", "canonical_url", "language", "title")
    },
}
"""Other names of a field, the likeliest first; case, spaces and `_` make no difference."""

LISTS = ("authors", "topics", "aliases", "addresses")
_MARKUP = {
    "html": Markup.HTML,
    "bodyhtml": Markup.HTML,
    "contenthtml": Markup.HTML,
    "markdown": Markup.MARKDOWN,
    "text": Markup.TEXT,
}
_WRAPPERS = ("attributes", "fields")
"""Members in which Strapi, JSON:API, Airtable and Contentful wrap the fields of a record."""
_PARTS = {"topics": ("categories", "category", "tags", "keywords", "topic", "tag")}
"""Fields whose other names mean different things that belong together."""


def plain_name(name: str) -> str:
    """Return a name in lower case without separators and Drupal's prefix: `field_tags` → `tags`."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"^field_", "", name.strip().lower()))


_PLAIN = {field: tuple(map(plain_name, names)) for field, names in SYNONYMS.items()}


def apply_map(row: Row, mapping: Mapping[str, str]) -> Row:
    """Rename the fields of a row as an editor says: `mapping` is from our names to the row's."""
    if not mapping:
        return row
    sources = {source: name for name, source in mapping.items()}
    renamed = {sources.get(name, name): value for name, value in row.items() if name in sources}
    return {name: v for name, v in row.items() if name not in sources} | renamed


def unwrap(row: Row) -> Row:
    """Move the fields that a system wraps in a member of the record to the record itself.

    WordPress' REST API wraps each text by itself, as `rendered`, and says whether it is protected.
    """
    for wrapper in _WRAPPERS:
        inner = row.get(wrapper)
        if isinstance(inner, dict):
            row = {name: value for name, value in row.items() if name != wrapper} | inner
    rendered = {
        name: value["rendered"]
        for name, value in row.items()
        if isinstance(value, dict) and isinstance(value.get("rendered"), str)
    }
    if any(row[name].get("protected") is True for name in rendered):
        rendered["password"] = True
    return row | rendered if rendered else row


def rename_synonyms(row: Row) -> Row:
    """Rename the fields of a row to the names of the schema, and drop null values."""
    fields = {name.strip(): value for name, value in row.items() if value is not None}
    by_plain: dict[str, str] = {}
    for name in fields:
        by_plain.setdefault(plain_name(name), name)
    for field, names in _PLAIN.items():
        if field in fields or to_camel(field) in fields:
            continue
        own = by_plain.get(plain_name(field))
        present = [own] if own else [by_plain[name] for name in names if name in by_plain]
        present = [name for name in present if name in fields]
        if not present:
            continue
        if field in _PARTS:
            parts = [n for n in present if plain_name(n) in map(plain_name, _PARTS[field])]
            values = [fields.pop(name) for name in dict.fromkeys(parts or present[:1])]
            fields[field] = values[0] if len(values) == 1 else _join(values)
            continue
        markup = _MARKUP.get(plain_name(present[0])) if field == "body" else None
        if markup is not None:
            fields.setdefault("body_format", markup)
        fields[field] = fields.pop(present[0])
    return fields


def _join(values: list[Any]) -> list[Any]:
    """Join the values of several fields in one list."""
    joined: list[Any] = []
    for value in values:
        if isinstance(value, list):
            joined += value
        elif isinstance(value, str):
            joined += split_names(value)
        else:
            joined.append(value)
    return joined


def split_names(text: str) -> list[str]:
    """Split a list of names in one text at `|`, `;` or commas."""
    delimiter = next((mark for mark in "|;," if mark in text), "|")
    return [part.strip() for part in text.split(delimiter) if part.strip()]


def has_article(row: Row) -> bool:
    """Tell whether a record has a title or a body under any of their names."""
    names = {"title", "body", *_PLAIN["title"], *_PLAIN["body"]}
    return any(value and plain_name(name) in names for name, value in unwrap(row).items())
