"""Comments on a saved page whose markup is that of WordPress (`wp_list_comments`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from hub.drafts import CommentDraft
from hub.models import CommentKind, CommentStatus
from hub.text.bodies import Body
from scripts.importers.content import dates
from scripts.importers.html.tree import Tree, element_text
from scripts.importers.source import public_name

MAX_COMMENTS = 5_000

_LISTS = (
    "//*[self::ol or self::ul or self::div][contains(concat(' ', @class, ' '), ' commentlist ')"
    " or contains(concat(' ', @class, ' '), ' comment-list ')]"
)
_ITEM_ID = re.compile(r"^(?:li-|div-)?comment-(\d+)$")
_SAYS = re.compile(r"(?i)(?<!\s)\s+says?:?\s*$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def extract_comments(tree: Tree, published_at: datetime | None) -> Iterator[CommentDraft]:
    """Yield the comments of a page in document order, and remove them from the tree.

    They are approved, because they were public on the page. E-mail addresses are not stored.
    """
    visited: set[str] = set()
    for list_ in tree.xpath(_LISTS):
        for item in list_.iter("li", "div", "article"):
            key = _key(item)
            if key and key not in visited and len(visited) < MAX_COMMENTS:
                visited.add(key)
                if comment := _build_comment(item, key, published_at or _EPOCH):
                    yield comment
    for list_ in tree.xpath(_LISTS):
        if list_.getparent() is not None:
            list_.drop_tree()


def _key(item: Tree) -> str:
    """Return the comment id in an element's `id` attribute; empty when there is none."""
    match = _ITEM_ID.match(str(item.get("id") or ""))
    return match[1] if match else ""


def _build_comment(item: Tree, key: str, moment: datetime) -> CommentDraft | None:
    parents = (node for node in item.iterancestors() if _key(node) not in ("", key))
    parent = next(parents, None)
    classes = f" {item.get('class') or ''} "
    kind = CommentKind.COMMENT
    for other in (CommentKind.PINGBACK, CommentKind.TRACKBACK):
        kind = other if f" {other.value.lower()} " in classes else kind
    content = _find_own(item, "comment-content", "comment_content", "comment-body", "comment-text")
    body = _body(content)
    if not body:
        return None
    return CommentDraft(
        key=key,
        author_name=public_name(_author_name(item)) or "Anonymous",
        body=Body(body),
        created_at=_date(item) or moment,
        status=CommentStatus.APPROVED,
        kind=kind,
        parent_key=_key(parent) if parent is not None else None,
    )


def _find_own(item: Tree, *classes: str) -> Tree | None:
    """Return a comment's first element with one of these classes, not that of a reply."""
    for name in classes:
        for node in item.xpath(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]"):
            if _owner_key(node) == _key(item):
                return node
    return None


def _owner_key(node: Tree) -> str:
    return next((_key(parent) for parent in node.iterancestors() if _key(parent)), "") or _key(node)


def _author_name(item: Tree) -> str:
    for name in ("fn", "comment-author", "comment_author", "author"):
        node = _find_own(item, name)
        if node is not None:
            return _SAYS.sub("", element_text(node))
    return ""


def _date(item: Tree) -> datetime | None:
    for node in item.xpath(".//time[@datetime]"):
        if _owner_key(node) == _key(item) and (date := dates.parse_date(str(node.get("datetime")))):
            return date
    meta = _find_own(item, "comment-metadata", "commentmetadata", "comment-meta", "comment-date")
    match = dates.find_date(element_text(meta)) if meta is not None else None
    return match[0] if match else None


def _body(node: Tree | None) -> str:
    """Return a comment's HTML without the author, date and reply lines of WordPress."""
    if node is None:
        return ""
    excluded = ("comment-author", "comment-meta", "commentmetadata", "comment-metadata", "reply")
    parts = []
    for child in node.xpath("./p|./blockquote|./ul|./ol|./pre") or [node]:
        classes = f" {child.get('class') or ''} "
        if any(f" {name} " in classes for name in excluded) or " children " in classes:
            continue
        parts.append(etree.tostring(child, encoding="unicode", method="html", with_tail=False))
    return "".join(parts)
