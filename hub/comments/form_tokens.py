"""Form tokens: signed, for one article, with the time when the form was shown.

A program that posts without having asked for a form has none, and one that posts at once has one
that is too young.
"""

from __future__ import annotations

import hashlib
import hmac
from time import time

from hub.comments.keys import SELECT, read_key
from hub.db.database import Reader, transaction

LEAST_SECONDS = 3
"""Age from which a token is accepted: nobody reads and writes faster."""

MOST_SECONDS = 86_400
"""Age up to which a token is accepted: a page may stay open for a day."""

_NAME = "comment_form"


async def issue(db: Reader, article_id: int) -> str:
    """Return a token for a comment on an article, from now on. One statement, which reads.

    Raises DatabaseError if there is no key any more while a preview is being read.
    """
    rows = await db.rows(SELECT, [_NAME])
    return _sign(article_id, int(time()), rows[0][0] if rows else await create_key())


@transaction
async def create_key() -> str:
    """Return the key of all tokens, which is created if there is none."""
    return await read_key(_NAME)


async def find_problem(token: str | None, article_id: int) -> str | None:
    """Return why a token does not hold, None if it does. In a transaction; one statement."""
    if not token:
        return "it came without a form token"
    moment = token.partition(".")[0]
    if not (moment.isdecimal() and moment.isascii() and len(moment) < 12):
        return "its form token is none"
    expected = _sign(article_id, int(moment), await read_key(_NAME))
    if not hmac.compare_digest(token.encode(), expected.encode()):
        return "its form token is none, or that of another article"
    age = time() - int(moment)
    if age < LEAST_SECONDS:
        return f"it was written in less than {LEAST_SECONDS} seconds"
    return None if age <= MOST_SECONDS else "its form token is older than a day"


def _sign(article_id: int, moment: int, key: str) -> str:
    message = f"{moment} {article_id}".encode()
    digest = hashlib.blake2b(message, key=key.encode(), digest_size=16).hexdigest()
    return f"{moment}.{digest}"
