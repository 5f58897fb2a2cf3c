"""Who may do what: tokens and their roles."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.models import Model


class Role(str, Enum):
    """What a token's holder is; `hub.auth` says what each may do."""

    WRITER = "WRITER"
    EDITOR = "EDITOR"
    ADMIN = "ADMIN"


class Token(Model):
    """A bearer token.

    Only the SHA-256 of its secret is kept; the secret is shown once. `scopes` narrows what the
    role allows to the named permissions (space-separated); empty means all of them.
    """

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=200)
    secret_hash = fields.CharField(max_length=64, unique=True)
    role = fields.CharEnumField(Role, max_length=16)
    scopes = fields.CharField(max_length=500)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "token"
