"""Publication status of a source's record: public only if the record, or its format, says so.

Systems name drafts, private, paid and expired texts in many ways. `read_publication` looks for all
of these names in a record; a value that it does not know makes a draft, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.db.timestamps import now
from hub.models import Status
from scripts.importers.content import dates


@dataclass(frozen=True, slots=True)
class Publication:
    """A status, with the reason if the record is not public.

    `is_explicit`: the record itself calls it a draft; otherwise its value is unknown here, or it is
    public to some readers only, and editors should hear of it.
    """

    status: Status
    reason: str = ""
    is_explicit: bool = True


_STATUS_NAMES = frozenset(
    (
        *("status", "poststatus", "publishstatus", "publishingstatus", "publicationstatus"),
        *("publicationstate", "moderationstate", "workflowstate", "workflowstatus"),
        *("contentstatus", "entrystatus", "creativeworkstatus", "articlestatus"),
    )
)
_STATE_NAMES = frozenset(("state", "stage"))
"""Names of a status in some systems, of a place or a step in others: a known word decides."""
_PUBLIC_FLAGS = frozenset(
    ("published", "ispublished", "publish", "public", "ispublic", "live", "islive")
)
_HIDDEN_FLAGS = frozenset(
    (
        *("draft", "isdraft", "private", "isprivate", "hidden", "ishidden", "unlisted"),
        *("isunlisted", "unpublished", "isunpublished", "trashed", "deleted", "isdeleted"),
        *("membersonly", "memberonly", "subscribersonly", "subscriberonly", "loginrequired"),
        *("requireslogin", "protected", "isprotected", "restricted", "isrestricted"),
        *("confidential", "isconfidential", "internal", "isinternal", "internalonly"),
        *("paid", "ispaid", "paidonly", "paywall", "paywalled", "premium", "ispremium"),
    )
)
_ARCHIVE_FLAGS = frozenset(("archived", "isarchived"))
_AUDIENCE_NAMES = frozenset(
    (
        *("visibility", "audience", "access", "accesslevel", "postvisibility", "postaudience"),
        *("contenttier", "privacy", "privacylevel", "restrictedto"),
    )
)
_PASSWORD_NAMES = frozenset(("password", "postpassword", "passwordprotected"))
_EXPIRY_NAMES = frozenset(
    (
        *("expiry", "expirydate", "expires", "expiresat", "expireson", "expirationdate"),
        *("unpublishat", "unpublishon", "unpublishdate", "unpublishedat"),
    )
)
_EMBARGO_NAMES = frozenset(("embargo", "embargodate", "embargountil", "embargoeduntil"))
_DATE_NAMES = frozenset(("publishedat", "publishedon", "firstpublishedat"))
"""Names of a date that systems set at the publication: an empty one is no publication."""
NAMES = (
    _STATUS_NAMES
    | _PUBLIC_FLAGS
    | _HIDDEN_FLAGS
    | _AUDIENCE_NAMES
    | _PASSWORD_NAMES
    | _EXPIRY_NAMES
    | _ARCHIVE_FLAGS
    | _EMBARGO_NAMES
)
"""Names of fields that decide publication, as `normalize_name` returns them."""

_STATUSES = (
    dict.fromkeys(("published", "publish", "public", "live", "1", "true", "yes"), Status.PUBLISHED)
    | dict.fromkeys(("scheduled", "future"), Status.SCHEDULED)
    | dict.fromkeys(("archived", "archive"), Status.ARCHIVED)
    | dict.fromkeys(
        (
            *("draft", "pending", "private", "hidden", "unlisted", "unpublished", "skip", "trash"),
            *("pending review", "in review", "auto-draft", "modified", "changed", "withdrawn"),
            *("0", "false", "no"),
        ),
        Status.DRAFT,
    )
)
UNDECIDED = "it has no status"
"""The reason of a draft that no field of the record calls one."""
_EVERYBODY = frozenset(
    ("public", "everyone", "everybody", "all", "anyone", "free", "open", "published", "live")
)
_FLAGS = dict.fromkeys(("true", "yes", "on", "1", "y", "t"), True) | dict.fromkeys(
    ("false", "no", "off", "0", "n", "f"), False
)


def normalize_name(name: str) -> str:
    """Return a field's name in lower case without separators: `Is Published` → `ispublished`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def decides_publication(name: str, value: object) -> bool:
    """Tell whether a field is read by `read_publication` alone; `published` may be a date."""
    plain = normalize_name(name)
    if plain in _STATE_NAMES:
        return _word(value) in _STATUSES
    return plain in NAMES and not (plain in _PUBLIC_FLAGS and dates.parse_date(value) is not None)


