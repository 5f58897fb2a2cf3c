"""`hub topics` and `hub authors`: the labels of articles on the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Annotated, Any, TypeVar

import anyio
import orjson
import typer

from hub import taxonomy
from hub.auth import SYSTEM
from hub.db.database import Reader, open_database
from hub.db.keyset import PageArgs
from hub.drafts import LinkDraft, NameDraft
from hub.errors import Invalid, NotFound
from hub.reads import authors as author_reads
from hub.reads import topics as topic_reads
from hub.reads.topics import TopicRow
from hub.settings import Settings
from hub.taxonomy import AUTHORS, TOPICS, LabelKind
from hub.text.plurals import count_of
from scripts.commands.confirm import Yes, confirm
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

T = TypeVar("T")
topics = typer.Typer(help="Show, rename, move, merge and delete topics.")
authors = typer.Typer(help="Show, rename, merge and delete authors.")
Topic = Annotated[str, typer.Argument(help="A topic's slug, or its number.")]
Author = Annotated[str, typer.Argument(help="An author's slug, or the author's number.")]
Names = Annotated[list[str], typer.Argument(help="Slugs, or numbers.")]
NewName = Annotated[str, typer.Argument(help="The name, as readers see it.")]
Slug = Annotated[
    str | None, typer.Option(help="The slug; made of the name of a new one, else as it is.")
]
Into = Annotated[str, typer.Option(help="The one that stays, by its slug or number.")]
Taxonomy = Annotated[
    str | None,
    typer.Option("--taxonomy", help="How it is classified: category, tag, series, or another."),
]
Bio = Annotated[str | None, typer.Option(help="A few words about the author.")]
ImageUrl = Annotated[str | None, typer.Option(help="The address of a picture.")]
ImageAlt = Annotated[str | None, typer.Option(help="What the picture shows.")]
Links = Annotated[
    list[str] | None,
    typer.Option(help="`Mastodon=https://…`: a site or profile; all of them, one an option."),
]
Translations = Annotated[
    list[str] | None,
    typer.Option(
        "--name", help="`de=Brücken`: the name in a language; all of them, one an option."
    ),
]
Limit = Annotated[int, typer.Option(min=1, help="How many at most; all by default.")]
ALL = 1_000_000
PAGE = 100


@topics.command("list")
def list_topics(
    only: Annotated[
        list[str] | None,
        typer.Option("--taxonomy", help="Only these: category, tag, series, or another."),
    ] = None,
    limit: Limit = ALL,
    json: Json = False,
) -> None:
    """Show topics by name, with the number of articles on each or on one below it."""
    columns = ("id", "slug", "articles", "taxonomy", "parent_id", "name")
    taxonomies = [name.lower() for name in only or ()]
    _list(topic_reads, columns, limit, json, **{"taxonomies": taxonomies} if taxonomies else {})


@topics.command("show")
def show_topic(name: Topic, json: Json = False) -> None:
    """Print a topic: what it is about, its place in the tree, the slugs that it had."""

    async def work(db: Reader) -> dict[str, Any]:
        row = await _find(db, TOPICS, name)
        above = (await topic_reads.ancestors(db, [row.id])).get(row.id, [])
        below = (await topic_reads.children(db, [row.id], SYSTEM)).get(row.id, [])
        tree = {"above": _slugs(above), "below": _slugs(below)}
        return await _described(db, topic_reads, row) | tree

    _show(_run(work), json)


@topics.command("create")
def create_topic(
    name: NewName,
    slug: Slug = None,
    description: Annotated[str, typer.Option(help="What belongs here.")] = "",
    parent: Annotated[str | None, typer.Option(help="The topic above it, by its slug.")] = None,
    classified: Taxonomy = None,
    translation: Translations = None,
) -> None:
    """Store a new topic."""

    async def work(db: Reader) -> None:
        above = None if parent is None else (await _find(db, TOPICS, parent)).id
        values = _values(name=name, slug=slug, description=description, taxonomy=classified)
        values |= _translations(translation)
        await taxonomy.create(TOPICS, values, by=SYSTEM, parent_id=above)

    _run(work)
    echo(f"The topic {name} is there.")


@topics.command("rename")
def rename_topic(name: Topic, new: NewName, slug: Slug = None) -> None:
    """Give a topic another name, and another slug; the old slug goes on finding it."""
    _update(TOPICS, name, _values(name=new, slug=slug))


@topics.command("edit")
def edit_topic(
    name: Topic,
    description: Annotated[str | None, typer.Option(help="What belongs here.")] = None,
    classified: Taxonomy = None,
    translation: Translations = None,
) -> None:
    """Change what is said of a topic, and its names in other languages."""
    values = _values(description=description, taxonomy=classified)
    _update(TOPICS, name, values | _translations(translation))


@topics.command("move")
def move_topic(
    name: Topic,
    parent: Annotated[
        str | None, typer.Argument(help="The topic above it, by its slug; without it, the top.")
    ] = None,
) -> None:
    """Move a topic, with those below it, below another one or to the top."""

    async def work(db: Reader) -> str:
        above = None if parent is None else await _find(db, TOPICS, parent)
        row = await _find(db, TOPICS, name)
        await taxonomy.move(row.id, above and above.id, by=SYSTEM)
        return f"{row.slug} is {f'below {above.slug}' if above else 'at the top'}."

    echo(_run(work))


@topics.command("merge")
def merge_topics(names: Names, into: Into, yes: Yes = False) -> None:
    """Make topics part of another one: its articles become its own, their slugs find it."""
    _merge(TOPICS, topic_reads, names, into, yes)


@topics.command("delete")
def delete_topics(names: Names, yes: Yes = False) -> None:
    """Delete topics; their articles stay, and the topics below them move up."""
    _delete(TOPICS, topic_reads, names, yes)


@authors.command("list")
def list_authors(limit: Limit = ALL, json: Json = False) -> None:
    """Show authors by name, with the number of articles of each."""
    _list(author_reads, ("id", "slug", "articles", "name"), limit, json)


@authors.command("show")
def show_author(name: Author, json: Json = False) -> None:
    """Print an author, with the slugs that the author had."""

    async def work(db: Reader) -> dict[str, Any]:
        return await _described(db, author_reads, await _find(db, AUTHORS, name))

    _show(_run(work), json)


@authors.command("create")
def create_author(
    name: NewName,
    slug: Slug = None,
    bio: Bio = "",
    image: ImageUrl = None,
    image_alt: ImageAlt = None,
    link: Links = None,
    translation: Translations = None,
) -> None:
    """Store a new author."""
    values = _values(name=name, slug=slug, bio=bio, image_url=image, image_alt=image_alt)

    async def work(_: Reader) -> None:
        await taxonomy.create(
            AUTHORS, values | _links(link) | _translations(translation), by=SYSTEM
        )

    _run(work)
    echo(f"The author {name} is there.")


@authors.command("rename")
def rename_author(name: Author, new: NewName, slug: Slug = None) -> None:
    """Give an author another name, and another slug; the old slug goes on finding the author."""
    _update(AUTHORS, name, _values(name=new, slug=slug))


@authors.command("edit")
def edit_author(
    name: Author,
    bio: Bio = None,
    image: ImageUrl = None,
    image_alt: ImageAlt = None,
    link: Links = None,
    translation: Translations = None,
) -> None:
    """Change what is said of an author; an empty value takes away what was there."""
    values = _values(bio=bio, image_url=image, image_alt=image_alt)
    _update(AUTHORS, name, values | _links(link) | _translations(translation))


@authors.command("merge")
def merge_authors(names: Names, into: Into, yes: Yes = False) -> None:
    """Make authors one: their articles have the byline that stays, their slugs find it."""
    _merge(AUTHORS, author_reads, names, into, yes)


@authors.command("delete")
def delete_authors(names: Names, yes: Yes = False) -> None:
    """Delete authors; their articles stay, without the byline."""
    _delete(AUTHORS, author_reads, names, yes)


# ── what both have in common ──────────────────────────────────────────────────────────────────


def _list(
    reads: ModuleType, columns: tuple[str, ...], limit: int, json: bool, **which: list[str]
) -> None:
    async def work(db: Reader) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        after = None
        while len(rows) < limit:
            args = PageArgs(min(PAGE, limit - len(rows)), after)
            page = await reads.page(db, args, SYSTEM, **which)
            counts = await reads.article_counts(db, [row.id for row in page.rows], SYSTEM)
            rows += [_to_dict(row) | {"articles": counts.get(row.id, 0)} for row in page.rows]
            if not page.has_next:
                break
            after = (page.rows[-1].name, page.rows[-1].id)
        return rows

    rows = _run(work)
    if json:
        print_json_lines(rows)
        return
    table = Table(*(column.replace("_", " ") for column in columns))
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in columns))
    print_table(table)


def _show(label: dict[str, Any], json: bool) -> None:
    if json:
        echo(orjson.dumps(label).decode())
        return
    for key, value in label.items():
        if isinstance(value, dict):
            value = [f"{language}={name}" for language, name in value.items()]
        if value not in (None, "", []):
            echo(f"{key}: {', '.join(value) if isinstance(value, list) else value}")


async def _described(db: Reader, reads: ModuleType, row: Any) -> dict[str, Any]:
    counts = await reads.article_counts(db, [row.id], SYSTEM)
    former = await reads.former_slugs(db, row.id)
    return _to_dict(row) | {"articles": counts.get(row.id, 0), "former_slugs": former}


def _to_dict(row: Any) -> dict[str, Any]:
    """Return a label's columns, its translations decoded."""
    values: dict[str, Any] = row._asdict()
    return values | {"translations": orjson.loads(row.translations or "{}")}


