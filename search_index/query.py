"""Values of search: documents, queries, pages of hits, suggestions, and errors.

Plain frozen values without behaviour, shared by all engines and their callers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from search_index.explanations import ScorePart
from search_index.fields import Extremes, NumberField, NumberRange, TextField
from search_index.rules import NO_RULES, AppliedRules, Rule

MAX_TEXT = 5_000
"""Characters of a query's text that are parsed; further ones are ignored."""

MAX_WORDS = 500
"""Words of a query that are parsed; further ones are ignored."""

MAX_TERMS = 50
"""Different words of a query that are searched: of a longer text, the most telling ones."""

MAX_PAGE = 100
"""Hits on one page, at most."""

MAX_SUGGESTIONS = 20
"""Suggestions for one text, at most."""

MAX_DEPTH = 10_000
"""Hits that can be paged through, at most; no cursor points beyond them."""


PUBLIC = frozenset({"PUBLISHED"})
"""The statuses of documents that are visible to everybody."""


class SearchError(Exception):
    """Base class of search errors.

    ├─ UnknownEngine  no engine has the scheme of the URL, or the URL has no location
    ├─ InvalidQuery   the query is invalid; the message may be shown to the client
    └─ EngineError    the index cannot be read or written at the moment; retry later
       ├─ NoIndex     there is no index yet; a rebuild creates it
       └─ EngineUnavailable  the index is elsewhere, and cannot be reached or is overloaded
    """


class UnknownEngine(SearchError):
    """No engine has the scheme of the URL, or the URL has no location."""


class InvalidQuery(SearchError):
    """The query is invalid, e.g. its cursor was not issued by an engine."""


class EngineError(SearchError):
    """The index cannot be read or written at the moment."""


class NoIndex(EngineError):
    """There is no index yet."""


class EngineUnavailable(EngineError):
    """The service that holds the index cannot be reached, or is overloaded.

    Neither the index nor a batch is at fault: nothing is to be rebuilt, or tried piece by piece.
    """


@dataclass(frozen=True, slots=True)
class Label:
    """A named value that documents are filtered and counted by: a topic or an author."""

    slug: str
    name: str


class Scope(Enum):
    """The kind of documents to search: articles, or the comments on them."""

    ARTICLES = "ARTICLES"
    COMMENTS = "COMMENTS"


IN_ARTICLES = frozenset({Scope.ARTICLES})


@dataclass(frozen=True, slots=True)
class CommentText:
    """A comment in the index: its id, its plain text, and its creation time."""

    id: int
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """An article and its comments as the index holds them.

    `texts` holds the plain texts, those of `fields.PLAIN_FIELDS`; a missing one is empty.
    Paragraphs of a body are separated by an empty line. `topics` are the article's own topics
    first, then their ancestors, so that filtering by a parent topic finds it. `status` is one of
    `DRAFT SCHEDULED PUBLISHED ARCHIVED`; times are UTC and aware. `stamp` (0 to 2**63 - 1) changes
    with every save of the article: if the stamps in the index and in the database differ, the
    document is out of date. Each of `comments` is a hit of its own in scope COMMENTS; it has its
    article's status, labels and language.
    """

    id: int
    stamp: int
    texts: Mapping[TextField, str]
    language: str
    kind: str
    status: str
    published_at: datetime | None
    topics: tuple[Label, ...] = ()
    authors: tuple[Label, ...] = ()
    comment_count: int = 0
    comments: tuple[CommentText, ...] = ()
    has_image: bool = False


class Sort(Enum):
    """The order of hits; ties are broken by the newer date, then by the higher id."""

    RELEVANCE = "RELEVANCE"
    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    MOST_DISCUSSED = "MOST_DISCUSSED"


class FacetField(Enum):
    """Fields that hits can be counted by.

    MONTH values are like `2026-03`, YEAR values `2026`; IMAGE values are `true` and `false`.
    """

    TOPIC = "TOPIC"
    AUTHOR = "AUTHOR"
    LANGUAGE = "LANGUAGE"
    KIND = "KIND"
    YEAR = "YEAR"
    MONTH = "MONTH"
    IMAGE = "IMAGE"


