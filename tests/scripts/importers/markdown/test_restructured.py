"""reStructuredText is read as docutils renders it, and nothing outside of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.models import Status
from scripts.importers.registry import open_reader
from tests.support.importer_inputs import drafts, messages, refusals

TEXT = """
=========
Net makers
=========

:date: 2024-05-01 10:00
:tags: nets, rope
:status: {status}
:summary: Who makes
  the nets.

They tie *all* day, says `Ole <{{filename}}/rope.md>`_ [1]_ and :ref:`more`.

Knots
-----

.. code-block:: python

   if a < b:
       tie()

.. figure:: {{static}}/img/net.png
   :alt: A net

   A net *drying*

.. youtube:: abcdefghijk

.. strange:: x

.. [1] At the quay.

"""


def a_site(folder: Path, text: str) -> Path:
    (folder / "content").mkdir()
    (folder / "pelicanconf.py").write_text("SITEURL = 'https://a.test'\n")
    (folder / "content" / "nets.rst").write_text(text)
    (folder / "content" / "rope.md").write_text("Title: Rope\n\nWords.")
    return folder


def test_fields_and_text_come_in_whole(tmp_path: Path) -> None:
    records = list(open_reader(a_site(tmp_path, TEXT.format(status="published"))).read())
    draft = drafts(records)[0]
    assert (draft.title, draft.summary) == ("Net makers", "Who makes the nets.")
    assert (f"{draft.published_at:%Y-%m-%d %H}", draft.status) == (
        "2024-05-01 10",
        Status.PUBLISHED,
    )
    assert [topic.name for topic in draft.topics] == ["nets", "rope"]
    for part in (
        "<em>all</em>",
        '<a href="/rope.html">Ole</a>',
        "<h2>Knots</h2>",
        '<pre><code class="language-python">if a &lt; b:\n    tie()</code></pre>',
        '<img alt="A net" src="/img/net.png">',
        "<p>A net <em>drying</em></p>",
        '<figure data-embed="youtube">',
        "At the quay.",
    ):
        assert part in draft.body.content, draft.body.content
    assert "System Message" not in draft.body.content
    assert [relation.anchor for relation in draft.relations] == ["Ole"]
    assert messages(records) == ["directives of reStructuredText were left out: ref, strange"]


@pytest.mark.parametrize("status", ["draft", "hidden", "secret"])
def test_what_is_not_published_is_a_draft(tmp_path: Path, status: str) -> None:
    reader = open_reader(a_site(tmp_path, TEXT.format(status=status)))
    assert drafts(reader)[0].status is Status.DRAFT


@pytest.mark.parametrize(
    "directive",
    [
        ".. include:: {file}",
        ".. literalinclude:: {file}",
        ".. raw:: html\n   :file: {file}",
        ".. raw:: html\n\n   <script>CANARY</script>",
        ".. csv-table:: x\n   :file: {file}",
        ".. code-block:: text\n   :file: {file}",
    ],
)
def test_no_other_file_and_no_markup_is_read(tmp_path: Path, directive: str) -> None:
    (tmp_path / "secret").write_text("CANARY,x")
    text = f"A title\n=======\n\nWords.\n\n{directive.format(file=tmp_path / 'secret')}\n"
    [draft, _] = drafts(open_reader(a_site(tmp_path, text)))
    assert "CANARY" not in draft.body.content


@pytest.mark.parametrize(
    "text",
    [
        *("a_ " * 3_000, "x" * 10_001, "a b\n" * 80_000, "[1]_ \n" * 9_000),
        ".. class:: a\n\n" * 6_000,
        "= " * 2_000 + "\n" + "a " * 2_000 + "\n" + "= " * 2_000 + "\n",
        "+" + "-+" * 2_000 + "\n|" + " |" * 2_000 + "\n+" + "-+" * 2_000 + "\n",
    ],
)
def test_what_would_take_too_long_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.rst").write_text(f"A title\n=======\n\n{text}")
    [refusal] = refusals(open_reader(tmp_path))
    assert "more than" in refusal.reason