def _update(kind: LabelKind, name: str, values: dict[str, Any]) -> None:
    async def work(db: Reader) -> str:
        row = await _find(db, kind, name)
        await taxonomy.update(kind, row.id, values, by=SYSTEM)
        return f"{row.slug} is changed."

    if not values:
        raise Invalid(kind.name, "name what shall change, see --help")
    echo(_run(work))


def _merge(kind: LabelKind, reads: ModuleType, names: list[str], into: str, yes: bool) -> None:
    async def load(db: Reader) -> tuple[list[Any], Any]:
        return [await _find(db, kind, name) for name in names], await _find(db, kind, into)

    rows, other = _run(load)
    listed = ", ".join(f"{row.slug} ({row.name})" for row in rows)
    confirm(f"{listed} will be gone, as part of {other.slug} ({other.name}).", yes)

    async def work(_: Reader) -> None:
        for row in rows:
            number = await taxonomy.merge(kind, row.id, other.id, by=SYSTEM)
            echo(f"{row.slug} is part of {other.slug}, with its {count_of(number, 'article')}.")

    _run(work)


def _delete(kind: LabelKind, reads: ModuleType, names: list[str], yes: bool) -> None:
    async def load(db: Reader) -> tuple[list[Any], dict[int, int]]:
        rows = [await _find(db, kind, name) for name in names]
        return rows, await reads.article_counts(db, [row.id for row in rows], SYSTEM)

    rows, counts = _run(load)
    listed = ", ".join(f"{row.slug} ({count_of(counts.get(row.id, 0), 'article')})" for row in rows)
    confirm(f"{listed} will be gone for good; the articles stay.", yes)

    async def work(_: Reader) -> None:
        for row in rows:
            number = await taxonomy.delete(kind, row.id, by=SYSTEM)
            echo(f"{row.slug} is gone; {count_of(number, 'article')} carried it.")

    _run(work)


