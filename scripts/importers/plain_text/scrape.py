"""Extraction of headline, byline, body and relations from a web page scraped to text.

Paragraphs are separated by empty lines. The body is the run of paragraphs of maximum total weight,
where prose counts positive, short lines negative; around it are menus, before it headline, byline
and date, after it comment form and teasers. No rule is specific to one site.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from hub.drafts import RelationDraft
from hub.models import RelationKind
from hub.text.slugs import headline_key
from scripts.importers.content.boilerplate import (
    ends_article,
    is_boilerplate,
    section_kind,
    starts_teasers,
)
from scripts.importers.content.dates import find_date
from scripts.importers.content.headline_lines import parse_headline
from scripts.importers.plain_text.headline import find_headline, without_site
from scripts.importers.source import public_name

PROSE_LENGTH = 80
MIN_BODY_WEIGHT = 12
"""Weight of a run from which a comment form can end it: about four paragraphs."""
MAX_GAP = 30
MAX_BELOW = 400
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[[…. ]+\]|»)$")
_STAMP = re.compile(r"(?i)\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|(?:filed|posted)\s+(?:to|in|under|on)\b")
_CAPTION = re.compile(
    r"(?i)\b(?:photo(?:graph)?|credit|image|illustration|picture)\b(?:\s*:|\s+by\b)|getty"
)
_MONTH_AFTER = re.compile(
    r"(?i)(?<!\s)\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?$"
)
_STOP = re.compile(r"[.!?]\s+[A-ZÀ-Þ]")
_SENTENCE_END = re.compile(r"[.!?…。！？:;](?:[\"'”’»)\]]|\[\d+\])*$")
_WORD = r"[A-ZÀ-Þ][\w.'’À-ÿ-]+"
_NAME = rf"{_WORD}(?: (?:[A-ZÀ-Þ]\.|de|van|von|der|la|di|\([A-Z.]+\)|{_WORD})){{1,3}}"
_BYLINE = re.compile(rf"(?:by|By|BY|von|par|por)\b:?\s+(?P<name>{_NAME})(?=$|\W)")
_NAME_ALONE = re.compile(rf"(?P<name>{_NAME})\W*$")
_MARKS = re.compile(r"^#{1,6}\s+|</?[a-z][a-z0-9]*>|\*\*|\s+#+$")
_CLOSED = re.compile(r"(?i)comments (?:are|have been) (?:now )?(?:closed|disabled|turned off)")


@dataclass(frozen=True, slots=True)
class Scrape:
    """The parts of a page. Positions of relations count the paragraphs of `body`."""

    title: str
    body: tuple[str, ...]
    author: str
    published_at: datetime | None
    relations: tuple[RelationDraft, ...]
    comments_open: bool


def parse_scrape(text: str) -> Scrape:
    """Extract the parts of a scraped page. Without any prose, all but boilerplate is body."""
    lines = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    lines = [line for line in lines if line]
    start, stop = _find_body(lines)
    lead = next((index for index in range(start, stop) if _is_prose(lines[index])), start)
    title_at = find_headline(lines, lead, stop, _is_byline)
    if title_at is None and lead == 1 and _is_short_title(lines[0]):
        title_at = 0
    title = without_site(_MARKS.sub("", lines[title_at])) if title_at is not None else ""
    after_title = 0 if title_at is None else title_at + 1
    lead = max(lead, after_title)
    subtitles = [line for line in lines[max(start, after_title) : lead] if _is_subtitle(line)]
    body, relations = _split_body([*subtitles, *lines[lead:stop]], title)
    relations += _relations_below(lines[stop:], len(body))
    head = lines[after_title:lead] + lines[max(0, after_title - 4) : max(0, after_title - 1)]
    author, published_at = _find_author_and_date(head)
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
    """Tell whether a paragraph is running text, not a headline or a caption."""
    ends_sentence = bool(_SENTENCE_END.search(line)) and not line.endswith(("…", "..."))
    is_long = len(line) >= PROSE_LENGTH * (1 if ends_sentence else 3)
    return is_long and not _CUT_OFF.search(line) and not is_boilerplate(line)


def _line_weight(line: str) -> float:
    """Return the weight of a paragraph: positive for the body, negative against it."""
    if is_boilerplate(line):
        return -0.7
    if parse_headline(line) or section_kind(line):
        return 0.0
    if _is_prose(line):
        return 1 + min(len(line), 600) / 100
    words = line.count(" ") + 1
    if _SENTENCE_END.search(line) and words >= 5:
        return 0.8
    return 0.3 if words >= 8 else -0.4


def _find_body(lines: list[str]) -> tuple[int, int]:
    """Find the run of paragraphs of maximum weight; return its start and (exclusive) stop."""
    best = (0.0, 0, len(lines))
    start, weight = 0, 0.0
    in_teasers = False
    for at, line in enumerate(lines):
        if weight > MIN_BODY_WEIGHT and ends_article(line):
            break
        in_teasers = _is_in_teasers(line, in_teasers)
        if weight <= 0:
            start, weight = at, 0.0
        weight += -0.4 if in_teasers else _line_weight(line)
        if weight > best[0]:
            best = (weight, start, at + 1)
    _, start, stop = best
    return _extend_start(lines, start), stop


def _is_in_teasers(line: str, before: bool) -> bool:
    """Tell whether a line is in a list of teasers, which ends at prose or `Heading:`."""
    if starts_teasers(line):
        return True
    return before and not _is_prose(line) and not (line.endswith(":") and not section_kind(line))


def _extend_start(lines: list[str], start: int) -> int:
    """Move `start` back to prose that only a few captions or list items separate from it."""
    for at in range(start - 1, max(-1, start - MAX_GAP), -1):
        between = lines[at:start]
        if _is_prose(lines[at]) and 2 * sum(map(is_boilerplate, between)) < len(between):
            return at
    return start


def _split_body(lines: list[str], title: str) -> tuple[list[str], list[RelationDraft]]:
    """Split the body into paragraphs without boilerplate, and the relations between them."""
    body: list[str] = []
    relations: list[RelationDraft] = []
    counts = Counter(lines)
    section: RelationKind | None = None
    in_teasers = False
    key = headline_key(title)
    for line in lines:
        position = max(0, len(body) - 1)
        if headline := parse_headline(line):
            relations.append(_edge(RelationKind.INLINE, headline, position))
            continue
        section_start = section_kind(line)
        section = section_start or (section if not _is_prose(line) else None)
        in_teasers = _is_in_teasers(line, in_teasers)
        if section_start or in_teasers or section:
            if section and not section_start and _is_headline(line):
                relations.append(_edge(section, line, position))
            continue
        is_repeated = counts[line] > 2 and len(line) < PROSE_LENGTH
        if not (is_boilerplate(line) or is_repeated or (key and headline_key(line) == key)):
            body.append(line)
    return body, relations


def _relations_below(lines: list[str], paragraphs: int) -> list[RelationDraft]:
    """Return the relations listed below the body: `Related:` lines, and headlines in sections."""
    relations = []
    section: RelationKind | None = None
    for line in lines[:MAX_BELOW]:
        if headline := parse_headline(line):
            relations.append(_edge(RelationKind.INLINE, headline, max(0, paragraphs - 1)))
        elif kind := section_kind(line):
            section = RelationKind.MORE_TO_READ if kind is RelationKind.INLINE else kind
        elif section and _is_headline(line):
            relations.append(_edge(section, line, None))
        elif not (section and find_date(line)):
            section = None
    return relations


def _edge(kind: RelationKind, headline: str, position: int | None) -> RelationDraft:
    return RelationDraft(kind=kind, anchor=headline, by_headline=True, position=position)


# ── above the body ────────────────────────────────────────────────────────────────────────────


def _is_headline(line: str) -> bool:
    """Tell whether a line may be an article's headline: some words, no boilerplate."""
    return 4 <= len(line.split()) <= 30 and len(line) <= 200 and not is_boilerplate(line)


