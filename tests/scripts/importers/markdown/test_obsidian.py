"""scripts.importers.markdown.obsidian: vaults, whose notes link by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.importers.markdown.reader import MarkdownReader
from tests.support.importer_inputs import drafts, files


def _html(folder: Path, text: str) -> str:
    files(folder, a=f"{text}\n\nSee [[Night ferry]].")
    files(folder, **{"Notes__Night ferry": "The ferry sails."})
    (folder / "pictures").mkdir()
    (folder / "pictures" / "deck.png").write_bytes(b"x")
    draft = next(draft for draft in drafts(MarkdownReader(folder)) if draft.key == "a.md")
    return draft.body.content.rpartition("\n<p>See")[0] or draft.body.content


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[[Night ferry]]", '<a href="/Notes/Night%20ferry">Night ferry</a>'),
        ("[[night ferry#Winter|it]]", '<a href="/Notes/Night%20ferry">it</a>'),
        ("[[Notes/Night ferry]]", '<a href="/Notes/Night%20ferry">Night ferry</a>'),
        ("[[Nowhere|there]]", '<a href="/Nowhere.md">there</a>'),
        ("![[deck.png]]", '<img src="/pictures/deck.png" alt="">'),
        ("![[deck.png|300]]", '<img src="/pictures/deck.png" alt="">'),
        ("![[deck.png|The deck]]", '<img src="/pictures/deck.png" alt="The deck">'),
        ("![[Night ferry]]", '<a href="/Notes/Night%20ferry">Night ferry</a>'),
        ("> [!warning] Ice\n> Mind it.", "<p><strong>Ice</strong></p>\n<p>Mind it.</p>"),
        ("> [!note]-\n> Mind it.", "<p><strong>Note</strong></p>\n<p>Mind it.</p>"),
        ("Words. ^block-1", "<p>Words.</p>"),
        ("==Marked== words", "<p>Marked words</p>"),
        ("`[[code]] %%kept%%`", "<code>[[code]] %%kept%%</code>"),
        ("[[1]](https://x.test)", '<a href="https://x.test">[1]</a>'),
        ("[[#Winter|below]]", "<p>below</p>"),
    ],
)
def test_a_note_becomes_plain_markdown(text: str, html: str, tmp_path: Path) -> None:
    assert html in _html(tmp_path, text)


@pytest.mark.parametrize("text", ["A %%HIDDEN%% b.", "A\n\n%%\nHIDDEN\n\nHIDDEN\n%%\n", "%%HIDDEN"])
def test_hidden_comments_are_gone(text: str, tmp_path: Path) -> None:
    files(tmp_path, a=f"[[b]]\n\n{text}", b=f"No link. {text}")
    assert "HIDDEN" not in repr([draft.body for draft in drafts(MarkdownReader(tmp_path))])


def test_links_are_relations_also_to_what_is_missing(tmp_path: Path) -> None:
    files(tmp_path, a="[[Ferry]] and [[Nowhere|there]]", deep__Ferry="The ferry.")
    draft = next(
        draft for draft in drafts(MarkdownReader(tmp_path, source="v")) if draft.key == "a.md"
    )
    assert [(relation.url, relation.anchor) for relation in draft.relations] == [
        ("file:v/deep/Ferry", "Ferry"),
        ("file:v/Nowhere", "there"),
    ]


def test_images_and_missing_notes_are_found_from_any_folder(tmp_path: Path) -> None:
    files(tmp_path, sub__a="![[deck.png]] [[Nowhere]]")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "deck.png").write_bytes(b"x")
    [draft] = drafts(MarkdownReader(tmp_path, source="v"))
    assert 'src="/pictures/deck.png"' in draft.body.content
    assert [relation.url for relation in draft.relations] == ["file:v/Nowhere"]


def test_templates_and_settings_are_no_articles(tmp_path: Path) -> None:
    files(tmp_path, a="A", Templates__t="T", **{".obsidian__x": "X", ".trash__y": "Y"})
    assert [draft.key for draft in drafts(MarkdownReader(tmp_path))] == ["a.md"]


def test_a_folder_without_wiki_links_is_read_as_before(tmp_path: Path) -> None:
    files(tmp_path, a="50 %%off%% and ==more==")
    assert "%%off%%" in drafts(MarkdownReader(tmp_path))[0].body.content
