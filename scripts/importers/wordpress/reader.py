"""Reader of WordPress exports (WXR, any version): article drafts with their comments.

Posts and pages are imported; attachments, menu items and plugins' post types are not. Content
that is not public in WordPress does not become public here: drafts, private and
password-protected posts are imported as drafts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape
from pathlib import Path

from hub.drafts import ArticleDraft, AuthorDraft, CommentDraft, TopicDraft
from hub.models import CommentKind, CommentStatus, Kind
from hub.text import markup
from hub.text.bodies import Body
from hub.text.plurals import count_of
from hub.text.slugs import slug_of
from hub.text.validation import MAX_LIST, MAX_METADATA
from scripts.importers.content import seo
from scripts.importers.content.embeds import Enclosure, append_enclosures, expand_embeds
from scripts.importers.source import (
    Notes,
    Record,
    Refusal,
    Skipped,
    author_slugs,
    catch_errors,
    first_words,
    public_name,
)
from scripts.importers.wordpress import builders, shortcodes, squarespace
from scripts.importers.wordpress.site import (
    Attachment,
    Export,
    decode_slug,
    language_tag,
    plain_text,
)
from scripts.importers.wordpress.split_exports import ScanCache, ScannedExport
from scripts.importers.wordpress.status import read_status
from scripts.importers.wordpress.wxr import Element, Piece, UnreadablePiece, iter_pieces

_KINDS = {"post": Kind.ARTICLE, "page": Kind.PAGE}
_EXCLUDED_STATUSES = frozenset({"trash", "auto-draft", "inherit"})
_COMMENT_STATUS = {
    "1": CommentStatus.APPROVED,
    "approve": CommentStatus.APPROVED,
    "approved": CommentStatus.APPROVED,
    "spam": CommentStatus.SPAM,
    "trash": CommentStatus.TRASH,
    "post-trashed": CommentStatus.TRASH,
}
_COMMENT_KIND = {
    "": CommentKind.COMMENT,
    "comment": CommentKind.COMMENT,
    "pingback": CommentKind.PINGBACK,
    "trackback": CommentKind.TRACKBACK,
}
_TITLE_LENGTH = 500
_PLURALS = {"attachment": "attachments", "nav_menu_item": "menu items", "revision": "revisions"}


class WordPressReader:
    """Reader of one export file."""

    kind = "wordpress"

    def __init__(
        self,
        path: Path,
        *,
        source: str | None = None,
        language: str = "en",
        taxonomies: Sequence[str] = (),
        types: Sequence[str] = (),
        scans: ScanCache | None = None,
    ) -> None:
        self._path = path
        self._language = language
        self._taxonomies = frozenset(taxonomies)
        self._types = frozenset(types) - _PLURALS.keys()
        self._source = source
        self._scans = scans or ScanCache()
        self._scanned: ScannedExport | None = None

    @property
    def source(self) -> str:
        """The `source` option, or else the site's host in the export."""
        return self._scan().export.source

    def total(self) -> int:
        """The number of items. Reads the file once."""
        return self._scan().total

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        export = self._scan().export
        if export.fault:
            yield Refusal("line 1", export.fault)
        used_keys: set[str] = set()
        credited: set[str | None] = set()
        piece = Piece("head", "", 1)
        for piece in iter_pieces(self._path):
            if piece.kind == "item":
                for record in catch_errors(
                    f"line {piece.line}", _read_item(piece, export, used_keys)
                ):
                    credited |= author_slugs(record)
                    yield record
            elif piece.kind == "rest" and "</item" in piece.text:
                yield Refusal(f"line {piece.line}", "it is an item whose beginning is damaged")
        for login, author in export.authors.items():
            if author.slug not in credited:
                yield Skipped(f"author {login}", "authors who have written nothing in it")
        complete = piece.kind != "item" and "</rss" in piece.text[-4096:]
        if not complete and (piece.kind != "item" or piece.is_complete):
            line = piece.line + piece.text.count("\n")
            yield Refusal(f"line {line}", "the file ends before its end: it has been cut off")

    def _scan(self) -> ScannedExport:
        if self._scanned is None:
            self._scanned = self._scans.scan(self._path, self._source, self._language)
            self._scanned.export.taxonomies = self._taxonomies
            self._scanned.export.types = self._types
        return self._scanned


