"""Conversion of canonical HTML to Markdown: CommonMark with GitHub's tables and strike-through.

Rendering the result gives the same text. An element without a Markdown equivalent stays as an HTML
tag (`<sub>`, the figures of embeds) or is reduced to its text (other figures).
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>[^>]*)>")
_ATTRIBUTE = re.compile(r'\s([a-z-]+)="([^"]*)"')
_LEAVES = frozenset({"br", "col", "hr", "img", "wbr"})
_INLINE = re.compile(
    r"a|abbr|b|bdi|bdo|br|cite|code|del|dfn|em|i|img|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|strong"
    r"|sub|sup|time|u|var|wbr"
)
_MARKERS = {"b": "**", "strong": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}
_HTML_INLINE = frozenset({"sub", "sup", "kbd", "mark", "ins", "u", "q"})
_SPECIAL = re.compile(r"[\\`*\[\]<>~|]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!(?=\Z)")
# Text that would start a block at the beginning of a line.
_BLOCK_MARKER = re.compile(
    r"^(?:(#{1,6}|[-+=:]+)(?=\s|\Z|[-+=])|(\d{1,9})([.)])(?=\s|\Z))", re.MULTILINE
)
_LANGUAGE = re.compile(r"(?:language|lang)-(\S+)")
_BACKTICKS = re.compile("`+")


def to_markdown(html: str) -> str:
    """Convert canonical HTML to Markdown."""
    return "\n\n".join(_render_blocks(_parse(html)))


@dataclass(slots=True)
class _Node:
    """An element with its children in order."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)

    @property
    def is_inline(self) -> bool:
        """True if the element is part of running text."""
        return bool(_INLINE.fullmatch(self.name))

    def elements(self, *names: str) -> list[_Node]:
        """Return its elements of these names, also those inside thead, tbody and tfoot."""
        elements = []
        for child in self.children:
            if isinstance(child, _Node):
                groups = child.name in ("thead", "tbody", "tfoot")
                elements += (
                    [child] if child.name in names else child.elements(*names) if groups else []
                )
        return elements

    def text(self) -> str:
        """Return its text unchanged, including line breaks."""
        return "".join(
            child if isinstance(child, str) else "\n" if child.name == "br" else child.text()
            for child in self.children
        )


def _parse(html: str) -> _Node:
    """Parse canonical HTML, whose tags are balanced, to a tree."""
    root = _Node("div")
    path, at = [root], 0
    for tag in _TAG.finditer(html):
        if words := html[at : tag.start()]:
            path[-1].children.append(entities.unescape(words))
        at, name = tag.end(), tag["name"]
        if tag["end"]:
            if len(path) > 1 and path[-1].name == name:
                path.pop()
            continue
        attributes = {
            key: entities.unescape(value) for key, value in _ATTRIBUTE.findall(tag["attributes"])
        }
        node = _Node(name, attributes)
        path[-1].children.append(node)
        if name not in _LEAVES:
            path.append(node)
    if words := html[at:]:
        path[-1].children.append(entities.unescape(words))
    return root


# ── blocks ────────────────────────────────────────────────────────────────────────────────────


def _render_blocks(node: _Node) -> list[str]:
    """Render the blocks in an element, each without empty lines around it."""
    blocks: list[str] = []
    running: list[_Node | str] = []
    last = ""
    for child in (*node.children, None):
        if child is not None and (isinstance(child, str) or child.is_inline):
            running.append(child)
            continue
        if paragraph := _render_paragraph(running):
            blocks.append(paragraph)
            last = ""
        running = []
        if child is None:
            break
        if child.name in ("ul", "ol") and child.name == last:
            blocks.append("<!-- -->")  # otherwise two lists would be merged
        before = len(blocks)
        blocks += _render_block(child)
        last = child.name if len(blocks) > before else last
    return blocks


