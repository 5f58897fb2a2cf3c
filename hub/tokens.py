"""Bearer tokens: create, authenticate, list, revoke. Only the hash of a secret is stored."""

from __future__ import annotations

import hashlib
import logging
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from hub import audit
from hub.auth import Permission, Viewer, viewer_of
from hub.db.database import Reader, transaction
from hub.db.timestamps import now
from hub.errors import DatabaseError, Invalid, NotFound
from hub.logs import LimitedLog
from hub.models import Role, Token
from hub.text import validation

PREFIX = "hub_"
_refusals = LimitedLog(logging.getLogger(__name__))
USE_INTERVAL = timedelta(minutes=10)


class TokenRow(NamedTuple):
    """A token for administrators: everything but its secret, which is not stored."""

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
    """Create a token, and return its secret, which cannot be retrieved later.

    Raises:
        NotAllowed: `by` may not manage tokens.
        Invalid: the name is empty, a scope is unknown, or the expiry is in the past.
    """
    by.require(Permission.TOKENS)
    valid_scopes = [permission.value for permission in Permission]
    for scope in scopes:
        if scope not in valid_scopes:
            raise Invalid("scopes", f"{scope!r} is none of {', '.join(valid_scopes)}")
    if expires_at is not None and expires_at <= now():
        raise Invalid("expiresAt", "must lie in the future")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = await Token.create(
        name=validation.line(name, "name", validation.MAX_NAME),
        secret_hash=_hash(secret),
        role=role,
        scopes=" ".join(dict.fromkeys(scopes)),
        created_at=now(),
        expires_at=expires_at,
    )
    names = ("name", "role", "scopes", "expires_at")
    await audit.record_row("token.create", token, names, by=by)
    return secret


async def authenticate(db: Reader, secret: str) -> Viewer | None:
    """Return the viewer with this secret; None if it is unknown, expired or revoked: it is logged.

    One statement, and one write per token in ten minutes at most to record its use. The look-up is
    by the SHA-256 of the secret, so its timing reveals nothing about the secret.
    """
    moment = now()
    rows = await db.rows(
        "SELECT id, name, role, scopes, last_used_at, expires_at, revoked_at FROM token"
        " WHERE secret_hash = ?",
        [_hash(secret)],
    )
    if not rows:
        _refusals.warning("An unknown token was refused")
        return None
    [(id_, name, role, scopes, last_used, expires_at, revoked_at)] = rows
    if revoked_at is not None:
        _refusals.warning("Token %d was refused: it has been revoked", id_)
        return None
    if expires_at is not None and datetime.fromisoformat(expires_at) <= moment:
        _refusals.warning("Token %d was refused: it has expired", id_)
        return None
    if last_used is None or datetime.fromisoformat(last_used) < moment - USE_INTERVAL:
        with suppress(DatabaseError):  # it may be read where nothing can be saved
            await _record_use(id_, moment)
    return viewer_of(name, Role(role), scopes, id_)


async def list_tokens(db: Reader, *, by: Viewer) -> list[TokenRow]:
    """Return all tokens, the newest first. Raises NotAllowed. One statement."""
    by.require(Permission.TOKENS)
    rows = await db.rows(
        "SELECT id, name, role, scopes, created_at, expires_at, last_used_at, revoked_at"
        " FROM token ORDER BY id DESC"
    )
    return [TokenRow(*row) for row in rows]


@transaction
async def revoke(token_id: int, *, by: Viewer) -> bool:
    """Revoke a token, at once and permanently; return False if it was revoked already.

    Raises:
        NotAllowed: `by` may not manage tokens.
        NotFound: no such token.
    """
    by.require(Permission.TOKENS)
    if not await Token.exists(id=token_id):
        raise NotFound("token", token_id)
    moment = now()
    if await Token.filter(id=token_id, revoked_at=None).update(revoked_at=moment):
        changes = {"revoked_at": (None, moment)}
        await audit.record("token.revoke", "Token", token_id, by=by, changes=changes)
        return True
    return False


@transaction
async def _record_use(token_id: int, moment: datetime) -> None:
    await Token.filter(id=token_id).update(last_used_at=moment)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