# ── an item ─────────────────────────────────────────────────────────────────────────────────────


def _read_item(piece: Piece, export: Export, used_keys: set[str]) -> Iterator[Record]:
    """Yield an item's draft and its notes, or the reason why it is not imported."""
    place = f"line {piece.line}"
    if not piece.is_complete:
        yield Refusal(place, "it has no end: the file has been cut off, or a section is not closed")
        return
    try:
        item, repair = export.parser.item(piece.text)
    except UnreadablePiece as error:
        yield Refusal(place, str(error))
        return
    kind, status = item.text("wp:post_type"), item.text("wp:status").lower()
    if item.damaged and not (kind and item.text("wp:status")):
        yield Refusal(place, f"it is damaged: {repair}")
        return
    if kind not in _KINDS and kind not in export.types:
        yield _skip_type(place, kind)
        return
    if status in _EXCLUDED_STATUSES:
        removed_key = _unused_key(item, used_keys) or ""
        yield Skipped(place, f"{kind}s with the status {status}", removed_key)
        return
    key = _unused_key(item, used_keys)
    if key is None:
        number = item.text("wp:post_id") or item.text("guid")
        yield Refusal(place, f"it is numbered {number}, as another post of this export is")
        return
    used_keys.add(key)
    notes = Notes(place)
    if repair:
        notes.append(repair)
    yield _build_draft(item, key, place, export, notes)
    yield from notes


def _unused_key(item: Element, used_keys: set[str]) -> str | None:
    """Return a key that no other post of the export has; None when there is none.

    Exports edited by hand or written by other systems may contain the same post id twice.
    """
    names = ("guid", "link", "wp:post_name", "title")
    alternatives = [
        f"{name.removeprefix('wp:')}:{item.text(name)}" for name in names if item.text(name)
    ]
    for key in (item.text("wp:post_id"), *alternatives):
        if key and key[:255] not in used_keys:
            return key[:255]
    return None if item.text("wp:post_id") or alternatives else "untitled"


def _skip_type(place: str, kind: str) -> Record:
    if not kind:
        return Refusal(place, "it does not say whether it is a post or a page")
    return Skipped(place, _PLURALS.get(kind) or f"posts of the type {kind}")


def _build_draft(item: Element, key: str, place: str, export: Export, notes: Notes) -> ArticleDraft:
    html = _body(item, export, notes)
    own_language, translation_key, authors, topics = _terms(item, export)
    published_at = _parse_date(item, "post_date") or _parse_rss_date(item.text("pubDate"))
    status = read_status(item, published_at, notes)
    own_urls = [url for name in ("link", "guid") if (url := item.text(name))]
    image = export.files.get(item.post_meta().get("_thumbnail_id", ""), Attachment(""))
    return ArticleDraft(
        source=export.source,
        key=key,
        place=place,
        title=_title(item, html, notes),
        body=Body(html),
        slug=decode_slug(item.text("wp:post_name")) or None,
        subtitle=_subtitle(item),
        summary=plain_text(item.text("excerpt:encoded"))[:5000],
        language=own_language or export.language,
        language_is_own=bool(own_language),
        kind=_KINDS.get(item.text("wp:post_type"), Kind.ARTICLE),
        status=status,
        published_at=published_at,
        created_at=published_at,
        updated_at=_parse_date(item, "post_modified"),
        comments_open=item.text("wp:comment_status") != "closed",
        image_url=image.url or None,
        image_alt=image.alt[:255] or None,
        canonical_url=seo.canonical_url(item.post_meta()),
        translation_key=translation_key,
        authors=authors,
        topics=topics,
        relations=export.site.relations(html, own_urls, export.attachment_urls),
        comments=tuple(_comments(item, published_at, notes)),
        addresses=export.site.post_urls(own_urls, item.text("wp:post_id")),
        metadata=_metadata(item, notes),
        aliases=tuple(filter(None, map(decode_slug, item.post_meta_values("_wp_old_slug")))),
    )


