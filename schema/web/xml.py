"""XML that any reader takes: no character that XML has no place for."""

from __future__ import annotations

import re
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
