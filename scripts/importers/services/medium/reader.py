"""Reader of Medium's exports: the pages in `posts`.

Profiles, claps, bookmarks, highlights and sessions are somebody's own, and not read. Responses to
stories of others are no articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from typing_extensions import override

from hub.drafts import ArticleDraft, AuthorDraft, RelationDraft, TopicDraft
from hub.models import RelationKind, Status
from hub.text import markup
from hub.text.bodies import Body
from hub.text.slugs import headline_key, slug_of
from scripts.importers.content import dates
from scripts.importers.content.embeds import expand_embeds
from scripts.importers.html.tree import Tree, element_text
from scripts.importers.services.posts import (
    TITLE_LENGTH,
    PostFolderReader,
    inner_html,
    repeats,
    title_or_words,
)
from scripts.importers.source import Notes, Record, Refusal, Skipped, public_name

MAX_RESPONSE_WORDS = 150
MAX_CHECKED = 2_000
_NAME_LENGTH = 200

_FILE = re.compile(
    r"(?P<date>draft|\d{4}-\d{2}-\d{2})_(?P<title>.*?)-*(?P<id>[0-9a-f]{6,16})\.x?html?", re.I
)
_POST_ID = re.compile(r"(?:/p/|-)([0-9a-f]{6,16})/?$")
_RESPONSE = "responses to stories of others (Medium)"


def is_export(folder: Path) -> bool:
    """Tell whether a folder is an export, by its folders or the name of a post."""
    posts = folder / "posts"
    if not posts.is_dir():
        return False
    if any((folder / name).is_dir() for name in ("claps", "highlights")):
        return True
    return any(_FILE.fullmatch(path.name) for path in islice(posts.glob("*.html"), MAX_CHECKED))


class MediumReader(PostFolderReader):
    """Reader of one export, as a folder."""

    kind = "medium"

    @override
    def read_post(self, tree: Tree, path: Path, place: str) -> Iterator[Record]:
        """Yield the draft of a post and its notes, or why it is no article."""
        name = _FILE.fullmatch(path.name)
        page = _Page(tree)
        reason = _hidden_reason(name)
        if _is_response(page, name["title"] if name else "x", is_draft=bool(reason)):
            yield Skipped(place, _RESPONSE)
            return
        notes = Notes(place)
        html = markup.to_html(Body(expand_embeds(page.body())))
        if not markup.to_text(html).strip() and "<img" not in html:
            yield Refusal(place, "there is no text in it")
            return
        published_at = page.date() or (dates.parse_date(name["date"]) if name else None)
        urls = page.urls(name["id"] if name else "")
        yield ArticleDraft(
            source=self.source,
            key=place[-255:],
            place=place,
            title=title_or_words(page.title, html, notes),
            body=Body(html),
            slug=slug_of(name["title"]) or None if name else None,
            subtitle=page.subtitle[:TITLE_LENGTH],
            language=self.language,
            status=Status.DRAFT if reason else Status.PUBLISHED,
            published_at=published_at,
            created_at=published_at,
            image_url=page.image or None,
            canonical_url=page.canonical or None,
            authors=page.authors(),
            topics=page.topics(),
            relations=tuple(self._relations(html, name["id"] if name else "")),
            addresses=urls,
        )
        if reason:
            notes.hold_back(f"{reason}, and it is a draft here")
        yield from notes

    @cached_property
    def _ids(self) -> frozenset[str]:
        names = (_FILE.fullmatch(path.name) for path in self.paths())
        return frozenset(name["id"].lower() for name in names if name)

    def _relations(self, html: str, own_id: str) -> Iterator[RelationDraft]:
        """Yield a relation for each other post of the export that a body links to."""
        visited = {own_id.lower()}
        for link in markup.links(html):
            try:
                found = _POST_ID.search(urlsplit(link.href).path)
            except ValueError:
                continue
            if found and found[1] in self._ids - visited:
                visited.add(found[1])
                url = _short_url(found[1])
                yield RelationDraft(
                    kind=RelationKind.INLINE,
                    anchor=link.text[:500] or url,
                    url=url,
                    position=link.position,
                )


class _Page:
    """The parts of a post's page, by its microformats."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.title = self._text("//header//*[contains(@class, 'p-name')]|//title")
        self.content = next(
            iter(tree.xpath("//section[@data-field='body']|//*[contains(@class, 'e-content')]")),
            None,
        )
        self.subtitle = self._find_subtitle()
        featured = tree.xpath("//img[@data-is-featured='true']/@src")
        self.image = next((str(src) for src in featured if src.startswith("https://")), "")
        canonical = tree.xpath("//footer//a[contains(@class, 'p-canonical')]/@href")
        self.canonical = next((str(url) for url in canonical if _is_web(url)), "")

    def _text(self, path: str) -> str:
        return next((text for node in self.tree.xpath(path) if (text := element_text(node))), "")

    def _find_subtitle(self) -> str:
        """Return the subtitle; empty for one that Medium made of the first words."""
        if subtitle := self._text("//*[contains(@class, 'graf--subtitle')]"):
            return subtitle
        summary = self._text("//section[@data-field='subtitle']|//*[contains(@class,'p-summary')]")
        words = headline_key(summary.rstrip("…. "))
        return (
            ""
            if any(headline_key(text).startswith(words) for text in self.paragraphs)
            else (summary)
        )

    @property
    def has_heading(self) -> bool:
        """Whether the body begins with a title of its own."""
        return bool(self.tree.xpath("//*[contains(@class, 'graf--title')]"))

    @property
    def paragraphs(self) -> list[str]:
        """The texts of the body's first paragraphs, without its title."""
        if self.content is None:
            return []
        nodes = self.content.xpath(
            ".//*[self::p or self::h3 or self::h4 or self::blockquote or self::li or self::pre]"
            "[not(contains(@class, 'graf--title') or contains(@class, 'graf--subtitle'))]"
        )
        return [text for node in nodes[:20] if (text := element_text(node))]

    def body(self) -> str:
        """Return the body without title and subtitle, which are fields of the article."""
        if self.content is None:
            for node in self.tree.xpath("//header|//footer"):
                node.drop_tree()
            return inner_html(next(iter(self.tree.xpath("//article|//body")), self.tree))
        for node in self.content.xpath(".//*[contains(@class, 'graf--')]"):
            marks = str(node.get("class"))
            is_title = "graf--title" in marks and repeats(element_text(node), self.title)
            if is_title or "graf--subtitle" in marks:
                node.drop_tree()
        for node in self.content.xpath("(.//div[contains(@class, 'section-divider')])[1]"):
            node.drop_tree()  # the first one divides nothing
        return inner_html(self.content)

    def date(self) -> datetime | None:
        """Return the date of publication in the footer."""
        found = self.tree.xpath("//footer//time[contains(@class, 'dt-published')]/@datetime")
        return next((date for text in found if (date := dates.parse_date(str(text)))), None)

    def urls(self, post_id: str) -> tuple[str, ...]:
        """Return the addresses of a post: the canonical one, and those of Medium."""
        urls = [self.canonical] if self.canonical else []
        urls += [_short_url(post_id.lower())] if post_id else []
        return tuple(dict.fromkeys(urls))

    def authors(self) -> tuple[AuthorDraft, ...]:
        """Return the authors in the footer."""
        nodes = self.tree.xpath("//footer//*[contains(@class, 'p-author')]")
        names = dict.fromkeys(public_name(element_text(node))[:_NAME_LENGTH] for node in nodes)
        return tuple(AuthorDraft(name, slug_of(name) or None) for name in names if name)

    def topics(self) -> tuple[TopicDraft, ...]:
        """Return the tags in the footer."""
        nodes = self.tree.xpath(
            "//footer//a[@rel='tag' or contains(@class, 'p-tag') or contains(@class, 'p-category')"
            " or contains(@href, '/tag/') or contains(@href, '/tagged/')]"
            "|//ul[contains(@class, 'tags')]//a"
        )
        topics: dict[str, TopicDraft] = {}
        for node in nodes:
            name = element_text(node)[:_NAME_LENGTH]
            if slug := slug_of(name):
                topics.setdefault(slug, TopicDraft(name, slug, taxonomy="tag"))
        return tuple(topics.values())


