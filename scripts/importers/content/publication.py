"""Publication status of a source's record: public only if the record, or its format, says so.

Systems name drafts, private, paid and expired texts in many ways. `read_publication` looks for all
of these names in a record; a value that it does not know makes a draft, with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.db.timestamps import now
from hub.models import Status
from scripts.importers.content import dates
from scripts.importers.content import status_words as words


@dataclass(frozen=True, slots=True)
class Publication:
    """A status, with the reason if the record is not public.

    `is_explicit`: the record itself calls it a draft; otherwise its value is unknown here, or it is
    public to some readers only, and editors should hear of it.
    """

    status: Status
    reason: str = ""
    is_explicit: bool = True


NAMES = (
    words.STATUS_NAMES
    | words.PUBLIC_FLAGS
    | words.HIDDEN_FLAGS
    | words.AUDIENCE_NAMES
    | words.PASSWORD_NAMES
    | words.EXPIRY_NAMES
    | words.ARCHIVE_FLAGS
    | words.EMBARGO_NAMES
)
"""Names of fields that decide publication, as `normalize_name` returns them."""

UNDECIDED = "it has no status"
"""The reason of a draft that no field of the record calls one."""
MAX_DEPTH = 2
"""Members within members of a record that are searched for fields of the record itself."""


def normalize_name(name: str) -> str:
    """Return a field's name in lower case, without separators, accents and Drupal's prefix.

    `Is Published` and `field_is_published` → `ispublished`, `Visibilité` → `visibilite`.
    """
    text = re.sub(r"^field_", "", name.strip().lower())
    if not text.isascii():
        letters = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in letters if not unicodedata.combining(letter))
        text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\W_]", "", text)


def decides_publication(name: str, value: object) -> bool:
    """Tell whether a field is read by `read_publication` alone; `published` may be a date."""
    plain = normalize_name(name)
    if plain in words.STATE_NAMES:
        return _word(value) in words.STATUSES
    if plain in _SOFT_FLAGS:
        return _flag(value) is not None
    if plain in words.REMOVAL_DATES:
        return True
    return plain in NAMES and not (
        plain in words.PUBLIC_FLAGS and dates.parse_date(value) is not None
    )


def read_publication(
    values: Mapping[str, object], *, default: Status = Status.PUBLISHED
) -> Publication:
    """Return the publication status of a record by its fields.

    `default` is the status of a record without any such field: PUBLISHED is right only for formats
    whose records are public unless they say otherwise. Of several fields the strictest counts,
    those of `meta`, `sys` and the like in the record too.
    """
    strictest = Publication(default, "" if default is Status.PUBLISHED else UNDECIDED)
    is_first = True
    for name, value in _fields(values):
        rule = _rule(normalize_name(name))
        if rule is None or value is None or (isinstance(value, str) and not value.strip()):
            continue
        publication = rule(name, value)
        if publication is None:
            continue
        if is_first or _STRICTNESS[publication.status] > _STRICTNESS[strictest.status]:
            strictest = publication
        is_first = False
    empty = _left_empty(values)
    return _draft(f"its {empty} is empty") if is_first and empty else strictest


def settle_schedule(publication: Publication, published_at: datetime | None) -> Publication:
    """Return the status of a record by its date, too: scheduled only for a date that will come.

    Whether the source has published it since then is not known.
    """
    is_coming = published_at is not None and published_at > now()
    if publication.status is not Status.SCHEDULED or is_coming:
        return publication
    return Publication(Status.DRAFT, "it was scheduled for no date to come", is_explicit=False)


def _fields(values: Mapping[str, object], depth: int = 0) -> Iterator[tuple[str, object]]:
    """Yield the fields of a record with single values, and those of its containers."""
    for name, value in values.items():
        name_ = str(name)
        is_container = isinstance(value, Mapping) and normalize_name(name_) in words.CONTAINERS
        if isinstance(value, Mapping) and is_container and depth < MAX_DEPTH:
            yield from _fields(value, depth + 1)
        yield name_, _single(value)


def _single(value: object) -> object:
    """Return the value of an object or a list that stands for one; others unchanged."""
    for _ in range(MAX_DEPTH):
        if isinstance(value, list | tuple) and len(value) == 1:
            value = value[0]
        elif isinstance(value, Mapping):
            inner = (value[name] for name in words.INNER_NAMES if value.get(name) is not None)
            value = next(inner, value)
    return value


def is_publication_date(name: str) -> bool:
    """Tell whether systems set the field of this name at the publication."""
    return normalize_name(name) in words.DATE_NAMES


def needs_value(name: str) -> bool:
    """Tell whether a record is no public one where the field of this name is empty.

    Strapi, Webflow and others leave the date of a draft empty; tables leave a box that is not
    checked, and a status that nobody has chosen (Airtable, Notion).
    """
    return normalize_name(name) in _NEEDED


def _left_empty(values: Mapping[str, object]) -> str | None:
    """Return the name of an empty field that makes a record no public one; None for none.

    Where a date of publication is set, it alone decides.
    """
    names: list[str] = []
    for name, value in _fields(values):
        is_empty = value is None or (isinstance(value, str) and not value.strip())
        if is_publication_date(name):
            return name if is_empty else None
        if is_empty and needs_value(name):
            names.append(name)
    return names[0] if names else None


_NEEDED = words.DATE_NAMES | words.PUBLIC_FLAGS | words.STATUS_NAMES
_STRICTNESS = {Status.PUBLISHED: 0, Status.SCHEDULED: 1, Status.ARCHIVED: 2, Status.DRAFT: 3}
_Rule = Callable[[str, object], Publication | None]


def _rule(name: str) -> _Rule | None:
    return next((rule for names, rule in _RULES if name in names), None)


def _by_status(name: str, value: object) -> Publication:
    status = words.STATUSES.get(_word(value))
    if status is None:
        return _unknown(name, value)
    reason = "" if status is Status.PUBLISHED else f"its {name} is {_quote(value)}"
    return Publication(status, reason)


def _by_state(name: str, value: object) -> Publication | None:
    return _by_status(name, value) if _word(value) in words.STATUSES else None


def _by_type(name: str, value: object) -> Publication | None:
    """Hide a record whose type is a draft's; a type that says public says nothing of it."""
    is_hidden = words.STATUSES.get(_word(value)) is Status.DRAFT and _flag(value) is None
    return _draft(f"its {name} is {_quote(value)}") if is_hidden else None


