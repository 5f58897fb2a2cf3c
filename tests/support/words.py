"""Private words in names and docstrings: how many there are, and where.

A name that says how its author felt about a value (`found`, `given`, `told`) does not say what the
value is. Run `python -m tests.support.words FOLDER …` to list every place.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

WORDS = frozenset(
    "given told found asked wanted known made said meant gone left seen taken begun"  # noqa: SIM905
    " written shown named kept again whole one each some them theirs what who how".split()
)
"""Words that are no part of a name: participles and pronouns in place of nouns."""

TERMS = frozenset(
    {"seen_version", "left_join", "connection_made", "validate_one_of", "notfound", "not_found"}
)
"""Terms of the field, or of the API, in which such a word is the usual one."""

QUESTIONS = re.compile(r"(What|Who|Whose|Where|How|Whether|Whatever|Whichever|Why)\b")
"""Openings of docstrings that announce a text instead of describing the object."""

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True)
class Place:
    """A name or docstring, by file and line."""

    file: Path
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Count:
    """Numbers of names and docstrings, and the places of those that are to be renamed."""

    names: int
    private: list[Place]
    docstrings: int
    questions: list[Place]


def count(folders: Iterable[Path]) -> Count:
    """Count the bound names and docstrings of all Python files below folders, migrations apart."""
    names, docstrings = 0, 0
    private: list[Place] = []
    questions: list[Place] = []
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            if "migrations" in file.parts:
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for line, name in bound_names(tree):
                names += 1
                if is_private(name):
                    private.append(Place(file, line, name))
            for line, text in _docstrings(tree):
                docstrings += 1
                if QUESTIONS.match(text):
                    questions.append(Place(file, line, text.partition("\n")[0]))
    return Count(names, private, docstrings, questions)


def is_private(name: str) -> bool:
    """Tell whether any part of a name, split at `_` and at capitals, is a private word."""
    if name.strip("_").lower() in TERMS:
        return False
    return any(part.lower() in WORDS for part in _PART.findall(name))


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and name of each variable, parameter, function, class and import alias."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name


def _docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text


def main(folders: list[str]) -> None:
    """List the places in the folders given, with the shares."""
    counted = count(map(Path, folders))
    for place in [*counted.private, *counted.questions]:
        print(f"{place.file}:{place.line}: {place.text}")  # noqa: T201  # it is a program
    print(  # noqa: T201
        f"{len(counted.private)} of {counted.names} names, "
        f"{len(counted.questions)} of {counted.docstrings} docstrings"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
