"""What somebody who types may want to go to: articles by title, topics and authors by name.

A title matches if it holds every word typed, in any place, the last one perhaps as a beginning.
Titles that start with what was typed come first, then those that hold it as it was typed, then
the others; among equals the popular ones. Everything is read from the postings of the words of
titles, which an immutable segment has in memory: a beginning is a range of the sorted words, and
its titles a slice of their postings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import Snapshot, View
from search_index.engines.whoosh.query import matching, spellchecker
from search_index.query import (
    MAX_SUGGESTIONS,
    Suggestion,
    SuggestionKind,
    SuggestQuery,
)
from search_index.text import analysis, highlighter

MAX_TYPED = 100
"""Characters of the text that are read."""

MAX_WORDS = 12
"""Words of the text that are read, the last ones: they are what is being typed."""

MAX_LABELS = 2
"""Topics, and authors, that come before the articles."""

MIN_LABEL = 2
"""Characters that have to be typed before topics and authors come before the articles."""

MIN_FORGIVEN = 4
"""Letters of a beginning that may hold a mistake."""

MAX_PLACES = 12
"""Letters of a beginning in which a mistake is looked for."""

MAX_LETTERS = 64
"""Letters of the alphabets in use that may have been meant."""

QUICK_DOCUMENTS = 200_000
"""Documents of an index, articles and comments, whose titles are found quickly."""

_LOOKED_AT = 24  # titles that are compared with what was typed, the most popular ones
_COMMENTED = 50.0  # comments at which half of what popularity can give for them is reached
_STARTS, _HOLDS = 4.0, 2.0  # above any popularity, which is at most 2

_FIELDS = (("topic", SuggestionKind.TOPIC), ("author", SuggestionKind.AUTHOR))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: folded words that have to be there, and the beginning of one more or ""."""

    words: tuple[str, ...]
    beginning: str

    @property
    def text(self) -> str:
        """The words and the beginning, one space between them."""
        return " ".join((*self.words, self.beginning)).strip()


@dataclass(frozen=True, slots=True)
class Name:
    """A topic or author: with its folded words, and the number of visible articles."""

    words: tuple[str, ...]
    name: str
    slug: str
    count: int


def typed(text: str) -> Typed:
    """Read what was typed. Any text is fine; of a long one, the end counts."""
    text = text[-MAX_TYPED:]
    words = [word for word, _, _, _ in analysis.words(text)][-MAX_WORDS:]
    if words and not text[-1].isspace():
        return Typed(tuple(words[:-1]), words[-1])
    return Typed(tuple(words), "")


def is_quick(snapshot: Snapshot) -> bool:
    """Whether any text takes a few milliseconds at most."""
    return snapshot.documents <= QUICK_DOCUMENTS


def suggest(snapshot: Snapshot, query: SuggestQuery) -> tuple[Suggestion, ...]:
    """Answer a query; about 1 ms for 100,000 articles."""
    view = snapshot.view(query.statuses)
    limit = min(max(0, query.limit), MAX_SUGGESTIONS)
    asked = typed(query.text)
    if not asked.text or not limit:
        return ()
    found = _found(view, asked, limit)
    if not found:
        for meant in _meant(view, asked):
            found = _found(view, meant, limit)
            if found:
                break
    return tuple(found)


