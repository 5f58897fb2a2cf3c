"""scripts.importers.services.substack: letters whole, and nothing paid or unfinished public."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest

from hub.models import Kind, Status
from hub.text import markup
from scripts.importers.services.substack.reader import SubstackReader
from scripts.importers.source import HeldBack, Record
from tests.support.importer_inputs import drafts, messages, refusals, skip_reasons, the_draft

HEAD = "post_id,post_date,is_published,type,audience,title,subtitle,podcast_url\n"
ROW = "1.tide,2024-03-01T09:00:00.000Z,true,newsletter,everyone,The tide,What it brought,\n"


def _reader(folder: Path, rows: str = ROW, **letters: str) -> SubstackReader:
    (folder / "posts").mkdir(exist_ok=True)
    (folder / "posts.csv").write_text(HEAD + rows, encoding="utf-8")
    for name, html in (letters or {"1.tide": "<p>Words of it.</p>"}).items():
        (folder / "posts" / f"{name}.html").write_text(html, encoding="utf-8")
    return SubstackReader(folder)


def _attributes(**data: object) -> str:
    return f'data-attrs="{escape(json.dumps(data))}"'


def _html(folder: Path, html: str) -> str:
    return the_draft(_reader(folder, **{"1.tide": f"<p>One.</p>{html}<p>Two.</p>"})).body.content


def test_a_letter_has_the_data_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "email_list.quay.csv").write_text("email\nrita@readers.test\n")
    draft = the_draft(_reader(tmp_path))
    assert (draft.title, draft.subtitle, draft.slug) == ("The tide", "What it brought", "tide")
    assert draft.status is Status.PUBLISHED
    assert str(draft.published_at) == "2024-03-01 09:00:00+00:00"
    assert draft.canonical_url == "https://quay.substack.com/p/tide"
    assert draft.addresses == ("https://quay.substack.com/p/tide",)
    assert draft.body.content == "<p>Words of it.</p>"


@pytest.mark.parametrize(
    ("published", "audience", "status"),
    [
        ("true", "everyone", Status.PUBLISHED),
        ("TRUE", "everyone", Status.PUBLISHED),
        ("true", "only_paid", Status.DRAFT),
        ("true", "only_free", Status.DRAFT),
        ("true", "founding", Status.DRAFT),
        ("true", "odd", Status.DRAFT),
        ("false", "everyone", Status.DRAFT),
        ("perhaps", "everyone", Status.DRAFT),
        ("", "everyone", Status.DRAFT),
        ("", "", Status.DRAFT),
    ],
)
def test_a_letter_is_public_if_it_is_published_for_everyone(
    published: str, audience: str, status: Status, tmp_path: Path
) -> None:
    row = f"1.tide,2024-03-01,{published},newsletter,{audience},The tide,,\n"
    records: list[Record] = list(_reader(tmp_path, row).read())
    assert the_draft(records).status is status
    held_back = any(isinstance(record, HeldBack) for record in records)
    assert held_back == (status is Status.DRAFT)


@pytest.mark.parametrize("rows", ["", ROW + ROW.replace("everyone", "only_paid")])
def test_a_letter_without_a_row_of_its_own_is_a_draft(rows: str, tmp_path: Path) -> None:
    assert the_draft(_reader(tmp_path, rows)).status is Status.DRAFT


@pytest.mark.parametrize("mark", ['class="paywall-jump"', 'data-component-name="PaywallToDOM"'])
def test_a_letter_with_a_paywall_is_a_draft(mark: str, tmp_path: Path) -> None:
    html = f"<p>One.</p><div {mark}></div><p>Two.</p>"
    assert the_draft(_reader(tmp_path, **{"1.tide": html})).status is Status.DRAFT


SUBSCRIBE = "https://quay.test/subscribe?"


@pytest.mark.parametrize(
    "box",
    [
        '<div class="subscription-widget-wrap"><p>BOX-WORDS</p><form><input></form></div>',
        '<div class="subscription-widget-wrap-editor" data-component-name="SubscribeWidgetToDOM">'
        "<div><p>BOX-WORDS</p></div></div>",
        f'<p class="button-wrapper" {_attributes(url=SUBSCRIBE, text="BOX-WORDS")} '
        f'data-component-name="ButtonCreateButton"><a class="button primary" href="{SUBSCRIBE}">'
        "<span>BOX-WORDS</span></a></p>",
        '<p class="button-wrapper"><a class="button" href="%%share_url%%">BOX-WORDS</a></p>',
        '<p class="button-wrapper"><a class="button" href="https://quay.test/p/tide?utm=x'
        '&amp;action=share">BOX-WORDS</a></p>',
        '<p class="button-wrapper"><a class="button" href="https://quay.test/p/tide/comments">'
        "BOX-WORDS</a></p>",
        '<div class="captioned-button-wrap"><p>BOX-WORDS</p></div>',
        '<div class="community-chat">BOX-WORDS</div>',
        "<form><p>BOX-WORDS</p></form>",
    ],
)
def test_boxes_are_left_out(box: str, tmp_path: Path) -> None:
    html = _html(tmp_path, box)
    assert "BOX-WORDS" not in html
    assert markup.to_text(html).split() == ["One.", "Two."]


@pytest.mark.parametrize(
    ("embed", "parts"),
    [
        ('<div class="youtube-wrap"><iframe src="https://film.test/e/1"></iframe></div>', ["/e/1"]),
        (
            f'<div {_attributes(videoId="abcdefg")} class="youtube-wrap"></div>',
            ["https://www.youtube.com/watch?v=abcdefg"],
        ),
        (f'<div class="vimeo-wrap" {_attributes(videoId="12345")}></div>', ["vimeo.com/12345"]),
        (
            f"<div {_attributes(url='https://posts.test/1', full_text='The ferry is late')} "
            'class="tweet"></div>',
            ["https://posts.test/1", "The ferry is late"],
        ),
        (
            '<div class="digest-post-embed" '
            f"{_attributes(canonical_url='https://quay.test/p/x', title='Another')}></div>",
            ["https://quay.test/p/x", "Another"],
        ),
        (
            '<div class="image-gallery-embed" '
            f"{_attributes(gallery={'images': [{'src': 'https://i.test/1.jpg'}]})}></div>",
            ['src="https://i.test/1.jpg"'],
        ),
        (f'<div class="latex-rendered" {_attributes(persistentExpression="a^2")}></div>', ["a^2"]),
        (f'<span class="mention-wrap" {_attributes(name="Rita")}></span>', ["Rita"]),
        ('<p class="button-wrapper"><a class="button" href="https://x.test/a">Go</a></p>', ["/a"]),
        ('<figure><img src="https://i.test/2.jpg"><figcaption>It</figcaption></figure>', ["2.jpg"]),
    ],
)
def test_embeds_stay(embed: str, parts: list[str], tmp_path: Path) -> None:
    html = _html(tmp_path, embed)
    assert all(part in html for part in ["One.", *parts, "Two."]), html


def test_an_embed_without_an_address_is_told(tmp_path: Path) -> None:
    poll = f'<div class="poll-embed" {_attributes(id=7)}></div>'
    notes = messages(_reader(tmp_path, **{"1.tide": f"<p>One.</p>{poll}"}))
    assert notes == ["embeds without an address were left out: poll-embed"]


def test_broken_attributes_harm_nothing(tmp_path: Path) -> None:
    for data in ("{", "[]", '{"url": 3, "gallery": [1]}', '{"gallery": {"images": 4}}'):
        html = _html(tmp_path, f'<div class="tweet" data-attrs="{escape(data)}">Kept.</div>')
        assert markup.to_text(html).split() == ["One.", "Kept.", "Two."]


def test_the_host_is_that_of_the_boxes_and_links_to_it_are_relations(tmp_path: Path) -> None:
    box = f'<div class="subscription-widget-wrap" {_attributes(url=SUBSCRIBE)}>Box</div>'
    link = '<p><a href="https://quay.test/p/ebb">The ebb</a></p>'
    draft = the_draft(_reader(tmp_path, **{"1.tide": box + link}))
    assert draft.canonical_url == "https://quay.test/p/tide"
    assert [relation.url for relation in draft.relations] == ["https://quay.test/p/ebb"]


def test_pages_podcasts_dates_and_rows_without_a_text(tmp_path: Path) -> None:
    rows = (
        "1.about,2024-03-01,true,page,everyone,About,,\n"
        "2.talk,some day,true,podcast,everyone,,,https://a.test/talk.mp3\n"
        "3.gone,,false,newsletter,everyone,Gone,,\n"
    )
    letters = {"1.about": "<p>Who.</p>", "2.talk": "<p>We talk.</p>", "4.none": ""}
    reader = _reader(tmp_path, rows, **letters)
    about, talk = drafts(reader)
    assert about.kind is Kind.PAGE
    assert "https://a.test/talk.mp3" in talk.body.content
    assert f"{talk.published_at:%Y}" == "1970"
    assert any("some day" in text for text in messages(reader))
    assert skip_reasons(reader) == ["posts without a text (Substack)"]
    assert len(refusals(reader)) == 1
