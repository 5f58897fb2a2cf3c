"""The rights of readers: what a person left is exported, or erased from everywhere.

An erasure is a row of `erased_person`, which goes first, and then small transactions, each of which
can be repeated. So one that was interrupted is resumed, by `erase` or by the hub itself, and goes
by the hash of the address alone.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import anyio
from tortoise import Tortoise
from tortoise.expressions import Q

from hub import audit, outbox, persisted
from hub.articles import trash
from hub.auth import Permission, Viewer, comment_condition
from hub.comments import erased, removal
from hub.comments.erased import Belongs
from hub.db.database import Reader, marks, run, transaction
from hub.db.keyset import MAX_PAGE
from hub.db.scrubbing import scrub
from hub.db.timestamps import now
from hub.errors import Invalid
from hub.models import AuditEntry, Comment, ErasedPerson
from hub.text import validation

BATCH = 200
"""Comments that are erased in one transaction."""

MAX_MENTIONS = 100
"""Articles that mention an address, at most, of which an erasure tells."""

CARRIED = "carried_erasure"
"""The table in which a restore hands over the hashes of the database that it replaces."""

_NAMING = {
    "token": "name",
    **dict.fromkeys(("content_release", "import_run", "planned_change", "preview"), "editor"),
    **dict.fromkeys(("revision", "trashed_article", "working_version"), "editor"),
    "audit_entry": "actor",
}
"""Columns with the names of those who saved something, by table: a name may be an address."""

_ADDRESS = re.compile(r"[^\s@\"\\]+@[^\s@\"\\]+")


class Erasure(NamedTuple):
    """The result of an erasure.

    `comments` were erased, of which `placeholders` stay, empty, since they have replies.
    `is_finished`: also the files of the database hold nothing of them any more. `mentioned_in`: ids
    of articles whose own text holds the address, which editors have to change; up to MAX_MENTIONS.
    """

    comments: int
    placeholders: int
    is_finished: bool
    mentioned_in: tuple[int, ...]


class PersonalComment(NamedTuple):
    """A comment of a person, as it is exported. `created_at` is the text that was stored."""

    id: int
    article_id: int
    parent_id: int | None
    kind: str
    status: str
    author_name: str
    author_email: str
    body_html: str
    created_at: str
    is_in_trash: bool = False


# ── export ────────────────────────────────────────────────────────────────────────────────────


async def export(
    db: Reader, email: str, *, by: Viewer, after: int = 0, limit: int = MAX_PAGE
) -> tuple[list[PersonalComment], bool]:
    """Return up to `limit` comments of a person by id after `after`, and whether there are more.

    With the last ones, those in the trash if `by` may delete. Also those that the viewer sees only
    as a moderator. The first page leaves an entry in the audit trail.

    Raises:
        NotAllowed: `by` may not export what readers left.
        Invalid: this is no e-mail address.
    """
    by.require(Permission.PEOPLE)
    by.require(Permission.MODERATE)
    belongs = _belongs_to(email)
    spellings, _ = await _spellings(db, belongs)
    visible = comment_condition(by, "c")
    rows = await db.rows(
        "SELECT c.id, c.article_id, c.parent_id, c.kind, c.status, c.author_name, c.author_email,"
        f" c.body_html, c.created_at FROM comment c WHERE c.author_email IN ({marks(spellings)})"
        f" AND c.id > ? AND {visible.sql} ORDER BY c.id LIMIT ?",
        [*spellings, after, *visible.args, limit + 1],
    )
    page = [PersonalComment(*row) for row in rows[:limit]]
    has_more = len(rows) > limit
    if not has_more and by.may(Permission.DELETE):
        page += [comment async for comment in _trashed_comments(db, belongs)]
    if not after:
        await _record_export(len(page), by)
    return page, has_more


async def count(db: Reader, email: str, *, by: Viewer) -> int:
    """Count the comments of a person that `erase` would erase, also those in the trash.

    Raises:
        NotAllowed: `by` may not erase what readers left.
        Invalid: this is no e-mail address.
    """
    by.require(Permission.PEOPLE)
    belongs = _belongs_to(email)
    _, number = await _spellings(db, belongs)
    return number + len([comment async for comment in _trashed_comments(db, belongs)])


@transaction
async def _record_export(number: int, by: Viewer) -> None:
    await audit.record("person.export", "Person", by=by, changes={"comments": (None, number)})


async def _trashed_comments(db: Reader, belongs: Belongs) -> AsyncIterator[PersonalComment]:
    async for article_id, row in trash.trashed_rows(db, ("comment",)):
        if row["author_email"] and belongs(row["author_email"]):
            values = {name: row[name] for name in PersonalComment._fields[2:9]}
            values |= {"id": row["id"], "article_id": article_id, "is_in_trash": True}
            yield PersonalComment(**values)


# ── erasure ───────────────────────────────────────────────────────────────────────────────────


async def erase(db: Reader, email: str, *, by: Viewer) -> Erasure:
    """Erase what a person left: comments with name and address, also of articles in the trash.

    A comment with replies stays, empty; others are deleted. With them go the values in the audit
    trail, counts of searches that nobody else made, and the person's name as that of an editor. The
    indexes are rebuilt; SQLite's file is rewritten. A hash of the address stays, so that restores
    and imports leave these comments out. Returns when all is done but the indexes.

    Raises:
        NotAllowed: `by` may not erase what readers left.
        Invalid: this is no e-mail address.
        DatabaseError: the database is at fault; the erasure is resumed later.
    """
    by.require(Permission.PEOPLE)
    belongs = _belongs_to(email)
    address = erased.normalise(email)
    _, number = await _spellings(db, belongs)
    mentions = await _mentions(db, address)
    person_id = await _begin(address, number, by)
    comments, placeholders, is_finished = await _carry_out(db, person_id, belongs)
    return Erasure(comments, placeholders, is_finished, mentions)


async def resume(db: Reader) -> int:
    """Carry out the erasures that were interrupted or restored; return their number.

    Two statements if there are none.
    """
    if await _is_carried(db):
        await _adopt()
    rows = await db.rows("SELECT id, digest, key FROM erased_person WHERE finished_at IS NULL")
    for person_id, digest, key in rows:

        def belongs(email: str, digest: str = digest, key: str = key) -> bool:
            return erased.compute_digest(email, key) == digest

        await _carry_out(db, person_id, belongs)
    return len(rows)


async def _is_carried(db: Reader) -> bool:
    """Return whether a restore has added hashes to the database."""
    client: Any = Tortoise.get_connection("default")
    catalog = (
        "pg_tables WHERE schemaname = current_schema() AND tablename = ?"
        if client.capabilities.dialect == "postgres"
        else "sqlite_master WHERE name = ?"
    )
    return bool(await db.rows(f"SELECT 1 FROM {catalog}", [CARRIED]))


@transaction
async def _adopt() -> None:
    for row in await run(f"SELECT digest, key, erased_at FROM {CARRIED}"):
        person = await ErasedPerson.get_or_none(digest=row["digest"])
        moment = datetime.fromisoformat(row["erased_at"])
        if person is None:
            person = ErasedPerson(digest=row["digest"], key=row["key"], erased_at=moment)
        person.erased_at, person.finished_at = max(person.erased_at, moment), None
        await person.save()
    await run(f"DROP TABLE IF EXISTS {CARRIED}")


def _belongs_to(email: str) -> Belongs:
    """Return a function that recognises the spellings of an address. Raises Invalid."""
    address = validation.email(email, "email")
    if address is None:
        raise Invalid("email", "must be an e-mail address")
    normal = erased.normalise(address)
    return lambda other: erased.normalise(other) == normal


async def _spellings(db: Reader, belongs: Belongs) -> tuple[list[str], int]:
    """Return a person's addresses as they were typed, and the number of comments with them."""
    rows = await db.rows(
        "SELECT author_email, count(*) FROM comment WHERE author_email IS NOT NULL"
        " GROUP BY author_email"
    )
    own = [(email, number) for email, number in rows if belongs(email)]
    return [email for email, _ in own], sum(number for _, number in own)


