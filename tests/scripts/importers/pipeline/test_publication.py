"""Whatever a source's words for a status are, nothing of it is public unless one says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.db.timestamps import now
from hub.drafts import ArticleDraft
from hub.models import Status
from scripts.importers.content import status_words as words
from scripts.importers.content.publication import read_publication
from scripts.importers.options import Options
from scripts.importers.pipeline.containers import CONTAINERS
from scripts.importers.pipeline.open import SourceOpener
from scripts.importers.registry import KINDS
from scripts.importers.source import Record, Refusal, Skipped, SourceError
from tests.support.importer_inputs import HEAD, TAIL, a_wxr_comment, an_item
from tests.support.status_sources import PAGE_WORDS, SOURCES, WORDS, Files

OTHER_NAMES = {"google-takeout": "blogger"}


def records_of(folder: Path, files: Files) -> list[Record]:
    """Write the files of a source, and return the records of `hub import` on it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    first = next(iter(files))
    source = folder / first if len(files) == 1 and "/" not in first else folder
    records: list[Record] = []
    with SourceOpener(Options()) as opener:
        try:
            for opened in opener.open(str(source)):
                if opened.problem is not None:
                    records.append(opened.problem)
                elif opened.reader is not None:
                    records += opened.reader.read()
        except SourceError as error:
            records.append(Refusal(error.path.name, error.reason))
    return records


def public_titles(records: list[Record]) -> list[str]:
    """Return the titles of the articles that an import would make public."""
    return [draft.title for draft in _drafts(records) if _is_public(draft)]


def _drafts(records: list[Record]) -> list[ArticleDraft]:
    return [record for record in records if isinstance(record, ArticleDraft)]


def _is_public(draft: ArticleDraft) -> bool:
    is_future = draft.published_at is not None and draft.published_at > now()
    return draft.status is Status.PUBLISHED and not is_future


def test_every_reader_has_a_source_whose_status_is_tried() -> None:
    containers = {kind.name.lower().replace(" ", "-") for kind in CONTAINERS}
    names = {OTHER_NAMES.get(name, name) for name in containers | KINDS.keys()}
    assert names - SOURCES.keys() == set()


@pytest.mark.parametrize("kind", SOURCES)
def test_a_source_that_says_public_is_public(kind: str, tmp_path: Path) -> None:
    source = SOURCES[kind]
    name, values = source.own or ("status", ("published",))
    assert public_titles(records_of(tmp_path, source.write(name, values[0]))) in (
        ["The ferry"],
        ["Post 1"],
    )


_PUBLIC_WORDS = {word for word, status in words.STATUSES.items() if status is Status.PUBLISHED}
_ALPHABET = st.characters(min_codepoint=65, max_codepoint=0x24F, categories=["L"])
STATUSES = st.one_of(
    st.sampled_from(sorted(set(words.STATUSES) - _PUBLIC_WORDS)),
    st.sampled_from(["Needs legal review", "In bearbeitung", "2", "Sent", "paid", "tbd", "none"]),
    st.text(_ALPHABET, min_size=3, max_size=12),
)
STYLES = (str, str.upper, str.title, lambda word: f" {word} ", lambda word: f"{word}\t")


@pytest.mark.parametrize("kind", SOURCES)
@settings(max_examples=12, deadline=None)
@given(word=STATUSES, style=st.sampled_from(STYLES))
def test_no_other_word_for_a_status_is_public(
    kind: str, tmp_path_factory: pytest.TempPathFactory, word: str, style: object
) -> None:
    source = SOURCES[kind]
    name, public = source.own or ("status", tuple(_PUBLIC_WORDS))
    value = style(word) if callable(style) and kind != "medium" else word
    if str(value).strip().lower() in {word.lower() for word in public}:
        return
    folder = tmp_path_factory.mktemp("status")
    assert public_titles(records_of(folder, source.write(name, value))) == []


