"""The format of Movable Type exports: entries of headers and sections, in one text.

Lines of eight dashes end entries, lines of five dashes end headers and sections. Words of an
article may contain such lines too: they end something only where a header or a section follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scripts.importers.records.line_reader import read_lines

MAX_ENTRY = 32_000_000
"""Characters of the longest entry, with its comments."""

Headers = list[tuple[str, str]]
"""Names in upper case, and values; names may stand more than once."""

_HEADER = re.compile(r"([A-Z][A-Z0-9 _-]{0,40}):(?:[ \t]+(.*)|[ \t]*)", re.DOTALL)
_SECTION_NAMES = "EXTENDED BODY|BODY|EXCERPT|KEYWORDS|COMMENT|PING"
_REPLY_START = "AUTHOR|EMAIL|IP|URL|DATE|TITLE|BLOG NAME|SECRET"
_SECTION = re.compile(
    rf"^-----[ \t]*\n(?:[ \t]*\n)*(?=(?:{_SECTION_NAMES}):[ \t]*$|(?:{_REPLY_START}):|\s*\Z)"
    rf"|^(?=(?:COMMENT|PING):[ \t]*\n(?:{_REPLY_START}):)",
    re.MULTILINE,
)
"""The end of a section: also where damage took a line, lest addresses of readers become text."""
_BEGINNING = re.compile(
    r"(?:(?!-----)[A-Z][A-Z0-9 _-]{0,40}:[^\n]*\n|[ \t]*\n)+-----[ \t]*\n"
    rf"(?:{_SECTION_NAMES}):[ \t]*\n"
)
_ENTRY_HEADERS = frozenset(
    (
        *("AUTHOR", "TITLE", "BASENAME", "STATUS", "DATE", "CATEGORY", "PRIMARY CATEGORY", "TAGS"),
        *("ALLOW COMMENTS", "ALLOW PINGS", "CONVERT BREAKS", "NO ENTRY", "UNIQUE URL"),
    )
)
_REPLY_HEADERS = frozenset(
    (
        *("AUTHOR", "EMAIL", "IP", "URL", "DATE", "TITLE", "BLOG NAME", "ID", "PARENT ID"),
        *("VISIBLE", "APPROVED", "PUBLISHED", "STATUS", "SECRET", "PRIVATE", "JUNK", "SPAM"),
        *("JUNK STATUS", "PASS", "PASSWORD"),
    )
)
_NEVER_TEXT = frozenset(("EMAIL", "IP", "PASS", "PASSWORD"))


@dataclass(frozen=True, slots=True)
class Section:
    """A section of an entry; `name` is its first line: `BODY`, `COMMENT`.

    Without a name, it is what damage has left outside of the others.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, and the number of its first line. `fault` says why it cannot be read."""

    line: int
    headers: Headers = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    fault: str = ""

    def first(self, name: str) -> str:
        """Return the first value of a header that is not empty; else an empty text."""
        return next((value for key, value in self.headers if key == name and value), "")

    def all(self, name: str) -> list[str]:
        """Return the values of a header that are not empty."""
        return [value for key, value in self.headers if key == name and value]

    def texts(self, name: str) -> list[str]:
        """Return the texts of the sections of this name that are not empty."""
        return [part.text for part in self.sections if part.name == name and part.text.strip()]


def is_export(beginning: str) -> bool:
    """Tell whether a text begins like an export."""
    return bool(_BEGINNING.match(beginning.lstrip("\ufeff \t\r\n").replace("\r\n", "\n")))


def read_entries(path: Path) -> Iterator[Entry]:
    """Yield the entries of a file, one after the other; memory holds one of them.

    Raises:
        SourceError: the file cannot be opened.
    """
    lines: list[str] = []
    start, size, gap = 1, 0, 0
    is_at_end = False  # after eight dashes, before the line that shows whether they end an entry
    for number, line in read_lines(path):
        text = "" if line is None else line.rstrip("\r\n")
        if number == 1:
            text = text.lstrip("\ufeff")
        if is_at_end and text.strip():
            if _is_entry_header(text):
                yield _parse(start, lines[: -gap - 1], size)
                lines, start, size = [], number, 0
            is_at_end = False
        gap = gap + 1 if is_at_end else 0
        if text.rstrip() == "--------":
            is_at_end, gap = True, 0
        size += MAX_ENTRY + 1 if line is None else len(text) + 1
        if size <= MAX_ENTRY:
            lines.append(text)
        elif not is_at_end:
            lines = []
        else:
            lines = [text]
    if any(line.strip() and line.rstrip() != "--------" for line in lines) or size > MAX_ENTRY:
        yield _parse(start, lines[: -gap - 1] if is_at_end else lines, size)


def _is_entry_header(line: str) -> bool:
    match = _HEADER.fullmatch(line.rstrip())
    return match is not None and match[1] in _ENTRY_HEADERS


def _parse(start: int, lines: list[str], size: int) -> Entry:
    if size > MAX_ENTRY:
        return Entry(start, fault=f"it has more than {MAX_ENTRY:,} characters")
    head, *parts = _SECTION.split("\n".join(lines) + "\n")
    headers: Headers = []
    strays: list[str] = []
    for line in head.splitlines():
        if match := _HEADER.fullmatch(line.rstrip()):
            headers.append((match[1], (match[2] or "").strip()))
        else:
            strays.append(line)
    sections = [Section("", "\n".join(strays))]
    for part in parts:
        first, _, text = part.partition("\n")
        name = first.strip().removesuffix(":")
        is_named = name in _SECTION_NAMES.split("|")
        sections.append(Section(name, text) if is_named else Section("", part))
    return Entry(start, headers, sections)


def split_reply(text: str) -> tuple[dict[str, str], str]:
    """Split a comment or ping into its headers, of which the first values count, and its words.

    Unknown names are headers up to the last known one: addresses of readers may stand there.
    """
    lines = text.split("\n")
    headers: dict[str, str] = {}
    seen: dict[str, str] = {}
    end = 0
    for number, line in enumerate(lines):
        match = _HEADER.fullmatch(line.rstrip())
        if match is None or (match[1] in seen and match[1] not in _NEVER_TEXT):
            break
        seen[match[1]] = (match[2] or "").strip()
        if match[1] in _REPLY_HEADERS:
            end = number + 1
            headers = dict(seen)
    return headers, "\n".join(lines[end:]).strip()
