"""A text that is being typed into a search box, and the topics and authors that it may mean."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from search_index.query import Suggestion, SuggestionKind
from search_index.text import analysis, folding, highlighter
from search_index.text.document_terms import LABEL_SEPARATOR

MAX_TEXT = 100
"""Characters of the text that are read."""

MAX_WORDS = 12
"""Words of the text that are read: the last ones, which are being typed."""

MAX_LABELS = 2
"""Topics, and likewise authors, that come before the articles, at most."""

MIN_LABEL = 2
"""Typed characters from which on topics and authors are suggested."""

MIN_FUZZY_LENGTH = 4
"""Minimum length of a prefix that is corrected."""

MAX_COMPARED = 24
"""Titles that are compared with the typed text, at most: the most popular ones."""

HALF_COMMENTS = 50.0
"""Comments that yield half of the maximum popularity for comments."""

START_BONUS, _SUBSTRING_BONUS = 4.0, 2.0  # above any popularity, which is at most 2

LABEL_FIELDS = (("topic", SuggestionKind.TOPIC), ("author", SuggestionKind.AUTHOR))

MAX_EDIT_INDEX = 12
"""Letters of a prefix in which edits are tried."""

MAX_EDIT_LETTERS = 64
"""Letters that edits may insert or substitute, at most."""


@dataclass(frozen=True, slots=True)
class TypedText:
    """A typed text: complete folded words, and the prefix of one more word or ""."""

    words: tuple[str, ...]
    prefix: str

    @property
    def text(self) -> str:
        """The words and the prefix, separated by single spaces."""
        return " ".join((*self.words, self.prefix)).strip()


@dataclass(frozen=True, slots=True)
class LabelEntry:
    """A topic or author, with its folded words and the number of visible articles."""

    words: tuple[str, ...]
    name: str
    slug: str
    count: int


def parse_typed(text: str) -> TypedText:
    """Parse a typed text. Any text is valid; of a long one, only the end is read."""
    text = text[-MAX_TEXT:]
    words = [word for word, _, _, _ in analysis.query_words(text)][-MAX_WORDS:]
    if words and not text[-1].isspace():
        return TypedText(tuple(words[:-1]), words[-1])
    return TypedText(tuple(words), "")


def title_order(folded_title: str, typed_text: TypedText, popularity: float) -> float:
    """Return the order of a title: those that start as typed, then those that contain the text."""
    offset = f" {folded_title}".find(f" {typed_text.text}")
    return popularity + (START_BONUS if offset == 0 else _SUBSTRING_BONUS if offset > 0 else 0.0)


def merge(labels: list[Suggestion], articles: list[Suggestion], limit: int) -> list[Suggestion]:
    """Return `limit` suggestions: half of them topics and authors, at most, then articles."""
    return [*labels[: max(1, limit // 2)], *articles][:limit]


def has_words(label: LabelEntry, typed_text: TypedText) -> bool:
    """Return whether the name contains every typed word."""
    return all(word in label.words for word in typed_text.words) and (
        not typed_text.prefix or any(word.startswith(typed_text.prefix) for word in label.words)
    )


def starts_like(label: LabelEntry, typed_text: TypedText) -> bool:
    """Return whether the name starts with the typed text."""
    return " ".join(label.words).startswith(typed_text.text)


class LabelIndex:
    """Sorted index of the words in the names of topics or authors."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Index the labels with these terms (`label_term`), each with its number of articles."""
        self.labels: list[LabelEntry] = []
        words = []
        for term, count in counts.items():
            slug, _, name = term.partition(LABEL_SEPARATOR)
            label_words = tuple(_plain_words(name))
            words += [(word, len(self.labels)) for word in label_words]
            self.labels.append(LabelEntry(label_words, name, slug, count))
        words.sort()
        self.keys = [word for word, _ in words]
        self.numbers = [number for _, number in words]

    def starting_like(self, typed_text: TypedText) -> list[LabelEntry]:
        """Return the labels with a word that starts with the first typed word."""
        word = typed_text.words[0] if typed_text.words else typed_text.prefix
        first = bisect_left(self.keys, word)
        last = bisect_left(self.keys, word + "\U0010ffff")
        return [self.labels[number] for number in dict.fromkeys(self.numbers[first:last])]

    def suggest(self, kind: SuggestionKind, typed_text: TypedText) -> Iterator[Suggestion]:
        """Yield at most MAX_LABELS labels with every typed word, the likeliest first."""
        matches = [
            label for label in self.starting_like(typed_text) if has_words(label, typed_text)
        ]
        matches.sort(
            key=lambda label: (
                not starts_like(label, typed_text),
                -label.count,
                label.name,
                label.slug,
            )
        )
        for label in matches[:MAX_LABELS]:
            marked = highlight(label.name, typed_text)
            yield Suggestion(kind, label.name, marked, label.slug, label.count)


def _plain_words(text: str) -> list[str]:
    return [word for word, _, _, _ in analysis.query_words(text)]


def edits(word: str, letters: frozenset[str]) -> set[str]:
    """Return the words one edit (OSA) from `word` with the same first letter."""
    indices = range(1, min(len(word), MAX_EDIT_INDEX))
    letters = frozenset(sorted(letters)[:MAX_EDIT_LETTERS])
    result = {word[:index] + word[index + 1 :] for index in indices}
    result |= {
        word[:index] + word[index + 1] + word[index] + word[index + 2 :] for index in indices[:-1]
    }
    result |= {word[:index] + new + word[index + 1 :] for index in indices for new in letters}
    result |= {word[:index] + new + word[index:] for index in indices for new in letters}
    result.discard(word)
    return result


def highlight(text: str, typed_text: TypedText) -> str:
    """Return `text` as escaped HTML, with the typed words in `<mark>`."""
    letters = frozenset(word[0] for word in (*typed_text.words, typed_text.prefix) if word)
    candidates = analysis.candidate_words(text, letters, "")
    spans = [span for match in candidates for span in _spans(match, typed_text)]
    return highlighter.mark_html(text, 0, len(text), spans)


def _spans(match: re.Match[str], typed_text: TypedText) -> list[highlighter.Span]:
    """Return the spans of a word, or of a run of bigrams, that were typed."""
    start, end, token, prefix = match.start(), match.end(), match.group(), typed_text.prefix
    if analysis.is_run(token):
        spans = {
            (start + offset, start + offset + len(gram))
            for gram in (*typed_text.words, prefix)
            for offset in range(len(token) - len(gram) + 1)
            if gram and folding.fold_word(token[offset : offset + len(gram)]) == gram
        }
        return highlighter.merge_spans(sorted(spans))
    folded = folding.fold_word(token)
    if folded in typed_text.words:
        return [(start, end)]
    if prefix and folded.startswith(prefix):
        # If a letter folds to several, lengths differ: then the entire word is marked.
        return [(start, start + len(prefix) if len(folded) == len(token) else end)]
    return []
