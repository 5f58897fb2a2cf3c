"""Quality of article extraction: F1 of the extracted words against the expected ones."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from hub.drafts import ArticleDraft
from hub.text import markup
from hub.text.bodies import Body
from scripts.importers.html.reader import WebPageReader


def measure_f1(folder: Path) -> dict[str, float]:
    """Measure the F1 of each page in `folder`, in [0, 1], by the name of the page's own folder.

    A page's folder contains the page, `source.html`, and its article, `expected.html`.
    """
    return {
        page.parent.name: round(
            f1(_extract_words(page), _words(_text(page.with_name(_EXPECTED)))), 6
        )
        for page in sorted(folder.glob("*/source.html"))
        if page.with_name(_EXPECTED).is_file()
    }


_EXPECTED = "expected.html"


def f1(extracted: Counter[str], expected: Counter[str]) -> float:
    """Harmonic mean of precision and recall over words, counted with repetitions."""
    common = (extracted & expected).total()
    return 2 * common / (extracted.total() + expected.total()) if common else 0.0


def _extract_words(page: Path) -> Counter[str]:
    records = WebPageReader(page).read()
    drafts = (record for record in records if isinstance(record, ArticleDraft))
    return _words("\n".join(markup.to_text(draft.body.content) for draft in drafts))


def _text(path: Path) -> str:
    return markup.to_text(markup.to_html(Body(path.read_text(encoding="utf-8"))))


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))