def _render_block(node: _Node) -> list[str]:
    name = node.name
    if name in ("h1", "h2", "h3", "h4", "h5", "h6"):
        line = " ".join(_collapse(_render_inline(node.children)).replace("\\\n", " ").split())
        if line.endswith("#"):  # hashes at the end would be a closing sequence
            words = line.rstrip("#")
            line = f"{words}\\{line[len(words) :]}"
        return [f"{'#' * int(name[1])} {line}"] if line else []
    if name == "pre":
        return [_render_code_block(node)]
    if name == "blockquote":
        inside = "\n\n".join(_render_blocks(node))
        return (
            [re.sub(r"^", "> ", inside, flags=re.MULTILINE).replace("> \n", ">\n")]
            if inside
            else []
        )
    if name in ("ul", "ol"):
        return _render_list(node)
    if name == "table":
        return _render_table(node)
    if "data-embed" in node.attributes:
        return [_render_html(node).replace("\n", " ").replace("|", "&#124;")]
    return ["* * *"] if name == "hr" else _render_blocks(node)


def _render_html(node: _Node | str) -> str:
    if isinstance(node, str):
        return entities.escape(node, quote=False)
    pairs = node.attributes.items()
    attributes = "".join(f' {name}="{entities.escape(value)}"' for name, value in pairs)
    content = "".join(map(_render_html, node.children))
    return f"<{node.name}{attributes}>" + (
        "" if node.name in _LEAVES else f"{content}</{node.name}>"
    )


def _render_paragraph(children: list[_Node | str]) -> str:
    return _BLOCK_MARKER.sub(
        lambda m: f"\\{m[0]}" if m[1] else f"{m[2]}\\{m[3]}", _collapse(_render_inline(children))
    )


def _render_code_block(node: _Node) -> str:
    code = node.elements("code")
    classes = " ".join(element.attributes.get("class", "") for element in (node, *code))
    language = _LANGUAGE.search(classes)
    text = node.text().strip("\n")
    fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(text)), default=0))
    return f"{fence}{language[1] if language else ''}\n{text}\n{fence}"


def _render_list(node: _Node) -> list[str]:
    """Render a list as one block, with empty lines between items if one has several paragraphs."""
    start = node.attributes.get("start", "1")
    number = int(start) if start.isdecimal() and len(start) < 9 else 1
    items = []
    is_loose = False
    for item in _items(node):
        sign = "-" if node.name == "ul" else f"{number}."
        number += 1
        blocks = _render_blocks(item)
        is_loose = is_loose or sum(1 for child in item.children if _is_element(child, "p")) > 1
        between = "\n\n" if is_loose or len(blocks) > 2 else "\n"
        inside = between.join(blocks).replace("\n", "\n" + " " * (len(sign) + 1))
        items.append(re.sub(r"^ +$", "", f"{sign} {inside}", flags=re.MULTILINE).rstrip())
    return [("\n\n" if is_loose else "\n").join(items)] if items else []


def _items(node: _Node) -> list[_Node]:
    """Return the items of a list; content between items is added to the preceding one."""
    items: list[_Node] = []
    for child in node.children:
        if isinstance(child, _Node) and child.name == "li":
            items.append(_Node("li", children=list(child.children)))
        elif isinstance(child, _Node) or child.strip():
            if not items:
                items.append(_Node("li"))
            items[-1].children.append(child)
    return items


def _is_element(child: _Node | str, name: str) -> bool:
    return isinstance(child, _Node) and child.name == name


def _render_table(node: _Node) -> list[str]:
    caption = [block for element in node.elements("caption") for block in _render_blocks(element)]
    rows = [
        [_render_cell(cell) for cell in row.elements("td", "th")] for row in node.elements("tr")
    ]
    width = max(map(len, rows), default=0)
    if not width:
        return caption
    # Rows may be shorter than the head: to fill them all would multiply a wide table.
    has_head = any(node.elements("thead")) or any(_is_element(c, "th") for c in _first_row(node))
    head, body = (rows[0], rows[1:]) if has_head else ([], rows)
    lines = [[*head, *[""] * (width - len(head))], ["---"] * width, *body]
    return [*caption, "\n".join(f"| {' | '.join(line)} |" for line in lines)]


