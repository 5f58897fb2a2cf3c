"""The derived edges of the related graph: by words, topics and links in common, in one ranking.

A neighbour's weight is 0.6 x likeness of words + 0.25 x the share of topics in common (Jaccard)
+ 0.15 x links / (links + 2). Only public articles are neighbours, and only they have any.
"""

from __future__ import annotations

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.models import RelationKind
from hub.reads import articles, related, topics
from hub.related import Neighbour, Reason
from search_index.engine import SearchEngine

OF_WORDS, OF_TOPICS, OF_LINKS = 0.6, 0.25, 0.15
MIN_WEIGHT = 0.08
"""What an article has to weigh to be a neighbour."""

_CANDIDATES = 4  # times as many as are wanted are weighed


async def neighbours(db: Reader, engine: SearchEngine, id_: int, limit: int) -> list[Neighbour]:
    """The closest public articles of one, at most `limit`, the closest first; none if it is hidden.

    Four statements and one question to the engine, some 5 ms for 10,000 articles.

    Raises:
        EngineError: the engine cannot answer.
    """
    own = (await articles.by_ids(db, [id_], ANONYMOUS)).get(id_)
    if own is None:
        return []
    alike = {one.id: one for one in await engine.similar(id_, limit * _CANDIDATES)}
    links = await related.linked_with(db, id_, limit * _CANDIDATES)
    rows = await articles.by_ids(db, {*alike, *links}, ANONYMOUS)
    topics_of = await topics.of_articles(db, [id_, *rows])
    mine = {topic.id for topic in topics_of.get(id_, [])}
    found = []
    for other, row in rows.items():
        if other == id_ or (row.translation_key and row.translation_key == own.translation_key):
            continue
        reasons = []
        if other in alike:
            weight = OF_WORDS * alike[other].weight
            reasons.append(Reason("WORDS", ", ".join(alike[other].words), weight))
        theirs = topics_of.get(other, [])
        shared = [topic for topic in theirs if topic.id in mine]
        if shared:
            share = len(shared) / len(mine | {topic.id for topic in theirs})
            names = ", ".join(topic.name for topic in shared)
            reasons.append(Reason("TOPICS", names, OF_TOPICS * share))
        if times := links.get(other, 0):
            reasons.append(Reason("LINKS", str(times), OF_LINKS * times / (times + 2)))
        weight = sum(reason.weight for reason in reasons)
        if weight >= MIN_WEIGHT:
            kind = RelationKind.SIMILAR if other in alike or not shared else RelationKind.TOPIC
            reasons.sort(key=lambda reason: -reason.weight)
            found.append(Neighbour(other, kind, row.title, min(1.0, weight), tuple(reasons)))
    found.sort(key=lambda one: (-one.weight, -one.target_id))
    return found[:limit]
