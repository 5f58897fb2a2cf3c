"""Extensions of Markdown that generators understand: callouts, task lists, definition lists, marks.

Read are `:::note` (Docusaurus, VuePress, Starlight), `> [!NOTE]` (GitHub, Hugo, Obsidian) and
`!!! note` (MkDocs, Python-Markdown); each becomes a quotation with its title in bold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.text import markup
from hub.text.bodies import Body, Markup
from scripts.importers.markdown import code_spans

MAX_DEPTH = 8

_KINDS = (
    r"note|tip|hint|info|information|important|warning|caution|danger|attention|error|success"
    r"|question|help|faq|abstract|summary|tldr|quote|cite|example|bug|failure|fail|todo|check|done"
    r"|details|aside|seealso|alert|remember|definition"
)
_HINT = re.compile(
    r"^[ \t]*+(?:>[ \t]?\[!|:::|!!!|\?\?\?|:[ \t]|(?:[-*+]|\d++[.)])[ \t]++\[)", re.M
)
_FENCE = re.compile(r"[ \t]*+(`{3,}+|~{3,}+)")
_COLONS = re.compile(
    rf"[ \t]*+(?P<colons>:{{3,}}+)[ \t]*+(?P<kind>{_KINDS})\b"
    r"[ \t]*+(?:\[(?P<label>[^\]\n]*+)\]|\{[^}\n]*+\}|(?P<title>[^\n]*+))[ \t]*+$",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<![=\w\\])==(?![=\s])((?:[^=\n]|=(?!=)){1,500}?)(?<![\s=])==(?![=\w])")
_END = re.compile(r"[ \t]*+(:{3,}+)[ \t]*+$")
_MARKED = re.compile(
    r"(?:!!!|\?\?\?\+?)[ \t]++(?P<kind>[\w-]++)[^\"\n]*+(?:\"(?P<title>[^\"\n]*+)\")?[ \t]*+$"
)
_ALERT = re.compile(
    rf"(?P<quote>(?:>[ \t]?)++)\[!(?P<kind>{_KINDS})\][+-]?[ \t]*+(?P<title>.*+)$", re.I
)
_TASK = re.compile(r"([ \t>]*+(?:[-*+]|\d++[.)])[ \t]++)\[([ xX])\](?=[ \t]+\S)")
_DEFINITION = re.compile(r":[ \t]++(?P<text>\S.*+)$")
_NO_TERM = re.compile(r"[ \t]*+(?:[#>|<]|[-*+][ \t]|\d++[.)][ \t]|$)|[ \t]{4}")


def to_markdown(text: str, depth: int = 0) -> str:
    """Convert extensions to plain Markdown with tags of HTML; code stays as it is."""
    if "==" in text and not depth:
        text = code_spans.convert_prose(text, _mark)
    if not _HINT.search(text) or depth > MAX_DEPTH:
        return text
    lines = text.split("\n")
    return "\n".join(_convert(lines, depth))


def _mark(text: str) -> str:
    """Convert `==words==` to a mark; a comparison, or a line below a heading, is none."""
    return _MARK.sub(r"<mark>\1</mark>", text)


def _convert(lines: list[str], depth: int) -> Iterator[str]:
    fence = ""
    opened: list[int] = []  # colons of the callouts that are open
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        mark = _FENCE.match(line)
        if fence or mark:
            if mark and not fence:
                fence = mark[1]
            elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
            yield line
            continue
        if callout := _COLONS.match(line):
            opened.append(len(callout["colons"]))
            yield _opening(callout["kind"], callout["label"] or callout["title"] or "")
        elif opened and (end := _END.match(line)) and len(end[1]) >= opened[-1]:
            opened.pop()
            yield "\n</blockquote>\n"
        elif marked := _MARKED.match(line):
            inner, at = _indented(lines, at)
            yield _opening(marked["kind"], marked["title"], is_empty=marked["title"] == "")
            yield to_markdown("\n".join(inner), depth + 1)
            yield "\n</blockquote>\n"
        elif alert := _ALERT.match(line):
            title = alert["title"].strip() or _title(alert["kind"])
            yield f"{alert['quote']}**{title}**"
            yield alert["quote"].rstrip()
        elif _is_term(lines, at):
            html, at = _definitions(lines, at)
            yield html
        else:
            yield _TASK.sub(lambda m: f"{m[1]}{'☐' if m[2] == ' ' else '☑'}", line)
    yield from ("\n</blockquote>\n" for _ in opened)


def _opening(kind: str, title: str | None, *, is_empty: bool = False) -> str:
    words = (title or "").strip().strip('"') or _title(kind)
    return "\n<blockquote>\n" + ("" if is_empty else f"\n**{words}**\n")


def _title(kind: str) -> str:
    return kind.replace("-", " ").replace("_", " ").capitalize()


def _indented(lines: list[str], at: int) -> tuple[list[str], int]:
    """Return the lines of an indented block without their indent, and the number of the next."""
    inner: list[str] = []
    while at < len(lines) and (not lines[at].strip() or lines[at].startswith(("    ", "\t"))):
        inner.append(lines[at].removeprefix("\t") if lines[at][:1] == "\t" else lines[at][4:])
        at += 1
    return inner, at


def _is_term(lines: list[str], at: int) -> bool:
    """Tell whether the line before `at` is a term, and its definition follows."""
    is_first = at < 2 or not lines[at - 2].strip()
    return (
        at < len(lines)
        and is_first
        and bool(_DEFINITION.match(lines[at]))
        and not _NO_TERM.match(lines[at - 1])
    )


def _definitions(lines: list[str], at: int) -> tuple[str, int]:
    """Return the list of the definitions of one term, and the number of the next line."""
    parts = [f"\n<dl>\n<dt>{_inline(lines[at - 1])}</dt>"]
    while at < len(lines) and (match := _DEFINITION.match(lines[at])):
        words = [match["text"]]
        at += 1
        while at < len(lines) and lines[at].strip() and not _DEFINITION.match(lines[at]):
            words.append(lines[at].strip())
            at += 1
        parts.append(f"<dd>{_inline(' '.join(words))}</dd>")
    return "\n".join([*parts, "</dl>\n"]), at


def _inline(text: str) -> str:
    html = markup.to_html(Body(text.strip(), Markup.MARKDOWN))
    return re.sub(r"</?p>", "", html).strip()
