"""Squarespace's dialect of WXR: a page is made of blocks, of which some are no part of its text."""

from __future__ import annotations

import re
from html import escape

from lxml import etree, html

_LEFT_OUT = (
    *("product", "newsletter", "form", "summary", "summary-v2", "search", "donation", "archive"),
    *("tock", "opentable", "zola", "tagcloud", "rss", "menu-block", "amazon", "membership"),
)
_NAME = re.compile(rf"(?:^|\s)(?:sqs-block-)?({'|'.join(_LEFT_OUT)})(?:-block)?(?=\s|$)")
_ENTITIES = {"\ue000": "&lt;", "\ue001": "&gt;", "\ue002": "&quot;"}
_PLACEHOLDERS = str.maketrans('<>"', "".join(_ENTITIES))
MAX_LENGTH = 2_000_000


def remove_blocks(text: str) -> tuple[str, tuple[str, ...]]:
    """Remove blocks of shops, forms and lists; return the rest, and the names of those removed."""
    if "sqs-block" not in text or len(text) > MAX_LENGTH:
        return text, ()
    try:
        root = html.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, ValueError):
        return text, ()
    removed: dict[str, None] = {}
    for node in root.xpath(".//*[contains(@class, 'sqs-block')]"):
        name = _NAME.search(str(node.get("class")))
        if name and "sqs-block-content" not in str(node.get("class")):
            removed[name[1]] = None
            if node.getparent() is not None:
                node.drop_tree()
    if not removed:
        return text, ()
    for node in root.iter(etree.Element):
        for key, value in node.attrib.items():
            # lxml writes these as they are, or in other quotes; embeds stand in attributes.
            node.set(key, value.translate(_PLACEHOLDERS))
    parts = [escape(root.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in root]
    text = "".join(parts)
    for placeholder, entity in _ENTITIES.items():
        text = text.replace(placeholder, entity)
    return text, tuple(removed)
