"""A web page that was scraped to text: what is its headline, what its body, and what is furniture.

Paragraphs are separated by empty lines. The body is the run of paragraphs that weighs most, prose
for it, short lines against it; around it stand menus, before it headline, byline and date, after
it comment form and teasers. Nothing in here knows a particular site.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from hub.drafts import RelationDraft
from hub.models import RelationKind
from hub.text.slugs import headline_key
from scripts.importers.boilerplate import ends_the_page, is_furniture, section_of, starts_teasers
from scripts.importers.dates import found_in
from scripts.importers.headline_lines import headline_of
from scripts.importers.source import public_name

PROSE_LENGTH = 80
ENOUGH = 12
"""What a run must weigh before a comment form can end it: some four paragraphs."""
MAX_GAP = 30
MAX_ABOVE = 60
MIN_SCORE = 2.5
MAX_BELOW = 400
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[[…. ]+\]|»)$")
_STAMP = re.compile(r"(?i)\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|(?:filed|posted)\s+(?:to|in|under|on)\b")
_CAPTION = re.compile(
    r"(?i)\b(?:photo(?:graph)?|credit|image|illustration|picture)\b(?:\s*:|\s+by\b)|getty"
)
_MONTH_AFTER = re.compile(r"(?i)\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?$")
_STOP = re.compile(r"[.!?]\s+[A-ZÀ-Þ]")
_SENTENCE_END = re.compile(r"[.!?…。！？:;](?:[\"'”’»)\]]|\[\d+\])*$")
_WORD = r"[A-ZÀ-Þ][\w.'’À-ÿ-]+"
_NAME = rf"{_WORD}(?: (?:[A-ZÀ-Þ]\.|de|van|von|der|la|di|\([A-Z.]+\)|{_WORD})){{1,3}}"
_BYLINE = re.compile(rf"(?:by|By|BY|von|par|por)\b:?\s+(?P<name>{_NAME})(?=$|\W)")
_NAME_ALONE = re.compile(rf"(?P<name>{_NAME})\W*$")
_CLOSED = re.compile(r"(?i)comments (?:are|have been) (?:now )?(?:closed|disabled|turned off)")


@dataclass(frozen=True, slots=True)
class Scrape:
    """What was found on a page. `positions` of edges count the paragraphs of `body`."""

    title: str
    body: tuple[str, ...]
    author: str
    published_at: datetime | None
    relations: tuple[RelationDraft, ...]
    comments_open: bool


def scrape(text: str) -> Scrape:
    """What a scraped page holds. Without any prose, everything that is no furniture is body."""
    lines = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    lines = [line for line in lines if line]
    start, stop = _body_of(lines)
    lead = next((at for at in range(start, stop) if _is_prose(lines[at])), start)
    title_at = _title_at(lines, lead, stop)
    title = lines[title_at] if title_at is not None else ""
    after_title = 0 if title_at is None else title_at + 1
    lead = max(lead, after_title)
    above = [line for line in lines[max(start, after_title) : lead] if _is_subtitle(line)]
    body, relations = _sorted_out([*above, *lines[lead:stop]], title)
    relations += _listed_after(lines[stop:], len(body))
    head = lines[after_title:lead] + lines[max(0, after_title - 4) : max(0, after_title - 1)]
    author, published_at = _signed(head)
    return Scrape(
        title=title,
        body=tuple(body),
        author=author,
        published_at=published_at,
        relations=tuple(relations),
        comments_open=not any(_CLOSED.search(line) for line in lines[stop:]),
    )


# ── the body ──────────────────────────────────────────────────────────────────────────────────


def _is_prose(line: str) -> bool:
    """Whether a paragraph is one of running text, not a headline or a caption."""
    ended = bool(_SENTENCE_END.search(line)) and not line.endswith(("…", "..."))
    long = len(line) >= PROSE_LENGTH * (1 if ended else 3)
    return long and not _CUT_OFF.search(line) and not is_furniture(line)


def _weight(line: str) -> float:
    """How much a paragraph speaks for being in the body, or against it."""
    if is_furniture(line):
        return -0.7
    if headline_of(line) or section_of(line):
        return 0.0
    if _is_prose(line):
        return 1 + min(len(line), 600) / 100
    words = line.count(" ") + 1
    if _SENTENCE_END.search(line) and words >= 5:
        return 0.8
    return 0.3 if words >= 8 else -0.4


def _body_of(lines: list[str]) -> tuple[int, int]:
    """The run of paragraphs that weighs most: where it starts, and where it has stopped."""
    best = (0.0, 0, len(lines))
    start, weight = 0, 0.0
    among_teasers = False
    for at, line in enumerate(lines):
        if weight > ENOUGH and ends_the_page(line):
            break
        among_teasers = _among_teasers(line, among_teasers)
        if weight <= 0:
            start, weight = at, 0.0
        weight += -0.4 if among_teasers else _weight(line)
        if weight > best[0]:
            best = (weight, start, at + 1)
    _, start, stop = best
    return _earlier(lines, start), stop


def _among_teasers(line: str, before: bool) -> bool:
    """Whether a line is a headline of another page: up to prose, or a heading with a colon."""
    if starts_teasers(line):
        return True
    return before and not _is_prose(line) and not (line.endswith(":") and not section_of(line))


def _earlier(lines: list[str], start: int) -> int:
    """`start`, or before it a paragraph that only a few captions or list items part from it."""
    for at in range(start - 1, max(-1, start - MAX_GAP), -1):
        between = lines[at:start]
        if _is_prose(lines[at]) and 2 * sum(map(is_furniture, between)) < len(between):
            return at
    return start


def _sorted_out(lines: list[str], title: str) -> tuple[list[str], list[RelationDraft]]:
    """The paragraphs of the body without furniture, and the edges that stand between them."""
    body: list[str] = []
    relations: list[RelationDraft] = []
    counts = Counter(lines)
    section: RelationKind | None = None
    among_teasers = False
    key = headline_key(title)
    for line in lines:
        position = max(0, len(body) - 1)
        if headline := headline_of(line):
            relations.append(_edge(RelationKind.INLINE, headline, position))
            continue
        found = section_of(line)
        section = found or (section if not _is_prose(line) else None)
        among_teasers = _among_teasers(line, among_teasers)
        if found or among_teasers or section:
            if section and not found and _is_headline(line):
                relations.append(_edge(section, line, position))
            continue
        often = counts[line] > 2 and len(line) < PROSE_LENGTH
        if not (is_furniture(line) or often or (key and headline_key(line) == key)):
            body.append(line)
    return body, relations


def _listed_after(lines: list[str], paragraphs: int) -> list[RelationDraft]:
    """The edges that are listed below the body: `Related:` lines, and headlines in sections."""
    relations = []
    section: RelationKind | None = None
    for line in lines[:MAX_BELOW]:
        if headline := headline_of(line):
            relations.append(_edge(RelationKind.INLINE, headline, max(0, paragraphs - 1)))
        elif found := section_of(line):
            section = RelationKind.MORE_TO_READ if found is RelationKind.INLINE else found
        elif section and _is_headline(line):
            relations.append(_edge(section, line, None))
        elif not (section and found_in(line)):
            section = None
    return relations


def _edge(kind: RelationKind, headline: str, position: int | None) -> RelationDraft:
    return RelationDraft(kind=kind, anchor=headline, by_headline=True, position=position)


# ── above the body ────────────────────────────────────────────────────────────────────────────


def _is_headline(line: str) -> bool:
    """Whether a line might name an article: some words, no furniture."""
    return 4 <= len(line.split()) <= 30 and len(line) <= 200 and not is_furniture(line)


def _is_subtitle(line: str) -> bool:
    """Whether a line between headline and prose is the article's."""
    return line.count(" ") >= 4 and not _signature(line)


