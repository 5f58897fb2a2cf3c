"""Template tags in Markdown of site generators: Liquid, Hugo's and Zola's shortcodes.

Tags of code, links, images and videos become Markdown or HTML; others are removed, and the text
that they enclose stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from hub.text import markup
from hub.text.bodies import Body, Markup
from scripts.importers.content import players
from scripts.importers.markdown.code_spans import (
    PATTERN,
    ProtectedCode,
    remove_marks,
    sub_closed,
)

_END_RAW = re.compile(r"\{%-?\s*+endraw\s*+-?%\}")
_RAW = re.compile(rf"\{{%-?\s*+raw\s*+-?%\}}\n?(.*?){_END_RAW.pattern}", re.DOTALL)
_HIGHLIGHT_END = re.compile(r"\{(?:%-?|\{[<%])\s*+(?:end|/\s*+)highlight\s*+(?:-?%|>\}|%\})\}")
_HIGHLIGHT = re.compile(
    rf"\{{(?:%-?|\{{[<%])\s*+highlight\s++(?P<lang>[^\s%>{{}}]++)[^{{}}\n]*+\}}{{1,2}}\n?"
    rf"(?P<text>.*?){_HIGHLIGHT_END.pattern}",
    re.DOTALL,
)
_LINK = re.compile(
    r"\{%-?\s*(?:post_url|link)\s+(\S+?)\s*-?%\}|\{\{[<%]\s*+(?:rel)?ref\s++(?:path\s*+=\s*+)?[\"'`]?([^\"'`\s>%{}]++)[^{}]*+\}\}"
)
_LITERAL = re.compile(r"\{\{-?\s*(?:\"([^\"{}]*+)\"|'([^'{}]*+)')\s*+\|[^{}]*+\}\}")
_SITE = re.compile(r"\{\{-?\s*(?:site|page)\.(?:baseurl|url|base_url|BaseURL)[^{}]*+\}\}")
_END_COMMENT = re.compile(r"\{%-?\s*+endcomment\s*+-?%\}")
_COMMENT = re.compile(rf"\{{%-?\s*+comment\s*+-?%\}}.*?{_END_COMMENT.pattern}", re.DOTALL)
_END_REMARK = re.compile(r"#\}")
_REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)
_FIGURE = re.compile(r"\{\{<\s*(?:figure|img|image)\s++([^{}]*+)\}\}")
_EMBED = re.compile(
    r"\{\{[<%]?\s*(?P<a>[\w-]+)(?P<b>[\s(][^{}]*+)\}\}"
    r"|\{%-?\s*(?:include\s+(?:[\w-]+/)*)?(?P<c>[\w-]+)(?:\.(?:html|liquid))?\s(?P<d>[^{}]*?)-?%\}"
)
_PAIRS = re.compile(r"""(?<!\w)(\w++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
# A value within a tag is removed with the tag.
_ANY = re.compile(
    r"\{%[-~]?\s*+/?\s*+(?P<tag>[\w.-]*+)(?:(?!\{%|%\}).)*+%\}"
    r"|\{\{[<%-]?\s*+/?\s*+(?P<name>[\w.-]*+)(?:(?!\{\{|\}\}).)*+\}\}",
    re.DOTALL,
)
_VARIABLE = re.compile(
    r"\{\{-?\s*+(?:(site|page)\.)?([\w.-]++)\s*+-?\}\}"
    r"|\{\{[<%]\s*+(param)\s++\"?([\w.-]++)\"?\s*+[%>]\}\}"
)
_HEADING = re.compile(r"^#{1,6}[ \t][^\n]*+$", re.MULTILINE)
_HEADING_ATTRIBUTES = re.compile(r"\{:?[ \t]*+[#.][^{}]*+\}[ \t#]*+\Z")
_BARE = re.compile(r"""(?:"([^"]*+)"|'([^']*+)'|([^\s"',()=]++))""")
_IMAGE_NAMES = ("src", "image", "img", "image_path", "path", "file", "filename", "url", "link")
_IMAGE_FILE = re.compile(r"[^\s{}<>]+\.(?:jpe?g|png|gif|webp|avif|svg)(?:\?\S*)?", re.IGNORECASE)
_ATTRIBUTES = re.compile(
    r"^[ \t]*+(?:[-*+]|\d++\.)[ \t]++[^\n]*+\n[ \t]*+\{:\s*+toc\b[^{}\n]*+\}[ \t]*+$"
    r"|(?<=\S)[ \t]++\{#[A-Za-z][\w:.-]*+\}[ \t]*+$|(?<=\))\{[.#][^{}\n]*+\}"
    r"|^[ \t]*+\{:[^{}\n]*+\}[ \t]*+$|(?<=\S)\{:\s*+[.#][^{}\n]*+\}|^\[(?:TOC|toc|\[toc\])\]$",
    re.MULTILINE,
)
Values = Mapping[str, Mapping[str, Any]]


def remove_template_tags(text: str, values: Values | None = None) -> tuple[str, tuple[str, ...]]:
    """Replace the template tags in Markdown or HTML; return the names of those removed, too.

    `values` are the variables that can be inserted, under `page`, `site` and `params`.
    """
    if "{" not in text and "[toc]" not in text.lower():
        return text, ()
    removed: list[str] = []
    code = ProtectedCode()

    def insert_value(match: re.Match[str]) -> str:
        group, name = ("params", match[4].lower()) if match[3] else (match[1] or "page", match[2])
        value = _look_up((values or {}).get(group, {}), name)
        if value is None and match[3]:
            value = _look_up((values or {}).get("page", {}), match[4])
        plain = isinstance(value, str | int | float) and not isinstance(value, bool)
        return str(value) if plain else match[0]

    def remove(match: re.Match[str]) -> str:
        name = match["tag"] or match["name"]
        if name and not name.startswith("end"):
            removed.append(name)
        return ""

    # Code is replaced by placeholders first: its braces are no template tags.
    text = sub_closed(
        _HIGHLIGHT,
        _HIGHLIGHT_END,
        lambda m: code.add(_fence_code(m["text"], m["lang"])),
        remove_marks(text),
    )
    text = sub_closed(
        _RAW, _END_RAW, lambda m: m[1] if PATTERN.search(m[1]) else code.add(m[1]), text
    )
    text = code.protect(text)
    text = _HEADING.sub(lambda m: _HEADING_ATTRIBUTES.sub("", m[0]), text)
    text = sub_closed(_COMMENT, _END_COMMENT, lambda _: "", text)
    text = sub_closed(_REMARK, _END_REMARK, lambda _: "", text)
    text = _LINK.sub(lambda m: "@/" + (m[1] or m[2]).lstrip("/"), text)
    text = _SITE.sub("", _LITERAL.sub(lambda m: m[1] or m[2] or "", text))
    text = _VARIABLE.sub(insert_value, text)
    text = _EMBED.sub(_render_embed, _FIGURE.sub(_render_figure, text))
    text = _ATTRIBUTES.sub("", _ANY.sub(remove, text))
    return code.restore(text), tuple(dict.fromkeys(removed))


def _fence_code(text: str, language: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    lines = text.strip("\n")
    return f"\n\n{fence}{language}\n{lines}\n{fence}\n\n"


def _render_embed(match: re.Match[str]) -> str:
    name, arguments = match["a"] or match["c"], (match["b"] or match["d"] or "").strip(" ()/%>\n\t")
    figure = players.render(name, arguments) if name.lower() in players.NAMES else ""
    figure = figure or _render_image(arguments)
    return f"\n\n{figure}\n\n" if figure else match[0]


def _render_figure(match: re.Match[str]) -> str:
    figure = _render_image(match[1].rstrip(" \t\n/>"))
    return f"\n\n{figure}\n\n" if figure else match[0]


def _render_image(arguments: str) -> str:
    """Return the figure of a tag that names a picture; empty if it names none.

    It stands in an attribute, or is the first of several values: `"kite.jpg", "A kite"`.
    """
    values = {name.lower(): a or b or c for name, a, b, c in _PAIRS.findall(arguments)}
    bare = [a or b or c for a, b, c in _BARE.findall(_PAIRS.sub(" ", arguments))]
    named = (values.get(name, "") for name in _IMAGE_NAMES)
    source = next((value for value in (*named, *bare) if _IMAGE_FILE.fullmatch(value)), "")
    source = source or values.get("src", "")
    if not source:
        return ""
    words = bare[bare.index(source) + 1 :] if source in bare else []
    alt = values.get("alt") or values.get("title") or next(iter(words), "")
    caption = _render_caption(values.get("caption") or values.get("title") or "")
    figcaption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(source)}" alt="{escape(alt)}">{figcaption}</figure>'


def _render_caption(text: str) -> str:
    """Render the Markdown of a caption as HTML on one line."""
    html = markup.to_html(Body(text, Markup.MARKDOWN)) if text else ""
    return " ".join(re.sub(r"</?p>", " ", html).split())


def _look_up(values: Mapping[str, Any], name: str) -> object:
    """Return the value of a variable, such as `author.name`; None without one."""
    if name in values:
        return values[name]
    first, dot, rest = name.partition(".")
    inner = values.get(first)
    return _look_up(inner, rest) if dot and isinstance(inner, Mapping) else None
