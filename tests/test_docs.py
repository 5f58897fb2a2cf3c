"""The docs are complete and correct: queries, commands, settings, links, index, decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from pkgutil import resolve_name

import pytest
import typer
from graphql import build_schema, parse, validate

from hub.settings import Settings
from schema.build import sdl
from scripts.cli import app
from tests.support.paths import ROOT

DOCS = ROOT / "docs"
UNRELEASED = DOCS / "changes"
GUIDES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES = sorted(
    [
        *(ROOT / name for name in GUIDES),
        *(page for page in DOCS.rglob("*.md") if page.parent != UNRELEASED),
    ]
)
DECISIONS = sorted((DOCS / "adr").glob("[0-9]*.md"))
STATUS = re.compile(
    r"Date: \d{4}-\d\d-\d\d · Status: (?:proposed|accepted|superseded by \[ADR \d+\]\(.+\))"
)
LISTED = re.compile(r"^- \[(.+)\]\((.+)\): .+$", re.MULTILINE)
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(
    r"(?<![\w./-])((?:hub|schema|search_index|scripts|tests|docs)/(?:[\w-]+/)*(?:[\w-]+\.\w+)?)"
)
"""A file or folder of the clone; `<name>` and `*` in it end the match at the folder before."""

COORDINATE = re.compile(r"`(?!hub\.sqlite3)((?:hub|schema|search_index|scripts)(?:\.\w+)+)`")
RECIPE = re.compile(r"### (.+?)\n(.*?)(?=\n### )", re.DOTALL)
NAME = re.compile(r"`([A-Za-z]\w*|_[A-Z]+)`")
OF_RECIPES = frozenset({"ruff", "mypy", "added", "changed", "deprecated", "removed", "HUB_"})
"""Names of tools and of change files, which no file of a recipe has to hold."""

COMMAND = re.compile(r"(?:^|`|\$ |/)hub ((?:[a-z][a-z-]* ?){1,2})", re.MULTILINE)


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """The blocks of a language, each with the page and line where it stands."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            if block[1] == language:
                line = text.count("\n", 0, block.start()) + 1
                yield f"{page.relative_to(ROOT)}:{line}", block[2]


WITH_DEFAULT = {"backup"}
"""Groups that are commands too: `hub backup FILE` is `hub backup create FILE`."""


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
            if words[0] not in known | WITH_DEFAULT:
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
    told = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`HUB_{name.upper()}`" in told, name
        assert field.description, name


def test_every_library_is_in_the_docs() -> None:
    told = (DOCS / "reference" / "dependencies.md").read_text(encoding="utf-8")
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = pyproject.partition("\ndependencies = [")[2].partition("\n]")[0]
    for name in re.findall(r'"([a-z0-9-]+)', listed):
        assert name in told, name


def licence_of(name: str) -> str:
    """The licence of an installed package, by its metadata."""
    fields = metadata(name)
    for field in ("License-Expression", "License"):
        if licences := fields.get_all(field):
            return str(licences[0])
    classifiers = fields.get_all("Classifier") or []
    names = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")]
    return ", ".join(name.removesuffix(" License") for name in names)


LIBRARIES = re.findall(
    r"^\| ([a-z0-9, -]+) \| ([^|]+) \| [^|]+ \| [^|]+ \|$",
    (DOCS / "reference" / "dependencies.md").read_text(encoding="utf-8").partition("|---|")[2],
    re.MULTILINE,
)


@pytest.mark.parametrize(("names", "licences"), LIBRARIES, ids=[names for names, _ in LIBRARIES])
def test_the_licence_of_every_library_is_in_the_docs(names: str, licences: str) -> None:
    installed = [licence_of(name) for name in names.split(", ")]
    assert "; ".join(dict.fromkeys(installed)) == licences


def test_every_direct_dependency_has_a_licence_in_the_docs() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    direct = pyproject.partition("\ndependencies = [")[2].partition("\n]")[0]
    listed_names = {name for names, _ in LIBRARIES for name in names.split(", ")}
    assert set(re.findall(r'"([a-z0-9-]+)', direct)) <= listed_names


