"""Canonical HTML as Markdown: CommonMark with GitHub's tables and strike-through.

Rendering the answer again gives the same words. What Markdown has no sign for stays as an HTML
tag within it (`<sub>`) or leaves its words alone (`<figure>`).
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>[^>]*)>")
_ATTRIBUTE = re.compile(r'\s([a-z]+)="([^"]*)"')
_LEAVES = frozenset({"br", "col", "hr", "img", "wbr"})
_INLINE = re.compile(
    r"a|abbr|b|bdi|bdo|br|cite|code|del|dfn|em|i|img|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|strong"
    r"|sub|sup|time|u|var|wbr"
)
_SIGNS = {"b": "**", "strong": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}
_KEPT = frozenset({"sub", "sup", "kbd", "mark", "ins", "u", "q"})
_SPECIAL = re.compile(r"[\\`*\[\]<>~|]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!(?=\Z)")
# What would begin a block at the start of a line.
_BEGINNING = re.compile(
    r"^(?:(#{1,6}|[-+=:]+)(?=\s|\Z|[-+=])|(\d{1,9})([.)])(?=\s|\Z))", re.MULTILINE
)
_LANGUAGE = re.compile(r"(?:language|lang)-(\S+)")
_BACKTICKS = re.compile("`+")


def to_markdown(html: str) -> str:
    """Markdown of canonical HTML."""
    return "\n\n".join(_blocks(_tree(html)))


@dataclass(slots=True)
class _Node:
    """An element and what is in it, in order."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)

    @property
    def inline(self) -> bool:
        """Whether it is part of running text."""
        return bool(_INLINE.fullmatch(self.name))

    def elements(self, *names: str) -> list[_Node]:
        """Its elements of these names, at whatever depth below what merely groups them."""
        found = []
        for child in self.children:
            if isinstance(child, _Node):
                groups = child.name in ("thead", "tbody", "tfoot")
                found += (
                    [child] if child.name in names else child.elements(*names) if groups else []
                )
        return found

    def text(self) -> str:
        """Its text as it stands, line breaks included."""
        return "".join(
            child if isinstance(child, str) else "\n" if child.name == "br" else child.text()
            for child in self.children
        )


def _tree(html: str) -> _Node:
    """The elements of canonical HTML, whose tags are balanced."""
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
        given = {
            key: entities.unescape(value) for key, value in _ATTRIBUTE.findall(tag["attributes"])
        }
        node = _Node(name, given)
        path[-1].children.append(node)
        if name not in _LEAVES:
            path.append(node)
    if words := html[at:]:
        path[-1].children.append(entities.unescape(words))
    return root


# ── blocks ────────────────────────────────────────────────────────────────────────────────────


def _blocks(node: _Node) -> list[str]:
    """The blocks in an element, each one without empty lines around it."""
    found: list[str] = []
    running: list[_Node | str] = []
    last = ""
    for child in (*node.children, None):
        if child is not None and (isinstance(child, str) or child.inline):
            running.append(child)
            continue
        if paragraph := _paragraph(running):
            found.append(paragraph)
            last = ""
        running = []
        if child is None:
            break
        if child.name in ("ul", "ol") and child.name == last:
            found.append("<!-- -->")  # or two lists would become one
        before = len(found)
        found += _block(child)
        last = child.name if len(found) > before else last
    return found


def _block(node: _Node) -> list[str]:
    name = node.name
    if name in ("h1", "h2", "h3", "h4", "h5", "h6"):
        line = " ".join(_joined(_running(node.children)).replace("\\\n", " ").split())
        line = re.sub(r"(#+)$", r"\\\1", line)  # hashes at the end would be taken for decoration
        return [f"{'#' * int(name[1])} {line}"] if line else []
    if name == "pre":
        return [_fenced(node)]
    if name == "blockquote":
        inside = "\n\n".join(_blocks(node))
        return (
            [re.sub(r"^", "> ", inside, flags=re.MULTILINE).replace("> \n", ">\n")]
            if inside
            else []
        )
    if name in ("ul", "ol"):
        return _list(node)
    if name == "table":
        return _table(node)
    return ["* * *"] if name == "hr" else _blocks(node)


def _paragraph(children: list[_Node | str]) -> str:
    return _BEGINNING.sub(
        lambda m: f"\\{m[0]}" if m[1] else f"{m[2]}\\{m[3]}", _joined(_running(children))
    )


def _fenced(node: _Node) -> str:
    code = node.elements("code")
    classes = " ".join(one.attributes.get("class", "") for one in (node, *code))
    language = _LANGUAGE.search(classes)
    text = node.text().strip("\n")
    fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(text)), default=0))
    return f"{fence}{language[1] if language else ''}\n{text}\n{fence}"


