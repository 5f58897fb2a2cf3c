"""The audit trail, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import strawberry

from hub.db.keyset import Key, parse_page_args
from hub.errors import Invalid
from hub.reads import audit as reads
from hub.reads.audit import AuditRow
from schema import ids
from schema.context import Info
from schema.types.enums import AuditDoor
from schema.types.fields import computed, field, id_field
from schema.types.node import Node
from schema.types.paging import After, Before, First, Last, RowConnection, connection


@strawberry.type(description="A field before and after a change.")
class AuditChange:
    """Resolved from a `FieldChange`."""

    field: str = strawberry.field(description="The field's name.")
    before: str | None = strawberry.field(
        description="Its value before, as JSON unless it is a text; null if there was none. Long "
        "texts are abbreviated; private values are keyed hashes."
    )
    after: str | None = strawberry.field(description="Its value after, likewise.")


def _subject_id() -> Callable[[Any], str | None]:
    def read(row: AuditRow) -> str | None:
        return None if row.subject_id is None else ids.global_id(row.subject, row.subject_id)

    return read


def _token() -> Callable[[Any], str | None]:
    return lambda row: None if row.token_id is None else str(row.token_id)


@strawberry.type(description="Who changed what, when, and by which door.")
class AuditEntry(Node):
    """Resolved from an `AuditRow`."""

    id: strawberry.ID = id_field(ids.AUDIT_ENTRY, "Global and opaque.")
    at: datetime = field("When.")
    actor: str = field("The name of the token; `anonymous` for readers, `system` for the hub.")
    token: str | None = computed(
        _token,
        "The number of the token, as `hub token list` shows it; null without one.",
        "token_id",
    )
    door: AuditDoor = field("How the change came in.")
    action: str = field("What was done, as in `article.publish`.")
    subject: str = field("The kind of what was changed, as in `Article`.")
    subject_id: strawberry.ID | None = computed(
        _subject_id,
        "The global id of what was changed; null if it is no single record.",
        "subject",
        "subject_id",
    )
    changes: list[AuditChange] = field("The fields; empty if there is nothing to tell, or erased.")
    erased_at: datetime | None = field("When the values were erased, with the person or by hand.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for an entry of the audit trail."""
        return isinstance(obj, AuditRow)


AuditEntryConnection: Any = connection(
    AuditEntry,
    "entry",
    page_description="A page of the audit trail.",
    edge_description="An entry in the audit trail.",
)


@strawberry.input(description="Which entries of the audit trail; all conditions apply.")
class AuditFilterInput:
    """See `hub.reads.audit.AuditFilter`."""

    action: str | None = strawberry.field(
        default=None, description="An action as `article.publish`, or all of a kind as `article`."
    )
    subject: str | None = strawberry.field(
        default=None, description="The kind of what was changed, as `Article`."
    )
    subject_id: strawberry.ID | None = strawberry.field(
        default=None, description="The global id of what was changed."
    )
    actor: str | None = strawberry.field(default=None, description="The name of the token.")
    token: str | None = strawberry.field(default=None, description="The number of the token.")
    door: AuditDoor | None = strawberry.field(default=None, description="How the change came in.")
    since: datetime | None = strawberry.field(default=None, description="Not before this moment.")
    until: datetime | None = strawberry.field(default=None, description="Before this moment.")

    def to_filter(self) -> reads.AuditFilter:
        """Return the filter of the read. Raises Invalid."""
        subject, subject_id = self.subject, None
        if self.subject_id is not None:
            parsed = ids.parse(self.subject_id)
            if parsed is None or subject not in (None, parsed[0]):
                raise Invalid("filter.subjectId", "is no global id of such a record")
            subject, subject_id = parsed
        token = self.token
        if token is not None and not (token.isdecimal() and len(token) < 19):
            raise Invalid("filter.token", "is the number of a token, as in `hub token list`")
        return reads.AuditFilter(
            action=self.action,
            subject=subject,
            subject_id=subject_id,
            actor=self.actor,
            token_id=None if token is None else int(token),
            door=self.door,
            since=self.since,
            until=self.until,
        )


def audit_key(row: AuditRow) -> Key:
    """Return the cursor key of an entry: its time as the database stores it, and its id."""
    return datetime.fromisoformat(row.at).isoformat(), row.id


async def audit_log(
    info: Info,
    filter: Annotated[
        AuditFilterInput | None, strawberry.argument(description="Which entries.")
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> RowConnection[AuditRow]:
    """Load a page of the audit trail. Raises NotAllowed, Invalid."""
    db, viewer = info.context.db, info.context.viewer
    conditions = (filter or AuditFilterInput()).to_filter()
    page = await reads.page(db, parse_page_args(first, after, last, before), conditions, viewer)
    return RowConnection(page, audit_key, lambda: reads.count(db, conditions, viewer))
