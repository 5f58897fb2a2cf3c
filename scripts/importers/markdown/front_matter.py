"""Front matter of files: YAML between `---`, TOML between `+++`, JSON, or `Key: value` lines."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scripts.importers.content.decoding import decode
from scripts.importers.content.publication import decides_publication

MAX_BYTES = 8_000_000
MAX_DEPTH = 60
"""Nesting of lists and mappings in YAML."""
MIN_CHARACTERS_PER_NULL = 100
"""A file with more null characters than one in so many is binary, with fewer damaged text."""
_FENCED = re.compile(
    r"(?P<fence>---|\+\+\+|;;;)(?P<language>[A-Za-z]*)[ \t]*\n"
    r"(?P<data>.*?)(?:^|\n)(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)"
    r"(?P<body>.*)",
    re.DOTALL,
)
_KEYED = re.compile(r"(?:[A-Za-z_][\w -]{0,60}:[ \t]*[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+(?:\n|\Z)")
_UNCLOSED = re.compile(r"(?:---|\+\+\+)[ \t]*\n[A-Za-z_][\w.-]*[ \t]*(?::\s|=)")
_PROPERTIES = re.compile(
    r"\s*+#[ \t]++(?P<title>[^\n]++)\n++"
    r"(?P<pairs>(?:[A-Za-z][\w /-]{0,60}:[ \t]+\S[^\n]*(?:\n|\Z))+)(?:\n|\Z)"
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableFile(Exception):
    """A file that cannot be read; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Page:
    """A file's data and its text; `has_data` is false without front matter.

    `is_keyed`: the data are `Name: value` lines without a fence, as Pelican has them.
    """

    data: dict[str, Any]
    text: str
    has_data: bool
    is_keyed: bool = False


def read(path: Path) -> Page:
    """Read the data and text of a file.

    Raises:
        UnreadableFile: it is too long, no text, or its data cannot be parsed.
    """
    return split(read_text(path))


def read_text(path: Path) -> str:
    """Read the text of a file. Raises UnreadableFile."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(f"it has more than {MAX_BYTES // 1_000_000} MB")
        return decode_text(path.read_bytes())
    except OSError as error:
        raise UnreadableFile(f"it cannot be opened ({error.strerror})") from error


def decode_text(data: bytes) -> str:
    """Decode a file in any encoding, with Unix line ends. Raises UnreadableFile."""
    text = decode(data)
    if text.count("\x00") * MIN_CHARACTERS_PER_NULL > len(text):
        raise UnreadableFile("it is no text")
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def split(text: str) -> Page:
    """Split a text into its front matter and the rest. Raises UnreadableFile."""
    fenced = _FENCED.match(text)
    if fenced:
        data = _parse_fenced(fenced["fence"], fenced["language"].lower(), fenced["data"])
        if isinstance(data, dict):
            return Page({str(key): value for key, value in data.items()}, fenced["body"], True)
        if data is None:
            return Page({}, fenced["body"], True)
    if not fenced and _UNCLOSED.match(text):
        raise UnreadableFile("its front matter has no end (line 1)")
    if re.match(r"\{\s*\"", text):
        return _split_json(text)
    keyed = _KEYED.match(text)
    if keyed and re.match(r"(?i)title:", text):
        return Page(_parse_pairs(keyed[0]), text[keyed.end() :], True, is_keyed=True)
    return _split_properties(text) or Page({}, text, False)


def _split_properties(text: str) -> Page | None:
    """Split a page as Notion exports it: a heading, then a paragraph of `Name: value` lines.

    None unless one of the lines decides whether the page is public.
    """
    match = _PROPERTIES.match(text)
    if match is None:
        return None
    data = _parse_pairs(match["pairs"])
    if not any(decides_publication(name, value) for name, value in data.items()):
        return None
    return Page({"title": match["title"].strip(), **data}, text[match.end() :], True)


_HUGE_NUMBER = re.compile(r"[0-9a-fA-F_]{3000}")


def check_numbers(text: str) -> None:
    """Raise ValueError if a text may have a number that Python reads, but writes in no decimals."""
    if _HUGE_NUMBER.search(text):
        raise ValueError("a number has more than 3,000 digits")


def load_yaml(text: str) -> Any:
    """Load YAML.

    Raises:
        yaml.YAMLError: it is invalid, or nested too deep for the C library's stack.
        ValueError: it has a number that cannot be written.
    """
    check_numbers(text)
    if sum(map(text.count, ("[", "{", "- ", "? "))) > MAX_DEPTH:
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise yaml.YAMLError("it nests too deep")
    return yaml.load(text, Loader=_LOADER)


def _json_fault(error: json.JSONDecodeError, lines_before: int = 0) -> str:
    place = f"line {error.lineno + lines_before}, column {error.colno}"
    return f"its front matter is no JSON: {error.msg} ({place})"


def _toml_place(match: re.Match[str]) -> str:
    """Return the place of a fault in the file, whose first line is the fence."""
    return f"(line {int(match[1]) + 1}, column {match[2]})"


_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_LANGUAGES = {"---": "yaml", "+++": "toml", ";;;": "json"}


def _parse_fenced(fence: str, language: str, data: str) -> Any:
    """Parse the text between two fences; no mapping when they are mere horizontal rules."""
    language = language or _LANGUAGES[fence]
    try:
        match language:
            case "yaml" | "yml":
                return load_yaml(data)
            case "toml":
                check_numbers(data)
                return tomllib.loads(f"{data}\n")
            case "json":
                return json.loads(data)
            case _:
                reason = f"its front matter is {language} (line 1), which the hub does not run"
                raise UnreadableFile(reason)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = f" (line {mark.line + 2}, column {mark.column + 1})" if mark else " (line 1)"
        reason = f"its front matter is no YAML: {error.problem or error}{at}"
        raise UnreadableFile(reason) from error
    except json.JSONDecodeError as error:
        raise UnreadableFile(_json_fault(error, lines_before=1)) from error
    except tomllib.TOMLDecodeError as error:
        reason = _TOML_PLACE.sub(_toml_place, str(error))
        raise UnreadableFile(f"its front matter is no TOML: {reason}") from error
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise UnreadableFile(f"its front matter is no {language.upper()}: {error}") from error


def _split_json(text: str) -> Page:
    try:
        data, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableFile(_json_fault(error)) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"its front matter is no JSON: {error}") from error
    return (
        Page(data, text[end:].lstrip("\n"), True)
        if isinstance(data, dict)
        else Page({}, text, False)
    )


def _parse_pairs(text: str) -> dict[str, Any]:
    """Parse `Key: value` lines as in Pelican and MultiMarkdown; names in lower case."""
    data: dict[str, Any] = {}
    name = ""
    for line in text.splitlines():
        if line[:1] in " \t" and name:
            data[name] += " " + line.strip()
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            data[name] = value.strip()
    return data
