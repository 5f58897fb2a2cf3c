"""`hub eval import`: what an import would lose is found without the importer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.cli import app
from scripts.importers.fidelity.comparison import Fidelity, compare
from scripts.importers.registry import open_reader
from tests.support.importer_inputs import a_source, an_export, an_item
from tests.support.paths import SHARED

WORDS = "The night ferry sails again after two winters, said the harbour office."
FOLDERS = (
    "cc-labs-jekyll",
    "jekyll-docs-posts",
    "rust-blog",
    "ghost-migrate-fixtures",
    "pelican-content",
)
EXPORTS = (
    *("bitcoin-france", "phila-gov", "64-block-test-data", "theme-unit-test", "theme-test-ja"),
    "pelican-wordpressexport",
)
SOURCES = (
    *(f"wxr/{name}.xml" for name in EXPORTS),
    *(f"markdown/{name}" for name in FOLDERS),
    *("ghost/agorabinaria.json", "ghost/mhyrr.json", "csv_jsonl/reuters-300.jsonl"),
)


def _results(path: Path) -> list[Fidelity]:
    return list(compare(path, open_reader(path)))


@pytest.mark.parametrize("suffix", [".wxr", ".ghost", ".md", ".rss", ".json", ".jsonl", ".csv"])
def test_an_article_that_is_stored_whole_keeps_all_words(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    reader = a_source(path, WORDS)
    [result] = compare(path, reader)
    assert (result.share, result.words, result.missing.total()) == (1.0, 12, 0)


def test_words_and_parts_that_are_lost_are_told(tmp_path: Path) -> None:
    form = "<form><select><option>Lost words here</option></select></form>"
    body = f"<p>{WORDS}</p>{form}<table><tr><td>cell</td></tr></table>"
    path = an_export(tmp_path, an_item(1, f'{body}<img src="data:x"><script>gone()</script>'))
    [result] = _results(path)
    assert result.parts["tables"] == (1, 1)
    assert result.lost == {"images": 1}
    assert result.by_rule["scripts and styles"] > 0


@pytest.mark.parametrize("lines", [0, 70_000])
def test_posts_with_one_number_are_compared_each_with_its_own_text(
    lines: int, tmp_path: Path
) -> None:
    """Exports edited by hand have the same number twice, and one may be a file's or in the bin."""
    items = [
        an_item(1, f"{WORDS}<!-- <item> -->" + "\n" * lines, title="Nets"),
        an_item(1, "<p>Binned.</p>", title="Bin", status="trash"),
        an_item(1, "<p>A page of the port.</p>", title="Port", post_type="page", post_name="port"),
    ]
    path = an_export(tmp_path, *(item.replace("<item>", "<item>\n") for item in items))
    results = _results(path)
    assert [(result.title, result.share) for result in results] == [("Nets", 1.0), ("Port", 1.0)]


def test_the_command_names_the_articles_that_lose_words(tmp_path: Path) -> None:
    row = {"title": "Nets", "body": "Short.", "notes": "A much longer text that nobody reads."}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row) + "\n")
    result = CliRunner().invoke(app, ["eval", "import", str(path), "--json"])
    assert "line 1: Nets: without a, much, longer" in result.stdout
    assert "0 of 1 articles (0.00%) keep 99 % of their words" in result.stdout
    assert json.loads(result.stdout.splitlines()[-1])["complete"] == 0


@pytest.mark.parametrize(
    "marks",
    [
        "[TOC]\n",
        "* Contents\n{:toc}\n",
        "## Ferry {#sails}\n",
        "- [x] Ferry\n",
        ":::note\nFerry\n:::\n",
    ],
)
def test_marks_of_markdown_dialects_are_no_lost_words(marks: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\ntitle: Nets\n---\n{marks}\n{WORDS}\n")
    [result] = _results(tmp_path)
    assert (result.missing.total(), result.by_rule.total() > 0) == (0, True)


def test_other_sources_are_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<html><body><p>{WORDS}</p></body></html>")
    result = CliRunner().invoke(app, ["eval", "import", str(path)])
    assert (result.exit_code, "are not compared" in result.output) == (1, True)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", SOURCES)
def test_real_sources_keep_their_words(name: str) -> None:
    results = _results(SHARED / name)
    whole = sum(result.share >= 0.99 for result in results)
    assert whole >= 0.995 * len(results)
