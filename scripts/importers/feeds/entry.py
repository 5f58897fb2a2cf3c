"""A feed and its entries, independent of the format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from hub.text.bodies import Body
from scripts.importers.content.embeds import Enclosure

MAX_ENCLOSURES = 50
"""Files of an entry that are read; a feed has one or two."""


class Role(str, Enum):
    """Role of an entry: always POST in feeds; Blogger's exports contain all of them."""

    POST = "POST"
    PAGE = "PAGE"
    COMMENT = "COMMENT"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry. `reply_to` is the id of a comment's post, `thread` that of its parent comment.

    `unread_date` is its date if that cannot be read. `hidden_reason` says why it is not public, if
    it does not simply call itself a draft.
    """

    id: str
    url: str
    title: str
    body: Body
    subtitle: str = ""
    summary: str = ""
    language: str = ""
    published_at: datetime | None = None
    unread_date: str = ""
    updated_at: datetime | None = None
    image_url: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    other_urls: tuple[str, ...] = ()
    role: Role = Role.POST
    is_draft: bool = False
    hidden_reason: str = ""
    reply_to: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: the URLs of its site, its language, its entries, and the parser's error (`fault`).

    `unread` maps the positions of unreadable entries to the reason. With a
    `fault`, `entry_start_tags` counts the entries that the file begins: more than `entries` when
    some are lost.
    """

    site_urls: list[str] = field(default_factory=list)
    language: str = ""
    entries: list[Entry] = field(default_factory=list)
    fault: str | None = None
    unread: dict[int, str] = field(default_factory=dict)
    entry_start_tags: int = 0
