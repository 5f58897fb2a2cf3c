"""`hub synonyms`, `hub stopwords`, `hub pins`, `hub rules`: search tuning by command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated

import anyio
import typer

from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.errors import Invalid, NotFound
from hub.reads import articles
from hub.reads import search_tuning as reads
from hub.reads.search_tuning import Banner, Boost, RuleRow, Selection
from hub.search import rules as rule_service
from hub.search import tuning
from hub.settings import Settings
from scripts.commands.output import Json, Table, echo, print_json_lines, print_rows, print_table

synonyms = typer.Typer(help="Words that stand for each other in searches.")
pins = typer.Typer(help="Articles that come first for a text.")
rules = typer.Typer(help="Banners, redirects, boosts and filters of searches.")
stop_words = typer.Typer(help="Words that are left out of searches with other words.")
Number = Annotated[int, typer.Argument(help="The number that `list` shows.")]
Language = Annotated[str | None, typer.Option(help="Of this language alone, as en or pt-br.")]
Moment = Annotated[datetime | None, typer.Option(help="A moment, in UTC.")]
_SELECTED = "topic=SLUG, kind=KIND, language=TAG, newer=DAYS, older=DAYS; a blank between several"
SetName = Annotated[str, typer.Argument(help="The number that `list` shows, or a word of the set.")]
PinName = Annotated[str, typer.Argument(help="The number that `list` shows, or the text.")]


def _choose(name: str, kind: str, by_number: Iterable[int], by_text: Sequence[int]) -> int:
    """Return the id that a number or a text names. Raises NotFound, or Invalid for several."""
    if name.isdecimal() and int(name) in set(by_number):
        return int(name)
    if not by_text:
        raise NotFound(kind, name)
    if len(by_text) > 1:
        numbers = ", ".join(map(str, by_text))
        raise Invalid("name", f"stands for several; give one of the numbers {numbers}")
    return by_text[0]


@synonyms.command("list")
def list_synonyms(json: Json = False) -> None:
    """Show all sets of synonyms."""

    async def work() -> list[reads.SynonymRow]:
        async with open_database(Settings()) as db:
            return await reads.synonyms(db)

    rows = anyio.run(work)
    if json:
        print_json_lines(row._asdict() for row in rows)
        return
    table = Table("id", "typed", "finds", "language")
    for row in rows:
        words = ", ".join(row.words)
        table.add_row(str(row.id), row.typed or words, words, row.language or "")
    print_table(table)


@synonyms.command("add")
def add_synonyms(
    words: Annotated[list[str], typer.Argument(help='Words, or several in quotes: "New York".')],
    typed: Annotated[
        str | None, typer.Option(help="One way only: who types this finds the words too.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Find them in articles of this language alone.")
    ] = None,
) -> None:
    """Let words stand for each other, from the next search on."""

    async def work() -> int:
        async with open_database(Settings()):
            return await tuning.add_synonyms(words, typed=typed, language=language, by=SYSTEM)

    echo(f"Set {anyio.run(work)} was added.")


@synonyms.command("remove")
def remove_synonyms(name: SetName) -> None:
    """Let words no longer stand for each other."""

    async def work() -> int:
        async with open_database(Settings()) as db:
            rows = await reads.synonyms(db)
            word = name.casefold()
            named = [
                row.id
                for row in rows
                if word in {text.casefold() for text in (*row.words, row.typed or "")}
            ]
            number = _choose(name, "set of synonyms", (row.id for row in rows), named)
            await tuning.remove_synonyms(number, by=SYSTEM)
            return number

    echo(f"Set {anyio.run(work)} was removed.")


@pins.command("list")
def list_pins(json: Json = False) -> None:
    """Show all pins."""

    async def work() -> list[tuple[reads.PinRow, str]]:
        async with open_database(Settings()) as db:
            pin_rows = await reads.pins(db)
            rows = await articles.by_ids(db, [pin.article_id for pin in pin_rows], SYSTEM)
            return [(pin, rows[pin.article_id].title) for pin in pin_rows]

    rows = anyio.run(work)
    if json:
        print_json_lines({**pin._asdict(), "title": title} for pin, title in rows)
        return
    table = Table("id", "typed", "rank", "article")
    for pin, title in rows:
        table.add_row(str(pin.id), pin.text, str(pin.rank), title)
    print_table(table)


@pins.command("add")
def add_pin(
    text: Annotated[str, typer.Argument(help="All that has to be typed.")],
    slug: Annotated[str, typer.Argument(help="The article's slug.")],
    rank: Annotated[
        int | None,
        typer.Option(help="Its place among the pins of this text."),
    ] = None,
) -> None:
    """Let an article come first for a text, from the next search on."""

    async def work() -> int:
        async with open_database(Settings()) as db:
            article = await articles.by_slug(db, slug, None, SYSTEM)
            if article is None:
                raise NotFound("article", slug)
            return await tuning.pin(text, article.id, by=SYSTEM, rank=rank)

    echo(f"Pin {anyio.run(work)} is set.")


@pins.command("remove")
def remove_pin(name: PinName) -> None:
    """Let an article no longer come first."""

    async def work() -> int:
        async with open_database(Settings()) as db:
            rows = await reads.pins(db)
            named = [row.id for row in rows if row.text == name.lower()]
            number = _choose(name, "pin", (row.id for row in rows), named)
            await tuning.unpin(number, by=SYSTEM)
            return number

    echo(f"Pin {anyio.run(work)} was removed.")


@rules.command("list")
def list_rules(json: Json = False) -> None:
    """Show all rules."""
    rows = anyio.run(_rules)
    if json:
        print_json_lines({**row._asdict(), **_plain(row)} for row in rows)
        return
    table = Table("id", "name", "on", "when", "then")
    for row in rows:
        table.add_row(
            str(row.id), row.name, "yes" if row.is_enabled else "no", _when(row), _then(row)
        )
    print_table(table)


async def _rules() -> list[RuleRow]:
    async with open_database(Settings()) as db:
        return await reads.rules(db)


@rules.command("add")
def add_rule(
    name: Annotated[str, typer.Argument(help="What you call it.")],
    text: Annotated[
        list[str] | None, typer.Option(help="It applies to searches for this; may be repeated.")
    ] = None,
    match: Annotated[
        str, typer.Option(help="exact, contains, or pattern: * for any words, flight* for a start.")
    ] = "exact",
    language: Annotated[
        str | None, typer.Option(help="Only to searches filtered by this language.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option(help="Only to searches filtered by this topic: its slug.")
    ] = None,
    starts_at: Moment = None,
    ends_at: Moment = None,
    banner: Annotated[str | None, typer.Option(help="The title of a message above hits.")] = None,
    banner_text: Annotated[str, typer.Option(help="The text of the message.")] = "",
    banner_url: Annotated[str | None, typer.Option(help="Where the message leads.")] = None,
    redirect: Annotated[str | None, typer.Option(help="Where the search leads.")] = None,
    boost: Annotated[
        list[str] | None,
        typer.Option(help=f"A factor, and what it raises or lowers: {_SELECTED}. May be repeated."),
    ] = None,
    only: Annotated[str | None, typer.Option(help=f"The only hits: {_SELECTED}.")] = None,
) -> None:
    """Let searches answer something else, from the next one on."""
    rule = RuleRow(
        0,
        name,
        match=match.upper(),
        texts=tuple(text or ()),
        language=language,
        topic=topic,
        starts_at=starts_at and starts_at.replace(tzinfo=UTC),
        ends_at=ends_at and ends_at.replace(tzinfo=UTC),
        banner=None if banner is None else Banner(banner, banner_text, banner_url),
        redirect=redirect,
        boosts=tuple(map(_boost, boost or ())),
        filter=None if only is None else _selection(only.split(), "only"),
    )

    async def work() -> int:
        async with open_database(Settings()):
            return await rule_service.set_rule(rule, by=SYSTEM)

    echo(f"Rule {anyio.run(work)} was added.")


def _boost(text: str) -> Boost:
    factor, *parts = text.split() or [""]
    try:
        return Boost(float(factor), _selection(parts, "boost"))
    except ValueError as error:
        raise Invalid("boost", "must begin with a factor, as in '2 topic=news'") from error


def _selection(parts: Sequence[str], path: str) -> Selection:
    values: dict[str, list[str]] = {"topic": [], "kind": [], "language": []}
    days: dict[str, int | None] = {"newer": None, "older": None}
    for part in parts:
        name, _, value = part.partition("=")
        if name in values and value:
            values[name].append(value.upper() if name == "kind" else value)
        elif name in days and value.isdecimal():
            days[name] = int(value[:9])
        else:
            raise Invalid(path, f"{part[:60]!r} is none of {_SELECTED}")
    return Selection(
        tuple(values["topic"]),
        tuple(values["kind"]),
        tuple(values["language"]),
        days["newer"],
        days["older"],
    )


@rules.command("remove")
def remove_rule(number: Number) -> None:
    """Delete a rule."""

    async def work() -> None:
        async with open_database(Settings()):
            await rule_service.remove_rule(number, by=SYSTEM)

    anyio.run(work)
    echo(f"Rule {number} was removed.")


@rules.command("enable")
def enable_rule(number: Number) -> None:
    """Let a rule apply again."""
    _switch(number, is_enabled=True)


@rules.command("disable")
def disable_rule(number: Number) -> None:
    """Let a rule no longer apply, without losing it."""
    _switch(number, is_enabled=False)


def _switch(number: int, *, is_enabled: bool) -> None:
    async def work() -> None:
        async with open_database(Settings()) as db:
            rows = {row.id: row for row in await reads.rules(db)}
            if number not in rows:
                raise NotFound("rule", number)
            await rule_service.set_rule(rows[number]._replace(is_enabled=is_enabled), by=SYSTEM)

    anyio.run(work)
    echo(f"Rule {number} is {'enabled' if is_enabled else 'disabled'}.")


def _when(row: RuleRow) -> str:
    parts = [f"{row.match.lower()} {', '.join(row.texts)}"] if row.texts else []
    parts += [
        f"{name.replace('_', ' ')} {value}"
        for name in ("language", "topic", "starts_at", "ends_at")
        if (value := getattr(row, name))
    ]
    return "; ".join(parts) or "any search"


def _then(row: RuleRow) -> str:
    parts = [f"banner {row.banner.title}"] if row.banner else []
    parts += [f"redirect {row.redirect}"] if row.redirect else []
    parts += [f"x {boost.factor:g} {_selected(boost.selection)}" for boost in row.boosts]
    parts += [f"only {_selected(row.filter)}"] if row.filter else []
    return "; ".join(parts)


def _selected(selection: Selection) -> str:
    parts = [
        f"{name}={value}"
        for name, values in (
            ("topic", selection.topics),
            ("kind", selection.kinds),
            ("language", selection.languages),
        )
        for value in values
    ]
    days = (("newer", selection.newer_than_days), ("older", selection.older_than_days))
    return " ".join([*parts, *(f"{name}={value}" for name, value in days if value)])


def _plain(row: RuleRow) -> dict[str, object]:
    return {
        "banner": row.banner and row.banner._asdict(),
        "boosts": [{"factor": boost.factor, **boost.selection._asdict()} for boost in row.boosts],
        "filter": row.filter and row.filter._asdict(),
    }


@stop_words.command("list")
def list_stop_words(json: Json = False) -> None:
    """Show the stop words that you have set, beside those of each language."""

    async def work() -> list[reads.StopWordRow]:
        async with open_database(Settings()) as db:
            return await reads.stop_words(db)

    print_rows(json, ("word", "language"), anyio.run(work))


@stop_words.command("add")
def add_stop_word(
    word: Annotated[str, typer.Argument(help="One word.")], language: Language = None
) -> None:
    """Leave a word out of searches with other words, from the next one on."""

    async def work() -> str:
        async with open_database(Settings()):
            return await tuning.add_stop_word(word, by=SYSTEM, language=language)

    echo(f"{anyio.run(work)} is a stop word.")


@stop_words.command("remove")
def remove_stop_word(
    word: Annotated[str, typer.Argument(help="The word.")], language: Language = None
) -> None:
    """Search for a word again."""

    async def work() -> str:
        async with open_database(Settings()):
            return await tuning.remove_stop_word(word, by=SYSTEM, language=language)

    echo(f"{anyio.run(work)} is searched again.")