@dataclass(frozen=True, slots=True)
class Condition:
    """True for documents that have any of `values`; if `negated`, that have none of them."""

    field: FacetField
    values: frozenset[str]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Restricts hits: fields are joined by AND, the values of a field by OR; empty fields pass all.

    `topics` and `authors` are slugs, `years` and `months` values of these facets, in UTC;
    `published_from` is inclusive, `published_to` exclusive.
    Groups of `conditions` are joined by AND, the conditions of a group by OR; unlike the other
    fields, they restrict the counts of every facet.
    """

    topics: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    published_from: datetime | None = None
    published_to: datetime | None = None
    years: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    has_image: bool | None = None
    conditions: tuple[tuple[Condition | NumberRange, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Synonym:
    """Equivalent words or phrases: a search for any of them finds the others too.

    With `typed`, one way only: a search for `typed` finds the `words` too, but not vice versa. With
    `language`, the others are found in articles of that language alone.
    """

    words: tuple[str, ...]
    typed: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class StopWord:
    """A word that is left out of queries with others; with `language`, if it is of that one."""

    word: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """Puts document `id` first, in the order of pins, for queries with exactly this text."""

    text: str
    id: int


@dataclass(frozen=True, eq=False)
class Tuning:
    """Editors' settings for search. Compared by identity: reuse the object until they change.

    Applied by the query that carries it; nothing has to be indexed again.
    """

    synonyms: tuple[Synonym, ...] = ()
    pins: tuple[Pin, ...] = ()
    stop_words: tuple[StopWord, ...] = ()
    rules: tuple[Rule, ...] = ()


UNTUNED = Tuning()


class Withdrawn(NamedTuple):
    """Ids of articles and comments that are no longer public, although the index holds them so."""

    articles: frozenset[int] = frozenset()
    comments: frozenset[int] = frozenset()


NOTHING_WITHDRAWN = Withdrawn()


class DateWords(Enum):
    """What words for a time in a text do (`latest`, `last week`, `2024`), beside being words.

    PREFER: articles of that time score a little more. REQUIRE: only these are hits, and the words
    are no longer searched. IGNORE: nothing.
    """

    PREFER = "PREFER"
    REQUIRE = "REQUIRE"
    IGNORE = "IGNORE"


@dataclass(frozen=True, slots=True)
class Understood:
    """Words of a text that mean a time: from `published_from` until before `published_to`.

    `newest`: they ask for the latest articles, whenever that was.
    """

    text: str
    published_from: datetime | None = None
    published_to: datetime | None = None
    newest: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A search request.

    `text` is the reader's input: words, "quoted phrases", -excluded, OR, `title:word` (also
    `author:` and `topic:`); any text is a valid query, and an empty one matches every document that
    passes the filter. `statuses` are those visible to the viewer: other documents affect neither
    hits nor totals, facets or suggestions; nor do those that are `withdrawn`. `within` selects
    articles, comments or both, in one order by score. `prefix_last` matches the last word as a
    prefix, for search boxes. `explain` adds the parts of each hit's score, if hits are ordered by
    it; that doubles the work. The page holds hits after the cursor `after` and before `before`,
    both of the same sort: the first `limit` of them, or with `backward` the last, in the same
    order. `dates` is what words for a time do; `now` is the time of the search, that of the clock
    if it is None.
    """

    text: str
    statuses: frozenset[str] = PUBLIC
    within: frozenset[Scope] = IN_ARTICLES
    filter: Filter = Filter()
    sort: Sort = Sort.RELEVANCE
    limit: int = 10
    after: str | None = None
    before: str | None = None
    backward: bool = False
    facets: tuple[FacetField, ...] = ()
    facet_size: int = 20
    extremes: tuple[NumberField, ...] = ()
    fragments: int = 0
    prefix_last: bool = False
    explain: bool = False
    tuning: Tuning = UNTUNED
    withdrawn: Withdrawn = NOTHING_WITHDRAWN
    dates: DateWords = DateWords.IGNORE
    now: datetime | None = None