async def _find(db: Reader, kind: LabelKind, name: str) -> Any:
    """Return a label by its slug, present or former, or its number. Raises NotFound."""
    reads: Any = topic_reads if kind is TOPICS else author_reads
    row = await reads.by_slug(db, name, SYSTEM)
    if row is None and name.isdecimal() and len(name) < 19:
        row = (await reads.by_ids(db, [int(name)], SYSTEM)).get(int(name))
    if row is None:
        raise NotFound(kind.name, name)
    return row


def _slugs(rows: list[TopicRow]) -> list[str]:
    return [row.slug for row in rows]


def _links(texts: list[str] | None) -> dict[str, Any]:
    """Return the links of options, if there are any; one that is empty is for none."""
    if texts is None:
        return {}
    pairs = [text.partition("=") for text in texts if text]
    return {"links": tuple(LinkDraft(name, url) for name, _, url in pairs)}


def _translations(texts: list[str] | None) -> dict[str, Any]:
    """Return the names by language of options, if there are any; one that is empty is for none."""
    if texts is None:
        return {}
    pairs = [text.partition("=") for text in texts if text]
    return {"translations": tuple(NameDraft(language, name) for language, _, name in pairs)}


def _values(**values: str | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _run(work: Callable[[Reader], Awaitable[T]]) -> T:
    async def connected() -> T:
        async with open_database(Settings()) as db:
            return await work(db)

    return anyio.run(connected)
