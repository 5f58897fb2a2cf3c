"""Readers' comments on a saved page, where its markup is WordPress's (`wp_list_comments`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from hub.drafts import Body, CommentDraft
from hub.models import CommentKind, CommentStatus
from scripts.importers import dates
from scripts.importers.html.tree import Tree, words_of
from scripts.importers.source import public_name

MAX_COMMENTS = 5_000

_LISTS = (
    "//*[self::ol or self::ul or self::div][contains(concat(' ', @class, ' '), ' commentlist ')"
    " or contains(concat(' ', @class, ' '), ' comment-list ')]"
)
_ITEM = re.compile(r"^(?:li-|div-)?comment-(\d+)$")
_SAYS = re.compile(r"(?i)\s+says?:?\s*$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def comments_of(tree: Tree, published_at: datetime | None) -> Iterator[CommentDraft]:
    """The comments of a page in their order; they are taken out of the tree.

    They were public on the page, and are here. No address of a commenter is kept.
    """
    seen: set[str] = set()
    for list_ in tree.xpath(_LISTS):
        for item in list_.iter("li", "div", "article"):
            key = _key(item)
            if key and key not in seen and len(seen) < MAX_COMMENTS:
                seen.add(key)
                if found := _comment(item, key, published_at or _EPOCH):
                    yield found
    for list_ in tree.xpath(_LISTS):
        if list_.getparent() is not None:
            list_.drop_tree()


def _key(item: Tree) -> str:
    """A comment's number, for the outermost element that has it."""
    found = _ITEM.match(str(item.get("id") or ""))
    return found[1] if found else ""


def _comment(item: Tree, key: str, moment: datetime) -> CommentDraft | None:
    parents = (one for one in item.iterancestors() if _key(one) not in ("", key))
    parent = next(parents, None)
    classes = f" {item.get('class') or ''} "
    kind = CommentKind.COMMENT
    for other in (CommentKind.PINGBACK, CommentKind.TRACKBACK):
        kind = other if f" {other.value.lower()} " in classes else kind
    said = _own(item, "comment-content", "comment_content", "comment-body", "comment-text")
    body = _body(said)
    if not body:
        return None
    return CommentDraft(
        key=key,
        author_name=public_name(_author(item)) or "Anonymous",
        body=Body(body),
        created_at=_written(item) or moment,
        status=CommentStatus.APPROVED,
        kind=kind,
        parent_key=_key(parent) if parent is not None else None,
    )


def _own(item: Tree, *classes: str) -> Tree | None:
    """The first element of a comment with one of these classes, that is no reply's."""
    for name in classes:
        for node in item.xpath(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]"):
            if _owner(node) == _key(item):
                return node
    return None


def _owner(node: Tree) -> str:
    return next((_key(one) for one in node.iterancestors() if _key(one)), "") or _key(node)


def _author(item: Tree) -> str:
    for name in ("fn", "comment-author", "comment_author", "author"):
        node = _own(item, name)
        if node is not None:
            return _SAYS.sub("", words_of(node))
    return ""


def _written(item: Tree) -> datetime | None:
    for node in item.xpath(".//time[@datetime]"):
        if _owner(node) == _key(item) and (found := dates.moment(str(node.get("datetime")))):
            return found
    meta = _own(item, "comment-metadata", "commentmetadata", "comment-meta", "comment-date")
    found_in = dates.found_in(words_of(meta)) if meta is not None else None
    return found_in[0] if found_in else None


def _body(node: Tree | None) -> str:
    """What a comment says, without the lines around it that WordPress prints."""
    if node is None:
        return ""
    around = ("comment-author", "comment-meta", "commentmetadata", "comment-metadata", "reply")
    parts = []
    for child in node.xpath("./p|./blockquote|./ul|./ol|./pre") or [node]:
        classes = f" {child.get('class') or ''} "
        if any(f" {name} " in classes for name in around) or " children " in classes:
            continue
        parts.append(etree.tostring(child, encoding="unicode", method="html", with_tail=False))
    return "".join(parts)
