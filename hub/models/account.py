"""Tokens and their roles."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.models import Model


class Role(str, Enum):
    """The role of a token; `hub.auth` defines the permissions of each."""

    WRITER = "WRITER"
    EDITOR = "EDITOR"
    ADMIN = "ADMIN"


class Token(Model):
    """A bearer token.

    Only the SHA-256 of its secret is stored; the secret is displayed once. `scopes` narrows the
    role to the named permissions (space-separated); empty means all of them.
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
