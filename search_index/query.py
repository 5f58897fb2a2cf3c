"""The words of search: what is indexed, what is asked, what is answered, and what can go wrong.

Plain frozen values without behaviour, shared by every engine and by everyone who asks one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple

MAX_TEXT = 500
"""Characters of a query's text that are read; what follows is ignored."""

MAX_TERMS = 50
"""Words of a query that are read; what follows is ignored."""

MAX_PAGE = 100
"""Hits on one page, at most."""

MAX_SUGGESTIONS = 20
"""Suggestions for one text, at most."""

MAX_DEPTH = 10_000
"""Hits that can be paged through, at most; a cursor never leads deeper."""


PUBLIC = frozenset({"PUBLISHED"})
"""The statuses of documents that everybody may see."""


class SearchError(Exception):
    """Something went wrong in search.

    ├─ BadQuery      the query itself cannot be answered; its text may be shown to who asked
    └─ EngineError   the index cannot be read or written now; retry later
       └─ NoIndex    there is none yet; a rebuild makes one
    """


class BadQuery(SearchError):
    """The query cannot be answered as asked, e.g. a cursor that no engine gave out."""


class EngineError(SearchError):
    """The index cannot be read or written now."""


class NoIndex(EngineError):
    """There is no index yet."""


@dataclass(frozen=True, slots=True)
class Label:
    """A named value that documents are filtered and counted by: a topic or an author."""

    slug: str
    name: str


class Scope(Enum):
    """What is looked through: the articles themselves, or what readers say about them."""

    ARTICLES = "ARTICLES"
    COMMENTS = "COMMENTS"


IN_ARTICLES = frozenset({Scope.ARTICLES})


@dataclass(frozen=True, slots=True)
class CommentText:
    """A comment as it is searched: its id, its plain text, and when it was written."""

    id: int
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """What the index holds for one article and the discussion below it.

    `body` is plain text whose paragraphs are separated by an empty line. `topics` are the
    article's own topics first, then their ancestors, so that filtering by a parent topic finds
    it. `status` is one of `DRAFT SCHEDULED PUBLISHED ARCHIVED`; times are UTC and aware. `stamp`
    (0 to 2**63 - 1) differs whenever the article has been saved since: where an index holds
    another stamp than the database, the document is out of date. Of `comments` each is a hit of
    its own, for whoever looks through comments; it has its article's status, labels and language.
    """

    id: int
    stamp: int
    title: str
    summary: str
    body: str
    language: str
    kind: str
    status: str
    published_at: datetime | None
    topics: tuple[Label, ...] = ()
    authors: tuple[Label, ...] = ()
    comment_count: int = 0
    comments: tuple[CommentText, ...] = ()


class Sort(Enum):
    """The order of hits; ties fall to the newer document, then to the higher id."""

    RELEVANCE = "RELEVANCE"
    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    MOST_DISCUSSED = "MOST_DISCUSSED"


