"""Nodes of Drupal by JSON:API, with what they relate to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.drafts import AuthorDraft, TopicDraft
from hub.models import Status
from scripts.importers.registry import open_reader
from tests.support.importer_inputs import drafts, messages, the_draft

NODE: dict[str, Any] = {
    "type": "node--story",
    "id": "n-1",
    "attributes": {
        "drupal_internal__nid": 12,
        "title": "Bell cast",
        "langcode": "nl",
        "status": True,
        "created": "2024-01-02T03:04:05+00:00",
        "path": {"alias": "/nieuws/klok"},
        "body": {"value": "<p>x</p>", "processed": "<p>The bell.</p>", "summary": "Short"},
    },
    "relationships": {
        "uid": {"data": {"type": "user--user", "id": "u"}},
        "revision_uid": {"data": {"type": "user--user", "id": "gone"}},
        "field_places": {"data": [{"type": "taxonomy_term--places", "id": "t"}]},
        "field_media": {"data": {"type": "media--image", "id": "m", "meta": {"alt": "A bell"}}},
    },
}
INCLUDED = [
    {
        "type": "user--user",
        "id": "u",
        "attributes": {"display_name": "Vera", "name": "login", "mail": "vera@private.test"},
    },
    {"type": "taxonomy_term--places", "id": "t", "attributes": {"name": "Tower"}},
    {
        "type": "media--image",
        "id": "m",
        "relationships": {"field_media_image": {"data": {"type": "file--file", "id": "f"}}},
    },
    {"type": "file--file", "id": "f", "attributes": {"uri": {"url": "/files/bell.jpg"}}},
]
SELF = {"self": {"href": "https://d.test/jsonapi/node/story"}}


def a_document(folder: Path, *nodes: dict[str, Any], **more: Any) -> Path:
    path = folder / "nodes.json"
    path.write_text(json.dumps({"data": list(nodes), "links": SELF, **more}))
    return path


def test_a_node_comes_with_what_it_relates_to(tmp_path: Path) -> None:
    reader = open_reader(a_document(tmp_path, NODE, included=INCLUDED))
    draft = the_draft(reader)
    assert (draft.key, draft.title, draft.language) == ("n-1", "Bell cast", "nl")
    assert (draft.body.content, draft.summary) == ("<p>The bell.</p>", "Short")
    assert draft.addresses == ("https://d.test/nieuws/klok", "https://d.test/node/12")
    assert draft.authors == (AuthorDraft("Vera"),)
    assert draft.topics == (TopicDraft("Tower", taxonomy="places"),)
    assert (draft.image_url, draft.image_alt) == ("https://d.test/files/bell.jpg", "A bell")
    assert "private.test" not in repr(draft)
    assert messages(reader) == []


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        ({"status": False}, Status.DRAFT),
        ({"status": None}, Status.DRAFT),
        ({"moderation_state": "draft"}, Status.DRAFT),
        ({"moderation_state": "needs work"}, Status.DRAFT),
        ({"body": "Plain"}, Status.PUBLISHED),
        ({"body": {"value": "*Words*", "format": "markdown"}, "path": None}, Status.PUBLISHED),
    ],
)
def test_what_drupal_does_not_publish_is_a_draft(
    tmp_path: Path, attributes: dict[str, Any], status: Status
) -> None:
    node = NODE | {"attributes": NODE["attributes"] | attributes}
    assert the_draft(open_reader(a_document(tmp_path, node))).status is status


def test_what_is_missing_and_what_is_no_article_is_told(tmp_path: Path) -> None:
    user = INCLUDED[0]
    path = a_document(tmp_path, NODE, user, links={**SELF, "next": {"href": "https://d.test/2"}})
    reader = open_reader(path)
    assert len(drafts(reader)) == 1
    assert messages(reader) == [
        "records of the type user",
        "3 authors, terms and images are not in the file: ask for them with "
        "?include=uid,field_tags,field_image",
        "there are more pages than this: its links name a next one",
    ]


@pytest.mark.parametrize(
    "document", ['{"jsonapi": {}, "data": {"type": 1, "id": []}}', '{"jsonapi": {}, "data": [3]}']
)
def test_a_strange_document_breaks_nothing(tmp_path: Path, document: str) -> None:
    (tmp_path / "x.json").write_text(document)
    assert drafts(open_reader(tmp_path / "x.json")) == []
