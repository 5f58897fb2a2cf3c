"""WordPress: an export (WXR, any version) as drafts of articles, with the comments on them.

Posts and pages come in; attachments, menus and whatever plugins keep as posts do not. What was
not public there never becomes public here: drafts, private and password-protected posts come in
as drafts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from hub.db.timestamps import now
from hub.drafts import ArticleDraft, AuthorDraft, Body, CommentDraft, TopicDraft
from hub.models import CommentKind, CommentStatus, Kind, Status
from hub.text import markup
from hub.text.slugs import slug_of
from hub.text.validation import MAX_LIST, MAX_METADATA
from scripts.importers.source import (
    Note,
    Record,
    Refusal,
    Skipped,
    author_slugs,
    guarded,
    opening_words,
    public_name,
)
from scripts.importers.wordpress import shortcodes
from scripts.importers.wordpress.site import (
    Attachment,
    Export,
    language_tag,
    plain,
    slug_as_written,
)
from scripts.importers.wordpress.split_exports import Look, Parts
from scripts.importers.wordpress.wxr import Element, Piece, Unreadable, pieces

_KINDS = {"post": Kind.ARTICLE, "page": Kind.PAGE}
_NEVER_SHOWN = frozenset({"trash", "auto-draft", "inherit"})
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


class WordPressReader:
    """One export file."""

    kind = "wordpress"

    def __init__(
        self,
        path: Path,
        *,
        source: str | None = None,
        language: str = "en",
        taxonomies: Sequence[str] = (),
        parts: Parts | None = None,
    ) -> None:
        self._path = path
        self._language = language
        self._taxonomies = frozenset(taxonomies)
        self._source = source
        self._parts = parts or Parts()
        self._looked: Look | None = None

    @property
    def source(self) -> str:
        """The site's host, as the export has it."""
        return self._look().export.source

    def total(self) -> int:
        """The number of items. Reads the file once."""
        return self._look().total

    def read(self) -> Iterator[Record]:
        """See `Reader.read`."""
        export = self._look().export
        if export.fault:
            yield Refusal("line 1", export.fault)
        seen: set[str] = set()
        heard: set[str | None] = set()
        last = Piece("head", "", 1)
        for last in pieces(self._path):
            if last.kind == "item":
                for record in guarded(f"line {last.line}", _read(last, export, seen)):
                    heard |= author_slugs(record)
                    yield record
            elif last.kind == "rest" and "</item" in last.text:
                yield Refusal(f"line {last.line}", "it is an item whose beginning is damaged")
        for login, author in export.authors.items():
            if author.slug not in heard:
                yield Skipped(f"author {login}", "authors who have written nothing in it")
        ended = last.kind != "item" and "</rss" in last.text[-4096:]
        if not ended and (last.kind != "item" or last.whole):
            at = last.line + last.text.count("\n")
            yield Refusal(f"line {at}", "the file ends before its end: it has been cut off")

    def _look(self) -> Look:
        if self._looked is None:
            self._looked = self._parts.look(self._path, self._source, self._language)
            self._looked.export.taxonomies = self._taxonomies
        return self._looked


# ── an item ───────────────────────────────────────────────────────────────────────────────────


def _read(piece: Piece, export: Export, seen: set[str]) -> Iterator[Record]:
    """The draft that an item holds with the notes on it, or why there is none."""
    place = f"line {piece.line}"
    if not piece.whole:
        yield Refusal(place, "it has no end: the file has been cut off, or a section is not closed")
        return
    try:
        item, mended = export.parser.item(piece.text)
    except Unreadable as error:
        yield Refusal(place, str(error))
        return
    kind, status = item.text("wp:post_type"), item.text("wp:status") or "publish"
    if item.damaged and not (kind and item.text("wp:status")):
        yield Refusal(place, f"it is damaged: {mended}")
        return
    if kind not in _KINDS:
        yield _other(place, kind)
        return
    if status in _NEVER_SHOWN:
        yield Skipped(place, f"{kind}s with the status {status}")
        return
    key = _key(item, seen)
    if key is None:
        taken = item.text("wp:post_id") or item.text("guid")
        yield Refusal(place, f"it is numbered {taken}, as another post of this export is")
        return
    seen.add(key)
    notes = [mended] if mended else []
    yield _draft(item, key, place, export, notes)
    for note in notes:
        yield Note(place, note)


