"""What a WordPress export says once for all of its posts: site, authors, topics and images."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from hub.drafts import AuthorDraft, Body, TopicDraft
from hub.text import markup
from hub.text.slugs import slug_of, url_key
from scripts.importers.links import Site
from scripts.importers.source import name_of, public_name
from scripts.importers.wordpress.wxr import Element, Parser, Piece, Unreadable

SLUG_LENGTH = 160
_IDS = re.compile(r"""\b(ids|include|exclude)\s*=\s*["']?([\d,\s]+)""")
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)(?:\?|$)", re.IGNORECASE)
# Where the region changes how a language is written, it belongs to the language.
_REGION_MATTERS = frozenset({"zh", "pt", "sr"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a post may show: `parent` is the number of the post that it was uploaded for."""

    url: str
    alt: str = ""
    caption: str = ""
    parent: str = ""
    order: int = 0


@dataclass(slots=True)
class Export:
    """What an export says once for all of its posts."""

    parser: Parser
    source: str
    site: Site
    language: str
    authors: dict[str, AuthorDraft] = field(default_factory=dict)
    topics: dict[str, TopicDraft] = field(default_factory=dict)
    files: dict[str, Attachment] = field(default_factory=dict)
    files_of: dict[str, list[str]] = field(default_factory=dict)
    attachments: set[str] = field(default_factory=set)
    fault: str | None = None
    taxonomies: frozenset[str] = frozenset()

    @classmethod
    def of(cls, channel: Element | None, parser: Parser, path: Path, language: str) -> Export:
        """What the channel says; of a channel that cannot be read, what the path says."""
        urls = []
        if channel is not None:
            names = ("link", "wp:base_blog_url", "wp:base_site_url")
            urls = [url for name in names if (url := channel.text(name))]
            language = language_tag(channel.text("language")) or language
        site = Site.of(urls)
        export = cls(parser, site.name[:64] or name_of(path), site, language)
        if channel is not None:
            export.authors = _authors(channel)
            export.topics = _topics(channel)
        return export

    def add_file(self, piece: Piece) -> None:
        """Keep an attachment's address and descriptions by its number."""
        try:
            item, _ = self.parser.item(piece.text)
        except Unreadable:
            return  # told when it is read as an item
        self.attachments.add(url_key(item.text("link")))
        url = item.text("wp:attachment_url") or item.text("guid")
        number, parent = item.text("wp:post_id"), item.text("wp:post_parent")
        order = item.text("wp:menu_order")
        self.files[number] = Attachment(
            url=url,
            alt=item.meta().get("_wp_attachment_image_alt", ""),
            caption=item.text("excerpt:encoded"),
            parent=parent,
            order=int(order) if order.isdecimal() else 0,
        )
        self.files_of.setdefault(parent, []).append(number)

    def share(self, other: Export) -> None:
        """Take over what another part of the same site's export knows of files."""
        for number, one in other.files.items():
            if number not in self.files:
                self.files[number] = one
                self.files_of.setdefault(one.parent, []).append(number)
        self.attachments |= other.attachments

    def gallery(self, given: str, post: str) -> list[Attachment]:
        """The images that a `[gallery …]` of a post shows: those it names, or else the post's."""
        named = {name: re.findall(r"\d+", ids) for name, ids in _IDS.findall(given)}
        numbers = named.get("ids") or named.get("include") or self.files_of.get(post, [])
        hidden = named.get("exclude", [])
        found = [self.files[one] for one in numbers if one in self.files and one not in hidden]
        if not (named.get("ids") or named.get("include")):
            found.sort(key=lambda one: one.order)
        return [one for one in found if _IMAGE.search(one.url)]

    def topic(self, slug: str, name: str) -> TopicDraft:
        """The topic of a slug, as the head has it, or else as it was first met."""
        return self.topics.setdefault(slug, TopicDraft(name, slug))

    def author(self, login: str) -> AuthorDraft | None:
        """The author of a login, as the head has it; case does not tell two of them apart."""
        key = login.casefold()
        if key not in self.authors:
            name = public_name(login)
            if not name:
                return None
            self.authors[key] = _author(name, name, self.authors)
        return self.authors[key]


def language_tag(written: str) -> str:
    """`en-US` as `en`, `pt_BR` as `pt-br`; empty for what is no language."""
    main, _, rest = written.strip().lower().replace("_", "-").partition("-")
    if not re.fullmatch(r"[a-z]{2,3}", main):
        return ""
    region = re.match(r"[a-z0-9]{2,8}", rest)
    return f"{main}-{region[0]}" if main in _REGION_MATTERS and region else main


def _authors(channel: Element) -> dict[str, AuthorDraft]:
    authors: dict[str, AuthorDraft] = {}
    for one in channel.all("wp:author"):
        login = one.text("wp:author_login")
        full = f"{one.text('wp:author_first_name')} {one.text('wp:author_last_name')}"
        shown = public_name(unescape(one.text("wp:author_display_name") or full))
        name = shown or public_name(login)
        if login and name:
            authors[login.casefold()] = _author(name, public_name(login), authors)
    return authors


def _author(name: str, login: str, known: dict[str, AuthorDraft]) -> AuthorDraft:
    """An author under a slug that is nobody else's in this export."""
    slug = slug_of(login) or slug_of(name) or None
    same = next((one for one in known.values() if slug and one.slug == slug), None)
    return same or AuthorDraft(name[:200], slug)


def _topics(channel: Element) -> dict[str, TopicDraft]:
    """Categories and tags by slug; where both have a slug, they are one topic, the category."""
    found: dict[str, tuple[str, str, str]] = {}
    for prefix, kind, slug_tag, name_tag, parent_tag in (
        ("wp:category", "", "wp:category_nicename", "wp:cat_name", "wp:category_parent"),
        ("wp:term", "category", "wp:term_slug", "wp:term_name", "wp:term_parent"),
        ("wp:tag", "", "wp:tag_slug", "wp:tag_name", ""),
        ("wp:term", "post_tag", "wp:term_slug", "wp:term_name", ""),
    ):
        for one in channel.all(prefix):
            if kind and one.text("wp:term_taxonomy") != kind:
                continue
            name = plain(one.text(name_tag)) or slug_as_written(one.text(slug_tag))
            slug = slug_as_written(one.text(slug_tag)) or slug_of(name)
            parent = slug_as_written(one.text(parent_tag)) if parent_tag else ""
            description = one.text(f"{prefix}_description")
            if slug and slug not in found:
                found[slug] = (name[:200], parent, plain(description))
    return {slug: _placed(slug, found) for slug in found}


def _placed(slug: str, found: dict[str, tuple[str, str, str]]) -> TopicDraft:
    """A topic with those above it; a circle is cut where it closes."""
    path = [slug]
    while (parent := found[path[-1]][1]) in found and parent not in path:
        path.append(parent)
    above: tuple[TopicDraft, ...] = ()
    draft: TopicDraft | None = None
    for one in reversed(path):
        name, _, description = found[one]
        parent_slug = draft.slug if draft is not None else None
        if draft is not None:
            above = (*above, TopicDraft(draft.name, draft.slug, draft.parent, draft.description))
        draft = TopicDraft(name, one, parent_slug, description or None, above)
    return draft or TopicDraft(slug, slug)


def plain(text: str) -> str:
    """A name or a title without its markup, on one line."""
    if "<" in text or "&" in text:
        text = markup.to_text(markup.to_html(Body(text)))
    return " ".join(text.split())


def slug_as_written(written: str) -> str:
    """A slug as it reads: WordPress stores other scripts %-encoded. Empty for what is none."""
    slug = unquote(written).strip().strip("/")
    return (slug if re.fullmatch(r"[^\s/?#%\\]+", slug) else slug_of(slug))[:SLUG_LENGTH]
