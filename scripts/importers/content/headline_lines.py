"""Paragraphs that consist of a reference to another article's headline: `Related: …`."""

from __future__ import annotations

import re
from html import unescape

from hub.drafts import RelationDraft
from hub.models import RelationKind
from hub.text import markup

_SIGN = re.compile(
    r"(?:related|read (?:also|more|next)|also read|see also|more on this|don['’]t miss)"
    r"(?: (?:story|stories|article|post|reading))?\s*:\s*(?P<headline>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>\n?", re.DOTALL)
_HREF = re.compile(r'<a href="([^"]*)"')


def parse_headline(line: str) -> str:
    """Return the headline of a line such as `Related: …`; empty for other lines."""
    match = _SIGN.fullmatch(" ".join(line.split()))
    return match["headline"].strip(' "“”»«') if match and len(match["headline"]) <= 500 else ""


def extract_related_lines(html: str) -> tuple[str, tuple[RelationDraft, ...]]:
    """Remove such paragraphs from canonical HTML; return the rest, and a relation for each."""
    if ":" not in html or not re.search(r"(?i)related|read|see also|miss", html):
        return html, ()
    parts: list[str] = []
    relations = []
    at = 0
    for paragraph in _PARAGRAPH.finditer(html):
        headline = parse_headline(markup.to_text(paragraph[1])) if len(paragraph[1]) < 2000 else ""
        if not headline:
            continue
        parts.append(html[at : paragraph.start()])
        at = paragraph.end()
        before = markup.to_text("".join(parts))
        href = _HREF.search(paragraph[1])
        url = unescape(href[1]) if href else ""
        relations.append(
            RelationDraft(
                kind=RelationKind.INLINE,
                anchor=headline,
                url=url if url.startswith(("http://", "https://")) else None,
                by_headline=True,
                position=max(0, before.count("\n\n") + bool(before) - 1),
            )
        )
    return "".join([*parts, html[at:]]), tuple(relations)