OTHER_PARTS = {"docutils"}
"""Packages of which a part that is not installed is under the GPL: docutils' mode for Emacs."""
COPYLEFT = re.compile(r"\b(?:A?GPL|GNU (?:Affero )?General Public)", re.IGNORECASE)


def test_no_locked_package_asks_for_the_licence_of_the_whole() -> None:
    lock = (ROOT / "scripts" / "locks" / "runtime.txt").read_text(encoding="utf-8")
    checked = 0
    for name in re.findall(r"^([a-z0-9-]+)(?:\[[^\]]*\])?==", lock, re.MULTILINE):
        with suppress(PackageNotFoundError):  # for another platform or Python
            licence = licence_of(name)
            assert licence, name
            assert name in OTHER_PARTS or not COPYLEFT.search(licence), (name, licence)
            checked += 1
    assert checked > 40


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        text = BLOCK.sub("", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def resolves(coordinate: str) -> bool:
    """Tell whether a dotted name is that of a module, or of an object in one."""
    try:
        resolve_name(coordinate)
    except (ImportError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_paths_and_names_of_code_in_a_page_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [path for path in PATH.findall(text) if not (ROOT / path).exists()] == []
    assert [name for name in COORDINATE.findall(text) if not resolves(name)] == []


def recipes() -> dict[str, str]:
    """Return the recipes for contributors, by their headings."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Recipes")[2]
    return dict(RECIPE.findall(text.partition("\n## ")[0] + "\n### "))


@pytest.mark.parametrize("recipe", recipes())
def test_names_in_a_recipe_are_in_the_files_that_it_names(recipe: str) -> None:
    text = recipes()[recipe]
    files = [path for path in PATH.findall(text) if (ROOT / path).is_file()]
    assert files, "a recipe names the files in order"
    code = "".join((ROOT / file).read_text(encoding="utf-8") for file in dict.fromkeys(files))
    names = {name for name in NAME.findall(text) if name not in OF_RECIPES}
    assert [name for name in names if not re.search(rf"\b{name}\b", code)] == []


def test_there_is_a_recipe_for_each_kind_of_change() -> None:
    kinds = ("field", "mutation", "importer", "engine", "setting")
    assert [kind for kind in kinds if not any(kind in recipe for recipe in recipes())] == []


def test_the_architecture_lists_every_package_with_two_levels() -> None:
    table = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Packages")[2]
    folders = {
        f"{init.parent.relative_to(ROOT).as_posix()}/"
        for package in ("hub", "schema", "search_index", "scripts")
        for init in (ROOT / package).glob("*/__init__.py")
    }
    assert folders - set(PATH.findall(table)) == set()


def listed(index: str) -> dict[str, str]:
    """The pages that an index of the docs lists, by path, with their titles there."""
    found = LISTED.findall((DOCS / index).read_text(encoding="utf-8"))
    folder = index.rpartition("/")[0]
    return {f"{folder}/{path}".lstrip("/"): title for title, path in found}


def title_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def test_the_index_lists_every_page_with_its_title_and_a_line() -> None:
    pages = {page.relative_to(DOCS).as_posix() for page in PAGES if page.is_relative_to(DOCS)}
    decisions = {page.relative_to(DOCS).as_posix() for page in DECISIONS}
    index = listed("README.md")
    assert set(index) == pages - decisions - {"README.md"}
    assert {page: title_of(page) for page in index} == index


def test_every_decision_has_a_date_and_a_status_and_is_listed() -> None:
    index = listed("adr/README.md")
    assert list(index) == [page.relative_to(DOCS).as_posix() for page in DECISIONS]
    for page in DECISIONS:
        heading, empty, status, *_ = page.read_text(encoding="utf-8").splitlines()
        number, _, title = heading.removeprefix("# ").partition(". ")
        assert (f"{int(number):04}", empty) == (page.name[:4], ""), page.name
        assert index[f"adr/{page.name}"] == f"{number}. {title}"
        assert STATUS.fullmatch(status), page.name


def test_no_page_holds_marks_of_a_merge() -> None:
    marks = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)
    changes = sorted(UNRELEASED.glob("*.md"))
    assert [page for page in [*PAGES, *changes] if marks.search(page.read_text("utf-8"))] == []
