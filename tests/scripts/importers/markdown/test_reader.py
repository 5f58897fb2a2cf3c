"""Markdown folders: front matter of every kind, and the conventions of site generators."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.drafts import AuthorDraft, RelationDraft, TopicDraft
from hub.models import CommentStatus, Kind, RelationKind, Status
from hub.text.markup import to_text
from scripts.importers.content import dates
from scripts.importers.markdown import template_tags
from scripts.importers.markdown.front_matter import UnreadableFile, split
from scripts.importers.markdown.reader import MarkdownReader
from tests.support.importer_inputs import drafts, files, messages, refusals, skip_reasons, the_draft

FULL = """---
title: "A  title"
date: 2024-05-01 12:00:00 +0200
lastmod: 2024-06-01
slug: given-slug
tags: [boats, Port]
categories: news
authors: [Nora, {name: Tom Ash, slug: tom}]
description: In short.
image: {url: https://site.test/i.png, alt: A boat}
canonical_url: https://site.test/a
language: pt_BR
translation_key: a
comments_open: false
aliases: [/2020/old-slug/, /older.html]
related:
  - {kind: pinned, title: A headline}
  - {slug: other-slug}
  - Another headline
comments:
  - {id: c1, author: Rita, email: rita@readers.test, date: 2024-05-02, status: approved,
     body: "*Yes*", replies: [{author: nora@site.test, body: No, status: pending}]}
---
Words.

Related: The other headline

More **words**, and [a link](other.md#part).

**Related:** [A linked headline](https://elsewhere.test/x)
"""


def test_a_file_comes_in_whole(tmp_path: Path) -> None:
    reader = MarkdownReader(
        files(tmp_path / "My Site", posts__a=FULL, posts__other="# Other\n\nWords.")
    )
    draft = drafts(reader)[0]
    assert (reader.source, reader.total()) == ("my-site", 2)
    assert (draft.source, draft.key, draft.place) == ("my-site", "posts/a.md", "posts/a.md")
    assert (draft.title, draft.slug, draft.summary) == ("A title", "given-slug", "In short.")
    assert draft.published_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert draft.updated_at == datetime(2024, 6, 1, tzinfo=UTC)
    assert (draft.language, draft.translation_key, draft.comments_open) == ("pt-br", "a", False)
    assert (draft.image_url, draft.image_alt) == ("https://site.test/i.png", "A boat")
    assert draft.canonical_url == "https://site.test/a"
    assert [topic.name for topic in draft.topics] == ["news", "boats", "Port"]
    assert draft.authors == (AuthorDraft("Nora", "nora"), AuthorDraft("Tom Ash", "tom"))
    assert draft.aliases == ("old-slug", "older")
    assert to_text(draft.body.content) == "Words.\n\nMore words, and a link."
    assert "file:my-site/posts/a" in draft.addresses


def test_edges_come_from_lines_links_and_lists(tmp_path: Path) -> None:
    reader = MarkdownReader(files(tmp_path / "site", a=FULL, other="# Other\n\nWords."))
    inline, read = RelationKind.INLINE, RelationKind.MORE_TO_READ
    assert drafts(reader)[0].relations == (
        RelationDraft(inline, "The other headline", by_headline=True, position=0),
        RelationDraft(inline, "a link", "file:site/other", position=1),
        RelationDraft(inline, "A linked headline", "https://elsewhere.test/x", None, True, 1),
        RelationDraft(RelationKind.PINNED, "A headline", by_headline=True),
        RelationDraft(read, "other-slug", slug="other-slug"),
        RelationDraft(read, "Another headline", by_headline=True),
    )


def test_a_listed_url_is_a_web_address_or_a_file_of_the_folder(tmp_path: Path) -> None:
    header = (
        "---\ntitle: T\nrelated:\n- {title: A, url: 'javascript:x()'}\n- {url: 'data:x'}\n"
        "- {title: B, url: /posts/b}\n- {title: C, url: 'https://elsewhere.test/c'}\n---\nWords."
    )
    draft = drafts(MarkdownReader(files(tmp_path / "s", a=header, posts__b="# B\n\nWords.")))[0]
    assert [(relation.anchor, relation.url) for relation in draft.relations] == [
        ("A", None),
        ("B", "file:s/posts/b"),
        ("C", "https://elsewhere.test/c"),
    ]


def test_comments_come_with_their_replies(tmp_path: Path) -> None:
    first, reply = the_draft(MarkdownReader(files(tmp_path, a=FULL))).comments
    assert (first.key, first.author_email, first.status) == (
        "c1",
        "rita@readers.test",
        CommentStatus.APPROVED,
    )
    assert (reply.key, reply.parent_key, reply.author_name) == ("1.1", "c1", "nora")
    assert reply.status is CommentStatus.PENDING


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: T\nweight: 3\n---\nB",
        "---  \r\ntitle: T\r\n---\r\nB",
        "\ufeff+++\ntitle = 'T'\n+++\nB",
        ';;;\n{"title": "T"}\n;;;\nB',
        '{"title": "T"}\nB',
        "Title: T\nDate: 2024-05-01\n\nB",
        "# T\n\nB",
        "T\n=\n\nB",
        "---\ntitle: T\n...\nB",
    ],
)
def test_every_kind_of_front_matter_is_read(tmp_path: Path, text: str) -> None:
    draft = the_draft(MarkdownReader(files(tmp_path, a=text)))
    assert (draft.title, to_text(draft.body.content)) == ("T", "B")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\na: [\n---\nB", "its front matter is no YAML"),
        ("---\na: 2024-99-99\n---\nB", "its front matter is no YAML"),
        ("---\na: !!python/object:x {}\n---\nB", "its front matter is no YAML"),
        ("+++\na =\n+++\nB", "its front matter is no TOML"),
        (";;;\n{\n;;;\nB", "its front matter is no JSON"),
        ("B\x00", "it is no text"),
    ],
)
def test_a_broken_file_is_told_and_costs_no_other(tmp_path: Path, text: str, reason: str) -> None:
    reader = MarkdownReader(files(tmp_path, a=text, b="# T\n\nB"))
    assert [draft.key for draft in drafts(reader)] == ["b.md"]
    [refusal] = refusals(reader)
    assert refusal.place == "a.md"
    assert refusal.reason.startswith(reason)


@pytest.mark.parametrize(
    ("name", "header", "status"),
    [
        ("a", "draft: true", Status.DRAFT),
        ("a", "published: false", Status.DRAFT),
        ("a", "status: private", Status.DRAFT),
        ("a", "status: whatever", Status.DRAFT),
        ("a", "visibility: hidden", Status.DRAFT),
        ("a", "private: true", Status.DRAFT),
        ("a", "password: x", Status.DRAFT),
        ("_drafts__a", "draft: false", Status.DRAFT),
        ("a", "status: skip", Status.DRAFT),
        ("a", "permalink: false", Status.DRAFT),
        ("a", "headless: true", Status.DRAFT),
        ("a", "_build: {render: never}", Status.DRAFT),
        ("a", "build: {render: false}", Status.DRAFT),
        ("a", "build: {render: always}", Status.PUBLISHED),
        ("a", "expiryDate: 2020-01-01", Status.ARCHIVED),
        ("a", "expiryDate: 2999-01-01", Status.PUBLISHED),
        ("a", "status: archived", Status.ARCHIVED),
        ("a", "status: publish", Status.PUBLISHED),
        ("a", "published: true", Status.PUBLISHED),
    ],
)
def test_what_is_not_public_is_not_published(
    tmp_path: Path, name: str, header: str, status: Status
) -> None:
    reader = MarkdownReader(files(tmp_path, **{name: f"---\ntitle: T\n{header}\n---\nB"}))
    assert the_draft(reader).status is status


def test_a_date_ahead_is_left_to_the_hub(tmp_path: Path) -> None:
    draft = the_draft(MarkdownReader(files(tmp_path, a="---\ntitle: T\ndate: 2999-01-01\n---\nB")))
    assert (draft.status, draft.published_at) == (
        Status.PUBLISHED,
        datetime(2999, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("name", "header", "slug", "day"),
    [
        ("_posts__2024-5-1-my-post", "title: T", "my-post", 1),
        ("my-post__index", "title: T\ndate: 2024-05-02", "my-post", 2),
        ("Rust-1.0", "title: T\npath: 2024/05/03/Rust-1.0@x", "Rust-1.0@x", 3),
        ("a", "title: T\npermalink: /:year/:title\ndate: May 4, 2024", "a", 4),
        ("a", "title: T\npermalink: /x/y.html\ndate: Sun, 05 May 2024 00:00:00 +0000", "y", 5),
        ("2024__05__06__a", "title: T", "a", 6),
        ("2024-05-07_a", "title: T", "a", 7),
        ("2024-05-08-a__index", "title: T", "a", 8),
        ("a", "title: T\npermalink: /b/index.html\ndate: 2024-05-09", "b", 9),
        ("a", "title: T\npermalink: '/{{ slug }}/'\ndate: 2024-05-10", "a", 10),
        ("a", "title: T\ndate: 2024-05-01\npublishDate: 2024-05-11", "a", 11),
    ],
)
def test_names_of_files_give_slugs_and_dates(
    tmp_path: Path, name: str, header: str, slug: str, day: int
) -> None:
    draft = the_draft(MarkdownReader(files(tmp_path, **{name: f"---\n{header}\n---\nB"})))
    assert (draft.slug, draft.published_at) == (slug, datetime(2024, 5, day, tzinfo=UTC))


def test_a_title_is_found_or_made(tmp_path: Path) -> None:
    texts = {"a_file-name": "---\nx: 1\n---\nB", "b": "---\ntitle: Same\n---\n# Same\n\nB"}
    untitled, titled = drafts(MarkdownReader(files(tmp_path, **texts)))
    assert untitled.title == "A file name"
    assert to_text(titled.body.content) == "B"


def test_people_and_topics_are_described_in_data(tmp_path: Path) -> None:
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "authors.yml").write_text(
        "- {slug: nora, name: Nora Quill, bio: Writes.}"
    )
    (tmp_path / "_data" / "topics.yml").write_text(
        "port: {name: The port, parent: town, description: Ships.}\ntown: {name: Town}"
    )
    header = "---\ntitle: T\nauthor: nora\ntags: [port, The Port, free]\n---\nB"
    draft = the_draft(MarkdownReader(files(tmp_path, a=header)))
    assert draft.authors == (AuthorDraft("Nora Quill", "nora", "Writes."),)
    town = TopicDraft("Town", "town", taxonomy="tag")
    assert draft.topics == (
        TopicDraft("The port", "port", "town", "Ships.", (town,), "tag"),
        TopicDraft("free", "free", taxonomy="tag"),
    )
    (tmp_path / "_data" / "authors.yml").write_text("[")
    assert refusals(MarkdownReader(tmp_path))[0].place == "_data/authors.yml"


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("author: Ada Byron and Max Born", ["Ada Byron", "Max Born"]),
        ("author: Ada Byron, Max Born, and TC", ["Ada Byron", "Max Born", "TC"]),
        ("author: Byron, Ada", ["Byron, Ada"]),
        ("author: The Paper and Print Team", ["The Paper and Print Team"]),
        ("author: Nora <nora@site.test>", ["Nora"]),
        ("author: nora@site.test", ["nora"]),
        ("author: {display_name: N, login: n}", ["N"]),
        ("extra: {team: The team}", ["The team"]),
    ],
)
def test_bylines(tmp_path: Path, header: str, names: list[str]) -> None:
    draft = the_draft(MarkdownReader(files(tmp_path, a=f"---\ntitle: T\n{header}\n---\nB")))
    assert [author.name for author in draft.authors] == names


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("tags: a b", ["a", "b"]),
        ("tags: a b, c", ["a b", "c"]),
        ("tag: a b", ["a b"]),
        ("tags: [a b, A B]", ["a b"]),
        ("taxonomies: {tags: [a], categories: [b]}", ["b", "a"]),
        ("series: Learning, part one\ntags: [a]", ["a", "Learning, part one"]),
        ("tags:", []),
    ],
)
def test_topics(tmp_path: Path, header: str, names: list[str]) -> None:
    draft = the_draft(MarkdownReader(files(tmp_path, a=f"---\ntitle: T\n{header}\n---\nB")))
    assert [topic.name for topic in draft.topics] == names


def test_links_find_files_by_all_their_names(tmp_path: Path) -> None:
    body = (
        "[a](posts/2024-05-01-x.md) [b](/2024/05/01/x.html) [c](@/posts/2024-05-01-x.md)\n\n"
        "[d](https://own.test/2024/05/01/x) [e]({% post_url 2024-05-01-x %}) [f](gone.md)\n\n"
        "[g](https://out.test/y) [h](#top) [i](/about/) [j](image.png) [k](mailto:a@b.c) [l](a.md)"
    )
    reader = MarkdownReader(
        files(tmp_path / "s", a=f"# A\n\n{body}", posts__2024_05_01_x="", other="# O\n\nB")
    )
    (tmp_path / "s" / "posts" / "2024-05-01-x.md").write_text("# X\n\nB")
    relations = drafts(reader)[0].relations
    assert [(relation.anchor, relation.url) for relation in relations] == [
        ("a", "file:s/posts/2024-05-01-x"),
        ("f", "file:s/gone"),
    ]


def test_translations_belong_together(tmp_path: Path) -> None:
    texts = {"a": "# A\n\nB", "a.fr": "# A\n\nB", "node.js": "# N\n\nB"}
    translations = drafts(MarkdownReader(files(tmp_path / "s", **texts)))
    assert [(draft.language, draft.translation_key) for draft in translations] == [
        ("fr", "s:a"),
        ("en", "s:a"),
        ("en", None),
    ]


def test_titles_of_the_pages_of_topics_are_their_names_by_language(tmp_path: Path) -> None:
    folder = files(
        tmp_path / "s",
        **{
            "content__posts__a": "---\ntitle: A\ntags: [bread, Salt]\ncategories: Baking\n---\nB",
            "content__tags__bread___index": "---\ntitle: Breads\n---\n",
            "content__tags__bread___index.de": "---\ntitle: Brot\n---\n",
            "content__categories__baking___index.de": "---\ntitle: Backen\n---\n",
            "content__posts___index.de": "---\ntitle: Beiträge\n---\n",
        },
    )
    (folder / "hugo.toml").write_text('defaultContentLanguage = "en"')
    topics = the_draft(MarkdownReader(folder)).topics
    assert {
        topic.name: dict((n.language, n.name) for n in topic.translations) for topic in topics
    } == {**{"bread": {"en": "Breads", "de": "Brot"}, "Salt": {}, "Baking": {"de": "Backen"}}}


def test_what_is_no_article_is_left_out(tmp_path: Path) -> None:
    texts = {
        "_index": "---\ntitle: I\n---\n",
        "README": "read me",
        "empty": "",
        "_includes__x": "# X",
        "a": "# A\n\nB",
    }
    folder = files(tmp_path, **texts)
    (folder / "plain.html").write_text("<p>x</p>")
    (folder / "page.html").write_text("---\ntitle: P\nlayout: page\n---\n<p>x</p>")
    reader = MarkdownReader(folder)
    assert [(draft.key, draft.kind) for draft in drafts(reader)] == [
        ("a.md", Kind.ARTICLE),
        ("page.html", Kind.PAGE),
    ]
    assert len(skip_reasons(reader)) == 4


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret\n\nB")
    folder = files(tmp_path / "site", a="# A\n\nB")
    (folder / "b.md").symlink_to(tmp_path / "secret.md")
    assert [draft.title for draft in drafts(MarkdownReader(folder))] == ["A"]


@pytest.mark.parametrize(
    ("text", "expected", "removed"),
    [
        ("{% highlight ruby %}\n{{ x }}\n{% endhighlight %}", "```ruby\n{{ x }}\n```", ()),
        ("{{< highlight go >}}\nx\n{{< /highlight >}}", "```go\nx\n```", ()),
        ("a {% include x.html y=1 %}b", "a b", ("include",)),
        ("{{ site.baseurl }}/x {{ '/y' | relative_url }}", "/x /y", ()),
        ("{% raw %}{{ kept }}{% endraw %}", "{{ kept }}", ()),
        ("`{{ kept }}` {{ gone }}", "`{{ kept }}` ", ("gone",)),
        ("```\n{% kept %}\n```\n{% gone %}", "```\n{% kept %}\n```\n", ("gone",)),
        ("{{% notice tip %}}a{{% /notice %}}", "a", ("notice",)),
        ("{% comment %}x{% endcomment %}a\n{: .note}", "a\n", ()),
        ("a {% include {{ page.x | append: '.html' }} y='z' %}b", "a b", ("include",)),
        ("{{ page.title }} of {{ site.name }}, {{ page.tags }}", "T of N, ", ("page.tags",)),
        ("[TOC]\na {b} c", "\na {b} c", ()),
    ],
)
def test_tags_of_generators_never_reach_readers(
    text: str, expected: str, removed: tuple[str, ...]
) -> None:
    values: template_tags.Values = {"page": {"title": "T", "tags": ["x"]}, "site": {"name": "N"}}
    cleaned, names = template_tags.remove_template_tags(text, values)
    assert (cleaned.strip("\n"), names) == (expected.strip("\n"), removed)


def test_a_figure_stays_a_figure(tmp_path: Path) -> None:
    text = '---\ntitle: T\n---\n{{< figure src="/i.png" alt="A" caption="C" >}}'
    draft = the_draft(MarkdownReader(files(tmp_path, a=text)))
    assert draft.body.content == (
        '<figure><img src="/i.png" alt="A"><figcaption>C</figcaption></figure>'
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019-07-02 11:21:02 -0400", datetime(2019, 7, 2, 15, 21, 2, tzinfo=UTC)),
        ("Thu, 05 Jan 2012 14:30:46 +0100", datetime(2012, 1, 5, 13, 30, 46, tzinfo=UTC)),
        ("April 21, 2015, at 11:29 p.m.", datetime(2015, 4, 21, 23, 29, tzinfo=UTC)),
        ("24 July 2015", datetime(2015, 7, 24, tzinfo=UTC)),
        ("2015-02-30", None),
        ("soon", None),
        (7, None),
    ],
)
def test_dates(value: object, expected: datetime | None) -> None:
    assert dates.parse_date(value) == expected


OPENINGS = st.sampled_from(["", "---\n", "+++\n", ";;;\n", "Title: ", "{"])
HEADERS = st.text(alphabet="a: -[]{}\"'\n&*!<>=+;.1", max_size=60)


@given(OPENINGS, HEADERS | st.text(), st.sampled_from(["", "\n---\n", "\n+++\n", "\n;;;\n"]))
@settings(max_examples=300)
def test_any_text_is_split_or_refused(opening: str, text: str, end: str) -> None:
    with contextlib.suppress(UnreadableFile):
        split(opening + text + end)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = ["title", "date", "tags", "category", "authors", "author", "related", "comments", "image"]
NAMES += ["aliases", "extra", "taxonomies", "slug", "permalink", "status", "draft", "language"]


@given(st.dictionaries(st.sampled_from(NAMES), VALUES), st.text(max_size=200))
@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_header_makes_a_reader_stumble(
    tmp_path: Path, data: dict[str, object], text: str
) -> None:
    import_text = f"---\n{data!r}\n---\n{text}"
    folder = files(tmp_path, a=import_text.encode("utf-8", "replace").decode().replace("\x00", ""))
    assert not any("cannot be read (" in message for message in messages(MarkdownReader(folder)))


# ── what a folder says for its files ──────────────────────────────────────────────────────────


def test_jekylls_defaults_hold_where_a_file_says_nothing(tmp_path: Path) -> None:
    folder = files(
        tmp_path, _posts__a="# A\n\nB {{ site.town }}", b="---\nauthor: Tom\n---\n# B\n\nB"
    )
    (folder / "_config.yml").write_text(
        "town: Merrow\ndefaults:\n- {scope: {path: '', type: posts}, values: {author: Nora}}\n"
        "- {scope: {path: _posts}, values: {published: false}}\n- {scope: x}\n- 7\n"
    )
    page, post = drafts(MarkdownReader(folder))
    assert ([author.name for author in page.authors], page.status) == (["Tom"], Status.PUBLISHED)
    assert [author.name for author in post.authors] == ["Nora"]
    assert (post.status, to_text(post.body.content)) == (Status.DRAFT, "B Merrow")


def test_hugos_cascade_reaches_what_lies_below(tmp_path: Path) -> None:
    folder = files(
        tmp_path,
        notes___index="---\ntitle: Notes\ncascade: {draft: true, params: {author: Nora}}\n---\n",
        notes__deep__a="# A\n\nB",
        notes__b="---\ndraft: false\n---\n# B\n\nB",
        c="# C\n\nB",
        logs___index="+++\n[[cascade]]\ndraft = true\n"
        "[[cascade]]\n_target = {}\ndraft = false\n+++\n",
        logs__d="# D\n\nB",
    )
    by_title = {draft.title: draft for draft in drafts(MarkdownReader(folder))}
    assert {title: draft.status.value for title, draft in by_title.items()} == {
        "A": "DRAFT",
        "B": "PUBLISHED",
        "C": "PUBLISHED",
        "D": "DRAFT",
    }
    assert [author.name for author in by_title["A"].authors] == ["Nora"]


def test_hugos_cascade_reaches_its_targets_alone(tmp_path: Path) -> None:
    folder = files(
        tmp_path,
        content__notes___index="---\ntitle: Notes\ncascade:\n"
        "- {_target: {path: '/notes/inner/**'}, draft: true}\n"
        "- {_target: {path: /notes/*-plan, kind: page}, draft: true}\n"
        "- {_target: {kind: section}, draft: true}\n"
        "- {target: {environment: staging}, draft: true}\n---\n",
        content__notes__inner__a="# A\n\nB",
        content__notes__inner__deep__b="# B\n\nB",
        content__notes__harbour_plan="# C\n\nB",
        content__notes__d="# D\n\nB",
        content__e="# E\n\nB",
    )
    (folder / "content" / "notes" / "harbour_plan.md").rename(
        folder / "content" / "notes" / "Harbour-plan.md"
    )
    statuses = {draft.title: draft.status.value for draft in drafts(MarkdownReader(folder))}
    hidden = {title for title, status in statuses.items() if status == "DRAFT"}
    assert (hidden, len(statuses)) == ({"A", "B", "C"}, 5)


def test_eleventys_data_files_hold_for_their_folder_and_file(tmp_path: Path) -> None:
    folder = files(tmp_path, posts__a="# A\n\nB", posts__b="---\ntags: own\n---\n# B\n\nB")
    (folder / "posts" / "posts.json").write_text('{"tags": ["posts", "harbour"], "author": "Nora"}')
    (folder / "posts" / "b.11tydata.json").write_text('{"permalink": false}')
    (folder / "posts" / "posts.11tydata.json").write_text("{broken")
    first, second = drafts(MarkdownReader(folder))
    assert ([topic.name for topic in first.topics], first.status) == (["harbour"], Status.PUBLISHED)
    assert ([topic.name for topic in second.topics], second.status) == (["own"], Status.DRAFT)
    assert [author.name for author in second.authors] == ["Nora"]


def test_languages_in_folders_of_their_own_are_translations(tmp_path: Path) -> None:
    folder = files(
        tmp_path / "s",
        content__en__about="# About\n\nB",
        content__de__about="# Über\n\nB",
        content__de__only="# Nur\n\nB",
        go__x="# X\n\nB",
    )
    by_title = {draft.title: draft for draft in drafts(MarkdownReader(folder))}
    assert {
        title: (draft.language, draft.translation_key) for title, draft in by_title.items()
    } == {
        "About": ("en", "s:content/about"),
        "Über": ("de", "s:content/about"),
        "Nur": ("de", "s:content/only"),
        "X": ("en", None),
    }


def test_the_words_of_a_section_are_a_page(tmp_path: Path) -> None:
    folder = files(
        tmp_path / "s", docs___index="---\ntitle: Docs\n---\nRead this.", a="[d](/docs/)"
    )
    by_slug = {draft.slug: draft for draft in drafts(MarkdownReader(folder))}
    assert by_slug["docs"].kind is Kind.PAGE
    assert [relation.url for relation in by_slug["a"].relations] == ["file:s/docs"]
