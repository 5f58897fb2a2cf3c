"""hub.search.rules: permissions, validation, what is stored, and what engines are given of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.errors import Invalid, NotAllowed, NotFound
from hub.models import AuditEntry, Topic
from hub.reads import search_tuning
from hub.reads.search_tuning import Banner, Boost, RuleRow, Selection
from hub.search import rules, tuning
from hub.taxonomy import TOPICS, update
from search_index.query import StopWord, Synonym
from search_index.rules import RuleMatch
from search_index.tuning import TuningCache
from tests.support.factories import EDITOR, READER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
RULE = RuleRow(
    0,
    "Ferries",
    match="PATTERN",
    texts=("ferr* to *",),
    language="en",
    topic="town",
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
    ends_at=datetime(2026, 2, 1, tzinfo=UTC),
    banner=Banner("Closed", "Until May.", "/closed"),
    redirect="https://example.org/ferries",
    boosts=(Boost(2.0, Selection(topics=("town",), newer_than_days=30)),),
    filter=Selection(kinds=("ARTICLE",), languages=("en",)),
)


async def test_a_rule_is_kept_whole_changed_and_removed(db: Reader) -> None:
    await an_article("Pier", topics=("Town",))
    id_ = await rules.set_rule(RULE, by=EDITOR)
    assert await search_tuning.rules(db) == [RULE._replace(id=id_)]
    assert await rules.set_rule(RULE._replace(id=id_), by=EDITOR) == id_
    assert await AuditEntry.filter(action="rule.set").count() == 1  # nothing was changed
    await rules.set_rule(RULE._replace(id=id_, is_enabled=False), by=EDITOR)
    assert [row.is_enabled for row in await search_tuning.rules(db)] == [False]
    with pytest.raises(NotAllowed):
        await rules.set_rule(RULE, by=READER)
    with pytest.raises(NotAllowed):
        await rules.remove_rule(id_, by=READER)
    await rules.remove_rule(id_, by=EDITOR)
    assert await search_tuning.rules(db) == []
    with pytest.raises(NotFound):
        await rules.remove_rule(id_, by=EDITOR)
    with pytest.raises(NotFound):
        await rules.set_rule(RULE._replace(id=id_), by=SYSTEM)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": " "}, "name"),
        ({"match": "LIKE"}, "match"),
        ({"texts": ("*",)}, "texts"),
        ({"texts": ("a*b",)}, "texts"),
        ({"texts": tuple(map(str, range(51)))}, "texts"),
        ({"redirect": "javascript:alert(1)"}, "redirect"),
        ({"redirect": "//elsewhere.example"}, "redirect"),
        ({"texts": (), "topic": None}, "redirect"),
        ({"banner": Banner("x", url="data:text/html,x")}, "banner.url"),
        ({"banner": Banner("")}, "banner.title"),
        ({"boosts": (Boost(11, Selection(kinds=("PAGE",))),)}, "boosts.0.factor"),
        ({"boosts": (Boost(float("nan"), Selection(kinds=("PAGE",))),)}, "boosts.0.factor"),
        ({"boosts": (Boost(2, Selection()),)}, "boosts"),
        ({"filter": Selection(topics=("nowhere",))}, "topics"),
        ({"filter": Selection(kinds=("NOVEL",))}, "filter.kinds"),
        ({"filter": Selection(newer_than_days=0)}, "filter.newerThanDays"),
        ({"ends_at": RULE.starts_at}, "endsAt"),
        ({"banner": None, "redirect": None, "boosts": (), "filter": None}, "banner"),
    ],
)
async def test_a_rule_that_cannot_work_is_refused_where_it_is_wrong(
    db: Reader, changes: dict[str, Any], path: str
) -> None:
    await an_article("Pier", topics=("Town",))
    with pytest.raises(Invalid) as refused:
        await rules.set_rule(RULE._replace(**changes), by=SYSTEM)
    assert refused.value.path == path
    assert await search_tuning.rules(db) == []


async def test_the_texts_of_all_rules_are_bounded(
    db: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_TEXTS_IN_ALL", 3)
    id_ = await rules.set_rule(RuleRow(0, "x", texts=("a", "b"), redirect="/x"), by=SYSTEM)
    await rules.set_rule(RuleRow(id_, "x", texts=("a", "b", "c"), redirect="/x"), by=SYSTEM)
    with pytest.raises(Invalid) as refused:
        await rules.set_rule(RuleRow(0, "y", texts=("d",), redirect="/x"), by=SYSTEM)
    assert refused.value.path == "texts"


async def test_engines_are_given_what_is_enabled_by_present_slugs(db: Reader) -> None:
    cache = TuningCache(db)
    await an_article("Pier", topics=("Town",))
    id_ = await rules.set_rule(RULE, by=SYSTEM)
    await rules.set_rule(RULE._replace(name="Off", is_enabled=False), by=SYSTEM)
    await tuning.add_stop_word("Hub", by=EDITOR, language="EN")
    await tuning.add_synonyms(["gift", "toxin"], by=EDITOR, language="de")
    current = await cache.current()
    assert [(rule.id, rule.match) for rule in current.rules] == [(id_, RuleMatch.PATTERN)]
    assert current.stop_words == (StopWord("hub", "en"),)
    assert current.synonyms == (Synonym(("gift", "toxin"), None, "de"),)
    assert await cache.current() is current
    town = await Topic.get(slug="town")
    await update(TOPICS, town.id, {"slug": "city"}, by=SYSTEM)
    [rule] = (await cache.current()).rules
    assert (rule.topic, rule.boosts[0].selection.topics) == ("city", ("city",))
    await tuning.remove_stop_word("HUB", by=EDITOR, language="en")
    assert (await cache.current()).stop_words == ()
    with pytest.raises(NotFound):
        await tuning.remove_stop_word("hub", by=EDITOR)
    with pytest.raises(Invalid):
        await tuning.add_stop_word("two words", by=EDITOR)
