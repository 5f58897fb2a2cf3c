"""Bearer tokens: made, looked up, revoked. Only the hash of a secret is ever stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.auth import Permission, Viewer, viewer_of
from hub.db.database import Reader, transaction
from hub.db.timestamps import now, stored
from hub.errors import Invalid, NotFound
from hub.models import Role, Token
from hub.text import validation

PREFIX = "hub_"
USE_NOTED_EVERY = timedelta(minutes=10)


class TokenRow(NamedTuple):
    """A token as its administrators see it: all but the secret, which nobody has any more."""

    id: int
    name: str
    role: str
    scopes: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None


@transaction
async def create(
    name: str,
    role: Role,
    *,
    by: Viewer,
    scopes: tuple[str, ...] = (),
    expires_at: datetime | None = None,
) -> str:
    """Make a token, and answer with its secret, which cannot be had a second time.

    Raises:
        NotAllowed: `by` may not manage tokens.
        Invalid: the name is empty, a scope is unknown, or it would have expired already.
    """
    by.require(Permission.TOKENS)
    known = [permission.value for permission in Permission]
    for scope in scopes:
        if scope not in known:
            raise Invalid("scopes", f"{scope!r} is none of {', '.join(known)}")
    if expires_at is not None and expires_at <= now():
        raise Invalid("expiresAt", "must lie in the future")
    secret = PREFIX + secrets.token_urlsafe(32)
    await Token.create(
        name=validation.line(name, "name", validation.MAX_NAME),
        secret_hash=_hash(secret),
        role=role,
        scopes=" ".join(dict.fromkeys(scopes)),
        created_at=now(),
        expires_at=expires_at,
    )
    return secret


async def viewer(db: Reader, secret: str) -> Viewer | None:
    """The viewer that holds this secret; None when it is unknown, expired or revoked.

    One statement, and one write at most every ten minutes a token to note its use. The look-up
    goes by the SHA-256 of the secret, so that its timing tells nothing of the secret.
    """
    moment = now()
    found = await db.rows(
        "SELECT id, name, role, scopes, last_used_at FROM token WHERE secret_hash = ?"
        " AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)",
        [_hash(secret), stored(moment)],
    )
    if not found:
        return None
    [(id_, name, role, scopes, last_used)] = found
    if last_used is None or datetime.fromisoformat(last_used) < moment - USE_NOTED_EVERY:
        await _note_use(id_, moment)
    return viewer_of(name, Role(role), scopes)


async def every(db: Reader, *, by: Viewer) -> list[TokenRow]:
    """All tokens, the newest first. Raises NotAllowed. One statement."""
    by.require(Permission.TOKENS)
    found = await db.rows(
        "SELECT id, name, role, scopes, created_at, expires_at, last_used_at, revoked_at"
        " FROM token ORDER BY id DESC"
    )
    return [TokenRow(*row) for row in found]


@transaction
async def revoke(token_id: int, *, by: Viewer) -> None:
    """Make a token useless at once, for good.

    Raises:
        NotAllowed: `by` may not manage tokens.
        NotFound: no such token.
    """
    by.require(Permission.TOKENS)
    if not await Token.exists(id=token_id):
        raise NotFound("token", token_id)
    await Token.filter(id=token_id, revoked_at=None).update(revoked_at=now())


@transaction
async def _note_use(token_id: int, moment: datetime) -> None:
    await Token.filter(id=token_id).update(last_used_at=moment)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
