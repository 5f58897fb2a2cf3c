"""Articles: create, revise, publish, archive, delete. With `hub.imports`, the only writer of them.

Each service is one transaction that stores the row, its revision, its edges, its outbox event and
its lines of the change feed together.

Belongs here: services that take an article from one state of its life to another, and back.
Does not: how a version is stored (`hub.snapshots`), edges (`hub.related`), labels (`hub.taxonomy`).
"""

from hub.articles.editing import correct_language, create, revise
from hub.articles.publishing import (
    archive,
    cancel_in_transaction,
    leave_releases,
    publish,
    unpublish,
    withdraw,
)
from hub.articles.saving import (
    add_addresses,
    add_slugs,
    locations,
    move_slug,
    record_save,
    tags_of,
)
from hub.articles.schedule import due_ids, publish_due
from hub.articles.trash import delete

__all__ = [
    "add_addresses",
    "add_slugs",
    "archive",
    "cancel_in_transaction",
    "correct_language",
    "create",
    "delete",
    "due_ids",
    "leave_releases",
    "locations",
    "move_slug",
    "publish",
    "publish_due",
    "record_save",
    "revise",
    "tags_of",
    "unpublish",
    "withdraw",
]
