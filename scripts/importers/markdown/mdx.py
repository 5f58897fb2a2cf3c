"""MDX: Markdown with JavaScript; its imports, expressions and components are left out."""

from __future__ import annotations

import re

from scripts.importers.content import players
from scripts.importers.markdown.code_spans import convert_prose, sub_closed

_STATEMENT = re.compile(r"^(?:import|export)\b[^\n]*(?:\n(?!\s*\n)[^\n]*)*", re.MULTILINE)
_END_COMMENT = re.compile(r"\*/\}")
_COMMENT = re.compile(r"\{/\*.*?\*/\}", re.DOTALL)
_TAG = re.compile(
    r"</?(?P<name>[A-Z][\w.]*+)(?P<attributes>(?:\{(?:[^{}]++|\{[^{}]*+\})*+\}"
    r"|\"[^\"]*+\"|'[^']*+'|[^<>{}\"'])*+)>"
)
_EXPRESSION = re.compile(r"\{[^{}\n]*\}")
_ADDRESS = re.compile(r"\bsrc=\"([^\"]+)\"")
_ALTERNATIVE = re.compile(r"\balt=\"([^\"]*)\"")


def strip_components(text: str) -> tuple[str, tuple[str, ...]]:
    """Return Markdown without the JavaScript of MDX, and the names of the components left out.

    The text within a component stays; an image component with an address is an image, one of a
    service such as YouTube an embed.
    """
    names: dict[str, None] = {}

    def replace_tag(match: re.Match[str]) -> str:
        address = _ADDRESS.search(match["attributes"])
        if match["name"] in ("Image", "Img") and address:
            alternative = _ALTERNATIVE.search(match["attributes"])
            return f"![{alternative[1] if alternative else ''}]({address[1]})"
        if match["name"].lower() in players.NAMES:
            figure = players.render(match["name"], match["attributes"].strip(" /"))
            if figure:
                return f"\n\n{figure}\n\n"
        names[match["name"]] = None
        return ""

    def strip(part: str) -> str:
        part = _STATEMENT.sub("", part)
        part = sub_closed(_COMMENT, _END_COMMENT, lambda _: "", part)
        return _EXPRESSION.sub("", _TAG.sub(replace_tag, part))

    return convert_prose(text, strip), tuple(names)
