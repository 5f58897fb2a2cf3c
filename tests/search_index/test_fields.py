"""search_index.fields: all parts of search follow the table of text fields."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from hub.reads.articles import ArticleRow
from search_index.engines.whoosh.index import schema
from search_index.fields import PLAIN_FIELDS, TextField
from search_index.query import Document
from search_index.text import document_terms
from tests.support.paths import ROOT

NEW_FIELD = f'    KICKER = TextFieldSpec({len(TextField)}, boost=7.5, prefix="kicker")\n'

PROGRAM = """
import json, sys
from dataclasses import replace
from types import SimpleNamespace

import anyio

from search_index.engines import open_engine
from search_index.fields import PLAIN_FIELDS
from search_index.documents import plain_texts
from search_index.query import SearchQuery
from search_index.text import document_terms
from tests.support.documents import a_document


async def main():
    values = {field.key: "" for field in PLAIN_FIELDS}
    row = SimpleNamespace(**{**values, "title": "Bread", "kicker": "News of <rye>"})
    article = replace(a_document(1), texts=plain_texts(row, "Of rye."))
    other = a_document(2, "Rye", "Of rye.")
    engine = open_engine("whoosh:" + sys.argv[1])
    async with engine.rebuild() as fresh:
        await fresh.write([article, other], [])

    async def search(text, **options):
        return (await engine.search(SearchQuery(text, fragments=1, **options))).hits

    [news] = await search("new", prefix_last=True)
    [restricted] = await search("kicker:rye")
    rye = {hit.id: hit for hit in await search("rye", explain=True)}
    [word] = [part for part in rye[1].explanation if part.kind.value == "WORD"]
    print(json.dumps({
        "hits": [news.id, restricted.id],
        "highlights": [[mark.field, mark.fragments[0]] for mark in rye[1].highlights],
        "counts": [[count.field, count.count, count.boost] for count in word.fields],
    }))
    await engine.close()


anyio.run(main)
"""


def test_a_new_plain_text_takes_a_line_of_the_table(tmp_path: Path) -> None:
    """A copy of the package with that line reads, indexes, searches and highlights the field."""
    package = tmp_path / "search_index"
    shutil.copytree(ROOT / "search_index", package, ignore=shutil.ignore_patterns("__pycache__"))
    table = package / "fields.py"
    head, title, tail = table.read_text().partition("    TITLE = ")
    line, newline, rest = tail.partition("\n")
    table.write_text(head + title + line + newline + NEW_FIELD + rest)

    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "index")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    assert json.loads(output) == {
        "hits": [1, 1],
        "highlights": [
            ["kicker", "News of &lt;<mark>rye</mark>&gt;"],
            ["body", "Of <mark>rye</mark>."],
        ],
        "counts": [["kicker", 1, 7.5], ["body", 1, 1.0]],
    }


def test_fields_have_a_source() -> None:
    """Plain texts are attributes of article rows, labels those of documents."""
    plain = {field.key for field in PLAIN_FIELDS}
    assert plain - {TextField.BODY.key} <= set(ArticleRow._fields)
    labels = {field.labels for field in TextField if field not in PLAIN_FIELDS}
    assert labels <= {field.name for field in fields(Document)}


def test_numbers_fit_into_positions() -> None:
    assert (max(TextField) + 1) << document_terms.FIELD_BITS <= 1 << 32


def test_stored_texts_do_not_hide_other_fields_of_the_index() -> None:
    """The names of an index are those of its stored texts and of its other fields, all distinct."""
    stored = [field.key for field in PLAIN_FIELDS]
    others = ["text", "words", "titles", "status", "language", "kind", "topic", "author", "numbers"]
    others += ["image"]
    assert sorted([*stored, *others]) == sorted(schema.build_schema().names())


def test_indexes_stay_valid() -> None:
    """The fingerprint depends on names, numbers and boosts, as those of the first indexes did."""
    table = [(field.name, field.value, field.boost) for field in sorted(TextField)]
    assert table[:5] == [
        ("TITLE", 0, 3.0),
        ("SUMMARY", 1, 1.5),
        ("BODY", 2, 1.0),
        ("TOPIC", 3, 2.0),
        ("AUTHOR", 4, 2.0),
    ]