def _first_row(node: _Node) -> list[_Node | str]:
    rows = node.elements("tr")
    return rows[0].children if rows else []


def _render_cell(node: _Node) -> str:
    return "<br>".join(" ".join(b.replace("\\\n", "<br>").split()) for b in _render_blocks(node))


# ── running text ──────────────────────────────────────────────────────────────────────────────


def _render_inline(children: list[_Node | str]) -> str:
    """Render running text, without collapsing whitespace yet."""
    parts: list[str] = []
    for at, child in enumerate(children):
        if isinstance(child, str):
            parts.append(_SPECIAL.sub(r"\\\g<0>", child))
            continue
        after = children[at + 1] if at + 1 < len(children) else ""
        before = parts[-1][-1:] if parts else ""
        parts.append(
            _render_inline_element(child, before, after[:1] if isinstance(after, str) else "")
        )
    return "".join(parts)


def _collapse(text: str) -> str:
    """Collapse whitespace in `text`, except for explicit line breaks (`<br>`)."""
    lines = [" ".join(line.split()) for line in text.split("\\\n\0")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\\\n".join(lines)


def _render_inline_element(node: _Node, before: str, after: str) -> str:
    name = node.name
    if name == "br":
        return "\\\n\0"
    if name == "img":
        return _render_image(node)
    if name == "code":
        return _render_code(node.text())
    text = _render_inline(node.children)
    if name == "a":
        return _render_link(node, text)
    if name in _HTML_INLINE:
        return f"<{name}>{text}</{name}>"
    return _render_emphasis(name, text, before, after) if name in _MARKERS else text


def _render_emphasis(name: str, text: str, before: str, after: str) -> str:
    """Render emphasis: by markers next to words, or by an HTML tag where these would not parse."""
    lead, words, trail = _split_whitespace(text)
    if not words:
        return text
    marker = _MARKERS[name]
    touches = (before.isalnum() and not lead and not words[0].isalnum()) or (
        after.isalnum() and not trail and not words[-1].isalnum()
    )
    nested = words.startswith(marker[0]) or words.endswith(marker[0]) or before == marker[0]
    if touches or nested or "\0" in words:
        return f"{lead}<{name}>{words}</{name}>{trail}"
    return f"{lead}{marker}{words}{marker}{trail}"


def _render_code(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        return text
    fence = "`" * (1 + max(map(len, _BACKTICKS.findall(words)), default=0))
    space = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{space}{words}{space}{fence}"


def _render_link(node: _Node, text: str) -> str:
    href = node.attributes.get("href")
    if href is None:
        return text
    lead, words, trail = _split_whitespace(text)
    return f"{lead}[{words}]({_render_target(href, node)}){trail}"


def _split_whitespace(text: str) -> tuple[str, str, str]:
    """Split `text` into leading whitespace, stripped text and trailing whitespace."""
    return (
        text[: len(text) - len(text.lstrip())],
        text.strip(),
        text[len(text.rstrip()) :] if text.strip() else "",
    )


def _render_image(node: _Node) -> str:
    alt = _SPECIAL.sub(r"\\\g<0>", node.attributes.get("alt", ""))
    return f"![{alt}]({_render_target(node.attributes.get('src', ''), node)})"


def _render_target(url: str, node: _Node) -> str:
    plain = "".join(url.split("\n"))
    if re.search(r"[\s()<>\\]", plain) or not plain:
        plain = "<" + re.sub(r"[<>\\]", lambda m: f"%{ord(m[0]):02X}", plain) + ">"
    title = node.attributes.get("title", "").replace("\\", "\\\\").replace('"', '\\"')
    return f'{plain} "{" ".join(title.split())}"' if title.strip() else plain