def _list(node: _Node) -> list[str]:
    """One block, its items close to each other unless one of them has paragraphs."""
    start = node.attributes.get("start", "1")
    number = int(start) if start.isdecimal() and len(start) < 9 else 1
    items = []
    loose = False
    for item in _items(node):
        sign = "-" if node.name == "ul" else f"{number}."
        number += 1
        blocks = _blocks(item)
        loose = loose or sum(1 for one in item.children if _is(one, "p")) > 1
        between = "\n\n" if loose or len(blocks) > 2 else "\n"
        inside = between.join(blocks).replace("\n", "\n" + " " * (len(sign) + 1))
        items.append(re.sub(r"^ +$", "", f"{sign} {inside}", flags=re.MULTILINE).rstrip())
    return [("\n\n" if loose else "\n").join(items)] if items else []


def _items(node: _Node) -> list[_Node]:
    """The items of a list; what stands between them belongs to the one before."""
    items: list[_Node] = []
    for child in node.children:
        if isinstance(child, _Node) and child.name == "li":
            items.append(_Node("li", children=list(child.children)))
        elif isinstance(child, _Node) or child.strip():
            if not items:
                items.append(_Node("li"))
            items[-1].children.append(child)
    return items


def _is(child: _Node | str, name: str) -> bool:
    return isinstance(child, _Node) and child.name == name


def _table(node: _Node) -> list[str]:
    caption = [block for one in node.elements("caption") for block in _blocks(one)]
    rows = [[_cell(cell) for cell in row.elements("td", "th")] for row in node.elements("tr")]
    width = max(map(len, rows), default=0)
    if not width:
        return caption
    headed = any(node.elements("thead")) or any(_is(c, "th") for c in _first_row(node))
    head, body = (rows[0], rows[1:]) if headed else ([], rows)
    lines = [head, ["---"] * width, *body]
    padded = [[*line, *[""] * (width - len(line))] for line in lines]
    return [*caption, "\n".join(f"| {' | '.join(line)} |" for line in padded)]


def _first_row(node: _Node) -> list[_Node | str]:
    rows = node.elements("tr")
    return rows[0].children if rows else []


def _cell(node: _Node) -> str:
    return "<br>".join(" ".join(b.replace("\\\n", "<br>").split()) for b in _blocks(node))


# ── running text ──────────────────────────────────────────────────────────────────────────────


def _running(children: list[_Node | str]) -> str:
    """Running text, its whitespace not collapsed yet."""
    parts: list[str] = []
    for at, child in enumerate(children):
        if isinstance(child, str):
            parts.append(_SPECIAL.sub(r"\\\g<0>", child))
            continue
        after = children[at + 1] if at + 1 < len(children) else ""
        before = parts[-1][-1:] if parts else ""
        parts.append(_inline(child, before, after[:1] if isinstance(after, str) else ""))
    return "".join(parts)


def _joined(text: str) -> str:
    """`text` with its whitespace collapsed, but for the line breaks that were asked for."""
    lines = [" ".join(line.split()) for line in text.split("\\\n\0")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\\\n".join(lines)


def _inline(node: _Node, before: str, after: str) -> str:
    name = node.name
    if name == "br":
        return "\\\n\0"
    if name == "img":
        return _image(node)
    if name == "code":
        return _code(node.text())
    text = _running(node.children)
    if name == "a":
        return _link(node, text)
    if name in _KEPT:
        return f"<{name}>{text}</{name}>"
    return _signed(name, text, before, after) if name in _SIGNS else text


def _signed(name: str, text: str, before: str, after: str) -> str:
    """Emphasis: its signs stand at words, and only where they are read as signs."""
    lead, words, trail = _parted(text)
    if not words:
        return text
    sign = _SIGNS[name]
    touches = (before.isalnum() and not lead and not words[0].isalnum()) or (
        after.isalnum() and not trail and not words[-1].isalnum()
    )
    nested = words.startswith(sign[0]) or words.endswith(sign[0]) or before == sign[0]
    if touches or nested or "\0" in words:
        return f"{lead}<{name}>{words}</{name}>{trail}"
    return f"{lead}{sign}{words}{sign}{trail}"


def _code(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        return text
    fence = "`" * (1 + max(map(len, _BACKTICKS.findall(words)), default=0))
    space = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{space}{words}{space}{fence}"


def _link(node: _Node, text: str) -> str:
    href = node.attributes.get("href")
    if href is None:
        return text
    lead, words, trail = _parted(text)
    return f"{lead}[{words}]({_target(href, node)}){trail}"


def _parted(text: str) -> tuple[str, str, str]:
    """`text` without the whitespace around it, between that whitespace."""
    return (
        text[: len(text) - len(text.lstrip())],
        text.strip(),
        text[len(text.rstrip()) :] if text.strip() else "",
    )


def _image(node: _Node) -> str:
    alt = _SPECIAL.sub(r"\\\g<0>", node.attributes.get("alt", ""))
    return f"![{alt}]({_target(node.attributes.get('src', ''), node)})"


def _target(url: str, node: _Node) -> str:
    plain = "".join(url.split("\n"))
    if re.search(r"[\s()<>\\]", plain) or not plain:
        plain = "<" + re.sub(r"[<>\\]", lambda m: f"%{ord(m[0]):02X}", plain) + ">"
    title = node.attributes.get("title", "").replace("\\", "\\\\").replace('"', '\\"')
    return f'{plain} "{" ".join(title.split())}"' if title.strip() else plain
