"""Notion's export as HTML: properties decide what is public, and databases are no articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.models import Status
from scripts.importers.options import Options
from scripts.importers.pipeline.open import SourceOpener
from scripts.importers.source import Record
from tests.support.importer_inputs import drafts, messages, the_draft

ID = "0123456789abcdef0123456789abcde"
BODY = "<p>The night ferry sails again.</p><figure class='image'><img src='boat.png'></figure>"


def _page(title: str, body: str = BODY, **properties: str) -> str:
    rows = "".join(
        f'<tr class="property-row"><th><span class="icon"></span>{name.replace("_", " ")}</th>'
        f"<td>{value}</td></tr>"
        for name, value in properties.items()
    )
    table = f'<table class="properties"><tbody>{rows}</tbody></table>' if rows else ""
    return (
        f'<html><head><title>{title}</title></head><body><article class="page sans"><header>'
        f'<h1 class="page-title">{title}</h1>{table}</header><div class="page-body">{body}</div>'
        "</article></body></html>"
    )


def _records(folder: Path, **pages: str) -> list[Record]:
    root = folder / "Export"
    (root / f"Blog {ID}0").mkdir(parents=True)
    for number, (name, text) in enumerate(pages.items(), 1):
        (root / f"Blog {ID}0" / f"{name} {ID}{number}.html").write_text(text, encoding="utf-8")
    (root / f"Blog {ID}0.csv").write_text("Name,Status\nBoat,Draft\n")
    (root / "index.html").write_text("<title>Export</title><p>A list of the pages</p>")
    with SourceOpener(Options()) as opener:
        opened = list(opener.open(str(root)))
    records = [source.problem for source in opened if source.problem is not None]
    readers = (source.reader for source in opened if source.reader is not None)
    return [*records, *(record for reader in readers for record in reader.read())]


def _tags(*names: str) -> str:
    return "".join(f'<span class="selected-value">{name}</span>' for name in names)


def _checkbox(state: str) -> str:
    return f'<div class="checkbox checkbox-{state}"></div>'


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({"Status": _tags("Published")}, Status.PUBLISHED),
        ({"Status": _tags("Draft")}, Status.DRAFT),
        ({"Status": _tags("In review")}, Status.DRAFT),
        ({"Statut": _tags("Brouillon"), "Published": _checkbox("on")}, Status.DRAFT),
        ({"Published": _checkbox("on")}, Status.PUBLISHED),
        ({"Published": _checkbox("off")}, Status.DRAFT),
        ({"Visibility": _tags("Members"), "Published": _checkbox("on")}, Status.DRAFT),
        ({}, Status.DRAFT),
    ],
)
def test_a_page_is_public_only_if_a_property_says_so(
    properties: dict[str, str], status: Status, tmp_path: Path
) -> None:
    records = _records(tmp_path, Boat=_page("Boat", **properties))
    assert the_draft(records).status is status
    assert any("a draft here" in text for text in messages(records)) is (status is Status.DRAFT)


def test_a_page_has_its_properties_and_its_text(tmp_path: Path) -> None:
    link = f'<p>See <a href="Quay%20{ID}2.html">the quay</a>.</p>'
    boat = _page(
        "The boat",
        BODY + link,
        Status=_tags("Published"),
        Tags=_tags("Port", "Ferries"),
        Publish_Date="<time>@May 2, 2024</time>",
        Author="<span class='user'>Nora Quill</span>",
    )
    table = "<table class='collection-content'><tr><td>Boat</td></tr></table>"
    records = _records(tmp_path, Boat=boat, Quay=_page("Quay"), List=_page("List", table))
    draft, other = drafts(records)
    assert (draft.title, draft.slug, other.title) == ("The boat", "boat", "Quay")
    assert [topic.name for topic in draft.topics] == ["Port", "Ferries"]
    assert [author.name for author in draft.authors] == ["Nora Quill"]
    assert str(draft.published_at) == "2024-05-02 00:00:00+00:00"
    assert [relation.anchor for relation in draft.relations] == ["the quay"]
    assert draft.relations[0].url == other.addresses[0]
    assert "The night ferry sails again." in draft.body.content