def read_publication(
    values: Mapping[str, object], *, default: Status = Status.PUBLISHED
) -> Publication:
    """Return the publication status of a record by its fields.

    `default` is the status of a record without any such field: PUBLISHED is right only for formats
    whose records are public unless they say otherwise. Of several fields the strictest counts.
    """
    strictest = Publication(default, "" if default is Status.PUBLISHED else UNDECIDED)
    is_first = True
    for name, value in values.items():
        rule = _rule(normalize_name(name))
        if rule is None or value is None or (isinstance(value, str) and not value.strip()):
            continue
        publication = rule(name, value)
        if publication is None:
            continue
        if is_first or _STRICTNESS[publication.status] > _STRICTNESS[strictest.status]:
            strictest = publication
        is_first = False
    empty = next((name for name in values if _is_empty_date(name, values[name])), None)
    return _draft(f"its {empty} is empty") if is_first and empty else strictest


def is_publication_date(name: str) -> bool:
    """Tell whether systems set the field of this name at the publication."""
    return normalize_name(name) in _DATE_NAMES


def _is_empty_date(name: str, value: object) -> bool:
    """Tell whether a date of publication is null: Strapi, Webflow and others mark drafts so."""
    return value is None and is_publication_date(name)


_STRICTNESS = {Status.PUBLISHED: 0, Status.SCHEDULED: 1, Status.ARCHIVED: 2, Status.DRAFT: 3}
_Rule = Callable[[str, object], Publication | None]


def _rule(name: str) -> _Rule | None:
    rules: tuple[tuple[frozenset[str], _Rule], ...] = (
        (_STATUS_NAMES, _by_status),
        (_PUBLIC_FLAGS, _by_public_flag),
        (_HIDDEN_FLAGS, _by_hidden_flag),
        (_AUDIENCE_NAMES, _by_audience),
        (_PASSWORD_NAMES, _by_password),
        (_EXPIRY_NAMES, _by_expiry),
        (_STATE_NAMES, _by_state),
        (_ARCHIVE_FLAGS, _by_archive_flag),
        (_EMBARGO_NAMES, _by_embargo),
    )
    return next((rule for names, rule in rules if name in names), None)


def _by_status(name: str, value: object) -> Publication:
    status = _STATUSES.get(_word(value))
    if status is None:
        return _unknown(name, value)
    reason = "" if status is Status.PUBLISHED else f"its {name} is {_quote(value)}"
    return Publication(status, reason)


def _by_state(name: str, value: object) -> Publication | None:
    return _by_status(name, value) if _word(value) in _STATUSES else None


def _by_archive_flag(name: str, value: object) -> Publication | None:
    flag = _flag(value)
    if flag is None:
        return _unknown(name, value)
    return Publication(Status.ARCHIVED, f"its {name} is {_quote(value)}") if flag else None


def _by_embargo(name: str, value: object) -> Publication | None:
    end = dates.parse_date(value)
    if end is None:
        return None if _flag(value) is False else _unknown(name, value)
    return _draft(f"its {name} ends on {end:%Y-%m-%d}") if end > now() else None


def _by_public_flag(name: str, value: object) -> Publication | None:
    flag = _flag(value)
    if flag is None:
        is_date = dates.parse_date(value) is not None
        return None if is_date else _unknown(name, value)
    return Publication(Status.PUBLISHED) if flag else _draft(f"its {name} is {_quote(value)}")


def _by_hidden_flag(name: str, value: object) -> Publication | None:
    flag = _flag(value)
    if flag is None:
        return _unknown(name, value)
    return _draft(f"its {name} is {_quote(value)}") if flag else None


def _by_audience(name: str, value: object) -> Publication | None:
    if _word(value) in _EVERYBODY:
        return None
    status = _STATUSES.get(_word(value))
    if status is not None and status is not Status.PUBLISHED:
        return Publication(status, f"its {name} is {_quote(value)}")
    return Publication(Status.DRAFT, f"its {name} is {_quote(value)}", is_explicit=False)


def _by_password(_name: str, value: object) -> Publication | None:
    if _flag(value) is False:
        return None
    return Publication(Status.DRAFT, "it is protected by a password", is_explicit=False)


def _by_expiry(name: str, value: object) -> Publication | None:
    expiry = dates.parse_date(value)
    if expiry is None:
        return None if _flag(value) is False else _unknown(name, value)
    if expiry > now():
        return None
    return Publication(Status.ARCHIVED, "it has expired", is_explicit=False)


def _draft(reason: str) -> Publication:
    return Publication(Status.DRAFT, reason)


def _unknown(name: str, value: object) -> Publication:
    return Publication(Status.DRAFT, f"its {name} {_quote(value)} is unknown", is_explicit=False)


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else _FLAGS.get(_word(value))


def _word(value: object) -> str:
    return str(value).strip().lower()


def _quote(value: object) -> str:
    return repr(str(value)[:60])
