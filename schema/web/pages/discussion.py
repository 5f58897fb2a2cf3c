"""Comments of a story as a tree: everything on the page, at any depth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

COMMENTS = 100
"""Comments on a page of a story."""

MAX_INDENT = 6
"""Levels that are indented; what is deeper stands below its parent, which it names."""

OUTCOMES = {
    "pending": "Thank you. Your comment appears once it has been looked at.",
    "approved": "Thank you. Your comment is here.",
}
"""Messages after a comment was sent, by the parameter `said`."""

COMMENT = """fragment Words on Comment {
  id anchor authorName body publishedAt kind isErased editedAt
  parent { id anchor authorName }
}"""


@dataclass(slots=True)
class Entry:
    """A comment with the replies below it. `names_parent`: its parent is not right above it."""

    comment: dict[str, Any]
    names_parent: bool = False
    replies: list[Entry] = field(default_factory=list)


def arrange(comments: Iterable[dict[str, Any]]) -> list[Entry]:
    """Return comments, the oldest first, as a tree.

    A reply whose parent is on another page stands at the top, and one below `MAX_INDENT` levels at
    the last of them; both name their parent. No comment is lost.
    """
    tops: list[Entry] = []
    places: dict[str, tuple[Entry, list[Entry], int]] = {}
    for comment in comments:
        parent = comment["parent"]
        place = places.get(parent["id"]) if parent else None
        if place is None:
            entry, siblings, level = Entry(comment, names_parent=parent is not None), tops, 1
        elif place[2] < MAX_INDENT:
            entry, siblings, level = Entry(comment), place[0].replies, place[2] + 1
        else:
            entry, siblings, level = Entry(comment, names_parent=True), place[1], place[2]
        siblings.append(entry)
        places[comment["id"]] = (entry, siblings, level)
    return tops
