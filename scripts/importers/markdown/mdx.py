"""MDX: Markdown with JavaScript; its imports, expressions and components are left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scripts.importers.content import players
from scripts.importers.markdown.code_spans import convert_prose, sub_closed

_STATEMENT = re.compile(r"^(?:import|export)\b[^\n]*(?:\n(?!\s*\n)[^\n]*)*", re.MULTILINE)
_END_COMMENT = re.compile(r"\*/\}")
_COMMENT = re.compile(r"\{/\*.*?\*/\}", re.DOTALL)
_TAG = re.compile(
    r"</?(?P<name>[A-Z][\w.]*+)(?P<attributes>(?:\{(?:[^{}]++|\{[^{}]*+\})*+\}"
    r"|\"[^\"]*+\"|'[^']*+'|[^<>{}\"'])*+)>"
)
_EXPRESSION = re.compile(r"\{(?:[^{}]++|\{[^{}]*+\})*+\}")
_CONSTANT = re.compile(
    r"^export[ \t]+(?:const|let|var)[ \t]+(\w++)[ \t]*+=[ \t]*+"
    r"(?:\"([^\"\n{]*+)\"|'([^'\n{]*+)'|(-?\d[\d.]*+))[ \t]*+;?[ \t]*+$"
    r"|^import[ \t]+(\w++)[ \t]+from[ \t]+[\"']([^\"'\n]+\.(?:jpe?g|png|gif|webp|avif|svg))[\"']",
    re.MULTILINE | re.IGNORECASE,
)
_ADDRESS = re.compile(r"\bsrc=(?:\"([^\"]+)\"|'([^']+)'|\{(\w+)\})")
_ALTERNATIVE = re.compile(r"\balt=\"([^\"]*)\"")


def strip_components(
    text: str, front_matter: Mapping[str, Any] | None = None
) -> tuple[str, tuple[str, ...]]:
    """Return Markdown without the JavaScript of MDX, and the names of the components left out.

    Expressions are left out too, and named as they are written; one that names a constant of the
    file, or a field of its front matter, is replaced by its value. The text within a component
    stays; an image component with an address is an image, one of a service such as YouTube an
    embed.
    """
    names: dict[str, None] = {}
    values = {f"frontmatter.{name}": str(value) for name, value in (front_matter or {}).items()}
    for constant in _CONSTANT.finditer(text):
        name, first, second, number, image, path = constant.groups()
        values[name or image] = first or second or number or path or ""

    def replace_tag(match: re.Match[str]) -> str:
        address = _ADDRESS.search(match["attributes"])
        source = (address[1] or address[2] or values.get(address[3] or "")) if address else ""
        if match["name"] in ("Image", "Img", "Picture") and source:
            alternative = _ALTERNATIVE.search(match["attributes"])
            return f"![{alternative[1] if alternative else ''}]({source})"
        if match["name"].lower() in players.NAMES:
            figure = players.render(match["name"], match["attributes"].strip(" /"))
            if figure:
                return f"\n\n{figure}\n\n"
        names[match["name"]] = None
        return ""

    def replace_expression(match: re.Match[str]) -> str:
        name = match[0][1:-1].strip()
        if name not in values and name.strip("\"'` \n"):
            names[f"{{{name[:30]}}}"] = None
        return values.get(name, "")

    def strip(part: str) -> str:
        part = _STATEMENT.sub("", part)
        part = sub_closed(_COMMENT, _END_COMMENT, lambda _: "", part)
        return _EXPRESSION.sub(replace_expression, _TAG.sub(replace_tag, part))

    return convert_prose(text, strip), tuple(names)
