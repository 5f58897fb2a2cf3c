"""The headline of a page as text: the line above the body that looks, stands and reads like one.

Each line is scored by what is independent of the site: whether its words are those of the body,
whether it occurs again (as a title of the window, a sharing text, a bread crumb), how near it is to
the body and to a byline, and whether it is written as a headline is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate

from hub.text.slugs import headline_key
from scripts.importers.content.boilerplate import is_boilerplate, section_kind
from scripts.importers.content.headline_lines import parse_headline

MAX_ABOVE = 80
"""Lines above the body that may be its headline."""
MAX_WITHIN = 12
"""Lines of the body that may be its headline, below a summary or a caption."""
MAX_LENGTH = 300
MIN_WORDS, MAX_WORDS = 3, 40
MIN_PROSE = 80
MIN_SCORE = 1.0
MARGIN = 1.1
"""How much less than the line below it a headline above a subtitle may score."""
BODY_LINES = 60

_CAPTION = re.compile(
    r"(?i)\b(?:photo(?:graph)?|credit|image|illustration|picture|foto|bild)\b(?:\s*:|\s+by\b)"
    r"|getty|[/(]\s?(?:reuters|ap|afp|epa|dpa)\b|\bAP photo\b"
)
_CRUMB = re.compile(r"\s[>›»/]\s|^[\[+•*·|-]|\]\s*\[")
_HANDLE = re.compile(r"(?:^|[\s,(|])@\w+")
_SENTENCE = re.compile(r"[.;:,…](?:[\"'”’»)\]]|\[\d+\])*$|[。；：]$")
_STOP = re.compile(r"[.!?]\s+[A-ZÀ-Þ]|[。！？].")
_DATE = re.compile(
    r"(?<!\d)\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}|\b\d{1,2}[./]\d{1,2}[./]\d{4}"
)
_WORD = re.compile(r"[^\W\d_]{2,}|\d{2,}")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SITE = re.compile(r"\s+[|–—·»-]\s+(?P<site>[^|–—·»]{2,40})$")


def words_of(line: str) -> int:
    """Return the number of words; of languages without spaces, two signs are one."""
    wide = len(_WIDE.findall(line))
    return len(re.findall(r"[^\W\d_]{2,}", _WIDE.sub(" ", line))) + (wide + 1) // 2


def find_headline(
    lines: Sequence[str], lead: int, stop: int, is_byline: Callable[[str], bool]
) -> int | None:
    """Return the index of the headline; None when no line looks like one.

    `lead` is the first paragraph of prose, `stop` the end of the body. O(n) in the lines.
    """
    page = _Page(lines, lead, stop, is_byline)
    last = min(lead + MAX_WITHIN, stop, len(lines))
    candidates = (at for at in range(max(0, lead - MAX_ABOVE), last) if page.may_be_headline(at))
    scores = {at: page.score(at) for at in candidates}
    best = max(scores, key=lambda at: (scores[at], at), default=None)
    if best is None or scores[best] < MIN_SCORE:
        return None
    # Of a headline and its subtitle the first is the headline, though the second says more.
    least = page.overlap(best) / 2
    for at in (best - 1, best - 2):
        if scores.get(at, 0.0) >= scores[best] - MARGIN and page.overlap(at) >= least:
            return at
    return best


def without_site(line: str) -> str:
    """Return a headline without the name of its site, which titles of windows have at their end."""
    match = _SITE.search(line)
    return line[: match.start()] if match and words_of(line[: match.start()]) >= MIN_WORDS else line


class _Page:
    def __init__(
        self, lines: Sequence[str], lead: int, stop: int, is_byline: Callable[[str], bool]
    ) -> None:
        self._lines = lines
        self._lead = lead
        self._is_byline = is_byline
        self._keys = [headline_key(line) if len(line) <= MAX_LENGTH else "" for line in lines]
        self._counts = Counter(self._keys)
        body = " ".join(lines[lead : min(stop, lead + BODY_LINES)]).casefold()
        self._words = Counter(_terms(body))
        self._bylines = [
            at
            for at in range(min(stop, len(lines)))
            if is_byline(lines[at]) or _is_dated(lines[at])
        ]
        is_long = (words_of(line) >= 4 and not is_boilerplate(line) for line in lines)
        self._long_above = [0, *accumulate(is_long)]
        self._openings = Counter(_opening(line) for line in lines[:stop])

    def may_be_headline(self, at: int) -> bool:
        """Tell whether a line may be a headline at all."""
        line = self._lines[at]
        if not MIN_WORDS <= words_of(line) <= MAX_WORDS or len(line) > MAX_LENGTH:
            return False
        if at >= self._lead:
            # A notice of cookies or a newsletter may have passed for the body's beginning.
            long = sum(len(above) >= MIN_PROSE for above in self._lines[self._lead : at])
            is_repeated = self._counts[self._keys[at]] > 1
            is_headed = not _SENTENCE.search(line) and self._byline_below(at) > 0
            if long > 1 or not (is_repeated or is_headed):
                return False
        return not (
            is_boilerplate(line)
            or self._is_byline(line)
            or parse_headline(line)
            or section_kind(line)
            or _CAPTION.search(line)
            or _HANDLE.search(line)
        )

    def score(self, at: int) -> float:
        """Return how much a line looks like the headline."""
        line, words = self._lines[at], words_of(self._lines[at])
        in_body = at >= self._lead
        score = 4.0 * self.overlap(at) - self._distance(at) + self._repetition(at)
        score -= 1.5 if in_body else 0.0
        score -= 2.0 if _is_dated(line) else 0.0
        score -= 2.5 if self._openings[_opening(line)] - self._counts[self._keys[at]] > 1 else 0.0
        score += 1.0 if 5 <= words <= 16 else 0.0
        score -= (words - 22) / 6 if words > 22 else 0.0
        score -= 2.5 if _SENTENCE.search(line) else 0.0
        score -= 1.5 if _STOP.search(line) else 0.0
        score -= 3.0 if _CRUMB.search(line) else 0.0
        score -= 1.0 if line[:1].islower() else 0.0
        score += 1.5 if self._lead == at + 1 == 1 else 0.0  # nothing else stands above the body
        score += self._byline_below(at) - self._neighbours(at)
        return score

    def overlap(self, at: int) -> float:
        """Return the share of the line's words that are in the body elsewhere."""
        terms = _terms(self._lines[at].casefold())
        own = at >= self._lead  # where its own words are among those of the body
        return sum(self._words[term] > own for term in terms) / max(len(terms), 5)

    def _distance(self, at: int) -> float:
        """Return what it takes that lines of some words stand between the line and the body."""
        most = 3.5 if at else 1.0  # the first line may be the title of the window
        return min(most, abs(self._long_above[self._lead] - self._long_above[at]) / 6)

    def _repetition(self, at: int) -> float:
        """Return what it adds that the line stands elsewhere, or within a longer one."""
        key = self._keys[at]
        window = self._keys[0] if at else ""
        if key and window.startswith(key):
            return 4.0  # the title of the window, with the site's name behind it
        if words_of(self._lines[at]) < MIN_WORDS + 1 or not key:
            return 0.0
        if self._counts[key] > 1:
            return 3.0
        others = (k for i, k in enumerate(self._keys[: self._lead + MAX_WITHIN]) if i != at)
        return 2.5 if any(len(k) > len(key) and key in k for k in others) else 0.0

    def _byline_below(self, at: int) -> float:
        gaps = [below - at for below in self._bylines if 0 < below - at <= 6]
        return 3.0 - gaps[0] / 3 if gaps else 0.0

    def _neighbours(self, at: int) -> float:
        """Return what it takes that headlines stand around the line, as in a list of teasers."""
        around = [i for i in (at - 2, at - 1, at + 1, at + 2) if 0 <= i < self._lead and i != at]
        teasers = sum(self.may_be_headline(i) and words_of(self._lines[i]) >= 4 for i in around)
        return 0.5 * max(0, teasers - 1)


def _is_dated(line: str) -> bool:
    return len(line) < MAX_LENGTH and bool(_DATE.search(line))


def _opening(line: str) -> str:
    """Return the first words of a line, which lists of buttons share."""
    return " ".join(line.split(maxsplit=3)[:2]).casefold()


def _terms(text: str) -> Sequence[str]:
    """Return the words of some length, shortened to what inflection leaves; signs in pairs."""
    plain = [word[:6] for word in _WORD.findall(_WIDE.sub(" ", text)) if len(word) > 3]
    runs = re.findall(rf"(?:{_WIDE.pattern})+", text)
    return plain + [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
