"""scripts.importers.services.medium: stories whole; drafts are drafts, responses no articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.models import Status
from hub.text import markup
from scripts.importers.services.medium.reader import MediumReader
from tests.support.importer_inputs import drafts, messages, skip_reasons, the_draft

TITLE = '<h3 class="graf graf--h3 graf--leading graf--title">The bridge</h3>'
PARAGRAPH = '<p class="graf graf--p">The paint came off in the spring, and nobody minded.</p>'
FOOTER = (
    '<p>By <a href="https://medium.com/@nora" class="p-author h-card">Nora Lind</a> on '
    '<a href="https://medium.com/p/abc123def456"><time class="dt-published" '
    'datetime="2023-05-01T10:30:00.000Z">May 1, 2023</time></a>.</p>'
    '<p><a href="https://nora.test/the-bridge" class="p-canonical">Canonical link</a></p>'
    "<p>Exported from Medium.</p>"
)
NAME = "2023-05-01_The-bridge-abc123def456.html"


def _reader(
    folder: Path,
    body: str = TITLE + PARAGRAPH,
    *,
    name: str = NAME,
    title: str = "The bridge",
    subtitle: str = "",
    footer: str = FOOTER,
) -> MediumReader:
    (folder / "posts").mkdir(exist_ok=True)
    (folder / "posts" / name).write_text(
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><article class='h-entry'>"
        f'<header><h1 class="p-name">{title}</h1></header>'
        f'<section data-field="subtitle" class="p-summary">{subtitle}</section>'
        f'<section data-field="body" class="e-content"><section><div class="section-divider"><hr>'
        f"</div>{body}</section></section><footer>{footer}</footer></article></body></html>",
        encoding="utf-8",
    )
    return MediumReader(folder)


def test_a_story_comes_in_whole(tmp_path: Path) -> None:
    draft = the_draft(_reader(tmp_path, subtitle="Paint is late"))
    assert (draft.title, draft.subtitle, draft.slug) == (
        "The bridge",
        "Paint is late",
        "the-bridge",
    )
    assert draft.status is Status.PUBLISHED
    assert str(draft.published_at) == "2023-05-01 10:30:00+00:00"
    assert draft.canonical_url == "https://nora.test/the-bridge"
    assert draft.addresses == (
        "https://nora.test/the-bridge",
        "https://medium.com/p/abc123def456",
    )
    assert [author.name for author in draft.authors] == ["Nora Lind"]
    text = markup.to_text(draft.body.content)
    assert text.strip() == "The paint came off in the spring, and nobody minded."
    assert "<hr" not in draft.body.content


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (
            '<figure><img src="https://i.test/1.jpg"><figcaption>Seen</figcaption></figure>',
            "<figcaption>Seen",
        ),
        ("<pre>rust = 11<br>paint = 0</pre>", "rust = 11"),
        (
            '<figure><script src="https://gist.github.com/n/1.js"></script></figure>',
            "github.com/n/1",
        ),
        ('<figure><iframe src="https://film.test/e/1"></iframe></figure>', "https://film.test/e/1"),
        ("<blockquote>Paint!</blockquote>", "<blockquote>Paint!"),
        ('<section><div class="section-divider"><hr></div><p>More</p></section>', "<hr>"),
        ('<h4 class="graf graf--h4">A heading</h4>', "A heading"),
    ],
)
def test_parts_of_a_story_stay(body: str, part: str, tmp_path: Path) -> None:
    assert part in the_draft(_reader(tmp_path, TITLE + PARAGRAPH + body)).body.content


def test_a_subtitle_in_the_text_is_one_and_first_words_are_none(tmp_path: Path) -> None:
    heading = '<h4 class="graf graf--h4 graf--subtitle">Paint is late</h4>'
    draft = the_draft(_reader(tmp_path, TITLE + heading + PARAGRAPH, subtitle="Paint is late"))
    assert draft.subtitle == "Paint is late"
    assert "Paint is late" not in draft.body.content
    assert the_draft(_reader(tmp_path, subtitle="The paint came off in…")).subtitle == ""


@pytest.mark.parametrize(
    "tag",
    [
        '<a class="p-tag" href="https://medium.com/tag/bridges">Bridges</a>',
        '<a rel="tag" href="/x">Bridges</a>',
        '<a href="https://medium.com/tagged/bridges">Bridges</a>',
    ],
)
def test_tags_are_topics(tag: str, tmp_path: Path) -> None:
    draft = the_draft(_reader(tmp_path, footer=f"{FOOTER}<p>{tag}</p>"))
    assert [(topic.name, topic.slug) for topic in draft.topics] == [("Bridges", "bridges")]


@pytest.mark.parametrize("name", ["draft_The-bridge-0011223344.html", "The-bridge.html"])
def test_a_draft_is_a_draft(name: str, tmp_path: Path) -> None:
    reader = _reader(tmp_path, name=name)
    assert the_draft(reader).status is Status.DRAFT
    assert any("a draft here" in text for text in messages(reader))


ANSWER = '<p class="graf graf--p graf--leading">I agree with this, and the tram is late.</p>'


@pytest.mark.parametrize(
    ("name", "title", "body"),
    [
        ("2023-06-01_--------99887766.html", "I agree with this, and", TITLE + ANSWER),
        ("2023-06-01_I-agree-with-this-99887766.html", "I agree with this…", ANSWER),
        ("2023-06-01_Yes-99887766.html", "Yes", f'<a class="u-in-reply-to" href="x">x</a>{ANSWER}'),
    ],
)
def test_a_response_is_no_article(name: str, title: str, body: str, tmp_path: Path) -> None:
    reader = _reader(tmp_path, body, name=name, title=title)
    assert not drafts(reader)
    assert skip_reasons(reader) == ["responses to stories of others (Medium)"]


def test_a_short_story_with_a_heading_or_an_image_is_no_response(tmp_path: Path) -> None:
    for body in (TITLE + ANSWER, ANSWER + '<img src="https://i.test/1.jpg">'):
        assert drafts(_reader(tmp_path, body, title="I agree with this"))


def test_links_between_stories_are_relations(tmp_path: Path) -> None:
    _reader(tmp_path, name="2023-05-02_The-ferry-0a0b0c0d0e0f.html", title="The ferry")
    link = (
        '<p>See <a href="https://medium.com/@nora/the-ferry-0a0b0c0d0e0f?source=x">it</a>, {}</p>'
    )
    other = '<a href="https://medium.com/@else/that-111111111111">that</a>'
    bridge, _ = drafts(_reader(tmp_path, TITLE + link.format(other)))
    assert [(relation.url, relation.anchor) for relation in bridge.relations] == [
        ("https://medium.com/p/0a0b0c0d0e0f", "it")
    ]


def test_a_page_of_another_form_keeps_its_words(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    page = "<title>The bridge</title><body><header>x</header><p>Words of it.</p></body>"
    (tmp_path / "posts" / NAME).write_text(page)
    draft = the_draft(MediumReader(tmp_path))
    assert (draft.title, draft.body.content) == ("The bridge", "<p>Words of it.</p>")
    assert str(draft.published_at)[:10] == "2023-05-01"