_FOOTNOTES_BLOCK = re.compile(r"<!--\s+wp:footnotes\s[^>]*-->")
_SUBTITLES = ("wps_subtitle", "_secondary_title", "_subtitle", "subtitle")
"""Post meta of plugins that give a post a subtitle: WP Subtitle, Secondary Title, and themes."""


def _subtitle(item: Element) -> str:
    meta = item.post_meta()
    return next(filter(None, (plain_text(meta.get(key, "")) for key in _SUBTITLES)), "")[
        :_TITLE_LENGTH
    ]


def _metadata(item: Element, notes: Notes) -> tuple[tuple[str, str], ...]:
    """Return an editor's custom fields (post meta); the names of plugins' fields begin with _."""
    fields = {" ".join(name.split()): value for name, value in item.post_meta().items() if value}
    public = [
        pair
        for pair in fields.items()
        if pair[0] and pair[0][0] != "_" and len(pair[0]) <= 200 and pair[0] != "footnotes"
    ]
    stored = [pair for pair in public if len(pair[1]) <= MAX_METADATA][:MAX_LIST]
    if len(stored) < len(public):
        notes.append(
            f"{len(public) - len(stored)} custom fields are too long or too many; left out"
        )
    further = seo.read_metadata(item.post_meta())
    if item.text("wp:is_sticky") == "1":
        further = (("sticky", "1"), *further)
    return (*further, *stored[: MAX_LIST - len(further)])


def _body(item: Element, export: Export, notes: Notes) -> str:
    def gallery(shortcode: str) -> str:
        images = export.gallery_images(shortcode, item.text("wp:post_id"))
        return "".join(
            shortcodes.render_figure(image.url, image.alt, image.caption) for image in images
        )

    content, restricted = shortcodes.remove_restricted_blocks(_content(item, notes))
    if restricted:
        notes.append("blocks of it are for paying readers only, and were left out")
    content, blocks = squarespace.remove_blocks(content)
    if blocks:
        notes.append(f"blocks that are no text were left out: {', '.join(blocks)}")
    content, missing = export.insert_patterns(_insert_footnotes(content, item))
    if missing:
        notes.append(f"{missing} synced patterns were left out, which the export does not hold")
    html, unsupported = shortcodes.to_html(content, gallery)
    if unsupported:
        notes.append(f"unsupported shortcodes were left out: {', '.join(unsupported)}")
    html = append_enclosures(markup.to_html(Body(expand_embeds(html))), _enclosures(item))
    return markup.to_html(Body(html))


def _enclosures(item: Element) -> list[Enclosure]:
    """Return the sounds and films of a podcast's post: lines of address, length and type."""
    rows = [value.split("\n") for value in item.post_meta_values("enclosure")[:MAX_LIST]]
    return [
        Enclosure(lines[0].strip(), lines[2].strip() if len(lines) > 2 else "") for lines in rows
    ]


def _content(item: Element, notes: Notes) -> str:
    """Return the stored content, or that of Elementor where the post has none of its own."""
    content = item.raw("content:encoded")
    data = item.post_meta().get("_elementor_data", "") if _is_blank(content) else ""
    if not data:
        return content
    html, unsupported = builders.elementor_html(data)
    if unsupported:
        notes.append(f"widgets of Elementor were read by their texts: {', '.join(unsupported)}")
    return html


def _is_blank(content: str) -> bool:
    return (
        not markup.to_text(markup.to_html(Body(content))).strip() if len(content) < 500 else False
    )


def _insert_footnotes(html: str, item: Element) -> str:
    """Insert the footnotes of the block editor, which are post meta, in place of their block."""
    try:
        notes = json.loads(item.post_meta().get("footnotes") or "[]", strict=False)
    except (ValueError, RecursionError):
        return html
    rows = [note for note in notes if isinstance(note, dict)] if isinstance(notes, list) else []
    items = "".join(
        f'<li id="{escape(key)}">{note.get("content") or ""}'
        f' <a href="#{escape(key)}-link">↩︎</a></li>'
        for note in rows
        if (key := str(note.get("id") or ""))
    )
    if not items:
        return html
    block = _FOOTNOTES_BLOCK.search(html)
    start, end = block.span() if block else (len(html), len(html))
    return f"{html[:start]}\n\n<ol>{items}</ol>\n\n{html[end:]}"


