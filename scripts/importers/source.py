"""The interface of readers: the records that they stream, including those about problems.

Readers only read. Their records are stored by `hub.imports`, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hub.drafts import ArticleDraft, AuthorDraft, TopicDraft
from hub.text.slugs import slug_of


class SourceError(Exception):
    """A path that cannot be read at all; the message says what an editor can do."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = Path(path)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that cannot be read. `place` is its position: `line 120`, `posts/x.md`."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that was left out on purpose; equal reasons are counted together.

    `key` is that of an article which its source has removed from the public, as to a trash: if an
    earlier import has made it public, it is hidden.
    """

    place: str
    reason: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A change to a record during the import, and its reason.

    `title` is the article's; readers leave it empty, and the pipeline sets it.
    """

    place: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class HeldBack(Note):
    """A Note that an article is not public here, and why."""


class Notes:
    """Notes about one record, in their order."""

    def __init__(self, place: str = "") -> None:
        self._place = place
        self._notes: list[Note] = []

    def append(self, text: str) -> None:
        """Add a note."""
        self._notes.append(Note(self._place, text))

    def hold_back(self, text: str) -> None:
        """Add the reason why the article is not public here."""
        self._notes.append(HeldBack(self._place, text))

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes)


Record = ArticleDraft | TopicDraft | AuthorDraft | Refusal | Skipped | Note
"""A record of a reader's stream. Single topics and authors are those that an export describes."""


class SourceReader(Protocol):
    """A source that can be read from its beginning to its end, more than once."""

    @property
    def kind(self) -> str:
        """The kind of the source, as on the command line: `wordpress`, `markdown`, `text`."""
        ...

    @property
    def source(self) -> str:
        """The source name in its drafts."""
        ...

    def total(self) -> int:
        """Return the approximate number of records; fast, for a progress bar."""
        ...

    def read(self) -> Iterator[Record]:
        """Yield the records in their order; a broken one is a Refusal and never ends the stream.

        Raises:
            SourceError: nothing at all can be read.
        """
        ...


def author_slugs(record: Record) -> set[str | None]:
    """Return the author slugs of an article; empty for other records."""
    return {author.slug for author in record.authors} if isinstance(record, ArticleDraft) else set()


def catch_errors(place: str, records: Iterator[Record]) -> Iterator[Record]:
    """Yield `records`; an unexpected exception becomes a Refusal at `place`.

    Readers handle the faults of real files themselves. This is for faults that no reader handles:
    they must not stop the rest of the import.
    """
    try:
        yield from records
    except SourceError:
        raise
    except Exception as error:
        yield Refusal(place, f"it cannot be read ({type(error).__name__}: {error})"[:300])


_EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]++)@[\w-]+(?:\.[\w-]+)+")
_BESIDE_NAME = re.compile(r"(?<=\S)\s*[<(\[][^<>()\[\]\s]*@[^<>()\[\]\s]*[>)\]]")
_ADDRESS_OF_MACHINE = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}", re.I
)


def public_name(name: str) -> str:
    """Remove e-mail addresses from a name, up to the part before the @.

    Empty for an IP address, which some systems use as a visitor's name.
    """
    cleaned = " ".join(_EMAIL.sub(r"\1", _BESIDE_NAME.sub("", name)).split())
    return "" if _ADDRESS_OF_MACHINE.fullmatch(cleaned) else cleaned


def source_name(path: Path) -> str:
    """Return the source name of a folder or file, the same from every working directory."""
    return slug_of(path.resolve().name)[:64].strip("-") or "import"


def first_words(text: str, max_length: int = 80) -> str:
    """Return the first words of a text, as a substitute for a missing title; may be empty."""
    words = " ".join(text[: max_length * 8].split())
    if len(words) <= max_length:
        return words
    return (
        words[:max_length].rpartition(" ")[0].rstrip(" ,;:.–—-") + "…"
        if " " in words[:max_length]
        else words[:max_length] + "…"
    )
