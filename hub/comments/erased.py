"""People whose comments were erased, by keyed hashes of their e-mail addresses.

A hash and its key are all that is stored of them. Whoever has the database can verify an address
that they know, as restores and imports do, but cannot list the addresses.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from hub.db.database import marks, run, transaction
from hub.db.timestamps import now
from hub.drafts import CommentDraft
from hub.models import Comment, CommentReport, ErasedPerson
from hub.text.bodies import Body, Markup

Key = TypeVar("Key", int, str)
EMPTY: dict[str, object] = {
    "author_name": "Anonymous",
    "author_email": None,
    "body_html": "",
    "audit_key": None,
    "verdict": None,
    "spam_score": None,
    "reasons": None,
    "fingerprint": None,
    "secret_digest": None,
    "reports": 0,
}
"""The columns of an erased comment that keeps the place of its replies."""

Belongs = Callable[[str], bool]
"""Tells whether an e-mail address is that of a person."""


def normalise(email: str) -> str:
    """Return an e-mail address as it is compared: without regard to case."""
    return email.strip().casefold()


def compute_digest(email: str, key: str) -> str:
    """Return the keyed hash of an address."""
    text = normalise(email).encode("utf-8", "replace")
    return hashlib.blake2b(text, key=key.encode(), digest_size=24).hexdigest()


async def new_digest(email: str) -> tuple[str, str]:
    """Return the hash of an address with the hub's key, and the key. In a transaction."""
    rows = await ErasedPerson.all().order_by("id").limit(1)
    key = rows[0].key if rows else secrets.token_hex(16)
    return compute_digest(email, key), key


async def erasures_of(emails: Iterable[str | None]) -> dict[str, datetime]:
    """Return by normalised address when the comments of its person were erased; of others nothing.

    One statement if nobody was erased, else two for each 500 addresses.
    """
    addresses = {normalise(email) for email in emails if email}
    keys = [row["key"] for row in await run("SELECT DISTINCT key FROM erased_person")]
    by_digest = {compute_digest(address, key): address for key in keys for address in addresses}
    digests, erasures = list(by_digest), dict[str, datetime]()
    for start in range(0, len(digests), 500):
        batch = digests[start : start + 500]
        for row in await ErasedPerson.filter(digest__in=batch):
            erasures[by_digest[row.digest]] = row.erased_at
    return erasures


def is_before(created_at: datetime, erased_at: datetime) -> bool:
    """Return whether an erasure holds for a comment of this date; also for one of the future."""
    return created_at <= erased_at or created_at > now()


@transaction
async def forget_addresses(oldest: datetime, limit: int = 500) -> bool:
    """Remove the addresses of up to `limit` comments older than that; return if there may be more.

    Nobody can verify them in the audit trail afterwards.
    """
    old = Comment.filter(created_at__lt=oldest, author_email__not_isnull=True)
    ids = await old.limit(limit).values_list("id", flat=True)
    if ids:
        await Comment.filter(id__in=ids).update(author_email=None, audit_key=None)
    return len(ids) == limit


async def remove(rows: Mapping[int, int]) -> int:
    """Erase comments, by their ids with those of their articles; return how many stay, empty.

    In a transaction. One that has replies becomes empty, and keeps their place; others are deleted.
    """
    left = set(rows)
    while left:
        ids = sorted(left)
        parents = {
            row["parent_id"]
            for row in await run(
                f"SELECT DISTINCT parent_id FROM comment WHERE parent_id IN ({marks(ids)})", ids
            )
        }
        if not (leaves := left - parents):
            break
        await Comment.filter(id__in=sorted(leaves)).delete()
        left &= parents
    if left:
        await CommentReport.filter(comment_id__in=sorted(left)).delete()
        await Comment.filter(id__in=sorted(left)).update(**EMPTY, erased_at=now())
    return len(left)


def find_parents(own: Mapping[Key, Key | None], others: Iterable[Key | None]) -> set[Key]:
    """Return those of a person's comments that lead to replies of others, and so keep their place.

    `own` are their keys with those of their parents, in any order; `others` the keys of the parents
    of all other comments.
    """
    parents = set[Key]()
    for key in others:
        while key is not None and key in own and key not in parents:
            parents.add(key)
            key = own[key]
    return parents


class ImportedComments(NamedTuple):
    """Comments to store, the keys of those among them that are empty, and how many were erased."""

    comments: tuple[CommentDraft, ...]
    placeholders: frozenset[str]
    erased: int


def leave_out(
    comments: Sequence[CommentDraft], erasures: Mapping[str, datetime]
) -> ImportedComments:
    """Leave out what an import would bring back of erased people, by `erasures_of` its addresses.

    Comments with replies of others become empty.
    """
    own = {
        comment.key: comment
        for comment in comments
        if (moment := erasures.get(normalise(comment.author_email or "")))
        and is_before(comment.created_at, moment)
    }
    parents = find_parents(
        {key: comment.parent_key for key, comment in own.items()},
        (comment.parent_key for comment in comments if comment.key not in own),
    )
    empty = Body("", Markup.TEXT)
    return ImportedComments(
        tuple(
            replace(comment, author_name="", author_email=None, body=empty)
            if comment.key in own
            else comment
            for comment in comments
            if comment.key not in own or comment.key in parents
        ),
        frozenset(parents),
        len(own),
    )
