"""Site data of a WordPress export, shared by its posts: site, authors, terms, attachments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from hub.drafts import AuthorDraft, NameDraft, TopicDraft
from hub.text import markup
from hub.text.bodies import Body
from hub.text.slugs import slug_of, url_key
from scripts.importers.content.links import Site
from scripts.importers.source import public_name, source_name
from scripts.importers.wordpress.wxr import Element, Parser, Piece, UnreadablePiece

SLUG_LENGTH = 160
_IDS = re.compile(r"""\b(ids|include|exclude)\s*=\s*["']?([\d,\s]+)""")
MAX_PATTERN_DEPTH = 5
_PATTERN = re.compile(r'<!--\s+wp:block\s+\{[^{}>]*"ref"\s*:\s*"?(\d+)"?[^>]*?\}\s+/-->')
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)(?:\?|$)", re.IGNORECASE)
# Languages whose written form depends on the region.
_TERM_IDS = re.compile(r's:\d+:"([A-Za-z_-]{2,16})";i:(\d+);')
_REGIONAL_LANGUAGES = frozenset({"zh", "pt", "sr"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """An uploaded file that posts may embed; `parent` is the id of the post it is attached to."""

    url: str
    alt: str = ""
    caption: str = ""
    parent: str = ""
    order: int = 0


@dataclass(slots=True)
class Export:
    """Data of an export that its posts share."""

    parser: Parser
    source: str
    site: Site
    language: str
    authors: dict[str, AuthorDraft] = field(default_factory=dict)
    topics: dict[str, TopicDraft] = field(default_factory=dict)
    files: dict[str, Attachment] = field(default_factory=dict)
    files_by_parent: dict[str, list[str]] = field(default_factory=dict)
    attachment_urls: set[str] = field(default_factory=set)
    patterns: dict[str, str] = field(default_factory=dict)
    fault: str | None = None
    taxonomies: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()

    @classmethod
    def from_channel(
        cls, channel: Element | None, parser: Parser, path: Path, language: str
    ) -> Export:
        """Build the site data from the channel, or from the path when the channel is unreadable."""
        urls = []
        if channel is not None:
            names = ("link", "wp:base_blog_url", "wp:base_site_url")
            urls = [url for name in names if (url := channel.text(name))]
            language = language_tag(channel.text("language")) or language
        site = Site.from_urls(urls)
        export = cls(parser, site.name[:64] or source_name(path), site, language)
        if channel is not None:
            export.authors = _parse_authors(channel)
            export.topics = _parse_topics(channel)
        return export

    def add_attachment(self, piece: Piece) -> None:
        """Index an attachment's URL and descriptions by its post id."""
        try:
            item, _ = self.parser.item(piece.text)
        except UnreadablePiece:
            return  # reported when it is read as an item
        self.attachment_urls.add(url_key(item.text("link")))
        url = item.text("wp:attachment_url") or item.text("guid")
        number, parent = item.text("wp:post_id"), item.text("wp:post_parent")
        order = item.text("wp:menu_order")
        self.files[number] = Attachment(
            url=url,
            alt=item.post_meta().get("_wp_attachment_image_alt", ""),
            caption=item.text("excerpt:encoded"),
            parent=parent,
            order=int(order) if order.isdecimal() else 0,
        )
        self.files_by_parent.setdefault(parent, []).append(number)

    def add_pattern(self, piece: Piece) -> None:
        """Index the content of a synced pattern (reusable block) by its id, if it is public."""
        try:
            item, _ = self.parser.item(piece.text)
        except UnreadablePiece:
            return  # reported when it is read as an item
        if item.text("wp:status") == "publish" and not item.text("wp:post_password"):
            self.patterns[item.text("wp:post_id")] = item.raw("content:encoded")

    def insert_patterns(self, content: str) -> tuple[str, int]:
        """Replace references to synced patterns by their content; count those that are missing."""
        missing = 0

        def insert(match: re.Match[str], depth: int = 0) -> str:
            nonlocal missing
            pattern = self.patterns.get(match[1])
            if pattern is None or depth >= MAX_PATTERN_DEPTH:
                missing += 1
                return ""
            return _PATTERN.sub(lambda inner: insert(inner, depth + 1), pattern)

        return _PATTERN.sub(insert, content), missing

    def merge_files(self, other: Export) -> None:
        """Add the attachments of another part of the same site's export."""
        for number, attachment in other.files.items():
            if number not in self.files:
                self.files[number] = attachment
                self.files_by_parent.setdefault(attachment.parent, []).append(number)
        self.attachment_urls |= other.attachment_urls
        self.patterns = other.patterns | self.patterns

    def gallery_images(self, shortcode: str, post_id: str) -> list[Attachment]:
        """Return the images of a `[gallery …]`: those of its ids, or else the post's uploads."""
        attributes = {name: re.findall(r"\d+", ids) for name, ids in _IDS.findall(shortcode)}
        ids = (
            attributes.get("ids")
            or attributes.get("include")
            or self.files_by_parent.get(post_id, [])
        )
        excluded = attributes.get("exclude", [])
        attachments = [self.files[id_] for id_ in ids if id_ in self.files and id_ not in excluded]
        if not (attributes.get("ids") or attributes.get("include")):
            attachments.sort(key=lambda attachment: attachment.order)
        return [attachment for attachment in attachments if _IMAGE.search(attachment.url)]

    def topic(self, slug: str, name: str, taxonomy: str) -> TopicDraft:
        """Return the topic of a slug: from the channel, or else from its first occurrence."""
        return self.topics.setdefault(slug, TopicDraft(name, slug, taxonomy=taxonomy))

    def author(self, login: str) -> AuthorDraft | None:
        """Return the author of a login, ignoring case; None when it is no public name."""
        key = login.casefold()
        if key not in self.authors:
            name = public_name(login)
            if not name:
                return None
            self.authors[key] = _author_of_slug(name, name, self.authors)
        return self.authors[key]


def language_tag(text: str) -> str:
    """Normalise a language tag: `en-US` to `en`, `pt_BR` to `pt-br`; empty when it is invalid."""
    main, _, rest = text.strip().lower().replace("_", "-").partition("-")
    if not re.fullmatch(r"[a-z]{2,3}", main):
        return ""
    region = re.match(r"[a-z0-9]{2,8}", rest)
    return f"{main}-{region[0]}" if main in _REGIONAL_LANGUAGES and region else main


def _parse_authors(channel: Element) -> dict[str, AuthorDraft]:
    authors: dict[str, AuthorDraft] = {}
    for author in channel.children("wp:author"):
        login = author.text("wp:author_login")
        full_name = f"{author.text('wp:author_first_name')} {author.text('wp:author_last_name')}"
        display_name = public_name(unescape(author.text("wp:author_display_name") or full_name))
        name = display_name or public_name(login)
        if login and name:
            authors[login.casefold()] = _author_of_slug(name, public_name(login), authors)
    return authors


def _author_of_slug(name: str, login: str, authors: dict[str, AuthorDraft]) -> AuthorDraft:
    """Return the author who has this slug already, or else a new one."""
    slug = slug_of(login) or slug_of(name) or None
    same = next((author for author in authors.values() if slug and author.slug == slug), None)
    return same or AuthorDraft(name[:200], slug)


class Term(NamedTuple):
    """A category or tag; `parent` is a slug, empty at the top."""

    name: str
    parent: str
    description: str
    taxonomy: str
    names: tuple[NameDraft, ...] = ()


def _parse_topics(channel: Element) -> dict[str, TopicDraft]:
    """Parse categories and tags by slug; a tag with the slug of a category is that category."""
    terms: dict[str, Term] = {}
    for prefix, kind, slug_tag, name_tag, parent_tag in (
        ("wp:category", "", "wp:category_nicename", "wp:cat_name", "wp:category_parent"),
        ("wp:term", "category", "wp:term_slug", "wp:term_name", "wp:term_parent"),
        ("wp:tag", "", "wp:tag_slug", "wp:tag_name", ""),
        ("wp:term", "post_tag", "wp:term_slug", "wp:term_name", ""),
    ):
        for term in channel.children(prefix):
            if kind and term.text("wp:term_taxonomy") != kind:
                continue
            name = plain_text(term.text(name_tag)) or decode_slug(term.text(slug_tag))
            slug = decode_slug(term.text(slug_tag)) or slug_of(name)
            parent = decode_slug(term.text(parent_tag)) if parent_tag else ""
            description = term.text(f"{prefix}_description")
            if slug and slug not in terms:
                taxonomy = "category" if parent_tag else "tag"
                terms[slug] = Term(name[:200], parent, plain_text(description), taxonomy)
    names = _translations(channel)
    terms = {slug: term._replace(names=names.get(slug, ())) for slug, term in terms.items()}
    return {slug: _with_ancestors(slug, terms) for slug in terms}


def _translations(channel: Element) -> dict[str, tuple[NameDraft, ...]]:
    """Return the names of terms in other languages, by slug.

    Polylang keeps the terms of a group, each of one language, as a term of its own, whose
    description is an array of their ids by language, serialised by PHP.
    """
    terms = {
        term.text("wp:term_id"): (
            decode_slug(term.text(slug_tag)),
            plain_text(term.text(name_tag))[:200],
        )
        for prefix, slug_tag, name_tag in (
            ("wp:category", "wp:category_nicename", "wp:cat_name"),
            ("wp:tag", "wp:tag_slug", "wp:tag_name"),
            ("wp:term", "wp:term_slug", "wp:term_name"),
        )
        for term in channel.children(prefix)
    }
    names: dict[str, tuple[NameDraft, ...]] = {}
    for group in channel.children("wp:term"):
        if group.text("wp:term_taxonomy") == "term_translations":
            pairs = _TERM_IDS.findall(group.text("wp:term_description"))
            tags = {language_tag(tag): terms[id_] for tag, id_ in pairs if id_ in terms}
            for slug, own_name in tags.values():
                names[slug] = tuple(
                    NameDraft(tag, name)
                    for tag, (_, name) in tags.items()
                    if tag and name and name != own_name
                )
    return names


def _with_ancestors(slug: str, terms: dict[str, Term]) -> TopicDraft:
    """Build a topic with its ancestors; a cycle of parents is cut where it closes."""
    path = [slug]
    while (parent := terms[path[-1]].parent) in terms and parent not in path:
        path.append(parent)
    above: tuple[TopicDraft, ...] = ()
    draft: TopicDraft | None = None
    for term_slug in reversed(path):
        term = terms[term_slug]
        parent_slug = draft.slug if draft is not None else None
        if draft is not None:
            above = (*above, replace(draft, above=()))
        description = term.description or None
        draft = TopicDraft(
            *(term.name, term_slug, parent_slug, description, above, term.taxonomy, term.names)
        )
    return draft or TopicDraft(slug, slug)


def plain_text(text: str) -> str:
    """Convert a name or title from HTML to text on one line."""
    if "<" in text or "&" in text:
        text = markup.to_text(markup.to_html(Body(text)))
    return " ".join(text.split())


def decode_slug(text: str) -> str:
    """Decode a slug: WordPress stores non-ASCII ones %-encoded. Empty when it is invalid."""
    slug = unquote(text).strip().strip("/")
    return (slug if re.fullmatch(r"[^\s/?#%\\]+", slug) else slug_of(slug))[:SLUG_LENGTH]
