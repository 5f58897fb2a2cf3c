"""`hub eval html`: headlines of pages without their tags."""

from __future__ import annotations

from pathlib import Path

from scripts.importers.fidelity.headlines import measure_headlines

PAGE = """<html><head><title>Night ferry sails again - Courier</title></head><body>
<ul><li>Home</li><li>News of the <b>port</b></li></ul><h1>Night ferry sails again</h1>{}
</body></html>"""
PROSE = "<p>The night ferry sails again after two winters, said the port office on Monday.</p>" * 5


def _page(folder: Path, name: str, html: str) -> None:
    (folder / name).mkdir()
    (folder / name / "source.html").write_text(html, encoding="utf-8")


def test_pages_that_hold_their_headline_are_judged(tmp_path: Path) -> None:
    _page(tmp_path, "right", PAGE.format(PROSE))
    _page(tmp_path, "without", f"<title>A page of the port</title><body>{PROSE}</body>")
    results = measure_headlines(tmp_path)
    assert results["right"] == ("Night ferry sails again", True)
    assert results.keys() == {"right"}


def test_most_headlines_of_real_pages_are_recognised(shared: Path) -> None:
    results = measure_headlines(shared / "html" / "readability")
    assert sum(result.is_right for result in results.values()) >= 0.88 * len(results) > 40