def _title(item: Element, html: str, notes: Notes) -> str:
    title = plain_text(item.text("title"))
    if not title:
        title = first_words(markup.to_text(html)) or "(untitled)"
        notes.append(f"it has no title, and is called {title!r} here")
    if len(title) > _TITLE_LENGTH:
        notes.append(f"its title has more than {_TITLE_LENGTH} characters and was cut")
        title = markup.excerpt(title, _TITLE_LENGTH)
    return title


def _parse_date(item: Element, name: str, prefix: str = "wp:") -> datetime | None:
    """Parse an item's UTC date, or else its local date, taken for UTC; None when there is none."""
    for text in (item.text(f"{prefix}{name}_gmt"), item.text(prefix + name)):
        if text and not text.startswith("0000"):
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                continue
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _parse_rss_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


_TAXONOMIES = {"": "tag", "post_tag": "tag"}
"""The taxonomies of terms in WordPress, where ours have other names."""


def _terms(
    item: Element, export: Export
) -> tuple[str, str | None, tuple[AuthorDraft, ...], tuple[TopicDraft, ...]]:
    """Return its own language or "", translation key, authors and topics: all are terms in WXR."""
    language, translation_key = "", None
    topics: dict[str, TopicDraft] = {}
    tags: dict[str, TopicDraft] = {}
    authors: dict[AuthorDraft, None] = {}
    for term in item.children("category"):
        domain, name = term.attribute("domain"), plain_text(term.own_text())
        slug = decode_slug(term.attribute("nicename")) or slug_of(name)
        if domain == "language":
            language = language_tag(term.attribute("nicename")) or language
        elif domain == "post_translations":
            translation_key = f"{export.source}:{slug}"[:255]
        elif domain == "author" and (author := export.author(name)):
            authors[author] = None
        elif slug and name and domain in {"category", "post_tag", "tag", ""} | export.taxonomies:
            # The oldest exports repeat each category without its slug.
            (topics if domain == "category" else tags)[slug] = export.topic(
                slug, name[:200], _TAXONOMIES.get(domain, domain)
            )
    login = item.text("dc:creator")
    if not authors and login and (author := export.author(login)):
        authors[author] = None
    return language, translation_key, tuple(authors), tuple((topics | tags).values())


def _comments(item: Element, published_at: datetime | None, notes: Notes) -> Iterator[CommentDraft]:
    """Yield a post's comments, without plugins' comment types (order notes)."""
    other_types: dict[str, int] = {}
    keys: set[str] = set()
    for number, comment in enumerate(item.children("wp:comment")):
        kind = _COMMENT_KIND.get(comment.text("wp:comment_type"))
        if kind is None:
            other_types[comment.text("wp:comment_type")] = (
                other_types.get(comment.text("wp:comment_type"), 0) + 1
            )
            continue
        key = (comment.text("wp:comment_id") or f"{number}")[:255]
        if key in keys:
            notes.append(f"the comment {key} is in the export twice; the first was imported")
            continue
        keys.add(key)
        parent = comment.text("wp:comment_parent")
        html, _ = shortcodes.to_html(comment.raw("wp:comment_content"))
        yield CommentDraft(
            key=key,
            author_name=public_name(plain_text(comment.text("wp:comment_author"))) or "Anonymous",
            author_email=comment.text("wp:comment_author_email") or None,
            body=Body(html),
            created_at=_parse_date(comment, "comment_date")
            or published_at
            or datetime(1970, 1, 1, tzinfo=UTC),
            status=_COMMENT_STATUS.get(comment.text("wp:comment_approved"), CommentStatus.PENDING),
            kind=kind,
            parent_key=parent if parent not in ("", "0", key) else None,
        )
    for type_name, count in other_types.items():
        notes.append(f"left out: {count_of(count, 'comment')} of the type {type_name}")