def _title_at(lines: list[str], start: int, stop: int) -> int | None:
    """Where the headline stands: above the body, the best line that may be one.

    A line of some length that is there twice is it for sure, even where it looks like prose; else
    it stands close above the body, and byline or date not far below it.
    """
    counts = Counter(headline_key(line) for line in lines[:stop])
    best: tuple[float, int] | None = None
    for at in range(min(start + 2, stop - 1), max(-1, start - MAX_ABOVE), -1):
        line = lines[at]
        words = len(re.findall(r"[^\W\d_]{2,}", line))
        twice = counts[headline_key(line)] > 1 and words >= 5
        if not (3 <= words <= 40 and len(line) <= 300) or (at >= start and not twice):
            continue
        if is_furniture(line) or _signature(line) or headline_of(line) or section_of(line):
            continue
        if _CAPTION.search(line):
            continue
        score = min(words, 8) / 2 - (start - at) / 12 + (6 if twice else 0) + (1 if at == 0 else 0)
        below = lines[at + 1 : min(start, at + 8)]
        score += next((3 - gap / 4 for gap, one in enumerate(below) if _signature(one)), 0)
        ended = _SENTENCE_END.search(line) and line[-1] not in "?!…"
        score -= 2 if not twice and (ended or _STOP.search(line)) else 0
        if best is None or score >= best[0]:
            best = (score, at)
    return best[1] if best is not None and best[0] > MIN_SCORE else None


def _signature(line: str) -> bool:
    """Whether a line tells who wrote, or when."""
    told = found_in(line) or _BYLINE.match(line) or _STAMP.match(line)
    return len(line) < 120 and bool(told)


def _signed(lines: list[str]) -> tuple[str, datetime | None]:
    """Who wrote and when, from the lines between the headline and the body."""
    author, published_at, date_at = "", None, -1
    for at, line in enumerate(lines[:25]):
        if len(line) > 150:
            continue
        if published_at is None and (dated := found_in(line)):
            published_at, date_at = dated[0], at
            before = _NAME_ALONE.match(line[: dated[1].start()].strip(" -–—|·,"))
            author = author or (before["name"] if before else "")
        if byline := _BYLINE.match(line):
            author = byline["name"]
    if not author and date_at > 0:
        above = _NAME_ALONE.fullmatch(lines[:25][date_at - 1])
        author = above["name"] if above else ""
    return public_name(_titled(author))[:200], published_at


def _titled(name: str) -> str:
    """`JEFFREY GETTLEMAN` as it is written elsewhere."""
    words = _MONTH_AFTER.sub("", name)
    return words.title() if words.isupper() else words
