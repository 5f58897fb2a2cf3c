"""What a feed of any format holds, before it becomes drafts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from hub.drafts import Body


class Role(str, Enum):
    """What an entry is: feeds have posts; Blogger's exports have all of these."""

    POST = "POST"
    PAGE = "PAGE"
    COMMENT = "COMMENT"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `reply_to` is the post that a comment is on, `thread` what it answers to."""

    id: str
    url: str
    title: str
    body: Body
    summary: str = ""
    language: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image_url: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    other_urls: tuple[str, ...] = ()
    role: Role = Role.POST
    is_draft: bool = False
    reply_to: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: the addresses of its site, its language, its entries, and what is wrong with it.

    `unread` are the places of entries that could not be read, with the reason. `begun` is how many
    entries the file of a feed with a `fault` begins: more than `entries`, where some are lost.
    """

    site_urls: list[str] = field(default_factory=list)
    language: str = ""
    entries: list[Entry] = field(default_factory=list)
    fault: str | None = None
    unread: dict[int, str] = field(default_factory=dict)
    begun: int = 0