HIDDEN: dict[str, tuple[object, ...]] = {
    "statut": ("brouillon",),
    "Veröffentlicht": ("nein", False),
    "publié": ("non", False),
    "Sichtbarkeit": ("privat", "nur Mitglieder"),
    "brouillon": ("oui", True),
    "status": ({"name": "Draft"}, ["draft"], {"value": {"id": "in_review"}}, 2, 0.0, "Entwurf"),
    "meta": ({"status": "draft"}, {"workflow": {"state": "in review"}}),
    "sys": ({"publishedAt": None}, {"publishedVersion": None}),
    "acf": ({"members_only": "1"},),
    "_id": ("drafts.4f2",),
    "type": ("draft", "revision"),
    "visible": (False, "no", "0"),
    "is_free": (False, "FALSE"),
    "isAccessibleForFree": (False,),
    "tier": ("gold", ["gold", "silver"]),
    "membership": ("premium",),
    "go_live_at": ("2999-01-01",),
    "publish_on": ("2999-01-01T00:00:00Z", "whenever"),
    "deleted_at": ("2020-01-01",),
    "valid_until": ("2001-01-01",),
    "locked": (True, "yes"),
    "last_published": (None, ""),
    "field_moderation_state": ("needs_review",),
    "draft": (1.0, " TRUE ", [True], {"value": True}, "maybe"),
}
VISIBLE: dict[str, tuple[object, ...]] = {
    "Veröffentlicht": ("ja", True),
    "statut": ("publié",),
    "estado": ("Jalisco",),
    "status": ({"name": "Published"}, ["published"], " LIVE "),
    "type": ("post", "story"),
    "visible": (True, "1"),
    "hide": (["toc"], "navigation"),
    "active": ("2024",),
    "tier": (None, [], "free", "none", False),
    "membership": ("",),
    "go_live_at": ("2001-01-01",),
    "deleted_at": (None, ""),
    "_id": ("4f2",),
    "image": ({"private": True},),
    "author": ({"status": "draft"},),
}


@pytest.mark.parametrize(
    ("name", "values", "is_public"),
    [
        *((name, values, False) for name, values in HIDDEN.items()),
        *((name, values, True) for name, values in VISIBLE.items()),
    ],
)
def test_a_field_decides_by_its_kind(
    name: str, values: tuple[object, ...], is_public: bool
) -> None:
    for value in values:
        status = read_publication({"title": "A", name: value}).status
        assert (status is Status.PUBLISHED) is is_public, value


def test_the_own_metadata_of_an_exported_article_decides_nothing(tmp_path: Path) -> None:
    row = (
        '{"type": "article", "source": "quay", "key": "1", "title": "A", "body": "Words.",'
        ' "status": "PUBLISHED", "metadata": {"visible": "0", "status": "draft"}}\n'
    )
    assert public_titles(records_of(tmp_path, {"export.jsonl": row})) == ["A"]


def _md(title: str, header: str = "", words_: str = WORDS) -> str:
    return f"---\ntitle: {title}\n{header}---\n{words_}\n"


def _meta(name: str, value: str) -> str:
    pair = f"<wp:meta_key>{name}</wp:meta_key><wp:meta_value>{value}</wp:meta_value>"
    return f"<wp:postmeta>{pair}</wp:postmeta>"