class FacetField(Enum):
    """What hits can be counted by. MONTH values read `2026-03`, YEAR values `2026`."""

    TOPIC = "TOPIC"
    AUTHOR = "AUTHOR"
    LANGUAGE = "LANGUAGE"
    KIND = "KIND"
    YEAR = "YEAR"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds for documents that carry any of `values`; with `without`, that carry none of them."""

    field: FacetField
    values: frozenset[str]
    without: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Narrows hits: any value within a field, every field that names one.

    `topics` and `authors` are slugs; `published_from` is inclusive, `published_to` exclusive. Of
    each group of `conditions` at least one holds too; unlike the fields above, they narrow the
    counts of every facet.
    """

    topics: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    published_from: datetime | None = None
    published_to: datetime | None = None
    conditions: tuple[tuple[Condition, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Synonym:
    """Words, or several words each, of which any may stand for any other.

    With `typed`, one way only: who types that finds the `words` too, and not the other way round.
    """

    words: tuple[str, ...]
    typed: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """The document `id` comes first, in the order of pins, when `text` is all that was typed."""

    text: str
    id: int


@dataclass(frozen=True, eq=False)
class Tuning:
    """What editors have set for search. Compared by identity: keep one, make another to change it.

    Takes effect with the query that carries it; nothing has to be indexed again.
    """

    synonyms: tuple[Synonym, ...] = ()
    pins: tuple[Pin, ...] = ()


UNTUNED = Tuning()


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One question to an engine.

    `text` is what somebody typed: words, "quoted phrases", -without, OR, `title:word`
    (also `author:` and `topic:`); any text whatever is a valid query, and an empty one finds
    every document that the filter lets through. `statuses` is what the viewer may see: other
    documents are absent from hits, totals, facets and suggestions alike. `within` is what to look
    through; articles and comments come in one order by score. `prefix_last` makes the
    last word match as a beginning, as a search box wants it while somebody is typing. `explain`
    asks for the parts of each hit's score, where hits are ordered by it; that doubles the work.
    Hits lie behind `after` and ahead of `before`, cursors of this order: the first `limit` of
    them, or with `backward` the last, in the same order.
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
    fragments: int = 0
    prefix_last: bool = False
    explain: bool = False
    tuning: Tuning = UNTUNED


class Highlight(NamedTuple):
    """Marked pieces of a field: HTML-escaped text in which only `<mark>` is markup.

    `paragraphs` tells of each fragment of a body in which paragraph it stands, from 0; it is empty
    for other fields.
    """

    field: str
    fragments: tuple[str, ...]
    paragraphs: tuple[int, ...] = ()


class ScoreKind(Enum):
    """What a part of a score was given for."""

    WORD = "WORD"
    NEIGHBOURS = "NEIGHBOURS"
    EVERY_WORD = "EVERY_WORD"
    TITLE = "TITLE"
    RECENCY = "RECENCY"
    PIN = "PIN"


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How often words stand in a part of a document, and how much each counts there."""

    field: str
    count: int
    boost: float


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A part of a hit's score; all parts of a hit sum up to it.

    A WORD, and NEIGHBOURS (words that follow each other as they were typed), tell the terms that
    matched, the parts of the document they stand in with how often, how rare they are (`idf`),
    the weighted frequency (`tf`), and the `weight` of this way to match beside an exact one.
    A PIN adds nothing: it says that the hit stands where it does whatever its score.
    """

    kind: ScoreKind
    score: float
    text: str = ""
    fields: tuple[FieldCount, ...] = ()
    idf: float = 0.0
    tf: float = 0.0
    weight: float = 1.0


class Hit(NamedTuple):
    """An article that answers, or with `comment`, that comment on it.

    `score` compares within one page; `cursor` pages on after the hit. A `pinned` one stands where
    it does because an editor put it there. `paragraph` is the one of an article's body, from 0,
    that answers best; None unless fragments were asked for and the body has any.
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
    """How many hits carry a value. `selected` says that the filter names it."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """The counts of one field, most first; counted as if this field's own filter were not set."""

    field: FacetField
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """An engine's answer: at most `limit` hits in order, and what was counted beside them.

    Where time ran out it holds what was found until then: `total_is_exact` is false, and facets
    and highlights may be missing. `has_more` tells of hits that follow, or with `backward`, of such
    ahead of these.
    """

    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool = True
    has_more: bool = False
    did_you_mean: str | None = None
    facets: tuple[Facet, ...] = ()
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Similar:
    """A document that uses similar words. `weight` in (0, 1] says how much it is alike.

    `words` are the most telling ones in common, as the first of the two has them; at most three.
    """

    id: int
    weight: float
    words: tuple[str, ...] = ()


class SuggestionKind(Enum):
    """What a suggestion leads to; no engine suggests a QUERY, which others have searched for."""

    ARTICLE = "ARTICLE"
    TOPIC = "TOPIC"
    AUTHOR = "AUTHOR"
    QUERY = "QUERY"


@dataclass(frozen=True, slots=True)
class SuggestQuery:
    """What somebody has typed so far; the last word may go on, unless white space follows it.

    `statuses` is what the viewer may see, as in a SearchQuery.
    """

    text: str
    statuses: frozenset[str] = PUBLIC
    limit: int = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where a visitor may want to go: an article, or a topic or author with visible articles.

    `text` is its title or name, `highlighted` the same as HTML with what was typed in `<mark>`.
    `value` is an article's id, a topic's or author's slug, or the text of a query; `count` the
    articles of a topic or author, or how often a query was asked.
    """

    kind: SuggestionKind
    text: str
    highlighted: str
    value: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """An index as it stands: its articles, the schema it was built with, its `bytes` on disk."""

    documents: int
    generation: int
    fingerprint: str
    bytes: int