def _found(view: View, asked: Typed, limit: int) -> list[Suggestion]:
    names = list(_names(view, asked)) if len(asked.text) >= MIN_LABEL else []
    first = names[: max(1, limit // 2)]
    articles = list(_articles(view, asked, limit))
    return [*first, *articles][:limit]


# Articles


def _articles(view: View, asked: Typed, limit: int) -> Iterator[Suggestion]:
    documents = np.flatnonzero(_titled(view, asked))
    popularities = view.once("popularities", lambda: _popularities(view))
    rates = popularities[documents] + _STARTS * _starting(view, asked)[documents]
    if len(documents) > _LOOKED_AT:
        kept = rates >= np.partition(rates, -_LOOKED_AT)[-_LOOKED_AT]
        documents, rates = documents[kept], rates[kept]
        first = np.lexsort((view.column("ids")[documents], rates))[-_LOOKED_AT:]
        documents, rates = documents[first], rates[first]
    text, found = asked.text, []
    for document, rate in zip(documents.tolist(), rates.tolist(), strict=True):
        segment, number = view.at(document)
        held = f" {segment.folded_title(number)}".find(f" {text}")
        order = rate % _STARTS + (_STARTS if held == 0 else _HOLDS if held > 0 else 0.0)
        found.append((order, int(segment.ids[number]), segment, number))
    found.sort(key=lambda one: one[:2], reverse=True)
    for _, id_, segment, number in found[:limit]:
        title = segment.texts(number)["title"]
        yield Suggestion(SuggestionKind.ARTICLE, title, highlighted(title, asked), str(id_))


def _titled(view: View, asked: Typed) -> npt.NDArray[np.bool_]:
    """The visible documents whose titles have every word."""
    mask = view.mask
    for word in asked.words:
        mask = mask & matching.term_mask(view, "titles", word)
    if asked.beginning:
        mask = mask & matching.beginning_mask(view, asked.beginning, "titles")
    return mask


def _starting(view: View, asked: Typed) -> npt.NDArray[np.bool_]:
    """The documents that have a title whose first word is the first one typed."""
    if asked.words:
        return matching.term_mask(view, "titles", schema.FIRST + asked.words[0])
    return matching.beginning_mask(view, schema.FIRST + asked.beginning, "titles")


def _popularities(view: View) -> npt.NDArray[np.float32]:
    """How popular each document is, 0 to 2: by its comments and its date.

    A date counts by its rank among half-lives of a year, from the newest visible document.
    """
    comments, published = view.column("comments").astype(np.float32), view.column("published")
    recent = np.exp2(-np.maximum(0, view.newest - published) / 86_400_000_000 / 365)
    recent[published == schema.NO_TIME] = 0.0
    rates: npt.NDArray[np.float32] = comments / (comments + _COMMENTED) + recent
    return rates.astype(np.float32)


# Topics and authors


def _names(view: View, asked: Typed) -> Iterator[Suggestion]:
    for field, kind in _FIELDS:
        names = view.once(("names", field), partial(Names, view, field))
        found = [name for name in names.beginning(asked) if _fits(name, asked)]
        found.sort(key=lambda one: (not _is_start(one, asked), -one.count, one.name, one.slug))
        for one in found[:MAX_LABELS]:
            marked = highlighted(one.name, asked)
            yield Suggestion(kind, one.name, marked, one.slug, one.count)


def _fits(name: Name, asked: Typed) -> bool:
    """Whether every typed word is in the name."""
    return all(word in name.words for word in asked.words) and (
        not asked.beginning or any(word.startswith(asked.beginning) for word in name.words)
    )


def _is_start(name: Name, asked: Typed) -> bool:
    return " ".join(name.words).startswith(asked.text)


class Names:
    """The topics or authors of a view, and the words by which they are found, sorted."""

    def __init__(self, view: View, field: str) -> None:
        counts: dict[str, int] = {}
        for segment, mask in view.pairs():
            values = segment.values(field)
            for term, count in zip(values.terms, values.counts(mask), strict=True):
                if count:
                    counts[term] = counts.get(term, 0) + int(count)
        self.all: list[Name] = []
        words = []
        for term, count in counts.items():
            slug, _, name = term.partition(schema.LABEL_SEPARATOR)
            found = tuple(_plain_words(name))
            words += [(word, len(self.all)) for word in found]
            self.all.append(Name(found, name, slug, count))
        words.sort()
        self.keys = [word for word, _ in words]
        self.numbers = [number for _, number in words]

    def beginning(self, asked: Typed) -> list[Name]:
        """The names that have a word that starts as the first typed one does."""
        word = asked.words[0] if asked.words else asked.beginning
        first = bisect_left(self.keys, word)
        last = bisect_left(self.keys, word + "\U0010ffff")
        return [self.all[number] for number in dict.fromkeys(self.numbers[first:last])]


def _plain_words(text: str) -> list[str]:
    return [word for word, _, _, _ in analysis.words(text)]


# Mistakes


def _meant(view: View, asked: Typed) -> Iterator[Typed]:
    """What may have been meant, the likeliest first: words that are in no title are replaced."""
    words = []
    for word in asked.words:
        if _is_known(view, word):
            words.append(word)
        else:
            near = spellchecker.candidates(view, word, "titles")
            words.append(near[0].word if near else word)
    if tuple(words) != asked.words:
        yield Typed(tuple(words), asked.beginning)
    for beginning in _other_beginnings(view, asked.beginning):
        yield Typed(tuple(words), beginning)


def _is_known(view: View, word: str) -> bool:
    return view.frequency("titles", word) > 0


def _other_beginnings(view: View, beginning: str) -> list[str]:
    """What a beginning was perhaps meant to be: one letter left out, changed, added or swapped.

    The first letter stands. Those that most words of titles start with come first; at most five.
    """
    if len(beginning) < MIN_FORGIVEN:
        return []
    letters = frozenset[str]().union(
        *(segment.first_letters("titles") for segment in view.segments)
    )
    others, counted = _one_edit(beginning, letters), dict[str, int]()
    for segment in view.segments:
        for length in range(len(beginning) - 1, len(beginning) + 2):
            for other in others & segment.beginnings("titles", length):
                first, last = matching.words_from(segment, other, "titles")
                counted[other] = counted.get(other, 0) + last - first
    return sorted(counted, key=lambda one: (-counted[one], one))[:5]


def _one_edit(word: str, letters: frozenset[str]) -> set[str]:
    """The words one edit (OSA) from `word` with the same first letter."""
    places = range(1, min(len(word), MAX_PLACES))
    letters = frozenset(sorted(letters)[:MAX_LETTERS])
    found = {word[:at] + word[at + 1 :] for at in places}
    found |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places[:-1]}
    found |= {word[:at] + new + word[at + 1 :] for at in places for new in letters}
    found |= {word[:at] + new + word[at:] for at in places for new in letters}
    found.discard(word)
    return found


# What is shown


def highlighted(text: str, asked: Typed) -> str:
    """`text` as HTML, with what was typed in `<mark>`; all else is escaped."""
    letters = frozenset(word[0] for word in (*asked.words, asked.beginning) if word)
    candidates = analysis.words_starting(text, letters, "")
    spans = [span for match in candidates for span in _spans(match, asked)]
    return highlighter.marked(text, 0, len(text), spans)


def _spans(match: re.Match[str], asked: Typed) -> list[highlighter.Span]:
    """The parts of a word, or of a run of bigrams, that were typed."""
    start, end, written, beginning = match.start(), match.end(), match.group(), asked.beginning
    if analysis.is_run(written):
        found = {
            (start + at, start + at + len(gram))
            for gram in (*asked.words, beginning)
            for at in range(len(written) - len(gram) + 1)
            if gram and analysis.fold_word(written[at : at + len(gram)]) == gram
        }
        return highlighter.merged(sorted(found))
    folded = analysis.fold_word(written)
    if folded in asked.words:
        return [(start, end)]
    if beginning and folded.startswith(beginning):
        # Letters that fold to several cannot be counted: then the whole word is marked.
        return [(start, start + len(beginning) if len(folded) == len(written) else end)]
    return []
