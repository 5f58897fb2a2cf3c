"""Global ids: opaque for clients, a kind and a row's id inside."""

from __future__ import annotations

from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from hub.errors import Invalid

ARTICLE = "Article"
TOPIC = "Topic"
AUTHOR = "Author"
COMMENT = "Comment"
MODERATED = "ModeratedComment"
REVISION = "Revision"
RELEASE = "Release"
PREVIEW = "Preview"
TRASHED = "TrashedArticle"
RELATION = "Relation"
REPORTED_LINK = "ReportedLink"
OUTSIDE_LINK = "OutsideLink"
SYNONYMS = "SynonymSet"
PIN = "Pin"
RULE = "SearchRule"
AUDIT_ENTRY = "AuditEntry"
_LARGEST = 2**63 - 1


def global_id(kind: str, id_: int) -> str:
    """Return the opaque id of a row; unique over all kinds."""
    return b2a_base64(f"{kind}:{id_}".encode(), newline=False).decode()


def reader(kind: str, key: str = "id") -> Callable[[Any], str]:
    """Return a function that computes a row's global id from its attribute `key`.

    It takes half the time of `global_id`.
    """
    number, prefix = attrgetter(key), f"{kind}:"

    def read(row: Any) -> str:
        return b2a_base64(f"{prefix}{number(row)}".encode(), newline=False).decode()

    return read


def parse(id_: str) -> tuple[str, int] | None:
    """Return the kind and row id of a global id; None if `global_id` cannot have created it."""
    try:
        kind, _, digits = a2b_base64(id_, strict_mode=True).decode().partition(":")
        number = int(digits) if len(digits) < 20 else 0
    except (Error, ValueError):
        return None
    return (kind, number) if 0 < number <= _LARGEST and global_id(kind, number) == id_ else None


def local_id(id_: str, kind: str, path: str) -> int:
    """Return the row id of a global id of this kind. Raises Invalid (at `path`)."""
    parsed = parse(id_)
    if parsed is None or parsed[0] != kind:
        raise Invalid(
            path,
            f"is not the id of a {kind}"
            if kind[0] not in "AEIOU"
            else f"is not the id of an {kind}",
        )
    return parsed[1]
