"""Documents of JSON:API, as Drupal serves nodes.

Their authors, terms and images are records of their own, under `included`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from hub.text.bodies import Markup
from scripts.importers.source import Note, Skipped

Row = dict[str, Any]

_OTHERS = re.compile(
    r"(?:user|taxonomy_term|file|media|comment|paragraph|block_content|menu_link_content|view"
    r"|taxonomy_vocabulary|node_type|contact_message|webform_submission)(?:--|$)"
)
_MARKUPS = {"plain_text": Markup.TEXT, "markdown": Markup.MARKDOWN}
_BODIES = ("body", "field_body", "field_content", "field_text")
_AUTHORS = frozenset({"uid", "author", "authors", "field_author", "field_authors", "node_author"})


def is_document(document: object) -> bool:
    """Tell whether a value is a document of JSON:API with resources."""
    if not isinstance(document, dict) or not isinstance(document.get("data"), list | dict):
        return False
    rows = _resources(document)
    return "jsonapi" in document or (
        bool(rows) and "type" in rows[0] and isinstance(rows[0].get("attributes"), dict)
    )


def read_rows(document: Row) -> Iterator[Row | Skipped | Note]:
    """Yield the articles of a document as plain rows, and what is left out of it."""
    included = {
        (str(row.get("type")), str(row.get("id"))): row
        for row in document.get("included") or []
        if isinstance(row, dict)
    }
    site = _link(document, "self")
    missing = 0
    for number, resource in enumerate(_resources(document), 1):
        type_ = str(resource.get("type") or "")
        if _OTHERS.match(type_):
            yield Skipped(f"record {number}", f"records of the type {type_.partition('--')[0]}")
            continue
        row = _Resource(resource, included, _link(resource, "self") or site)
        yield row.to_row()
        missing += row.missing
    if missing:
        reason = f"{missing} authors, terms and images are not in the file"
        yield Note("document", f"{reason}: ask for them with ?include=uid,field_tags,field_image")
    if _link(document, "next"):
        yield Note("document", "there are more pages than this: its links name a next one")


class _Resource:
    """A resource with what it relates to; `missing` counts what is not included."""

    def __init__(self, resource: Row, included: dict[tuple[str, str], Row], url: str) -> None:
        self._resource = resource
        self._included = included
        self._url = url
        self.missing = 0

    def to_row(self) -> Row:
        """Return the resource as a plain row."""
        row: Row = {"id": self._resource.get("id"), **_attributes(self._resource)}
        row |= _body(row)
        path = row.pop("path", None)
        alias = path.get("alias") if isinstance(path, dict) else path
        number = row.pop("drupal_internal__nid", None)
        paths = [alias, f"/node/{number}" if number else None]
        row["addresses"] = [self._absolute(str(path)) for path in paths if path]
        names: list[str] = []
        topics: list[Row] = []
        images: list[tuple[str, object]] = []
        for name, resource, meta in self._related():
            type_, attributes = str(resource.get("type") or ""), _attributes(resource)
            if name in _AUTHORS or type_.startswith("user"):
                names.append(_name(attributes, "display_name", "title"))
            elif type_.startswith("taxonomy_term"):
                taxonomy = type_.partition("--")[2] or None
                topics.append({"name": _name(attributes, "name"), "taxonomy": taxonomy})
            elif type_.startswith(("file", "media")):
                images += [(url, meta.get("alt"))] if (url := self._file_url(resource)) else []
        if authors := [{"name": name} for name in names if name]:
            row["authors"] = authors
        if topics := [topic for topic in topics if topic["name"]]:
            row["topics"] = topics
        if images:
            row["image_url"], row["image_alt"] = images[0]
        return row

    def _related(self) -> Iterator[tuple[str, Row, Row]]:
        """Yield the related resources with the names of their fields, and the data of each link."""
        relationships = self._resource.get("relationships")
        for name, value in relationships.items() if isinstance(relationships, dict) else ():
            data = value.get("data") if isinstance(value, dict) else None
            for link in data if isinstance(data, list) else [data]:
                if not isinstance(link, dict):
                    continue
                meta = link.get("meta")
                resource = self._included.get((str(link.get("type")), str(link.get("id"))))
                kind = str(link.get("type")).partition("--")[0]
                if resource is not None:
                    yield name, resource, meta if isinstance(meta, dict) else {}
                elif kind in ("user", "taxonomy_term", "file", "media"):
                    self.missing += name != "revision_uid"

    def _file_url(self, resource: Row) -> str:
        """Return the address of a file, or of the file of a media record."""
        uri = _attributes(resource).get("uri")
        address = uri.get("url") if isinstance(uri, dict) else _attributes(resource).get("url")
        if isinstance(address, str) and address:
            return self._absolute(address)
        relationships = resource.get("relationships")
        for value in relationships.values() if isinstance(relationships, dict) else ():
            data = value.get("data") if isinstance(value, dict) else None
            key = (str(data.get("type")), str(data.get("id"))) if isinstance(data, dict) else None
            file = self._included.get(key) if key and key[0].startswith("file") else None
            if file is not None and file is not resource:
                return self._file_url(file)
        return ""

    def _absolute(self, address: str) -> str:
        try:
            return urljoin(self._url, address) if self._url else address
        except ValueError:
            return address


def _resources(document: Row) -> list[Row]:
    data = document.get("data")
    return [row for row in (data if isinstance(data, list) else [data]) if isinstance(row, dict)]


def _attributes(resource: Row) -> Row:
    attributes = resource.get("attributes")
    return dict(attributes) if isinstance(attributes, dict) else {}


def _body(row: Row) -> Row:
    """Return the text of a formatted field, its format, and its summary."""
    for name in _BODIES:
        value = row.pop(name, None)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str):
            return {"body": value}
        if isinstance(value, dict):
            markup = _MARKUPS.get(str(value.get("format")), Markup.HTML)
            text = str(value.get("value") or "")
            if value.get("processed") and markup is not Markup.MARKDOWN:
                text, markup = str(value["processed"]), Markup.HTML
            summary = {"summary": value["summary"]} if value.get("summary") else {}
            return {"body": text, "body_format": markup.value, **summary}
    return {}


def _name(attributes: Row, *names: str) -> str:
    return next((str(attributes[name]) for name in names if attributes.get(name)), "")


def _link(resource: Row, name: str) -> str:
    links = resource.get("links")
    link = links.get(name) if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else link
    return href if isinstance(href, str) and href.startswith(("http://", "https://")) else ""
