"""Rules of search, set by editors: banners, redirects, boosts and filters. Their only writer.

They apply to the next search of any process; nothing is reindexed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hub import audit, outbox
from hub.auth import Permission, Viewer
from hub.db.database import transaction
from hub.errors import Invalid, NotFound
from hub.models import Kind, SearchRule, Topic
from hub.reads.search_tuning import Banner, Boost, RuleRow, Selection, decode, encode
from hub.text import validation

MAX_RULES = 500
"""Maximum number of rules."""

MAX_TEXTS = 50
"""Maximum number of texts of a rule."""

MAX_TEXTS_IN_ALL = 2_000
"""Maximum number of texts of all rules together: each search is compared with them."""

MAX_BOOSTS = 10
MAX_TEXT = 200
MAX_BANNER = 1_000
MAX_DAYS = 36_500
MIN_FACTOR, MAX_FACTOR = 0.1, 10.0
MATCHES = ("EXACT", "CONTAINS", "PATTERN")


@transaction
async def set_rule(rule: RuleRow, *, by: Viewer) -> int:
    """Store a rule, in place of the one with its id, or as a new one if that is 0; return its id.

    Raises:
        NotAllowed: `by` may not tune search.
        NotFound: no rule has this id.
        Invalid: it does nothing, or a value is out of bounds; no topic has a slug that it names.
    """
    by.require(Permission.TUNE)
    valid = await _validated(rule)
    await _check_number_of_texts(valid)
    values: dict[str, Any] = {
        "name": valid.name,
        "is_enabled": valid.is_enabled,
        "definition": encode(valid),
    }
    if rule.id:
        row = await SearchRule.get_or_none(id=rule.id)
        if row is None:
            raise NotFound("rule", rule.id)
        before = {name: getattr(row, name) for name in values}
        await SearchRule.filter(id=rule.id).update(**values)
        id_ = rule.id
    else:
        if await SearchRule.all().count() >= MAX_RULES:
            raise Invalid("name", f"there are {MAX_RULES} rules already")
        before = {}
        id_ = int((await SearchRule.create(**values)).id)
    changes = {
        name: (before.get(name), value)
        for name, value in values.items()
        if before.get(name) != value
    }
    if not changes:
        return id_
    await audit.record("rule.set", "SearchRule", id_, by=by, changes=changes)
    await outbox.announce([outbox.SEARCH_TAG])
    return id_


@transaction
async def remove_rule(id_: int, *, by: Viewer) -> None:
    """Delete a rule.

    Raises:
        NotAllowed: `by` may not tune search.
        NotFound: no such rule.
    """
    by.require(Permission.TUNE)
    row = await SearchRule.get_or_none(id=id_)
    if row is None:
        raise NotFound("rule", id_)
    await row.delete()
    names = ("name", "is_enabled", "definition")
    await audit.record_row("rule.remove", row, names, by=by, is_deleted=True)
    await outbox.announce([outbox.SEARCH_TAG])


async def _validated(rule: RuleRow) -> RuleRow:
    if rule.match not in MATCHES:
        raise Invalid("match", f"must be one of {', '.join(MATCHES)}")
    if len(rule.texts) > MAX_TEXTS:
        raise Invalid("texts", f"must be at most {MAX_TEXTS}")
    if len(rule.boosts) > MAX_BOOSTS:
        raise Invalid("boosts", f"must be at most {MAX_BOOSTS}")
    starts_at, ends_at = _moment(rule.starts_at), _moment(rule.ends_at)
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise Invalid("endsAt", "must be after startsAt")
    valid = rule._replace(
        name=validation.line(rule.name, "name", 100),
        texts=_texts(rule.texts, rule.match),
        language=None if rule.language is None else validation.language(rule.language),
        topic=None if rule.topic is None else validation.slug(rule.topic, "topic"),
        starts_at=starts_at,
        ends_at=ends_at,
        banner=None if rule.banner is None else _banner(rule.banner),
        redirect=validation.url(rule.redirect, "redirect"),
        boosts=tuple(
            Boost(_factor(boost.factor, f"boosts.{number}"), _selection(boost.selection, "boosts"))
            for number, boost in enumerate(rule.boosts)
        ),
        filter=None if rule.filter is None else _selection(rule.filter, "filter"),
    )
    if not (valid.banner or valid.redirect or valid.boosts or valid.filter):
        raise Invalid("banner", "is missing, and so are a redirect, boosts and a filter: set one")
    if valid.redirect and not (valid.texts or valid.topic):
        raise Invalid("redirect", "needs texts, or a topic: no search would have results any more")
    await _check_topics(valid)
    return valid


async def _check_number_of_texts(rule: RuleRow) -> None:
    rows = await SearchRule.exclude(id=rule.id).values_list("id", "definition")
    others = sum(len(decode(id_, "", True, definition).texts) for id_, definition in rows)
    if others + len(rule.texts) > MAX_TEXTS_IN_ALL:
        raise Invalid("texts", f"all rules together must have at most {MAX_TEXTS_IN_ALL}")


async def _check_topics(rule: RuleRow) -> None:
    selections = [boost.selection for boost in rule.boosts] + [rule.filter or Selection()]
    slugs = {slug for selection in selections for slug in selection.topics}
    slugs |= {rule.topic} if rule.topic else set()
    known = set(await Topic.filter(slug__in=slugs).values_list("slug", flat=True)) if slugs else ()
    for slug in sorted(slugs):
        if slug not in known:
            raise Invalid("topics", f"no topic has the slug {slug[:60]!r}")


def _moment(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _texts(texts: Sequence[str], match: str) -> tuple[str, ...]:
    lines = tuple(dict.fromkeys(validation.line(text, "texts", MAX_TEXT) for text in texts))
    for line in lines:
        bare = [word.removesuffix("*") for word in line.split()] if match == "PATTERN" else [line]
        if not any(any(map(str.isalnum, word)) for word in bare):
            raise Invalid("texts", f"{line[:60]!r} has no word")
        if match == "PATTERN" and any("*" in word for word in bare):
            raise Invalid("texts", f"{line[:60]!r}: * stands alone, or ends a word")
    return lines


def _banner(banner: Banner) -> Banner:
    return Banner(
        validation.line(banner.title, "banner.title", MAX_TEXT),
        validation.text(banner.text, "banner.text", MAX_BANNER),
        validation.url(banner.url, "banner.url"),
    )


def _factor(factor: float, path: str) -> float:
    if not MIN_FACTOR <= factor <= MAX_FACTOR:
        raise Invalid(f"{path}.factor", f"must be from {MIN_FACTOR} to {MAX_FACTOR}")
    return float(factor)


def _selection(selection: Selection, path: str) -> Selection:
    if selection == Selection():
        raise Invalid(path, "must name topics, kinds, languages or days")
    for kind in selection.kinds:
        if kind not in Kind.__members__:
            raise Invalid(f"{path}.kinds", f"must be among {', '.join(Kind.__members__)}")
    for name in ("topics", "kinds", "languages"):
        if len(getattr(selection, name)) > MAX_TEXTS:
            raise Invalid(f"{path}.{name}", f"must be at most {MAX_TEXTS}")
    for name, days in (
        ("newerThanDays", selection.newer_than_days),
        ("olderThanDays", selection.older_than_days),
    ):
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise Invalid(f"{path}.{name}", f"must be from 1 to {MAX_DAYS}")
    return selection._replace(
        topics=tuple(validation.slug(slug, f"{path}.topics") for slug in selection.topics),
        languages=tuple(
            validation.language(tag, f"{path}.languages") for tag in selection.languages
        ),
    )
