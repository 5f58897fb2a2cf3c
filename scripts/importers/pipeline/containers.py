"""Exports of services that hold many kinds of files, of which few are articles.

A container is recognised by its files. Of what it holds, only the posts are read, and they are
public only if the container says so; everything else in it is somebody's own: profiles, lists of
readers, bookmarks, statistics.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from scripts.importers.markdown import notion
from scripts.importers.markdown.reader import MarkdownReader
from scripts.importers.services.medium.reader import MediumReader
from scripts.importers.services.medium.reader import is_export as is_medium
from scripts.importers.services.notion import reader as notion_html
from scripts.importers.services.notion.reader import NotionReader
from scripts.importers.services.notion.reader import is_export as is_notion_html
from scripts.importers.services.substack.reader import SubstackReader
from scripts.importers.services.substack.reader import is_export as is_substack
from scripts.importers.source import SourceReader

MAX_FOLDERS = 200


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of container: how it is recognised, where its posts are, and their reader.

    `detect` gets the container's folder; `is_post` a file's path in it. Without a `reader` of the
    whole folder, each post is a source of its own.
    """

    name: str
    detect: Callable[[Path], bool]
    is_post: Callable[[PurePosixPath], bool]
    reader: Callable[..., SourceReader] | None = None


def find_container(folder: Path) -> Container | None:
    """Return the container that a folder is; None for other folders."""
    return next((kind for kind in CONTAINERS if kind.detect(folder)), None)


def holds_container(folder: Path) -> bool:
    """Tell whether a folder below this one is a container; looks into MAX_FOLDERS of them."""
    below = (Path(base) for base, _, _ in os.walk(folder))
    return any(
        kind.detect(inner)
        for inner in islice(below, 1, MAX_FOLDERS + 1)
        for kind in CONTAINERS
        if kind.name != "Notion"  # whose pages are told by their own names
    )


def _is_takeout(folder: Path) -> bool:
    if (folder / "archive_browser.html").is_file() or folder.name == "Takeout":
        return True
    return (folder / "Blogger" / "Blogs").is_dir()


def _is_page_of_posts(place: PurePosixPath) -> bool:
    return place.parts[0] == "posts" and place.suffix.lower() in (".html", ".htm", ".xhtml")


CONTAINERS = (
    Container("Substack", is_substack, _is_page_of_posts, SubstackReader),
    Container("Notion", notion.is_export, notion.is_post, MarkdownReader),
    Container("Notion", is_notion_html, notion_html.is_post, NotionReader),
    Container("Medium", is_medium, _is_page_of_posts, MediumReader),
    Container(
        "Google Takeout",
        _is_takeout,
        lambda place: place.name == "feed.atom" and "Blogs" in place.parts,
    ),
)
"""The containers that the hub knows."""
