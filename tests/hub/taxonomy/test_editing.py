"""hub.taxonomy.editing: whose slug is whose, and what the audit trail keeps of a label."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from hub import imports, taxonomy
from hub.auth import SYSTEM, viewer_of
from hub.db.database import Reader
from hub.drafts import TopicDraft
from hub.errors import Invalid
from hub.models import AuditEntry, Change, Role, Topic
from hub.reads import authors, topics
from hub.taxonomy import AUTHORS, TOPICS, LabelKind
from tests.support.factories import EDITOR, READER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

WRITER = viewer_of("writer", Role.WRITER, "write read")
KINDS = pytest.mark.parametrize("kind", [TOPICS, AUTHORS], ids=["topic", "author"])


async def find(db: Reader, kind: LabelKind, slug: str) -> int | None:
    by_slug: Any = topics.by_slug if kind is TOPICS else authors.by_slug
    row = await by_slug(db, slug, READER)
    return row and int(row.id)


@KINDS
async def test_who_may_not_publish_takes_no_slug_from_readers(kind: LabelKind, db: Reader) -> None:
    await an_article(topics=("Quay",), authors=("Quay",))
    quay = (await kind.model.get(slug="quay")).id
    await taxonomy.update(kind, quay, {"name": "Wharf", "slug": "wharf"}, by=EDITOR)
    for values in ({"name": "Quay"}, {"name": "Another", "slug": "quay"}):
        with pytest.raises(Invalid, match="leads readers to another"):
            await taxonomy.create(kind, values, by=WRITER)
    assert await find(db, kind, "quay") == quay

    hidden = await taxonomy.create(kind, {"name": "Pier"}, by=WRITER)
    await taxonomy.update(kind, hidden, {"name": "Jetty", "slug": "jetty"}, by=EDITOR)
    await taxonomy.create(kind, {"name": "Pier"}, by=WRITER)  # readers never saw it

    await Change.all().delete()
    await taxonomy.create(kind, {"name": "Quay"}, by=EDITOR)
    assert await find(db, kind, "quay") is None
    assert f"{kind.name}:{quay}" in {change.tag for change in await Change.all()}


async def test_an_import_takes_no_slug_from_readers(db: Reader) -> None:
    """Also where a source names the topic above by its slug alone."""
    await an_article(topics=("Quay",))
    quay = await Topic.get(slug="quay")
    await taxonomy.update(TOPICS, quay.id, {"name": "Wharf", "slug": "wharf"}, by=EDITOR)
    await imports.import_taxonomy([TopicDraft("Cranes", parent="quay")], [], by=SYSTEM)
    assert await find(db, TOPICS, "quay") == quay.id
    assert (await Topic.get(slug="cranes")).parent_id == quay.id  # type: ignore[attr-defined]


@KINDS
@pytest.mark.parametrize("action", ["delete", "merge"])
async def test_the_audit_trail_keeps_the_fields_of_a_label_that_ends(
    action: str, kind: LabelKind, db: Reader
) -> None:
    more = {"description": "Words.", "taxonomy": "tag"} if kind is TOPICS else {"bio": "Words."}
    values = {"name": "Quay", "slug": "quay", **more}
    above = await taxonomy.create(TOPICS, {"name": "Above"}, by=EDITOR)
    parent = {"parent_id": above} if kind is TOPICS else {}
    label = await taxonomy.create(kind, values, by=EDITOR, **parent)
    other = await taxonomy.create(kind, {"name": "Other"}, by=EDITOR)
    if action == "delete":
        await taxonomy.delete(kind, label, by=EDITOR)
    else:
        await taxonomy.merge(kind, label, other, by=EDITOR)
    entry = await AuditEntry.get(action=f"{kind.name}.{action}")
    changes = orjson.loads(entry.changes or "{}")
    before = {name: value[0] for name, value in changes.items() if value[0] is not None}
    assert before == {**values, **parent, "articles": 0}
