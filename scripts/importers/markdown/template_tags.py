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

_CODE_SPAN = re.compile(
    r"^(?P<fence>[ \t]*(?:`{3,}|~{3,}))[^\n]*\n.*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<tick>`+)(?!`)[^\n]*?(?<!`)(?P=tick)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}\n?(.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_HIGHLIGHT = re.compile(
    r"\{(?P<open>%-?|\{<|\{%)\s*highlight\s+(?P<lang>[^\s%>]+)[^}\n]*?\}{1,2}\n?(?P<text>.*?)"
    r"\{(?:%-?|\{<|\{%)\s*(?:end|/\s*)highlight\s*(?:-?%|>\}|%\})\}",
    re.DOTALL,
)
_LINK = re.compile(
    r"\{%-?\s*(?:post_url|link)\s+(\S+?)\s*-?%\}|\{\{[<%]\s*(?:rel)?ref\s+\"?([^\"\s>%]+)\"?[^}]*\}\}"
)
_LITERAL = re.compile(r"\{\{-?\s*(?:\"([^\"}]*)\"|'([^'}]*)')\s*\|[^}]*\}\}")
_SITE = re.compile(r"\{\{-?\s*(?:site|page)\.(?:baseurl|url|base_url|BaseURL)[^}]*\}\}")
_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{#.*?#\}", re.DOTALL)
_FIGURE = re.compile(r"\{\{<\s*(?:figure|img|image)\s+([^}]*?)/?\s*>\}\}")
_EMBED = re.compile(
    r"\{\{[<%]?\s*(?P<a>[\w-]+)(?P<b>(?:\s|\()[^{}]*?)[%>/]*\}\}"
    r"|\{%-?\s*(?:include\s+(?:[\w-]+/)*)?(?P<c>[\w-]+)(?:\.(?:html|liquid))?\s(?P<d>[^{}]*?)-?%\}"
)
_PAIRS = re.compile(r"""(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
# A value within a tag is removed with the tag.
_ANY = re.compile(
    r"\{%[-~]?\s*/?\s*(?P<tag>[\w.-]*)(?:(?!\{%|%\}).)*%\}"
    r"|\{\{[<%-]?\s*/?\s*(?P<name>[\w.-]*)(?:(?!\{\{|\}\}).)*\}\}",
    re.DOTALL,
)
_VARIABLE = re.compile(r"\{\{-?\s*(site|page)\.([\w.-]+)\s*-?\}\}")
_ATTRIBUTES = re.compile(
    r"^[ \t]*\{:[^}\n]*\}[ \t]*$|(?<=\S)\{:\s*[.#][^}\n]*\}|^\[(?:TOC|toc|\[toc\])\]$", re.MULTILINE
)
Values = Mapping[str, Mapping[str, Any]]


def remove_template_tags(text: str, values: Values | None = None) -> tuple[str, tuple[str, ...]]:
    """Replace the template tags in Markdown or HTML; return the names of those removed, too.

    `values` are the variables that can be inserted, under `page` and `site`.
    """
    if "{" not in text and "[toc]" not in text.lower():
        return text, ()
    removed: list[str] = []
    code_spans: list[str] = []

    def protect(code: str) -> str:
        code_spans.append(code)
        return f"\x02{len(code_spans) - 1}\x03"

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
    text = text.replace("\x02", "").replace("\x03", "")
    text = _HIGHLIGHT.sub(lambda m: protect(_fence_code(m["text"], m["lang"])), text)
    text = _RAW.sub(lambda m: m[1] if _CODE_SPAN.search(m[1]) else protect(m[1]), text)
    text = _CODE_SPAN.sub(lambda m: protect(m[0]), text)
    text = _COMMENT.sub("", text)
    text = _LINK.sub(lambda m: "/" + (m[1] or m[2]).lstrip("/"), text)
    text = _SITE.sub("", _LITERAL.sub(lambda m: m[1] or m[2] or "", text))
    text = _VARIABLE.sub(insert_value, text)
    text = _EMBED.sub(_render_embed, _FIGURE.sub(_render_figure, text))
    text = _ATTRIBUTES.sub("", _ANY.sub(remove, text))
    # Code within code may have been replaced more than once.
    while "\x02" in text:
        text = re.sub(r"\x02(\d+)\x03", lambda m: code_spans[int(m[1])], text)
    return text, tuple(dict.fromkeys(removed))


def _fence_code(text: str, language: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    lines = text.strip("\n")
    return f"\n\n{fence}{language}\n{lines}\n{fence}\n\n"


def _render_embed(match: re.Match[str]) -> str:
    name, arguments = match["a"] or match["c"], (match["b"] or match["d"] or "").strip(" ()/")
    figure = players.render(name, arguments) if name.lower() in players.NAMES else ""
    return f"\n\n{figure}\n\n" if figure else match[0]


def _render_figure(match: re.Match[str]) -> str:
    attributes = {name: a or b or c for name, a, b, c in _PAIRS.findall(match[1])}
    source = attributes.get("src") or attributes.get("link")
    if not source:
        return ""
    alt = escape(attributes.get("alt") or attributes.get("title") or "")
    caption = escape(attributes.get("caption") or attributes.get("title") or "", quote=False)
    figcaption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'\n\n<figure><img src="{escape(source)}" alt="{alt}">{figcaption}</figure>\n\n'
