"""XML that any reader takes: no character that XML has no place for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from lxml import etree

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit(text: str) -> str:
    """`text` without the characters that XML 1.0 cannot hold."""
    return _UNFIT.sub("", text)


def document(tag: str, namespace: str, **prefixes: str) -> etree._Element:
    """The root of a document whose elements are in `namespace` unless a prefix says otherwise."""
    names: Any = {None: namespace, **prefixes}  # None is what lxml wants for the default
    return etree.Element(f"{{{namespace}}}{tag}", nsmap=names)


def add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> None:
    """An element at the end of `parent`."""
    made = etree.SubElement(parent, tag, {name: fit(value) for name, value in attributes.items()})
    if text is not None:
        made.text = fit(text)


def written(root: etree._Element) -> bytes:
    """The document."""
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


class Stream:
    """A document that is handed on while it is being written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._file: Any = None

    @contextmanager
    def within(
        self,
        tag: str,
        namespaces: Mapping[Any, str],
        attributes: Mapping[str, str],
        *more: str,
    ) -> Iterator[None]:
        """The root, and `more` elements inside each other, which all the rest is written into."""
        with ExitStack() as open_:
            self._file = open_.enter_context(etree.xmlfile(self, encoding="utf-8", buffered=False))
            self._file.write_declaration()
            open_.enter_context(self._file.element(tag, _fit(attributes), nsmap=namespaces))
            for one in more:
                open_.enter_context(self._file.element(one))
            self._file.write("\n")
            yield

    @contextmanager
    def element(self, tag: str, **attributes: str) -> Iterator[None]:
        """An element, which what follows is written into."""
        with self._file.element(tag, _fit(attributes)):
            yield
        self._file.write("\n")

    def add(self, tag: str, text: str | None = None, **attributes: str) -> None:
        """A whole element."""
        with self._file.element(tag, _fit(attributes)):
            if text:
                self._file.write(fit(text))
        self._file.write("\n")

    def write(self, part: bytes) -> None:
        """Take in what lxml has written."""
        self._parts.append(part)

    def taken(self) -> bytes:
        """What has been written since the last time."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def _fit(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: fit(value) for name, value in attributes.items()}