def _key(item: Element, seen: set[str]) -> str | None:
    """What tells a post from all others of its site; None when nothing does.

    Exports that were put together by hand or by other systems may use a number twice.
    """
    names = ("guid", "link", "wp:post_name", "title")
    others = [f"{name.removeprefix('wp:')}:{item.text(name)}" for name in names if item.text(name)]
    for key in (item.text("wp:post_id"), *others):
        if key and key[:255] not in seen:
            return key[:255]
    return None if item.text("wp:post_id") or others else "untitled"


def _other(place: str, kind: str) -> Record:
    if not kind:
        return Refusal(place, "it does not say whether it is a post or a page")
    known = {"attachment": "attachments", "nav_menu_item": "menu items", "revision": "revisions"}
    return Skipped(place, known.get(kind) or f"posts of the type {kind}")


def _draft(item: Element, key: str, place: str, export: Export, notes: list[str]) -> ArticleDraft:
    html = _body(item, export, notes)
    language, translation_key, authors, topics = _terms(item, export)
    published_at = _moment(item, "post_date") or _rss_date(item.text("pubDate"))
    status = _status(item, published_at, notes)
    own = [url for name in ("link", "guid") if (url := item.text(name))]
    image = export.files.get(item.meta().get("_thumbnail_id", ""), Attachment(""))
    return ArticleDraft(
        source=export.source,
        key=key,
        place=place,
        title=_title(item, html, notes),
        body=Body(html),
        slug=slug_as_written(item.text("wp:post_name")) or None,
        summary=plain(item.text("excerpt:encoded"))[:5000],
        language=language,
        kind=_KINDS[item.text("wp:post_type")],
        status=status,
        published_at=published_at,
        created_at=published_at,
        updated_at=_moment(item, "post_modified"),
        comments_open=item.text("wp:comment_status") != "closed",
        image_url=image.url or None,
        image_alt=image.alt[:255] or None,
        translation_key=translation_key,
        authors=authors,
        topics=topics,
        relations=export.site.relations(html, own, export.attachments),
        comments=tuple(_comments(item, published_at, notes)),
        addresses=export.site.addresses(own, item.text("wp:post_id")),
        metadata=_metadata(item, notes),
        aliases=tuple(filter(None, map(slug_as_written, item.metas("_wp_old_slug")))),
    )


def _metadata(item: Element, notes: list[str]) -> tuple[tuple[str, str], ...]:
    """The custom fields that an editor gave a post; those of a plugin's own begin with a _."""
    found = {" ".join(name.split()): value for name, value in item.meta().items() if value}
    shown = [one for one in found.items() if one[0] and one[0][0] != "_" and len(one[0]) <= 200]
    kept = [one for one in shown if len(one[1]) <= MAX_METADATA][:MAX_LIST]
    if len(kept) < len(shown):
        notes.append(f"{len(shown) - len(kept)} custom fields are too long or too many; left out")
    if item.text("wp:is_sticky") == "1":
        kept = [("sticky", "1"), *kept[: MAX_LIST - 1]]
    return tuple(kept)


def _body(item: Element, export: Export, notes: list[str]) -> str:
    def gallery(given: str) -> str:
        shown = export.gallery(given, item.text("wp:post_id"))
        return "".join(shortcodes.figure(one.url, one.alt, one.caption) for one in shown)

    html, left_out = shortcodes.to_html(item.raw("content:encoded"), gallery)
    if left_out:
        notes.append(f"shortcodes that nothing stands for were left out: {', '.join(left_out)}")
    return markup.to_html(Body(html))


def _title(item: Element, html: str, notes: list[str]) -> str:
    title = plain(item.text("title"))
    if not title:
        title = opening_words(markup.to_text(html)) or "(untitled)"
        notes.append(f"it has no title, and is called {title!r} here")
    if len(title) > _TITLE_LENGTH:
        notes.append(f"its title has more than {_TITLE_LENGTH} characters and was cut")
        title = markup.excerpt(title, _TITLE_LENGTH)
    return title