def _is_subtitle(line: str) -> bool:
    """Tell whether a line between headline and prose belongs to the article."""
    return line.count(" ") >= 4 and not _is_byline(line)


def _is_short_title(line: str) -> bool:
    """Tell whether a line right above the body may be a headline of one or two words."""
    plain = _MARKS.sub("", line)
    return plain[:1].isalnum() and len(plain) < PROSE_LENGTH and not is_boilerplate(line)


def _is_byline(line: str) -> bool:
    """Tell whether a line holds an author or a date."""
    match = find_date(line) or _BYLINE.match(line) or _STAMP.match(line)
    return len(line) < 120 and bool(match)


def _find_author_and_date(lines: list[str]) -> tuple[str, datetime | None]:
    """Find author and date in the lines between the headline and the body."""
    author, published_at, date_at = "", None, -1
    for at, line in enumerate(lines[:25]):
        if len(line) > 150:
            continue
        if published_at is None and (date_match := find_date(line)):
            published_at, date_at = date_match[0], at
            name_before = _NAME_ALONE.match(line[: date_match[1].start()].strip(" -–—|·,"))
            author = author or (name_before["name"] if name_before else "")
        if byline := _BYLINE.match(line):
            author = byline["name"]
    if not author and date_at > 0:
        name_above = _NAME_ALONE.fullmatch(lines[:25][date_at - 1])
        author = name_above["name"] if name_above else ""
    return public_name(_to_title_case(author))[:200], published_at


def _to_title_case(name: str) -> str:
    """Convert a name in capitals, such as `JEFFREY GETTLEMAN`, to title case."""
    words = _MONTH_AFTER.sub("", name)
    return words.title() if words.isupper() else words