def _by_id(name: str, value: object) -> Publication | None:
    """Hide the draft versions of Sanity, which begin their ids with `drafts.`."""
    is_draft = _word(value).startswith("drafts.")
    return _draft(f"its {name} is that of a draft") if is_draft else None


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
    if flag is None and words.STATUSES.get(_word(value)) is Status.PUBLISHED:
        return Publication(Status.PUBLISHED)
    if flag is None:
        is_date = dates.parse_date(value) is not None
        return None if is_date else _unknown(name, value)
    return Publication(Status.PUBLISHED) if flag else _draft(f"its {name} is {_quote(value)}")


def _by_necessary_flag(name: str, value: object) -> Publication | None:
    return _draft(f"its {name} is {_quote(value)}") if _flag(value) is False else None


def _by_hidden_flag(name: str, value: object) -> Publication | None:
    flag = _flag(value)
    if flag is None:
        return _unknown(name, value)
    return _draft(f"its {name} is {_quote(value)}") if flag else None


def _by_soft_hidden_flag(name: str, value: object) -> Publication | None:
    return _draft(f"its {name} is {_quote(value)}") if _flag(value) else None


def _by_removal(name: str, value: object) -> Publication | None:
    return _draft(f"its {name} is {_quote(value)}") if _flag(value) is not False else None


def _by_audience(name: str, value: object) -> Publication | None:
    if _word(value) in words.EVERYBODY:
        return None
    status = words.STATUSES.get(_word(value))
    if status is not None and status is not Status.PUBLISHED:
        return Publication(status, f"its {name} is {_quote(value)}")
    return Publication(Status.DRAFT, f"its {name} is {_quote(value)}", is_explicit=False)


def _by_restriction(name: str, value: object) -> Publication | None:
    if not value or _word(value) in words.NOBODY_NEEDED:
        return None
    return Publication(Status.DRAFT, f"its {name} is {_quote(value)}", is_explicit=False)


def _by_password(_name: str, value: object) -> Publication | None:
    if _flag(value) is False:
        return None
    return Publication(Status.DRAFT, "it is protected by a password", is_explicit=False)


def _by_expiry(name: str, value: object) -> Publication | None:
    expiry = dates.parse_date(value)
    if expiry is None:
        return None if _flag(value) is False or _word(value) == "never" else _unknown(name, value)
    if expiry > now():
        return None
    return Publication(Status.ARCHIVED, "it has expired", is_explicit=False)


_SOFT_FLAGS = words.NECESSARY_FLAGS | words.SOFT_HIDDEN_FLAGS
_RULES: tuple[tuple[frozenset[str], _Rule], ...] = (
    (words.STATUS_NAMES, _by_status),
    (words.PUBLIC_FLAGS, _by_public_flag),
    (words.NECESSARY_FLAGS, _by_necessary_flag),
    (words.HIDDEN_FLAGS, _by_hidden_flag),
    (words.SOFT_HIDDEN_FLAGS, _by_soft_hidden_flag),
    (words.AUDIENCE_NAMES, _by_audience),
    (words.RESTRICTION_NAMES, _by_restriction),
    (words.PASSWORD_NAMES, _by_password),
    (words.EXPIRY_NAMES, _by_expiry),
    (words.STATE_NAMES, _by_state),
    (words.TYPE_NAMES, _by_type),
    (words.ARCHIVE_FLAGS, _by_archive_flag),
    (words.REMOVAL_DATES, _by_removal),
    (words.EMBARGO_NAMES, _by_embargo),
    (frozenset(("id",)), _by_id),
)


def _draft(reason: str) -> Publication:
    return Publication(Status.DRAFT, reason)


def _unknown(name: str, value: object) -> Publication:
    return Publication(Status.DRAFT, f"its {name} {_quote(value)} is unknown", is_explicit=False)


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else words.FLAGS.get(_word(value))


def _word(value: object) -> str:
    return str(value).strip().lower()


def _quote(value: object) -> str:
    return repr(str(value)[:60])
