"""Publication status of a post, by its status, its password and the plugins for members."""

from __future__ import annotations

from datetime import datetime

from hub.db.timestamps import now
from hub.models import Status
from scripts.importers.content import status_words
from scripts.importers.content.publication import normalize_name, read_publication
from scripts.importers.source import Notes
from scripts.importers.wordpress.wxr import Element

_RESTRICTIONS = status_words.RESTRICTION_NAMES | status_words.AUDIENCE_NAMES


def read_status(item: Element, published_at: datetime | None, notes: Notes) -> Status:
    """Return the status of an item: PUBLISHED only where everybody may read it."""
    status = item.text("wp:status").strip().lower()
    if item.damaged and not item.has_child("wp:post_password"):
        notes.hold_back("it is damaged where a password may have stood, and a draft here")
        return Status.DRAFT
    if item.text("wp:post_password"):
        notes.hold_back("it is protected by a password, and a draft here")
        return Status.DRAFT
    if reason := _restriction(item):
        notes.hold_back(f"{reason}, and it is a draft here")
        return Status.DRAFT
    if status == "publish":
        return Status.PUBLISHED
    if status == "future":
        if published_at is not None and published_at > now():
            return Status.SCHEDULED
        notes.hold_back("it was scheduled for a date that is past now, and is a draft here")
    elif status not in ("draft", "pending"):
        notes.hold_back(f"it is {status or 'without a status'}, and a draft here")
    return Status.DRAFT


def _restriction(item: Element) -> str:
    """Return why plugins for members show a post to some only, by its post meta; else empty."""
    fields = {
        name: value
        for name, value in item.post_meta().items()
        if normalize_name(name) in _RESTRICTIONS
    }
    return read_publication(fields).reason
