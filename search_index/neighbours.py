"""The derived edges of the related graph: by words, topics and links in common, in one ranking.

Besides, the articles that an edge without one may mean.

A neighbour's weight is 0.6 x similarity of words + 0.25 x the share of topics in common (Jaccard)
+ 0.15 x links / (links + 2). Only public articles are neighbours, and only they have any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from hub.auth import ANONYMOUS, Viewer, article_statuses
from hub.db.database import Reader
from hub.models import RelationKind
from hub.reads import articles, graph, related, topics
from hub.reads.articles import ArticleRow
from hub.reads.graph import LinksInCommon
from hub.reads.topics import TopicRow
from hub.related import Neighbour, Reason
from search_index.engine import SearchEngine
from search_index.query import SearchQuery, Similar

WORDS_WEIGHT, TOPICS_WEIGHT, LINKS_WEIGHT = 0.6, 0.25, 0.15
MIN_WEIGHT = 0.08
"""Minimum weight of a neighbour."""

MIN_WEIGHT_ACROSS = 0.25
"""Minimum weight of a neighbour in another language: common topics or links, or many names."""

MIN_LIKENESS = 0.6
"""Likeness of a title to a headline, from 0 to 1, below which it is none."""

_HITS = 20  # so many hits for the words of a headline are compared with it
_CANDIDATE_FACTOR = 4  # times as many candidates as results are weighed


class Candidates(NamedTuple):
    """What the index and the links say of one article's neighbours, before they are weighed."""

    similar: Mapping[int, Similar]
    links: Mapping[int, LinksInCommon]


async def find_candidates(db: Reader, engine: SearchEngine, id_: int, limit: int) -> Candidates:
    """Return the candidates for at most `limit` neighbours. One statement, one call of the engine.

    Raises:
        EngineError: the engine cannot answer.
    """
    similar = await engine.similar(id_, limit * _CANDIDATE_FACTOR)
    links = await graph.linked_with(db, id_, limit * _CANDIDATE_FACTOR)
    return Candidates({hit.id: hit for hit in similar}, links)


async def weigh(
    db: Reader, candidates_by_id: Mapping[int, Candidates], limit: int
) -> dict[int, list[Neighbour]]:
    """Return at most `limit` public articles related to each of these, the closest first.

    None for articles that are not public, and none that editors have hidden. Three statements for
    any number of articles.
    """
    others = {other for item in candidates_by_id.values() for other in (*item.similar, *item.links)}
    rows = await articles.by_ids(db, {*candidates_by_id, *others}, ANONYMOUS)
    topics_by_article = await topics.of_articles(db, rows)
    hidden = await related.hidden_suggestions(db, candidates_by_id, ANONYMOUS)
    ranked = {
        id_: _rank(rows, topics_by_article, rows[id_], candidates) if id_ in rows else []
        for id_, candidates in candidates_by_id.items()
    }
    hidden_ids = {id_: {row.id for row in hidden.get(id_, ())} for id_ in ranked}
    return {
        id_: [item for item in neighbours if item.target_id not in hidden_ids[id_]][:limit]
        for id_, neighbours in ranked.items()
    }


def _rank(
    rows: Mapping[int, ArticleRow],
    topics_by_article: Mapping[int, Sequence[TopicRow]],
    article: ArticleRow,
    candidates: Candidates,
) -> list[Neighbour]:
    """Return all neighbours of an article: those in its language, then others, by weight."""
    similar, links = candidates
    own_topic_ids = {topic.id for topic in topics_by_article.get(article.id, [])}
    results = []
    for other in {*similar, *links}:
        row = rows.get(other)
        if row is None or other == article.id:
            continue
        if row.translation_key and row.translation_key == article.translation_key:
            continue
        reasons = []
        if other in similar:
            weight = WORDS_WEIGHT * similar[other].weight
            reasons.append(Reason("WORDS", ", ".join(similar[other].words), weight))
        other_topics = topics_by_article.get(other, [])
        shared = [topic for topic in other_topics if topic.id in own_topic_ids]
        if shared:
            share = len(shared) / len(own_topic_ids | {topic.id for topic in other_topics})
            names = ", ".join(topic.name for topic in shared)
            reasons.append(Reason("TOPICS", names, TOPICS_WEIGHT * share))
        if other in links:
            times, between = links[other]
            weight = LINKS_WEIGHT * times / (times + 2)
            reasons.append(Reason("LINKS", str(times), weight, between))
        weight = sum(reason.weight for reason in reasons)
        is_foreign = _language(row) != _language(article)
        if weight >= (MIN_WEIGHT_ACROSS if is_foreign else MIN_WEIGHT):
            kind = RelationKind.SIMILAR if other in similar or not shared else RelationKind.TOPIC
            reasons.sort(key=lambda reason: -reason.weight)
            results.append(Neighbour(other, kind, min(1.0, weight), tuple(reasons)))
    results.sort(
        key=lambda neighbour: (
            _language(rows[neighbour.target_id]) != _language(article),
            -neighbour.weight,
            -neighbour.target_id,
        )
    )
    return results


def _language(row: ArticleRow) -> str:
    """Return the language of an article without its region."""
    return row.language.partition("-")[0].lower()


class TitleMatch(NamedTuple):
    """An article that may be meant; `likeness` of its title to the headline is from 0 to 1."""

    article: ArticleRow
    likeness: float


async def match_titles(
    db: Reader, engine: SearchEngine, headline: str, viewer: Viewer, limit: int, without: int = 0
) -> list[TitleMatch]:
    """Return up to `limit` articles whose titles are like a headline, the likest first.

    Those that `viewer` may see, except the article `without`. One search and one statement.

    Raises:
        EngineError: the engine cannot answer.
    """
    statuses = frozenset(article_statuses(viewer))
    page = await engine.search(SearchQuery(headline, statuses=statuses, limit=_HITS))
    rows = await articles.by_ids(db, {hit.id for hit in page.hits} - {without}, viewer)
    words = headline.casefold()
    weighed = [
        TitleMatch(row, round(fuzz.token_sort_ratio(words, row.title.casefold()) / 100, 2))
        for row in rows.values()
    ]
    likely = [item for item in weighed if item.likeness >= MIN_LIKENESS]
    return sorted(likely, key=lambda item: (-item.likeness, item.article.id))[:limit]
