"""Files that begin with their data: YAML between `---`, TOML between `+++`, JSON, `Key: value`."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scripts.importers.decoding import text_of

MAX_BYTES = 8_000_000
MAX_DEPTH = 60
"""Lists and mappings of YAML within one another."""
NULLS_EVERY = 100
"""Characters in which damage may have left a null character; what has more of them is no text."""
_FENCED = re.compile(
    r"(?P<fence>---|\+\+\+|;;;)[ \t]*\n(?P<data>.*?)(?:^|\n)(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)"
    r"(?P<body>.*)",
    re.DOTALL,
)
_KEYED = re.compile(r"(?:[A-Za-z][\w-]*:[ \t]*[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+(?:\n|\Z)")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Broken(Exception):
    """A file that cannot be read, and why."""


@dataclass(frozen=True, slots=True)
class Page:
    """A file's data and its text; `given` tells whether it has data at all."""

    data: dict[str, Any]
    text: str
    given: bool


def read(path: Path) -> Page:
    """The data and text of a file.

    Raises:
        Broken: it is too long, no text, or its data cannot be read.
    """
    return split(text_of_file(path))


def text_of_file(path: Path) -> str:
    """The text of a file. Raises Broken."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Broken(f"it has more than {MAX_BYTES // 1_000_000} MB")
        return decoded(path.read_bytes())
    except OSError as error:
        raise Broken(f"it cannot be opened ({error.strerror})") from error


def decoded(data: bytes) -> str:
    """The text of a file in whatever encoding, with plain line ends. Raises Broken."""
    text = text_of(data)
    if text.count("\x00") * NULLS_EVERY > len(text):
        raise Broken("it is no text")
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def split(text: str) -> Page:
    """The data at the beginning of a text, and the rest of it. Raises Broken."""
    fenced = _FENCED.match(text)
    if fenced:
        data = _parsed(fenced["fence"], fenced["data"])
        if isinstance(data, dict):
            return Page({str(key): value for key, value in data.items()}, fenced["body"], True)
        if data is None:
            return Page({}, fenced["body"], True)
    if re.match(r"\{\s*\"", text):
        return _json(text)
    keyed = _KEYED.match(text)
    if keyed and re.match(r"(?i)title:", text):
        return Page(_pairs(keyed[0]), text[keyed.end() :], True)
    return Page({}, text, False)


def yaml_of(text: str) -> Any:
    """The data in YAML.

    Raises:
        yaml.YAMLError: it is none, or nests deeper than the C library's stack should be tried.
    """
    if sum(map(text.count, ("[", "{", "- ", "? "))) > MAX_DEPTH:
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise yaml.YAMLError("it nests too deep")
    return yaml.load(text, Loader=_LOADER)


def _parsed(fence: str, data: str) -> Any:
    """What stands between two fences; not a mapping when they are mere lines across the page."""
    try:
        if fence == "---":
            return yaml_of(data)
        return tomllib.loads(data) if fence == "+++" else json.loads(data)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise Broken(
            f"its front matter is no YAML: {error.problem or error} (line {line})"
        ) from error
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        name = {"---": "YAML", "+++": "TOML", ";;;": "JSON"}[fence]
        raise Broken(f"its front matter is no {name}: {error}") from error


def _json(text: str) -> Page:
    try:
        data, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return Page({}, text, False)
    return (
        Page(data, text[end:].lstrip("\n"), True)
        if isinstance(data, dict)
        else Page({}, text, False)
    )


def _pairs(text: str) -> dict[str, Any]:
    """`Key: value` lines, as Pelican and MultiMarkdown have them; names in lower case."""
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
