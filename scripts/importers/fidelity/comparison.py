"""Comparison of raw records with what the hub stores: words, images, links, tables, code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from lxml import etree, html

from hub.drafts import ArticleDraft
from hub.text import markup
from scripts.importers.fidelity.raw_records import RawRecord, read_raw, strip_markdown
from scripts.importers.source import SourceReader

MIN_SHARE = 0.99
"""Share of words from which an article counts as stored whole."""

_WORD = re.compile(r"[^\W_]+")
_BLOCK = re.compile(
    r"<(?=/?(?:p|div|li|td|th|tr|h[1-6]|br|hr|ul|ol|dl|dt|dd|table|caption|blockquote|pre|section"
    r"|article|aside|header|footer|figure|figcaption|details|summary|img|iframe|video|audio)\b)",
    re.IGNORECASE,
)
_PARTS = {"images": "img", "links": "a", "tables": "table", "code": "pre"}
_RULES = {
    "scripts and styles": re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE),
    "comments in the markup": re.compile(r"<!--.*?-->", re.DOTALL),
    "shortcodes": re.compile(r"\[/?[A-Za-z][\w-]*(?:\s[^\[\]]*)?/?\]"),
    "template tags": re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{:[^}\n]*\}", re.DOTALL),
}
"""Text that is left out by rule, in the order in which it is taken from a raw record."""
_MARKDOWN_RULES = {
    "tables of contents": re.compile(
        r"^\[(?:TOC|toc|\[toc\])\][ \t\r]*+$"
        r"|^[ \t]*+(?:[-*+]|\d++\.)[ \t][^\n]*+\n[ \t]*+\{:\s*+toc\b[^}\n]*+\}",
        re.MULTILINE,
    ),
    "marks of Markdown dialects": re.compile(
        r"\{:?[ \t]*+[#.][^{}\n]*+\}|^[ \t>]*+(?:[-*+]|\d++[.)])[ \t]++\[[ xX]\](?=[ \t])"
        r"|^[ \t]*+(?::{3,}+|!!!|\?\?\?\+?)[ \t]*+[\w-]*+",
        re.MULTILINE,
    ),
}


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Words and parts of an article in its source, and those of them that are missing.

    `parts` has for each kind of part how many the source has, and how many are stored. `by_rule`
    counts the words that are left out on purpose.
    """

    place: str
    title: str
    words: int
    missing: Counter[str]
    parts: dict[str, tuple[int, int]]
    by_rule: Counter[str]

    @property
    def share(self) -> float:
        """The share of the source's words that are stored, in [0, 1]; 1 without words."""
        return 1 - self.missing.total() / self.words if self.words else 1.0

    @property
    def lost(self) -> dict[str, int]:
        """Numbers of missing parts, by kind."""
        return {name: raw - stored for name, (raw, stored) in self.parts.items() if raw > stored}


def compare(path: Path, reader: SourceReader) -> Iterator[Fidelity]:
    """Yield the fidelity of each article of a source that has a raw record.

    Raises:
        ValueError: sources of this kind are not compared, or the file cannot be parsed.
    """
    raw, key = read_raw(path, reader.kind)
    for record in reader.read():
        if isinstance(record, ArticleDraft) and (text := raw.get(key(record))) is not None:
            yield _compare(text, record)


def _compare(raw: RawRecord, draft: ArticleDraft) -> Fidelity:
    by_rule: Counter[str] = Counter()
    text = raw.text
    rules = {**_MARKDOWN_RULES, **_RULES} if raw.is_markdown else _RULES
    for name, pattern in rules.items():
        if name == "shortcodes" and raw.is_markdown:
            continue
        by_rule[name] += sum(len(_WORD.findall(match[0])) for match in pattern.finditer(text))
        text = pattern.sub(" ", text)
    source_words = _words(_text_of(strip_markdown(text) if raw.is_markdown else text))
    body = markup.to_html(draft.body)
    anchors = " ".join(relation.anchor for relation in draft.relations)
    stored_words = _words(f"{draft.title} {markup.to_text(body)} {anchors}")
    parts = {
        name: (0 if raw.is_markdown else _count(text, tag), _count(body, tag))
        for name, tag in _PARTS.items()
    }
    return Fidelity(
        draft.place, draft.title, source_words.total(), source_words - stored_words, parts, by_rule
    )


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))


def _text_of(raw: str) -> str:
    """Return the text of markup as lxml reads it."""
    if "<" not in raw:
        return unescape(raw)
    try:
        tree = html.fromstring(f"<div>{_BLOCK.sub(' <', raw)}</div>")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return unescape(re.sub(r"<[^>]*>", " ", raw))
    return "".join(map(str, tree.itertext()))


def _count(text: str, tag: str) -> int:
    """Count the elements of a kind; links and images without an address are none."""
    address = r"(?=[^<>]*\b(?:src|href)=)" if tag in ("a", "img") else ""
    return len(re.findall(rf"<{tag}\b{address}", text, re.IGNORECASE))
