"""Cache of the editors' search settings, in the form that engines take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.db.database import Reader
from hub.reads import search_tuning
from hub.reads.search_tuning import RuleRow
from hub.search import former_labels
from search_index.query import UNTUNED, Pin, StopWord, Synonym, Tuning
from search_index.rules import Banner, Boost, Rule, RuleMatch, Selection


class TuningCache:
    """Cache of the tuning in one database."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self._stamp = -1
        self._rows: tuple[object, ...] = ()
        self._tuning = UNTUNED

    async def current(self) -> Tuning:
        """Return the latest tuning of any process; the same object while it is unchanged.

        Takes 5 µs; two statements after any commit, three if rules name topics.
        """
        stamp = self._db.stamp()
        if stamp != self._stamp:
            edited = await search_tuning.edited_search(self._db)
            pins = await search_tuning.pins(self._db)
            slugs = await _present_slugs(self._db, edited.rules)
            if (edited, pins, slugs) != self._rows:
                self._rows = edited, pins, slugs
                self._tuning = Tuning(
                    tuple(Synonym(row.words, row.typed, row.language) for row in edited.synonyms),
                    tuple(Pin(row.text, row.article_id) for row in pins),
                    tuple(StopWord(row.word, row.language) for row in edited.stop_words),
                    tuple(_rule(row, slugs) for row in edited.rules),
                )
            self._stamp = stamp
        return self._tuning


async def _present_slugs(db: Reader, rules: Sequence[RuleRow]) -> dict[str, str]:
    """Return the present slug of each topic that rules name by a former one."""
    slugs = {slug for rule in rules for chosen in _selections(rule) for slug in chosen.topics}
    slugs |= {rule.topic for rule in rules if rule.topic}
    return await former_labels.present_topics(db, slugs)


def _selections(rule: RuleRow) -> Iterator[search_tuning.Selection]:
    yield from (boost.selection for boost in rule.boosts)
    if rule.filter:
        yield rule.filter


def _rule(row: RuleRow, slugs: Mapping[str, str]) -> Rule:
    def selection(chosen: search_tuning.Selection) -> Selection:
        topics = tuple(slugs.get(slug, slug) for slug in chosen.topics)
        return Selection(*chosen._replace(topics=topics))

    return Rule(
        row.id,
        row.name,
        RuleMatch(row.match),
        row.texts,
        row.language,
        row.topic and slugs.get(row.topic, row.topic),
        row.starts_at,
        row.ends_at,
        Banner(*row.banner) if row.banner else None,
        row.redirect,
        tuple(Boost(selection(boost.selection), boost.factor) for boost in row.boosts),
        selection(row.filter) if row.filter else None,
    )