def _status(item: Element, published_at: datetime | None, notes: list[str]) -> Status:
    status = item.text("wp:status") or "publish"
    if item.damaged and not item.has("wp:post_password"):
        notes.append("it is damaged where a password may have stood, and a draft here")
        return Status.DRAFT
    if item.text("wp:post_password"):
        notes.append("it is protected by a password, and a draft here")
        return Status.DRAFT
    if status == "publish":
        return Status.PUBLISHED
    if status == "future":
        if published_at is not None and published_at > now():
            return Status.SCHEDULED
        notes.append("it was scheduled for a date that is past now, and is a draft here")
    elif status not in ("draft", "pending"):
        notes.append(f"it is {status}, and a draft here")
    return Status.DRAFT


def _moment(item: Element, name: str, prefix: str = "wp:") -> datetime | None:
    """A date in UTC where the export has it, else as the site's clock showed it."""
    for written in (item.text(f"{prefix}{name}_gmt"), item.text(prefix + name)):
        if written and not written.startswith("0000"):
            try:
                moment = datetime.fromisoformat(written)
            except ValueError:
                continue
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _rss_date(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _terms(
    item: Element, export: Export
) -> tuple[str, str | None, tuple[AuthorDraft, ...], tuple[TopicDraft, ...]]:
    """Language, translation key, authors and topics: what WordPress tells in one list."""
    language, translation_key = export.language, None
    topics: dict[str, TopicDraft] = {}
    tags: dict[str, TopicDraft] = {}
    authors: dict[AuthorDraft, None] = {}
    for one in item.all("category"):
        domain, name = one.attribute("domain"), plain(one.own())
        slug = slug_as_written(one.attribute("nicename")) or slug_of(name)
        if domain == "language":
            language = language_tag(one.attribute("nicename")) or language
        elif domain == "post_translations":
            translation_key = f"{export.source}:{slug}"[:255]
        elif domain == "author" and (author := export.author(name)):
            authors[author] = None
        elif slug and name and domain in {"category", "post_tag", "tag", ""} | export.taxonomies:
            # The oldest exports name a category a second time, without its slug.
            (topics if domain == "category" else tags)[slug] = export.topic(slug, name[:200])
    login = item.text("dc:creator")
    if not authors and login and (author := export.author(login)):
        authors[author] = None
    return language, translation_key, tuple(authors), tuple((topics | tags).values())


def _comments(
    item: Element, published_at: datetime | None, notes: list[str]
) -> Iterator[CommentDraft]:
    """The comments on a post; what plugins keep among them (order notes) is left out."""
    others: dict[str, int] = {}
    keys: set[str] = set()
    for number, one in enumerate(item.all("wp:comment")):
        kind = _COMMENT_KIND.get(one.text("wp:comment_type"))
        if kind is None:
            others[one.text("wp:comment_type")] = others.get(one.text("wp:comment_type"), 0) + 1
            continue
        key = (one.text("wp:comment_id") or f"{number}")[:255]
        if key in keys:
            notes.append(f"the comment {key} stands there twice; the first was taken")
            continue
        keys.add(key)
        parent = one.text("wp:comment_parent")
        html, _ = shortcodes.to_html(one.raw("wp:comment_content"))
        yield CommentDraft(
            key=key,
            author_name=public_name(plain(one.text("wp:comment_author"))) or "Anonymous",
            author_email=one.text("wp:comment_author_email") or None,
            body=Body(html),
            created_at=_moment(one, "comment_date")
            or published_at
            or datetime(1970, 1, 1, tzinfo=UTC),
            status=_COMMENT_STATUS.get(one.text("wp:comment_approved"), CommentStatus.PENDING),
            kind=kind,
            parent_key=parent if parent not in ("", "0", key) else None,
        )
    for kind_name, count in others.items():
        notes.append(f"{count} comments of the type {kind_name} were left out")
