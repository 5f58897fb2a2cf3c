"""The words of importing: what a reader streams, and how it says that something went wrong.

Readers only read. What they stream is stored by `hub.imports`, in whatever order it comes.
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
    """A path that cannot be read at all; the message tells an editor what to do about it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that cannot be read. `place` is where it stands: `line 120`, `posts/x.md`."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that was left out on purpose; equal reasons are counted together."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a record that was altered on the way in, and why."""

    place: str
    text: str


Record = ArticleDraft | TopicDraft | AuthorDraft | Refusal | Skipped | Note
"""What a reader streams. Topics and authors by themselves are those that an export describes."""


class Reader(Protocol):
    """A source that can be read, more than once, from its beginning to its end."""

    @property
    def kind(self) -> str:
        """What it is, in the words of the command line: `wordpress`, `markdown`, `text`."""
        ...

    @property
    def source(self) -> str:
        """The source that its drafts name."""
        ...

    def total(self) -> int:
        """About how many records there are; quick, for a progress bar."""
        ...

    def read(self) -> Iterator[Record]:
        """Its records in their order; a broken one is a Refusal and never ends the stream.

        Raises:
            SourceError: nothing at all can be read.
        """
        ...


def author_slugs(record: Record) -> set[str | None]:
    """The authors of a record, by their slugs; of what is no article none."""
    return {one.slug for one in record.authors} if isinstance(record, ArticleDraft) else set()


def guarded(place: str, records: Iterator[Record]) -> Iterator[Record]:
    """The records that stand at `place`; whatever goes wrong among them is a Refusal there.

    Readers foresee what is wrong with real files. This is for the file that nobody foresaw: it
    must not cost the editor the rest of the import.
    """
    try:
        yield from records
    except SourceError:
        raise
    except Exception as error:
        yield Refusal(place, f"it cannot be read ({type(error).__name__}: {error})"[:300])


_EMAIL = re.compile(r"([\w.+-]+)@[\w-]+(?:\.[\w-]+)+")
_BESIDE_NAME = re.compile(r"(?<=\S)\s*[<(\[][^<>()\[\]\s]*@[^<>()\[\]\s]*[>)\]]")
_ADDRESS_OF_MACHINE = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}", re.I
)


def public_name(name: str) -> str:
    """A name that may be shown: e-mail addresses are cut to what stands before the @.

    Empty for the address of a machine, which some systems take for a visitor's name.
    """
    shown = " ".join(_EMAIL.sub(r"\1", _BESIDE_NAME.sub("", name)).split())
    return "" if _ADDRESS_OF_MACHINE.fullmatch(shown) else shown


def name_of(path: Path) -> str:
    """What a folder or file is called as a source; the same from wherever it is looked at."""
    return slug_of(path.resolve().name)[:64].strip("-") or "import"


def opening_words(text: str, most: int = 80) -> str:
    """The first words of a text, in place of a title it does not have; perhaps none."""
    words = " ".join(text[: most * 8].split())
    if len(words) <= most:
        return words
    return (
        words[:most].rpartition(" ")[0].rstrip(" ,;:.–—-") + "…"
        if " " in words[:most]
        else words[:most] + "…"
    )
