"""Reads of synonyms, stop words, pins and rules. Not private: search results reveal them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from hub.db.database import Reader


class Selection(NamedTuple):
    """Chooses articles: any value within a field, every field that names one."""

    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    newer_than_days: int | None = None
    older_than_days: int | None = None


class Boost(NamedTuple):
    """A factor of the scores of the articles of a selection."""

    factor: float
    selection: Selection


class Banner(NamedTuple):
    """A message above the hits, and where it leads."""

    title: str
    text: str = ""
    url: str | None = None


class RuleRow(NamedTuple):
    """A rule of search: when it applies, and what then. `id` is 0 before it is stored.

    `match` is EXACT, CONTAINS or PATTERN; without `texts`, any text matches.
    """

    id: int
    name: str
    is_enabled: bool = True
    match: str = "EXACT"
    texts: tuple[str, ...] = ()
    language: str | None = None
    topic: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    banner: Banner | None = None
    redirect: str | None = None
    boosts: tuple[Boost, ...] = ()
    filter: Selection | None = None


class SynonymRow(NamedTuple):
    """Words that are synonyms of each other; with `typed`, one way only; in one language or all."""

    id: int
    words: tuple[str, ...]
    typed: str | None
    language: str | None = None


class StopWordRow(NamedTuple):
    """A word that is left out of searches; `language` is None for all languages."""

    word: str
    language: str | None


class EditedSearch(NamedTuple):
    """Settings of editors for searches, but for pins; of the rules, those that are enabled."""

    synonyms: list[SynonymRow]
    stop_words: list[StopWordRow]
    rules: list[RuleRow]


class PinRow(NamedTuple):
    """An article that comes first in the results for exactly `text`."""

    id: int
    text: str
    article_id: int
    rank: int


async def synonyms(db: Reader) -> list[SynonymRow]:
    """Return all sets of synonyms, the oldest first. One statement."""
    rows = await db.rows("SELECT id, words, typed, language FROM synonym_set ORDER BY id")
    return [_synonyms(*row) for row in rows]


def _synonyms(id_: int, words: str, typed: str | None, language: str | None) -> SynonymRow:
    return SynonymRow(id_, tuple(words.split("\n")), typed, language)


async def stop_words(db: Reader) -> list[StopWordRow]:
    """Return all stop words, by their language and word. One statement."""
    rows = await db.rows("SELECT word, language FROM stop_word ORDER BY language, word")
    return [StopWordRow(word, language or None) for word, language in rows]


async def edited_search(db: Reader) -> EditedSearch:
    """Return synonyms, stop words and the enabled rules, the oldest first. One statement."""
    rows = await db.rows(
        "SELECT 'synonyms' AS kind, id, words AS text, typed AS name, language FROM synonym_set"
        " UNION ALL SELECT 'stop word', id, word, NULL, language FROM stop_word"
        " UNION ALL SELECT 'rule', id, definition, name, NULL FROM search_rule WHERE is_enabled"
        " ORDER BY 2"
    )
    edited = EditedSearch([], [], [])
    for kind, id_, text, name, language in rows:
        if kind == "synonyms":
            edited.synonyms.append(_synonyms(id_, text, name, language))
        elif kind == "stop word":
            edited.stop_words.append(StopWordRow(text, language or None))
        else:
            edited.rules.append(decode(id_, name, True, text))
    return edited


async def pins(db: Reader) -> list[PinRow]:
    """Return all pins, by their text and rank. One statement."""
    rows = await db.rows("SELECT id, text, article_id, rank FROM pin ORDER BY text, rank, id")
    return [PinRow(*row) for row in rows]


async def rules(db: Reader) -> list[RuleRow]:
    """Return all rules, the oldest first. One statement."""
    rows = await db.rows("SELECT id, name, is_enabled, definition FROM search_rule ORDER BY id")
    return [decode(id_, name, bool(enabled), text) for id_, name, enabled, text in rows]


def encode(rule: RuleRow) -> str:
    """Return what is stored of a rule beside its id, name and state, as JSON."""
    values = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in rule._asdict().items()
        if name not in ("id", "name", "is_enabled") and value not in (None, ())
    }
    values |= {
        name: value._asdict()
        for name, value in (("banner", rule.banner), ("filter", rule.filter))
        if value is not None
    }
    values["boosts"] = [
        {"factor": boost.factor, **boost.selection._asdict()} for boost in rule.boosts
    ]
    return json.dumps(values, ensure_ascii=False)


def decode(id_: int, name: str, is_enabled: bool, definition: str) -> RuleRow:
    """Return a rule from its row."""
    values = json.loads(definition)
    return RuleRow(
        id_,
        name,
        is_enabled,
        values.get("match", "EXACT"),
        tuple(values.get("texts", ())),
        values.get("language"),
        values.get("topic"),
        _moment(values.get("starts_at")),
        _moment(values.get("ends_at")),
        Banner(**values["banner"]) if values.get("banner") else None,
        values.get("redirect"),
        tuple(Boost(boost["factor"], _selection(boost)) for boost in values.get("boosts", ())),
        _selection(values["filter"]) if values.get("filter") else None,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _selection(values: Mapping[str, Any]) -> Selection:
    return Selection(
        tuple(values.get("topics", ())),
        tuple(values.get("kinds", ())),
        tuple(values.get("languages", ())),
        values.get("newer_than_days"),
        values.get("older_than_days"),
    )
