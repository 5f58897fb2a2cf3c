"""The audit trail: who changed what, when, and by which door. Its only writer.

`record` is a helper for services, called once within the transaction of each change, so that there
is no change without its entry. Entries are appended; an erasure blanks their values and leaves who
and when, and retention deletes the oldest ones.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import orjson
from tortoise.models import Model

from hub.auth import SYSTEM, Permission, Viewer
from hub.db.database import transaction
from hub.db.timestamps import now
from hub.errors import Invalid
from hub.models import AuditEntry, Door, RevisionChange, StoredSetting

MAX_VALUE = 300
"""Maximum length of a value in an entry; longer ones are abbreviated, with a digest."""

ACTIONS = (
    "article.archive",
    "article.cancel",
    "article.create",
    "article.delete",
    "article.discard",
    "article.edit",
    "article.plan",
    "article.publish",
    "article.purge",
    "article.rename",
    "article.restore",
    "article.revise",
    "article.unpublish",
    "audit.erase",
    "author.create",
    "author.delete",
    "author.merge",
    "author.update",
    "backup.restore",
    "comment.delete",
    "comment.edit",
    "comment.moderate",
    "comment.report",
    "comment.submit",
    "import.articles",
    "import.labels",
    "import.undo",
    "person.erase",
    "person.export",
    "picture.describe",
    "pin.remove",
    "pin.set",
    "relation.link",
    "relation.order",
    "relation.unlink",
    "preview.create",
    "preview.revoke",
    "release.add",
    "release.cancel",
    "release.create",
    "release.delete",
    "release.publish",
    "release.remove",
    "rule.remove",
    "rule.set",
    "search.block",
    "search.unblock",
    "settings.change",
    "suggestion.accept",
    "suggestion.hide",
    "suggestion.unhide",
    "stopword.add",
    "stopword.remove",
    "synonyms.add",
    "synonyms.remove",
    "token.create",
    "token.revoke",
    "topic.create",
    "topic.delete",
    "topic.merge",
    "topic.move",
    "topic.update",
    "webhooks.retry",
)
"""The actions of entries, each as `kind.verb`."""

SUBJECTS = (
    "Article",
    "AuditEntry",
    "Author",
    "Backup",
    "BlockedQuery",
    "Comment",
    "HiddenSuggestion",
    "Import",
    "Person",
    "Picture",
    "Pin",
    "Preview",
    "Relation",
    "Release",
    "SearchRule",
    "Settings",
    "StopWord",
    "SynonymSet",
    "Token",
    "Topic",
    "Webhook",
)
"""The kinds of records that entries are about; as in global ids, where a kind has these."""

Changes = Mapping[str, tuple[object, object]]
"""Values by field: before and after the change; None for a value that was or is not there."""

_VERBS = {
    RevisionChange.CREATED: "create",
    RevisionChange.REVISED: "revise",
    RevisionChange.PUBLISHED: "publish",
    RevisionChange.SCHEDULED: "publish",
    RevisionChange.ARCHIVED: "archive",
    RevisionChange.UNPUBLISHED: "unpublish",
    RevisionChange.RESTORED: "restore",
}
_actions = frozenset(ACTIONS)
_subjects = frozenset(SUBJECTS)


async def record(
    action: str,
    subject: str,
    subject_id: int | None = None,
    *,
    by: Viewer,
    changes: Changes | None = None,
    door: Door | None = None,
) -> None:
    """Append an entry, within the transaction of the change itself. One statement.

    The door is that of the viewer, unless it is named. Texts of comments do not belong into
    `changes`, and private values only as `private_value` returns them.
    """
    if action not in _actions or subject not in _subjects:
        raise ValueError(f"{action} of {subject} is not listed in hub.audit")
    await AuditEntry.create(
        at=now(),
        actor=by.name[:200],
        token_id=by.token_id,
        door=door or by.door,
        action=action,
        subject=subject,
        subject_id=subject_id,
        changes=_to_json(changes) if changes else None,
    )


async def record_save(
    change: RevisionChange, article_id: int, changes: Changes, by: Viewer
) -> None:
    """Append an entry on a save of an article; none if it is part of an import."""
    if change is not RevisionChange.IMPORTED:
        action = f"article.{_VERBS[change]}"
        await record(action, "Article", article_id, by=by, changes=changes)


async def record_row(
    action: str, row: Model, names: Iterable[str], *, by: Viewer, is_deleted: bool = False
) -> None:
    """Append an entry on a row that is new or deleted: `names` of its attributes, unless None."""
    values = ((name, getattr(row, name)) for name in names)
    pairs = ((name, value) for name, value in values if value is not None)
    changes = {name: (value, None) if is_deleted else (None, value) for name, value in pairs}
    await record(action, type(row).__name__, row.pk, by=by, changes=changes)


def new_key() -> str:
    """Return a new key for the private values of a person; it is stored with the person alone."""
    return secrets.token_hex(16)


def private_value(value: str | None, key: str) -> str | None:
    """Return a keyed hash of a private value, such as an e-mail address.

    Whoever has the key can verify a value that they know; when the key is deleted together with
    the person, nobody can.
    """
    if not value:
        return None
    hashed = hashlib.blake2b(value.encode("utf-8", "replace"), key=key.encode(), digest_size=16)
    return f"hash:{hashed.hexdigest()}"


@transaction
async def erase(subject: str, subject_id: int, *, by: Viewer) -> int:
    """Blank the values of all entries on a record, and return their number.

    Who changed it and when stays, and that it was erased becomes an entry itself.

    Raises:
        NotAllowed: `by` may not read the audit trail, or may not delete.
        Invalid: there are no records of this kind.
    """
    by.require(Permission.AUDIT)
    by.require(Permission.DELETE)
    if subject not in _subjects:
        raise Invalid("subject", f"{subject!r} is none of {', '.join(SUBJECTS)}")
    number = await blank(subject, [subject_id])
    await record(
        "audit.erase", subject, subject_id, by=by, changes={"blanked_entries": (None, number)}
    )
    return number


async def blank(subject: str, subject_ids: list[int]) -> int:
    """Blank the values of the entries on these records, within a transaction; return their number.

    For services that erase a person. One statement.
    """
    entries = AuditEntry.filter(subject=subject, subject_id__in=subject_ids, changes__not_isnull=1)
    return await entries.update(changes=None, erased_at=now())


@transaction
async def trim(keep_days: int, limit: int = 5_000) -> bool:
    """Delete up to `limit` entries older than `keep_days`; return whether there may be more.

    With 0 days, all are retained.
    """
    if not keep_days:
        return False
    old = AuditEntry.filter(at__lt=now() - timedelta(days=keep_days)).order_by("at", "id")
    ids = await old.limit(limit).values_list("id", flat=True)
    if ids:
        await AuditEntry.filter(id__in=ids).delete()
    return len(ids) == limit


@transaction
async def record_settings(values: Mapping[str, object]) -> None:
    """Append an entry if these settings differ from those of the last start.

    `values` are all that are not secret, as `Settings.public_values` returns them. The first start
    of a hub stores them without an entry.
    """
    stored = {row.name: row.value for row in await StoredSetting.all()}
    current = {name: orjson.dumps(value, default=str).decode() for name, value in values.items()}
    if stored == current:
        return
    changed = {
        name: (stored.get(name), current.get(name))
        for name in sorted(stored.keys() | current.keys())
        if stored.get(name) != current.get(name)
    }
    await StoredSetting.filter(name__in=list(changed)).delete()
    await StoredSetting.bulk_create(
        [StoredSetting(name=name, value=current[name]) for name in changed if name in current]
    )
    if stored:
        await record("settings.change", "Settings", by=SYSTEM, changes=changed, door=Door.START)


def _to_json(changes: Changes) -> str:
    pairs = {field: [_abbreviated(value) for value in pair] for field, pair in changes.items()}
    return orjson.dumps(pairs).decode()


def _abbreviated(value: object) -> object:
    """Return a value for JSON; of a long text, its beginning, length and digest."""
    if isinstance(value, Enum):
        value = value.value
    elif isinstance(value, datetime):
        value = value.isoformat()
    elif value is not None and not isinstance(value, str | int | float | bool):
        value = orjson.dumps(value, default=str).decode()
    if not isinstance(value, str) or len(value) <= MAX_VALUE:
        return value
    digest = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{value[:MAX_VALUE]}… ({len(value)} characters, sha256 {digest}…)"


def column_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes between two sets of columns, without those that are derived."""
    return {
        name: (before.get(name), value)
        for name, value in after.items()
        if name not in _DERIVED and before.get(name) != value
    }


_DERIVED = frozenset({"body_text", "headline_key", "source_version"})