class Highlight(NamedTuple):
    """Marked fragments of a field: HTML-escaped text in which only `<mark>` is markup.

    `paragraphs` holds the paragraph of each fragment of a body, from 0; empty for other fields.
    """

    field: str
    fragments: tuple[str, ...]
    paragraphs: tuple[int, ...] = ()


class Hit(NamedTuple):
    """An article that matches the query, or with `comment`, that comment on it.

    `score` is comparable within one page; `cursor` is the position after the hit. The rank of a
    `pinned` hit was set by an editor. `paragraph` is the best matching one of an article's body,
    from 0; None unless fragments were requested and the body has any.
    """

    id: int
    score: float
    cursor: str
    comment: int | None = None
    highlights: tuple[Highlight, ...] = ()
    paragraph: int | None = None
    pinned: bool = False
    explanation: tuple[ScorePart, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    """The number of hits with a value. `selected`: the filter contains the value.

    `label` is the value in words, or the name of a topic or author.
    """

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """The counts of one field, highest first; computed without this field's own filter.

    Equal ones are in the order of their labels, whatever the case and the accents; years and months
    in that of time. Selected values are there even if no hit has them.
    """

    field: FacetField
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The result of a search: at most `limit` hits in order, their total number and facets.

    If the time limit was exceeded, it holds the results so far: `total_is_exact` is false, and
    facets and highlights may be missing. `has_more`: there are hits after these, or with
    `backward`, before these. `has_every_word`: some document that passes no filter but that of the
    viewer has all words of the text, in any form of them or as editors' synonyms and pins say, but
    not as a correction of the spelling; also if that is not known. `language` is that of the first
    hit, "" without one. `extremes` has the fields of the query that any hit has. `rules`
    are those of the editors that apply, `understood` the words that mean a time. Until `expires_at`
    the page is the same, while the index does not change; None for ever.
    """

    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool = True
    has_more: bool = False
    did_you_mean: str | None = None
    facets: tuple[Facet, ...] = ()
    extremes: tuple[Extremes, ...] = ()
    took_ms: float = 0.0
    has_every_word: bool = True
    language: str = ""
    rules: AppliedRules = NO_RULES
    understood: tuple[Understood, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Similar:
    """A document that uses similar words. `weight` in (0, 1] is the degree of similarity.

    `words` are the most significant common words, in the original's spelling; at most three.
    """

    id: int
    weight: float
    words: tuple[str, ...] = ()


class SuggestionKind(Enum):
    """The target of a suggestion. A QUERY, a popular search, does not come from an engine."""

    ARTICLE = "ARTICLE"
    TOPIC = "TOPIC"
    AUTHOR = "AUTHOR"
    QUERY = "QUERY"


@dataclass(frozen=True, slots=True)
class SuggestQuery:
    """A text typed so far; its last word may be incomplete, unless white space follows it.

    `statuses` are those visible to the viewer, and `withdrawn` what is not, as in a SearchQuery.
    """

    text: str
    statuses: frozenset[str] = PUBLIC
    limit: int = 8
    withdrawn: Withdrawn = NOTHING_WITHDRAWN


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested article, a topic or author with visible articles, or a popular query.

    `text` is its title or name, `highlighted` the same as HTML with the typed text in `<mark>`.
    `value` is an article's id, a topic's or author's slug, or the text of a query; `count` is the
    number of articles of a topic or author, or of searches for a query.
    """

    kind: SuggestionKind
    text: str
    highlighted: str
    value: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The status of an index: its articles, the schema it was built with, its `bytes` on disk.

    `public`: those of its articles that everybody may see. `is_degraded`: it answers, but lacks
    copies or parts of it, as when a machine is away.
    """

    documents: int
    generation: int
    fingerprint: str
    bytes: int
    public: int
    is_degraded: bool = False
