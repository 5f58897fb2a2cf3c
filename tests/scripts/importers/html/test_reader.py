"""Saved pages: the article, its metadata, its relations and its comments."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hub.db.database import open_database, run
from hub.drafts import ArticleDraft
from hub.models import CommentKind, CommentStatus, RelationKind
from hub.settings import Settings
from hub.text import markup
from scripts.cli import app
from scripts.commands.import_ import import_paths
from scripts.importers.html import tree
from scripts.importers.html.reader import WebPageReader
from scripts.importers.registry import open_reader
from scripts.importers.source import Refusal
from tests.support.importer_inputs import drafts, refusals, the_draft

pytestmark = pytest.mark.anyio

WORDS = "<p>" + "The mill stands by the river, and grinds when there is water. " * 6 + "</p>"
PAGE = """<!-- saved from url=(0031)https://www.paper.test/old-bread -->
<!DOCTYPE html><html lang="en-GB"><head><title>Bread rises again | The Paper</title>
<meta charset="utf-8"><link rel="canonical" href="https://www.paper.test/bread">
<meta property="og:site_name" content="The Paper"><meta name="author" content="Nora Berg">
<meta property="og:description" content="How it rose."><meta name="keywords" content="a,b">
<meta property="article:published_time" content="2024-05-01T10:00:00Z">
<meta property="article:section" content="Town">
<meta property="og:image" content="https://www.paper.test/a.jpg"></head><body>
<nav><a href="/">Home</a> <a href="/about">About this paper of ours</a></nav>
<article><h1>Bread rises again</h1>{words}
<p>Read <a href="/rye">the tale of rye</a> and <a href="https://other.test/x">others</a>,
<img data-src="/rye.jpg" src="data:image/gif;base64,AA" alt="Rye">.</p>{words}
<script>alert(1)</script></article>
<aside class="related-posts"><h3>Read next</h3><ul><li><a href="/salt">Salt is dear this year</a>
</li><li><a href="/salt">Salt is dear this year</a></li><li><a href="/x">More</a></li></ul></aside>
<div><h4>More on this</h4><ul><li><a href="/mill">The mill by the river turns</a></li></ul></div>
{more}<footer>© The Paper</footer></body></html>"""
COMMENTS = """<div id="comments"><h2>2 thoughts</h2><ol class="comment-list">
<li id="comment-7" class="comment even depth-1"><article id="div-comment-7" class="comment-body">
<footer class="comment-meta"><div class="comment-author vcard"><b class="fn">Rita
&lt;rita@readers.test&gt;</b> <span class="says">says:</span></div>
<div class="comment-metadata"><time datetime="2024-05-02T10:00:00+00:00">May 2</time></div>
</footer><div class="comment-content"><p>I am <b>first</b>.</p></div></article>
<ol class="children"><li id="comment-8" class="comment depth-2"><div class="comment-author">
<cite class="fn">Ole</cite></div><div class="comment-meta commentmetadata">May 3, 2024 at 9:00 am
</div><div class="comment-body"><p>I answer.</p></div></li></ol></li>
<li id="comment-9" class="pingback"><div class="comment-body"><p>Pingback: elsewhere</p></div></li>
</ol></div>"""


def save_page(folder: Path, text: str | bytes, name: str = "page.html") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_page_is_an_article(tmp_path: Path) -> None:
    reader = open_reader(save_page(tmp_path / "pages", PAGE.format(words=WORDS, more="")))
    assert (reader.kind, reader.source, reader.total()) == ("html", "pages", 1)
    draft = the_draft(reader)
    assert (draft.title, draft.summary, draft.language) == (
        "Bread rises again",
        "How it rose.",
        "en",
    )
    assert draft.published_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert draft.canonical_url == "https://www.paper.test/bread"
    assert "https://www.paper.test/old-bread" in draft.addresses
    assert draft.image_url == "https://www.paper.test/a.jpg"
    assert [author.name for author in draft.authors] == ["Nora Berg"]
    assert [topic.name for topic in draft.topics] == ["Town"]
    text = markup.to_text(draft.body.content)
    assert text.startswith("The mill stands")
    assert not any(word in text for word in ("Home", "©", "alert", "Read next", "Bread rises"))
    assert 'src="https://www.paper.test/rye.jpg"' in draft.body.content


def test_what_a_page_relates_itself_to_is_kept(tmp_path: Path) -> None:
    draft = the_draft(open_reader(save_page(tmp_path, PAGE.format(words=WORDS, more=""))))
    assert [(relation.kind, relation.anchor, relation.url) for relation in draft.relations] == [
        (RelationKind.INLINE, "the tale of rye", "https://www.paper.test/rye"),
        (RelationKind.MORE_TO_READ, "Salt is dear this year", "https://www.paper.test/salt"),
        (RelationKind.MORE_TOPICS, "The mill by the river turns", "https://www.paper.test/mill"),
    ]
    assert draft.relations[0].position == 1


def test_comments_in_the_markup_of_wordpress_are_kept(tmp_path: Path) -> None:
    draft = the_draft(open_reader(save_page(tmp_path, PAGE.format(words=WORDS, more=COMMENTS))))
    first, answer, ping = draft.comments
    assert (first.author_name, first.body.content) == ("Rita", "<p>I am <b>first</b>.</p>")
    assert (first.status, first.created_at) == (
        CommentStatus.APPROVED,
        datetime(2024, 5, 2, 10, tzinfo=UTC),
    )
    assert (answer.parent_key, answer.author_name) == ("7", "Ole")
    assert answer.created_at == datetime(2024, 5, 3, 9, tzinfo=UTC)
    assert answer.body.content == "<p>I answer.</p>"
    assert ping.kind is CommentKind.PINGBACK
    assert "I am" not in draft.body.content
    assert "@" not in repr(draft.comments)


def test_json_ld_speaks_first(tmp_path: Path) -> None:
    data = {
        "@graph": [
            {"@type": "Organization", "name": "No"},
            {
                "@type": ["NewsArticle"],
                "headline": "Bread &amp; salt",
                "author": [{"@type": "Person", "name": "Ada"}, {"name": "Ole"}],
                "datePublished": "2023-01-02",
                "keywords": "Rye, Oats",
                "image": {"url": "https://a.test/i.png"},
            },
        ]
    }
    head = f"<script type='application/ld+json'>{json.dumps(data)};</script>"
    page = f"<html><head><title>Other</title>{head}</head><body>{WORDS}</body></html>"
    draft = the_draft(open_reader(save_page(tmp_path, page)))
    assert draft.title == "Bread & salt"
    assert [author.name for author in draft.authors] == ["Ada", "Ole"]
    assert [topic.name for topic in draft.topics] == ["Rye", "Oats"]
    assert draft.published_at == datetime(2023, 1, 2, tzinfo=UTC)
    assert draft.image_url == "https://a.test/i.png"


async def test_pages_of_a_folder_that_link_to_each_other_are_related(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "pages"
    save_page(
        folder, f"<html><title>One of two</title>{WORDS}<p>See <a href='two.html'>two</a></p>"
    )
    save_page(folder, f"<html><title>Two of two</title>{WORDS}", "two.html")
    save_page(folder / "page_files", "<html>frame</html>", "ad.html")
    report = await import_paths([folder], settings)
    assert (dict(report.counts())["created"], report.dangling) == (2, [])
    second_report = await import_paths([folder], settings)
    assert dict(second_report.counts())["unchanged"] == 2
    async with open_database(settings):
        rows = await run("SELECT t.title FROM relation r JOIN article t ON t.id = r.target_id", [])
        assert [row[0] for row in rows] == ["Two of two"]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""),
        ("utf-8", "iso-8859-1"),
        ("cp1252", "iso-8859-1"),
        ("windows-1251", "windows-1251"),
        ("utf-16", ""),
        ("utf-8", "no-such-charset"),
    ],
)
def test_a_page_may_be_in_any_encoding(tmp_path: Path, encoding: str, declared: str) -> None:
    word = "Мельница" if encoding == "windows-1251" else "Mühlen–Straße"
    meta = f'<meta charset="{declared}">' if declared else ""
    text = f"<!doctype html><html><head>{meta}<title>{word}</title></head><body>{WORDS}"
    expected = word if (encoding, declared) != ("utf-8", "iso-8859-1") else None
    draft = the_draft(open_reader(save_page(tmp_path, text.encode(encoding))))
    assert expected is None or draft.title == word
    assert "The mill stands" in draft.body.content


def test_a_page_from_right_to_left(tmp_path: Path) -> None:
    text = "הטחנה עומדת ליד הנהר וטוחנת כאשר יש מים. " * 12
    page = f'<html lang="he" dir="rtl"><title>הטחנה</title><body><p>{text}</p></body></html>'
    draft = the_draft(open_reader(save_page(tmp_path, page)))
    assert (draft.title, draft.language) == ("הטחנה", "he")
    assert "ליד הנהר" in draft.body.content


# ── hostile pages ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>" + "<div>" * 5_000 + WORDS,
        "<html><body>" + "<b><i>" * 4_000 + WORDS,
        "<html><body>" + f"<a href='{'x' * 500_000}'>" + WORDS,
        "<!DOCTYPE html [<!ENTITY a 'b'>]><html>&a;" + WORDS,
        "<html>\x00<body>\x00" + WORDS,
        "<html><script type='application/ld+json'>" + "[" * 50_000 + "</script>" + WORDS,
        "<html><body><ol class='comment-list'>" + "<li id='comment-1'>" * 300 + WORDS,
        "<html><link rel=canonical href='http://[bad'>" + WORDS + "<a href='http://[x'>y</a>",
    ],
)
def test_a_hostile_page_is_read_or_refused(tmp_path: Path, page: str) -> None:
    [record] = [
        record
        for record in WebPageReader(save_page(tmp_path, page)).read()
        if isinstance(record, ArticleDraft | Refusal)
    ]
    if isinstance(record, ArticleDraft):
        assert "<script" not in record.body.content
    else:
        assert "it cannot be read (" not in record.reason  # foreseen, not merely caught


def test_a_page_beyond_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = save_page(tmp_path, "<html><body>" + "<br>" * 300)
    monkeypatch.setattr(tree, "MAX_ELEMENTS", 100)
    [refusal] = refusals(WebPageReader(page))
    assert refusal.reason == "it has more than 100 elements, which no page has"
    monkeypatch.setattr(tree, "MAX_BYTES", 1_000)
    [refusal] = refusals(WebPageReader(page))
    assert refusal.reason.startswith("it has more than")


def test_control_characters_are_in_no_address_either(tmp_path: Path) -> None:
    head = "<!-- saved from url=(0031)http://\x01ww.paper.test/bread -->\n"
    page = head + PAGE.format(words=WORDS, more='<a href="&#1;x\x02y">More</a>')
    [record] = WebPageReader(save_page(tmp_path, page)).read()
    assert isinstance(record, ArticleDraft)
    assert "http://ww.paper.test/bread" in record.addresses


@given(st.data())
def test_a_page_that_was_torn_is_never_a_trace(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    page = PAGE.format(words=WORDS, more=COMMENTS).encode()
    torn = bytearray(page[: data.draw(st.integers(1, len(page)))])
    for at in data.draw(st.lists(st.integers(0, len(torn) - 1), max_size=20)):
        torn[at] = data.draw(st.integers(0, 255))
    path = save_page(tmp_path_factory.mktemp("torn"), bytes(torn))
    for record in WebPageReader(path).read():
        assert not isinstance(record, Refusal) or "it cannot be read (" not in record.reason


# ── real pages ──────────────────────────────────────────────────────────────────────────────────


def test_the_articles_of_real_pages_are_told_from_their_furniture(shared: Path) -> None:
    folder = str(shared / "html" / "readability")
    result = CliRunner().invoke(app, ["eval", "html", folder, "--json"])
    assert result.exit_code == 0
    figures = json.loads(result.stdout.splitlines()[-1])
    assert len(figures["of_page"]) == 59
    assert figures["f1"] >= 0.97


def test_every_real_page_comes_in_with_what_it_is_related_to(shared: Path) -> None:
    pages = sorted((shared / "html" / "readability").glob("*/source.html"))
    extracted = [drafts(open_reader(page)) for page in pages]
    assert [len(page_drafts) for page_drafts in extracted] == [1] * 59
    assert sum(len(draft.relations) for [draft] in extracted) > 150
    expected = [json.loads((page.parent / "expected-metadata.json").read_text()) for page in pages]
    titles = sum(
        draft.title == metadata["title"]
        for [draft], metadata in zip(extracted, expected, strict=True)
    )
    assert titles >= 40


def test_pages_that_cannot_be_measured_are_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "html", str(tmp_path)])
    assert (result.exit_code, "there is no folder with" in result.stderr) == (1, True)


SENTENCE = "<p>The lock gate opened again on Monday, weeks after a barge had bent its beams.</p>"


def _body_of(page: str, folder: Path) -> str:
    path = folder / "page.html"
    path.write_text(f"<html><head><title>T</title></head><body>{page}</body></html>")
    return the_draft(WebPageReader(path)).body.content


def test_a_form_around_the_page_is_no_form(tmp_path: Path) -> None:
    form = (
        f'<form action="./a.aspx"><input value="SECRET">{SENTENCE * 8}<button>Send</button></form>'
    )
    html = _body_of(form, tmp_path)
    assert html.count("<p>") == 8
    assert "Send" not in html
    contact = f"<article>{SENTENCE * 8}</article><form><p>Write to us.</p><input></form>"
    assert "Write" not in _body_of(contact, tmp_path)


def test_lists_in_cells_embeds_posts_and_footnotes_stay(tmp_path: Path) -> None:
    row = (
        "<tr><td>Ferries</td><td><ul><li>two old</li></ul></td><td><ol><li>one</li></ol></td></tr>"
    )
    head = "<thead><tr><th>Kind</th><th>Old</th><th>New</th></tr></thead>"
    table = f"<figure><table>{head}<tbody>{row * 3}</tbody></table></figure>"
    film = '<iframe src="//player.vimeo.com/video/1" title="The film"></iframe>'
    advert = '<iframe src="https://ads.test/banner"></iframe>'
    post = '<blockquote class="twitter-tweet"><p>41 boats!</p><a href="https://x.com/a">x</a></blockquote>'
    notes = '<ol class="footnotes"><li id="fn1">Minutes.</li></ol>'
    html = _body_of(
        f"<article>{SENTENCE * 4}{table}{SENTENCE}{film}{advert}{SENTENCE}{post}{SENTENCE}{notes}"
        "</article>",
        tmp_path,
    )
    for words in (
        "<li>two old</li>",
        "<li>one</li>",
        ">The film</a>",
        "41 boats!",
        "Minutes.",
        'data-embed="twitter"',
    ):
        assert words in html
    assert "ads.test" not in html


@pytest.mark.parametrize(
    "opening",
    ['<div itemprop="articleBody">', "<article>", "<main>", '<section itemprop="x articleBody">'],
)
def test_a_longer_neighbour_is_not_taken_for_the_article(opening: str, tmp_path: Path) -> None:
    ending = f"</{opening[1:].partition(' ')[0].strip('>')}>"
    neighbour = "<p>Older letters to the editor, about salt, rye, mills, and much else.</p>" * 60
    page = (
        f"<html><head><title>Bread rises</title></head><body>{opening}<h1>Bread rises</h1>"
        f'{WORDS}<p class="comment">BREAD-WORDS at the end of it.</p>{WORDS}{ending}'
        f'<div class="content entry text">{neighbour}</div></body></html>'
    )
    path = tmp_path / "page.html"
    path.write_text(page)
    assert "The mill stands by the river" in the_draft(open_reader(path)).body.content
    assert "Older letters" not in the_draft(open_reader(path)).body.content
