"""The tags that site generators mix into Markdown: Liquid, Hugo's and Zola's shortcodes.

Readers never see one raw. Those that hold code, links and images become what they stand for; the
others go, and what they enclose stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

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
_VALUE = re.compile(r"\{\{-?\s*(?:\"([^\"}]*)\"|'([^'}]*)')\s*\|[^}]*\}\}")
_SITE = re.compile(r"\{\{-?\s*(?:site|page)\.(?:baseurl|url|base_url|BaseURL)[^}]*\}\}")
_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{#.*?#\}", re.DOTALL)
_FIGURE = re.compile(r"\{\{<\s*(?:figure|img|image)\s+([^}]*?)/?\s*>\}\}")
_VIDEO = re.compile(
    r"\{\{(?:<|%)?\s*(youtube|vimeo)\s*\(?\s*(?:id\s*=\s*)?[\"']?([\w-]{5,20})[\"']?[^}]*\}\}"
)
_PAIRS = re.compile(r"""(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
# A value within a tag goes with the tag.
_ANY = re.compile(
    r"\{%[-~]?\s*/?\s*(?P<tag>[\w.-]*)(?:(?!\{%|%\}).)*%\}"
    r"|\{\{[<%-]?\s*/?\s*(?P<name>[\w.-]*)(?:(?!\{\{|\}\}).)*\}\}",
    re.DOTALL,
)
_KNOWN = re.compile(r"\{\{-?\s*(site|page)\.([\w.-]+)\s*-?\}\}")
_ATTRIBUTES = re.compile(
    r"^[ \t]*\{:[^}\n]*\}[ \t]*$|(?<=\S)\{:\s*[.#][^}\n]*\}|^\[(?:TOC|toc|\[toc\])\]$", re.MULTILINE
)
_URLS = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}


Values = Mapping[str, Mapping[str, Any]]


def cleaned(text: str, values: Values | None = None) -> tuple[str, tuple[str, ...]]:
    """Markdown (or HTML) without the tags of generators, and the names of those left out.

    `values` are the variables that are known, under `page` and `site`.
    """
    if "{" not in text and "[toc]" not in text.lower():
        return text, ()
    left_out: list[str] = []
    kept: list[str] = []

    def keep(code: str) -> str:
        kept.append(code)
        return f"\x02{len(kept) - 1}\x03"

    def known(found: re.Match[str]) -> str:
        value = (values or {}).get(found[1], {}).get(found[2])
        plain = isinstance(value, str | int | float) and not isinstance(value, bool)
        return str(value) if plain else found[0]

    def other(found: re.Match[str]) -> str:
        name = found["tag"] or found["name"]
        if name and not name.startswith("end"):
            left_out.append(name)
        return ""

    # Whatever is code is put aside first: its braces are its own.
    text = text.replace("\x02", "").replace("\x03", "")
    text = _HIGHLIGHT.sub(lambda m: keep(_fenced(m["text"], m["lang"])), text)
    text = _RAW.sub(lambda m: m[1] if _CODE_SPAN.search(m[1]) else keep(m[1]), text)
    text = _CODE_SPAN.sub(lambda m: keep(m[0]), text)
    text = _COMMENT.sub("", text)
    text = _LINK.sub(lambda m: "/" + (m[1] or m[2]).lstrip("/"), text)
    text = _SITE.sub("", _VALUE.sub(lambda m: m[1] or m[2] or "", text))
    text = _KNOWN.sub(known, text)
    text = _VIDEO.sub(lambda m: f"<{_URLS[m[1]]}{m[2]}>", _FIGURE.sub(_figure, text))
    text = _ATTRIBUTES.sub("", _ANY.sub(other, text))
    # Code within a highlight within another is put back as often as it was put aside.
    while "\x02" in text:
        text = re.sub(r"\x02(\d+)\x03", lambda m: kept[int(m[1])], text)
    return text, tuple(dict.fromkeys(left_out))


def _fenced(text: str, language: str) -> str:
    fence = "`" * max(3, 1 + max((len(one) for one in re.findall("`+", text)), default=0))
    lines = text.strip("\n")
    return f"\n\n{fence}{language}\n{lines}\n{fence}\n\n"


def _figure(found: re.Match[str]) -> str:
    given = {name: a or b or c for name, a, b, c in _PAIRS.findall(found[1])}
    source = given.get("src") or given.get("link")
    if not source:
        return ""
    alt = escape(given.get("alt") or given.get("title") or "")
    caption = escape(given.get("caption") or given.get("title") or "", quote=False)
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'\n\n<figure><img src="{escape(source)}" alt="{alt}">{words}</figure>\n\n'
