"""The docs tell the truth: every query validates, every command exists, every setting is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import typer
from graphql import build_schema, parse, validate

from hub.settings import Settings
from schema.build import sdl
from scripts.cli import app
from tests.support.paths import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|`|\$ |/)hub ((?:[a-z-]+ ?){1,2})", re.MULTILINE)


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """The blocks of a language, each with the page and line where it stands."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            if block[1] == language:
                line = text.count("\n", 0, block.start()) + 1
                yield f"{page.relative_to(ROOT)}:{line}", block[2]


def command_names() -> set[str]:
    """Every `hub` command as it is typed, such as `index status`."""
    root = typer.main.get_command(app)
    names = set()
    for name, command in root.commands.items():  # type: ignore[attr-defined]  # it is a group
        below = getattr(command, "commands", None)
        names |= {f"{name} {sub}" for sub in below} if below else {name}
    return names


def test_there_are_queries_in_the_docs() -> None:
    assert list(blocks("graphql"))


@pytest.mark.parametrize(("_place", "query"), list(blocks("graphql")), ids=lambda value: value[:40])
def test_every_query_of_the_docs_is_valid(_place: str, query: str) -> None:
    assert validate(build_schema(sdl()), parse(query)) == []


def test_every_command_of_the_docs_exists() -> None:
    known = command_names()
    groups = {name.split()[0] for name in known}
    for page in PAGES:
        for typed in COMMAND.findall(page.read_text(encoding="utf-8")):
            words = typed.split()
            assert words[0] in groups, f"{page.name}: hub {typed}"
            if words[0] not in known:
                assert " ".join(words[:2]) in known, f"{page.name}: hub {typed}"


def test_every_command_is_in_the_docs_and_has_help() -> None:
    told = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in command_names():
        assert f"hub {name}" in told, name
    root = typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]  # it is a group
        for one in (command, *getattr(command, "commands", {}).values()):
            assert one.help, f"{name} {one.name}"


def test_every_setting_is_in_the_docs() -> None:
    told = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`HUB_{name.upper()}`" in told, name
        assert field.description, name


def test_every_library_is_in_the_docs() -> None:
    told = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = pyproject.partition("\ndependencies = [")[2].partition("\n]")[0]
    for name in re.findall(r'"([a-z0-9-]+)', listed):
        assert name in told, name


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