def _hidden_reason(name: re.Match[str] | None) -> str:
    if name is None:
        return "its file has no date of publication"
    return "it is a draft in Medium" if name["date"].lower() == "draft" else ""


def _is_response(page: _Page, file_title: str, *, is_draft: bool) -> bool:
    """Tell whether a post answers another: it says so, or its title is made of its first words."""
    if page.tree.xpath("//*[contains(@class, 'in-reply-to') or contains(@rel, 'in-reply-to')]"):
        return True
    if not any(letter.isalnum() for letter in file_title):
        return True
    header = page.tree.xpath("//header|//footer")
    if any(re.search(r"(?i)\bin response to\b", element_text(node)) for node in header):
        return True
    if is_draft or page.has_heading:
        return False  # somebody gave it a title
    first = headline_key(next(iter(page.paragraphs), ""))
    title = headline_key(page.title.rstrip("…. "))
    is_short = len(" ".join(page.paragraphs).split()) < MAX_RESPONSE_WORDS
    has_images = page.content is not None and bool(page.content.xpath(".//img"))
    return bool(title) and first.startswith(title) and is_short and not has_images


def _short_url(post_id: str) -> str:
    return f"https://medium.com/p/{post_id}"


def _is_web(url: object) -> bool:
    return str(url).startswith(("http://", "https://"))