CASES: dict[str, tuple[Files, list[str], list[str], int]] = {
    "WordPress, plugins for members": (
        {
            "a.xml": HEAD
            + an_item(1, WORDS, title="Open", more=_meta("_jetpack_newsletter_access", "everybody"))
            + an_item(2, WORDS, title="Paid", more=_meta("_jetpack_newsletter_access", "paid"))
            + an_item(3, WORDS, title="Role", more=_meta("_members_access_role", "subscriber"))
            + an_item(4, WORDS, title="Locked", post_password="x")
            + an_item(5, WORDS, title="Custom", status="wc-hidden")
            + TAIL
        },
        ["Open"],
        ["Paid", "Role", "Locked", "Custom"],
        0,
    ),
    "Jekyll": (
        {
            "_config.yml": "exclude: [internal/, '*.private.md']\n",
            "_posts/2024-01-01-a.md": _md("Post"),
            "_posts/2024-01-02-b.md": _md("Unpublished", "published: false\n"),
            "_drafts/c.md": _md("Idea"),
            "_minutes/d.md": _md("Minutes"),
            "_notes.md": _md("Notes"),
            "internal/e.md": _md("Internal"),
            "f.private.md": _md("Private"),
        },
        ["Post"],
        ["Idea", "Unpublished"],
        4,
    ),
    "Hugo": (
        {
            "hugo.toml": 'ignoreFiles = ["\\\\.secret\\\\.md$"]\n',
            "content/a.md": _md("Page"),
            "content/b.secret.md": _md("Secret"),
            "content/c.md": _md("Expired", "expiryDate: 2001-01-01\n"),
            "content/d.md": _md("Unbuilt", "build: {render: never}\n"),
            "content/e.md": _md("Params", "params: {draft: true}\n"),
            "content/plans/_index.md": _md("Plans", "cascade: {draft: true}\n"),
            "content/plans/f.md": _md("Plan"),
        },
        ["Page"],
        ["Expired", "Unbuilt", "Params", "Plans", "Plan"],
        1,
    ),
    "Pelican": (
        {
            "pelicanconf.py": "PATH = 'content'\nARTICLE_EXCLUDES = ['notes']\n"
            "DEFAULT_METADATA = {'status': 'draft'}\n",
            "content/a.md": f"Title: Published\nStatus: published\n\n{WORDS}\n",
            "content/b.md": f"Title: By default\n\n{WORDS}\n",
            "content/c.md": "Title: Empty\nStatus: published\n\n",
            "content/notes/d.md": f"Title: Note\nStatus: published\n\n{WORDS}\n",
        },
        ["Published"],
        ["By default"],
        2,
    ),
    "an empty article of Pelican, alone": (
        {"a.md": "Title: Empty\nDate: 2024-01-01\n\n"},
        [],
        [],
        1,
    ),
    "Eleventy": (
        {
            ".eleventyignore": "secret.md\n# a comment\n",
            "a.md": _md("Page"),
            "secret.md": _md("Secret"),
            "posts/posts.json": '{"draft": true}',
            "posts/b.md": _md("By its folder"),
        },
        ["Page"],
        ["By its folder"],
        2,
    ),
    "Astro": (
        {
            "astro.config.mjs": "// Quay\n",
            "src/content/blog/a.md": _md("Page"),
            "src/content/blog/_b.md": _md("Left out"),
            "src/content/_blog/c.md": _md("Left out as well"),
        },
        ["Page"],
        [],
        2,
    ),
    "MkDocs": (
        {
            "mkdocs.yml": "exclude_docs: |\n  secret.md\ndraft_docs: |\n  drafts/\n",
            "docs/a.md": f"# Page\n\n{WORDS}\n",
            "docs/secret.md": f"# Secret\n\n{WORDS}\n",
            "docs/drafts/b.md": f"# Draft\n\n{WORDS}\n",
        },
        ["Page"],
        ["Draft"],
        1,
    ),
    "Hexo": (
        {
            "_config.yml": "title: Quay\n",
            "source/_posts/a.md": _md("Post"),
            "source/_drafts/b.md": _md("Idea"),
            "source/_discarded/c.md": _md("Discarded"),
        },
        ["Post"],
        ["Idea"],
        1,
    ),
    "Obsidian": (
        {
            ".obsidian/app.json": "{}",
            "a.md": _md("Note"),
            "b.md": _md("Garden", "dg-publish: false\n"),
            "c.md": _md("Kept", "publish: false\n"),
        },
        ["Note"],
        ["Garden", "Kept"],
        0,
    ),
    "a table of check boxes": (
        {"rows.csv": "title,body,Published\nOpen,Words.,checked\nClosed,Words.,\n"},
        ["Open"],
        ["Closed"],
        0,
    ),
    "a table of states": (
        {"rows.csv": "title,body,Status\nOpen,Words.,Published\nClosed,Words.,\n"},
        ["Open"],
        ["Closed"],
        0,
    ),
    "records without a value": (
        {
            "rows.json": '[{"title": "Open", "body": "Words."}, {"title": "Closed", "body": '
            '"Words.", "published": null}, {"title": "Unknown", "body": "Words.", "status": ""}]'
        },
        ["Open"],
        ["Closed", "Unknown"],
        0,
    ),
    "WordPress' REST API": (
        {
            "rows.json": '[{"id": 1, "title": {"rendered": "Open"}, "content": {"rendered": '
            '"<p>Words.</p>", "protected": false}, "status": "publish"}, {"id": 2, "title": '
            '{"rendered": "Closed"}, "content": {"rendered": "<p>Words.</p>", "protected": true},'
            ' "status": "publish"}]'
        },
        ["Open"],
        ["Closed"],
        0,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_its_site_does_not_show_is_held_back(name: str, tmp_path: Path) -> None:
    files, public, held_back, left_out = CASES[name]
    records = records_of(tmp_path, files)
    hidden = [draft.title for draft in _drafts(records) if not _is_public(draft)]
    assert (sorted(public_titles(records)), sorted(hidden)) == (sorted(public), sorted(held_back))
    assert sum(isinstance(record, Refusal | Skipped) for record in records) == left_out


@pytest.mark.parametrize(
    "hidden",
    [
        "[mepr-active rules=3]{}[/mepr-active]",
        "[pmpro_membership level=1]{}[/pmpro_membership]",
        "<!-- wp:premium-content/subscriber-view --><div>{}</div>"
        "<!-- /wp:premium-content/subscriber-view -->",
        "<!-- wp:jetpack/paywall --><!-- /wp:jetpack/paywall --><p>{}</p>",
        "<!-- wp:premium-content/subscriber-view --><p>{}</p>",
        "<!-- wp:premium-content/subscriber-view --><!-- wp:premium-content/subscriber-view -->"
        "<p>{0}</p><!-- /wp:premium-content/subscriber-view --><p>{0}</p>"
        "<!-- /wp:premium-content/subscriber-view -->",
    ],
)
def test_a_part_for_paying_readers_is_left_out(hidden: str, tmp_path: Path) -> None:
    body = f"<p>{WORDS}</p>{hidden.format('PAID-WORDS')}"
    records = records_of(tmp_path, {"a.xml": HEAD + an_item(1, body) + TAIL})
    [draft] = _drafts(records)
    assert "night ferry" in draft.body.content
    assert "PAID-WORDS" not in draft.body.content


@pytest.mark.parametrize(
    ("field", "value"), [("approved", "hold"), ("approved", ""), ("type", "note"), ("type", "x")]
)
def test_no_comment_is_public_without_its_approval(field: str, value: str, tmp_path: Path) -> None:
    comment = a_wxr_comment(1, **{field: value})
    records = records_of(tmp_path, {"a.xml": HEAD + an_item(1, WORDS, more=comment) + TAIL})
    [draft] = _drafts(records)
    assert not any(comment.status.value == "APPROVED" for comment in draft.comments)


def test_a_page_in_a_paid_tier_of_ghost_is_held_back(tmp_path: Path) -> None:
    post = '{"id": "1", "title": "A", "html": "%s", "status": "published", "email_only": true}'
    text = '{"db": [{"data": {"posts": [%s]}}]}' % (post % PAGE_WORDS)
    assert public_titles(records_of(tmp_path, {"ghost.json": text})) == []
