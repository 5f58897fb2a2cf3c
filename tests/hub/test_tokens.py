"""hub.tokens: secrets are not stored, and grant what their role and scopes allow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub import tokens
from hub.auth import SYSTEM, Permission
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.errors import Invalid, NotAllowed, NotFound
from hub.models import Role, Token
from tests.support.factories import EDITOR, a_token

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def test_a_secret_finds_its_viewer_and_is_not_stored(db: Reader) -> None:
    secret = await tokens.create("Nora", Role.WRITER, by=SYSTEM)
    viewer = await tokens.authenticate(db, secret)
    assert viewer is not None
    assert (viewer.name, viewer.role) == ("Nora", Role.WRITER)
    assert viewer.permissions == {Permission.READ, Permission.WRITE}
    [stored] = await Token.all().values()
    assert secret not in str(stored)
    assert stored["last_used_at"] is not None


async def test_scopes_narrow_a_role_and_never_widen_it(db: Reader) -> None:
    secret = await tokens.create("x", Role.WRITER, scopes=("read", "delete"), by=SYSTEM)
    viewer = await tokens.authenticate(db, secret)
    assert viewer is not None
    assert viewer.permissions == {Permission.READ}


async def test_unknown_expired_and_revoked_secrets_find_nobody(db: Reader) -> None:
    secret = await a_token()
    assert await tokens.authenticate(db, secret + "x") is None
    assert await tokens.authenticate(db, "\ud800") is None
    await Token.all().update(expires_at=now() - timedelta(seconds=1))
    assert await tokens.authenticate(db, secret) is None
    await Token.all().update(expires_at=now() + timedelta(hours=1))
    assert await tokens.authenticate(db, secret) is not None
    await tokens.revoke(1, by=SYSTEM)
    assert await tokens.authenticate(db, secret) is None


async def test_only_administrators_manage_tokens(db: Reader) -> None:
    await a_token()
    with pytest.raises(NotAllowed):
        await tokens.create("x", Role.ADMIN, by=EDITOR)
    with pytest.raises(NotAllowed):
        await tokens.list_tokens(db, by=EDITOR)
    with pytest.raises(NotAllowed):
        await tokens.revoke(1, by=EDITOR)
    assert [row.name for row in await tokens.list_tokens(db, by=SYSTEM)] == ["a token"]


async def test_what_no_token_can_be(db: Reader) -> None:
    for name, scopes, expires in (
        ("", (), None),
        ("x", ("everything",), None),
        ("x", (), now() - timedelta(days=1)),
    ):
        with pytest.raises(Invalid):
            await tokens.create(name, Role.ADMIN, by=SYSTEM, scopes=scopes, expires_at=expires)
    with pytest.raises(NotFound):
        await tokens.revoke(5, by=SYSTEM)
    assert await Token.all().count() == 0