async def _mentions(db: Reader, address: str) -> tuple[int, ...]:
    rows = await db.rows(
        "SELECT id FROM article WHERE lower(body_text) LIKE ? ESCAPE '!' ORDER BY id LIMIT ?",
        [f"%{_escape(address)}%", MAX_MENTIONS],
    )
    return tuple(row[0] for row in rows)


def _escape(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


@transaction
async def _begin(address: str, number: int, by: Viewer) -> int:
    """Store the hash of an address, and remove the address from where it stands beside comments."""
    digest, key = await erased.new_digest(address)
    person = await ErasedPerson.get_or_none(digest=digest) or ErasedPerson(digest=digest, key=key)
    person.erased_at, person.finished_at = now(), None
    await person.save()
    changes = {"comments": (None, number)}
    await audit.record("person.erase", "Person", person.id, by=by, changes=changes)
    return int(person.id)


async def _carry_out(db: Reader, person_id: int, belongs: Belongs) -> tuple[int, int, bool]:
    """Erase what is left of a person; return the numbers of comments and of empty ones, and if all.

    Every step may be repeated, by any process.
    """
    comments = placeholders = 0
    moment = (await ErasedPerson.get(id=person_id)).erased_at
    spellings, _ = await _spellings(db, belongs)
    while (batch := await _erase_comments(spellings, moment)) is not None:
        comments, placeholders = comments + batch[0], placeholders + batch[1]
    await _replace_names(db, belongs)
    await persisted.forget_all()
    article_ids = {
        article_id
        async for article_id, row in trash.trashed_rows(db, ("comment",))
        if row["author_email"] and belongs(row["author_email"])
    }
    for article_id in sorted(article_ids):
        in_trash = await trash.erase_comments(article_id, belongs, moment)
        comments, placeholders = comments + in_trash[0], placeholders + in_trash[1]
    is_finished = await scrub()
    if is_finished:
        await _finish(person_id, moment)
    return comments, placeholders, is_finished


async def _replace_names(db: Reader, belongs: Belongs) -> None:
    """Replace the names of editors that are a person's address, and blank audit values with it.

    The new name is random: drafts belong to a name, and two erased persons do not own each other's.
    An erasure that is resumed goes on with another one.
    """
    editor = f"anonymous {secrets.token_hex(4)}"
    for table, column in _NAMING.items():
        rows = await db.rows(f"SELECT DISTINCT {column} FROM {table} WHERE {column} LIKE '%@%'")
        if names := [name for (name,) in rows if belongs(name)]:
            await transaction(run)(
                f"UPDATE {table} SET {column} = ? WHERE {column} IN ({marks(names)})",
                [editor, *names],
            )
    article_ids = {
        article_id
        async for article_id, row in trash.trashed_rows(db, tuple(_NAMING))
        if belongs(str(row.get("editor", "")))
    }
    for article_id in sorted(article_ids):
        await trash.replace_editor(article_id, belongs, editor)
    values = await db.rows("SELECT id, changes FROM audit_entry WHERE changes LIKE '%@%'")
    ids = [id_ for id_, text in values if any(map(belongs, _ADDRESS.findall(text)))]
    for start in range(0, len(ids), BATCH):
        await _blank_entries(ids[start : start + BATCH])


@transaction
async def _blank_entries(ids: Sequence[int]) -> None:
    await AuditEntry.filter(id__in=list(ids)).update(changes=None, erased_at=now())


@transaction
async def _finish(person_id: int, moment: datetime) -> None:
    """Mark an erasure as finished, unless there was another of the same person meanwhile."""
    await ErasedPerson.filter(id=person_id, erased_at__lte=moment).update(finished_at=now())


@transaction
async def _erase_comments(spellings: Sequence[str], moment: datetime) -> tuple[int, int] | None:
    """Erase some comments with these addresses, the latest first; None if there are none."""
    before = Q(created_at__lte=moment) | Q(created_at__gt=now())  # see erased.is_before
    own = Comment.filter(before, author_email__in=list(spellings)).order_by("-id").limit(BATCH)
    rows = await own.values("id", "article_id", "author_name", "body_html", "status")
    if not rows:
        return None
    placeholders = await removal.remove(rows)
    await outbox.record([outbox.REBUILD_EVENT])  # segments hold what was deleted until a merge
    return len(rows), placeholders


# ── retention of addresses ────────────────────────────────────────────────────────────────────


async def forget_addresses(db: Reader, days: int) -> None:
    """Remove the addresses of comments that are older than that, also in the trash; 0: of none."""
    if not days:
        return
    oldest = now() - timedelta(days=days)
    while await erased.forget_addresses(oldest):
        await anyio.sleep(0.1)  # lets other writers take the lock in between
    article_ids = {
        article_id
        async for article_id, row in trash.trashed_rows(db, ("comment",))
        if row["author_email"] and datetime.fromisoformat(row["created_at"]) < oldest
    }
    for article_id in sorted(article_ids):
        await trash.forget_addresses(article_id, oldest)
