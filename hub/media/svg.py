"""SVG without scripts: an allow-list of elements and attributes, and no outside addresses."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 50_000
NAMESPACE = "http://www.w3.org/2000/svg"
_REMOVED = "removed"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_XML = "{http://www.w3.org/XML/1998/namespace}"

_SHAPES = "circle|ellipse|line|path|polygon|polyline|rect|text|textPath|tspan|image"
_STRUCTURE = "svg|g|defs|desc|symbol|switch|title|use|style|clipPath|mask|pattern|marker"
_PAINT = "linearGradient|radialGradient|stop|filter|fe[A-Z][A-Za-z]{3,20}"
_ELEMENTS = re.compile(f"{_SHAPES}|{_STRUCTURE}|{_PAINT}")
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_SAFE_URL = re.compile(r"url\(\s*(['\"]?)#[^'\"()\\]*\1\s*\)", re.IGNORECASE)
_UNSAFE_STYLE = re.compile(
    r"(?:url|src|image)\s*\(|@import|expression|javascript:|image-set|\\|<", re.IGNORECASE
)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*")


class UnsafeSvg(ValueError):
    """It is no SVG, or one that cannot be read without dangers."""


def sanitise(data: bytes) -> tuple[bytes, int, int]:
    """Return an SVG with its shapes, texts and inner links alone; with its width and height.

    These are 0 if it has none in pixels. Raises UnsafeSvg.
    """
    if len(data) > MAX_BYTES:
        raise UnsafeSvg(f"it is an SVG of more than {MAX_BYTES:,} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    root: Any
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnsafeSvg("it is no well-formed SVG") from error
    if (dtd := root.getroottree().docinfo.internalDTD) is not None and dtd.entities():
        raise UnsafeSvg("it is an SVG that declares entities")
    if root.tag != f"{{{NAMESPACE}}}svg":
        raise UnsafeSvg("it is no SVG")
    elements = list(root.iter())
    if len(elements) > MAX_ELEMENTS:
        raise UnsafeSvg(f"it is an SVG of more than {MAX_ELEMENTS:,} elements")
    for element in elements:
        if _is_allowed(element):
            _clean(element)
        elif isinstance(element.tag, str):
            element.tag = _REMOVED
    etree.strip_elements(root, _REMOVED, etree.Entity, with_tail=False)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True), *_size(root)


def _is_allowed(element: Any) -> bool:
    """Tell whether an element stays; a comment is none."""
    name = str(element.tag).removeprefix(f"{{{NAMESPACE}}}")
    if name == element.tag or not _ELEMENTS.fullmatch(name) or name == "feImage":
        return False
    return name != "style" or _is_safe_style("".join(element.itertext()))


def _clean(element: Any) -> None:
    """Remove the handlers of events, and what leads out of the file."""
    for name, value in list(element.attrib.items()):
        is_link = name in ("href", _XLINK)
        if is_link:
            is_safe = value.startswith("#") or bool(_DATA_PICTURE.fullmatch(value))
        elif name.startswith("{"):
            is_safe = name.startswith(_XML) and not name.endswith("base")
        else:
            is_safe = not name.lower().startswith("on") and _is_safe_style(value)
        if not is_safe:
            del element.attrib[name]


def _is_safe_style(text: str) -> bool:
    return not _UNSAFE_STYLE.search(_SAFE_URL.sub("", text))


def _size(root: Any) -> tuple[int, int]:
    width, height = (_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height"))
    if width and height:
        numbers = [float(width[1]), float(height[1])]
    else:
        parts = root.get("viewBox", "").replace(",", " ").split()
        try:
            numbers = [float(part) for part in parts[2:4]] if len(parts) == 4 else []
        except ValueError:
            numbers = []
    if len(numbers) != 2 or not all(1 <= number <= 100_000 for number in numbers):
        return 0, 0
    return round(numbers[0]), round(numbers[1])
