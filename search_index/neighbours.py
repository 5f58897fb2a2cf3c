"""The derived edges of the related graph: by words, topics and links in common, in one ranking.

A neighbour's weight is 0.6 x similarity of words + 0.25 x the share of topics in common (Jaccard)
+ 0.15 x links / (links + 2). Only public articles are neighbours, and only they have any.
"""

from __future__ import annotations

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.models import RelationKind
from hub.reads import articles, related, topics
from hub.related import Neighbour, Reason
from search_index.engine import SearchEngine

WORDS_WEIGHT, TOPICS_WEIGHT, LINKS_WEIGHT = 0.6, 0.25, 0.15
MIN_WEIGHT = 0.08
"""Minimum weight of a neighbour."""

_CANDIDATE_FACTOR = 4  # times as many candidates as results are weighed


async def find_neighbours(
    db: Reader, engine: SearchEngine, id_: int, limit: int
) -> list[Neighbour]:
    """Return at most `limit` public articles related to a public one, the closest first.

    Four statements and one call of the engine, about 5 ms for 10,000 articles.

    Raises:
        EngineError: the engine cannot answer.
    """
    article = (await articles.by_ids(db, [id_], ANONYMOUS)).get(id_)
    if article is None:
        return []
    similar = {hit.id: hit for hit in await engine.similar(id_, limit * _CANDIDATE_FACTOR)}
    links = await related.linked_with(db, id_, limit * _CANDIDATE_FACTOR)
    rows = await articles.by_ids(db, {*similar, *links}, ANONYMOUS)
    topics_by_article = await topics.of_articles(db, [id_, *rows])
    own_topic_ids = {topic.id for topic in topics_by_article.get(id_, [])}
    results = []
    for other, row in rows.items():
        if other == id_ or (row.translation_key and row.translation_key == article.translation_key):
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
        if link_count := links.get(other, 0):
            reasons.append(
                Reason("LINKS", str(link_count), LINKS_WEIGHT * link_count / (link_count + 2))
            )
        weight = sum(reason.weight for reason in reasons)
        if weight >= MIN_WEIGHT:
            kind = RelationKind.SIMILAR if other in similar or not shared else RelationKind.TOPIC
            reasons.sort(key=lambda reason: -reason.weight)
            results.append(Neighbour(other, kind, min(1.0, weight), tuple(reasons)))
    results.sort(key=lambda neighbour: (-neighbour.weight, -neighbour.target_id))
    return results[:limit]
