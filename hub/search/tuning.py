"""Search tuning by editors: synonyms, stop words and pins. Their only writer.

They apply to the next search of any process; nothing is reindexed.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub import audit, outbox
from hub.auth import Permission, Viewer, article_statuses
from hub.db.database import transaction
from hub.errors import Invalid, NotFound
from hub.models import Article, Pin, StopWord, SynonymSet
from hub.text import validation

MAX_SETS = 2_000
"""Maximum number of sets of synonyms."""

MAX_WORDS = 20
"""Maximum number of words in a set."""

MAX_STOP_WORDS = 2_000
"""Maximum number of stop words."""

MAX_PINS = 2_000
"""Maximum number of pins."""

MAX_TYPED = 200


@transaction
async def add_synonyms(
    words: Sequence[str], *, by: Viewer, typed: str | None = None, language: str | None = None
) -> int:
    """Store these words or phrases as synonyms of each other, and return the set's id.

    With `typed`, one way only: a search for `typed` finds the words too. With `language`, they are
    found in articles of that language alone.

    Raises:
        NotAllowed: `by` may not tune search.
        Invalid: fewer than two words (one with `typed`), or a value is out of bounds.
    """
    by.require(Permission.TUNE)
    lines = list(dict.fromkeys(validation.line(word, "words", 100) for word in words))
    if len(lines) > MAX_WORDS:
        raise Invalid("words", f"must be at most {MAX_WORDS}")
    if len(lines) < (2 if typed is None else 1):
        raise Invalid("words", "must be at least two, or one beside what is typed")
    if await SynonymSet.all().count() >= MAX_SETS:
        raise Invalid("words", f"there are {MAX_SETS} sets of synonyms already")
    row = await SynonymSet.create(
        words="\n".join(lines),
        typed=None if typed is None else validation.line(typed, "typed", 100),
        language=None if language is None else validation.language(language),
    )
    names = ("words", "typed", "language")
    await audit.record_row("synonyms.add", row, names, by=by)
    await outbox.announce([outbox.SEARCH_TAG])
    return int(row.id)


@transaction
async def remove_synonyms(id_: int, *, by: Viewer) -> None:
    """Delete a set of synonyms.

    Raises:
        NotAllowed: `by` may not tune search.
        NotFound: no such set.
    """
    by.require(Permission.TUNE)
    row = await SynonymSet.get_or_none(id=id_)
    if row is None:
        raise NotFound("set of synonyms", id_)
    await row.delete()
    names = ("words", "typed", "language")
    await audit.record_row("synonyms.remove", row, names, by=by, is_deleted=True)
    await outbox.announce([outbox.SEARCH_TAG])


@transaction
async def add_stop_word(word: str, *, by: Viewer, language: str | None = None) -> str:
    """Leave a word out of searches with other words, and return it as it is stored.

    With `language`, where it is a word of that language. One that is there already stays.

    Raises:
        NotAllowed: `by` may not tune search.
        Invalid: several words, or a value is out of bounds.
    """
    by.require(Permission.TUNE)
    line, tag = _stop_word(word, language)
    if await StopWord.exists(word=line, language=tag):
        return line
    if await StopWord.all().count() >= MAX_STOP_WORDS:
        raise Invalid("word", f"there are {MAX_STOP_WORDS} stop words already")
    row = await StopWord.create(word=line, language=tag)
    await audit.record_row("stopword.add", row, ("word", "language"), by=by)
    await outbox.announce([outbox.SEARCH_TAG])
    return line


@transaction
async def remove_stop_word(word: str, *, by: Viewer, language: str | None = None) -> str:
    """Search for a word again, and return it as it was stored.

    Raises:
        NotAllowed: `by` may not tune search.
        NotFound: it is no stop word of this language, or without one, of all languages.
        Invalid: several words, or a value is out of bounds.
    """
    by.require(Permission.TUNE)
    line, tag = _stop_word(word, language)
    row = await StopWord.get_or_none(word=line, language=tag)
    if row is None:
        raise NotFound("stop word", line)
    await row.delete()
    await audit.record_row("stopword.remove", row, ("word", "language"), by=by, is_deleted=True)
    await outbox.announce([outbox.SEARCH_TAG])
    return line


def _stop_word(word: str, language: str | None) -> tuple[str, str]:
    line = validation.line(word, "word", 100).lower()
    if " " in line:
        raise Invalid("word", "must be one word")
    return line, "" if language is None else validation.language(language)


@transaction
async def pin(text: str, article_id: int, *, by: Viewer, rank: int | None = None) -> int:
    """Pin an article to the top of the results for exactly `text`, and return the pin's id.

    `rank` orders the pins of a text, the last by default. An article that is already pinned to the
    text is moved.

    Raises:
        NotAllowed: `by` may not tune search.
        NotFound: no such article that `by` may see.
        Invalid: a value is out of bounds.
    """
    by.require(Permission.TUNE)
    line = validation.line(text, "query", MAX_TYPED).lower()
    if rank is not None and not 0 <= rank < 1_000_000:
        raise Invalid("rank", "must be from 0 to 999999")
    if not await Article.exists(id=article_id, status__in=article_statuses(by)):
        raise NotFound("article", article_id)
    others = await Pin.filter(text=line).order_by("-rank")
    place = rank if rank is not None else 1 + others[0].rank if others else 0
    existing: Pin | None = next((other for other in others if other.article_id == article_id), None)  # type: ignore[attr-defined]
    if existing is not None:
        place = existing.rank if rank is None else rank
        await Pin.filter(id=existing.id).update(rank=place)
        pin_id = existing.id
    elif await Pin.all().count() >= MAX_PINS:
        raise Invalid("query", f"there are {MAX_PINS} pins already")
    else:
        pin_id = (await Pin.create(text=line, article_id=article_id, rank=place)).id
    after = {"rank": place} if existing else {"text": line, "article_id": article_id, "rank": place}
    changes = {name: (getattr(existing, name, None), value) for name, value in after.items()}
    await audit.record("pin.set", "Pin", pin_id, by=by, changes=changes)
    await outbox.announce([outbox.SEARCH_TAG])
    return int(pin_id)


@transaction
async def unpin(id_: int, *, by: Viewer) -> None:
    """Delete a pin.

    Raises:
        NotAllowed: `by` may not tune search.
        NotFound: no such pin.
    """
    by.require(Permission.TUNE)
    row = await Pin.get_or_none(id=id_)
    if row is None:
        raise NotFound("pin", id_)
    await row.delete()
    names = ("text", "article_id", "rank")
    await audit.record_row("pin.remove", row, names, by=by, is_deleted=True)
    await outbox.announce([outbox.SEARCH_TAG])
