"""The rules for comments of readers: which wait, and for how long an article takes some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.auth import Permission, Viewer
from hub.models import CommentModeration, CommentVerdict
from hub.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules for comments of readers, from the settings.

    `needs_token`: comments without a valid form token are refused. `moderation`: which comments
    wait, on articles that do not say otherwise. `close_days`: days after its publication from which
    an article takes no comments; 0: it takes them for good. `edit_minutes`: how long a comment may
    be edited by its writer; 0: never. `hide_reports`: readers whose reports hide a comment; 0: none
    do.
    """

    needs_token: bool = False
    moderation: CommentModeration = CommentModeration.ALL
    close_days: int = 0
    edit_minutes: int = 0
    hide_reports: int = 0


NO_POLICY = Policy()


def read_policy(settings: Settings) -> Policy:
    """Return the policy that these settings make."""
    return Policy(
        needs_token=settings.comment_form_token == "required",
        moderation=CommentModeration(settings.comment_moderation.upper()),
        close_days=settings.comment_close_days,
        edit_minutes=settings.comment_edit_minutes,
        hide_reports=settings.comment_hide_reports,
    )


def waits(moderation: CommentModeration, verdict: CommentVerdict) -> bool:
    """Return whether a reader's comment with this verdict waits for a moderator."""
    match moderation:
        case CommentModeration.ALL:
            return True
        case CommentModeration.SUSPICIOUS:
            return verdict is not CommentVerdict.CLEAN
        case CommentModeration.SPAM:
            return verdict is CommentVerdict.SPAM
        case CommentModeration.NONE:
            return False


def closing_time(published_at: datetime | None, policy: Policy, viewer: Viewer) -> datetime | None:
    """Return when the comments of an article close for `viewer`; None: they do not close by time.

    They never do for moderators.
    """
    if published_at is None or not policy.close_days or viewer.may(Permission.MODERATE):
        return None
    return published_at + timedelta(days=policy.close_days)
