"""Exports of services that hold many kinds of files, of which few are articles.

A container is recognised by its files. Of what it holds, only the posts are read, and they are
public only if the container says so; everything else in it is somebody's own: profiles, lists of
readers, bookmarks, statistics.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from hub.drafts import ArticleDraft
from hub.models import Status
from hub.text.slugs import slug_of
from scripts.importers.content import dates
from scripts.importers.content.publication import read_publication
from scripts.importers.source import HeldBack, Note, Record, Skipped, SourceReader

MAX_ROWS = 100_000
HEAD_CHARACTERS = 4_096

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Post:
    """The container's own data of a post: its fields, and why it is not public, if it is not.

    `skip_reason`: it is no article at all.
    """

    fields: Mapping[str, Any]
    hidden_reason: str = ""
    skip_reason: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of container: how it is recognised, where its posts are, what it says about them.

    `detect` gets the container's folder; `is_post` a file's path in it; `describe` the folder, and
    returns a function from a post's path to its data.
    """

    name: str
    detect: Callable[[Path], bool]
    is_post: Callable[[PurePosixPath], bool]
    describe: Callable[[Path], Callable[[PurePosixPath], Post]] | None = None


def find_container(folder: Path) -> Container | None:
    """Return the container that a folder is; None for other folders."""
    return next((kind for kind in CONTAINERS if kind.detect(folder)), None)


class ContainedReader:
    """Reader of a container's posts: those that the container does not call public are drafts.

    `prefix` is the path of the reader's folder within the container.
    """

    def __init__(
        self, reader: SourceReader, prefix: str, describe: Callable[[PurePosixPath], Post]
    ) -> None:
        self._reader = reader
        self._prefix = prefix
        self._describe = describe

    @property
    def kind(self) -> str:
        """The kind of the reader of its posts."""
        return self._reader.kind

    @property
    def source(self) -> str:
        """The source name of its posts."""
        return self._reader.source

    def total(self) -> int:
        """See `SourceReader.total`."""
        return self._reader.total()

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        skipped: set[str] = set()
        for record in self._reader.read():
            if isinstance(record, ArticleDraft):
                post = self._describe(PurePosixPath(self._prefix, record.place))
                if post.skip_reason:
                    skipped.add(record.place)
                    yield Skipped(record.place, post.skip_reason)
                    continue
                yield _apply(post, record)
                if post.hidden_reason:
                    yield HeldBack(record.place, f"{post.hidden_reason}, and it is a draft here")
            elif not isinstance(record, Note) or record.place not in skipped:
                yield record


def _apply(post: Post, draft: ArticleDraft) -> ArticleDraft:
    draft = replace(draft, **post.fields)
    return replace(draft, status=Status.DRAFT) if post.hidden_reason else draft


# ── Substack: posts.csv beside posts/<id>.<slug>.html ─────────────────────────────────────────


def _is_substack(folder: Path) -> bool:
    names = _first_row(folder / "posts.csv")
    return "post_id" in names and bool({"is_published", "audience"} & set(names))


def _first_row(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return next(csv.reader([file.readline(HEAD_CHARACTERS)]), [])
    except (OSError, csv.Error):
        return []


def _describe_substack(folder: Path) -> Callable[[PurePosixPath], Post]:
    posts = {row.get("post_id") or "": row for row in _read_rows(folder / "posts.csv")}

    def describe(place: PurePosixPath) -> Post:
        row = posts.get(place.stem)
        if row is None:
            return Post({}, "posts.csv does not name it")
        if not row.get("is_published"):
            return Post(_substack_fields(row, place), "posts.csv does not say that it is published")
        publication = read_publication(row, default=Status.DRAFT)
        reason = "" if publication.status is Status.PUBLISHED else publication.reason
        return Post(_substack_fields(row, place), reason)

    return describe


def _read_rows(path: Path) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for number, row in enumerate(csv.DictReader(file)):
                if number == MAX_ROWS:
                    return
                yield row
    except (OSError, csv.Error):
        return  # a post without a row is a draft


def _substack_fields(row: Row, place: PurePosixPath) -> dict[str, Any]:
    published_at = dates.parse_date(row.get("post_date"))
    fields: dict[str, Any] = {
        "title": (row.get("title") or "").strip()[:500],
        "subtitle": (row.get("subtitle") or "").strip()[:500],
        "slug": slug_of(place.stem.partition(".")[2]) or None,
        "published_at": published_at,
        "created_at": published_at,
    }
    return {name: value for name, value in fields.items() if value}


# ── Medium: posts/<date>_<title>-<id>.html beside profile/, claps/, … ─────────────────────────

_MEDIUM_POST = re.compile(r"(?:draft|\d{4}-\d{2}-\d{2})_(?P<title>.*?)-*[0-9a-f]{6,16}\.html?")


def _is_medium(folder: Path) -> bool:
    posts = folder / "posts"
    if not posts.is_dir():
        return False
    if any((folder / name).is_dir() for name in ("claps", "highlights")):
        return True
    first = next((path for path in sorted(posts.glob("*.html"))), None)
    return first is not None and bool(_MEDIUM_POST.fullmatch(first.name))


def _describe_medium(_: Path) -> Callable[[PurePosixPath], Post]:
    def describe(place: PurePosixPath) -> Post:
        match = _MEDIUM_POST.fullmatch(place.name)
        if match is None:
            return Post({}, "its file has no date of publication")
        if place.name.startswith("draft_"):
            return Post({}, "it is a draft in Medium")
        if not any(letter.isalnum() for letter in match["title"]):
            return Post({}, skip_reason="responses to stories of others (Medium)")
        return Post({})

    return describe


# ── Google Takeout: Blogger/Blogs/<blog>/feed.atom among everything else ──────────────────────


def _is_takeout(folder: Path) -> bool:
    if (folder / "archive_browser.html").is_file() or folder.name == "Takeout":
        return True
    return (folder / "Blogger" / "Blogs").is_dir()


CONTAINERS = (
    Container(
        "Substack",
        _is_substack,
        lambda place: place.parts[0] == "posts" and place.suffix.lower() in (".html", ".htm"),
        _describe_substack,
    ),
    Container(
        "Medium",
        _is_medium,
        lambda place: place.parts[0] == "posts" and place.suffix.lower() in (".html", ".htm"),
        _describe_medium,
    ),
    Container(
        "Google Takeout",
        _is_takeout,
        lambda place: place.name == "feed.atom" and "Blogs" in place.parts,
    ),
)
"""The containers that the hub knows."""
