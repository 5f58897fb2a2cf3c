"""Template tags in Markdown of site generators: Liquid, Hugo's and Zola's shortcodes.

Tags of code, links, images and videos become Markdown or HTML; others are removed, and the text
that they enclose stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

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
    r"\{%-?\s*(?:post_url|link)\s+(\S+?)\s*-?%\}|\{\{[<%]\s*+(?:rel)?ref\s++\"?([^\"\s>%{}]++)\"?[^{}]*+\}\}"
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
_VARIABLE = re.compile(r"\{\{-?\s*(site|page)\.([\w.-]+)\s*-?\}\}")
_ATTRIBUTES = re.compile(
    r"^[ \t]*+\{:[^{}\n]*+\}[ \t]*+$|(?<=\S)\{:\s*+[.#][^{}\n]*+\}|^\[(?:TOC|toc|\[toc\])\]$",
    re.MULTILINE,
)
Values = Mapping[str, Mapping[str, Any]]


def remove_template_tags(text: str, values: Values | None = None) -> tuple[str, tuple[str, ...]]:
    """Replace the template tags in Markdown or HTML; return the names of those removed, too.

    `values` are the variables that can be inserted, under `page` and `site`.
    """
    if "{" not in text and "[toc]" not in text.lower():
        return text, ()
    removed: list[str] = []
    code = ProtectedCode()

    def insert_value(match: re.Match[str]) -> str:
        value = (values or {}).get(match[1], {}).get(match[2])
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
    text = sub_closed(_COMMENT, _END_COMMENT, lambda _: "", text)
    text = sub_closed(_REMARK, _END_REMARK, lambda _: "", text)
    text = _LINK.sub(lambda m: "/" + (m[1] or m[2]).lstrip("/"), text)
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
    return f"\n\n{figure}\n\n" if figure else match[0]


def _render_figure(match: re.Match[str]) -> str:
    attributes = {name: a or b or c for name, a, b, c in _PAIRS.findall(match[1].rstrip(" \t\n/>"))}
    source = attributes.get("src") or attributes.get("link")
    if not source:
        return ""
    alt = escape(attributes.get("alt") or attributes.get("title") or "")
    caption = escape(attributes.get("caption") or attributes.get("title") or "", quote=False)
    figcaption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'\n\n<figure><img src="{escape(source)}" alt="{alt}">{figcaption}</figure>\n\n'
