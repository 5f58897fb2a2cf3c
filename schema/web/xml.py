"""XML documents and streams without the characters that XML 1.0 does not allow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from lxml import etree

_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def strip_invalid_characters(text: str) -> str:
    """Remove the characters that XML 1.0 does not allow."""
    return _INVALID.sub("", text)


def create_root(tag: str, namespace: str, **prefixes: str) -> etree._Element:
    """Create the root of a document with `namespace` as its default namespace."""
    nsmap: Any = {None: namespace, **prefixes}  # None is lxml's prefix for the default namespace
    return etree.Element(f"{{{namespace}}}{tag}", nsmap=nsmap)


def add_element(
    parent: etree._Element, tag: str, text: str | None = None, **attributes: str
) -> None:
    """Append an element to `parent`."""
    element = etree.SubElement(
        parent, tag, {name: strip_invalid_characters(value) for name, value in attributes.items()}
    )
    if text is not None:
        element.text = strip_invalid_characters(text)


def serialize(root: etree._Element) -> bytes:
    """Serialize the document."""
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


class XmlStream:
    """An XML document that can be sent while it is being written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._file: Any = None

    @contextmanager
    def root(
        self,
        tag: str,
        namespaces: Mapping[Any, str],
        attributes: Mapping[str, str],
        *nested: str,
    ) -> Iterator[None]:
        """Open the root, and the `nested` elements inside each other, for all that follows."""
        with ExitStack() as stack:
            self._file = stack.enter_context(etree.xmlfile(self, encoding="utf-8", buffered=False))
            self._file.write_declaration()
            stack.enter_context(
                self._file.element(tag, _clean_attributes(attributes), nsmap=namespaces)
            )
            for inner_tag in nested:
                stack.enter_context(self._file.element(inner_tag))
            self._file.write("\n")
            yield

    @contextmanager
    def element(self, tag: str, **attributes: str) -> Iterator[None]:
        """Open an element for the elements that follow."""
        with self._file.element(tag, _clean_attributes(attributes)):
            yield
        self._file.write("\n")

    def add(self, tag: str, text: str | None = None, **attributes: str) -> None:
        """Write an element with text alone."""
        with self._file.element(tag, _clean_attributes(attributes)):
            if text:
                self._file.write(strip_invalid_characters(text))
        self._file.write("\n")

    def write(self, part: bytes) -> None:
        """Append bytes; called by lxml."""
        self._parts.append(part)

    def drain(self) -> bytes:
        """Return the bytes written since the last call."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _clean_attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: strip_invalid_characters(value) for name, value in attributes.items()}
