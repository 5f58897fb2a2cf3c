"""How well the text of saved pages is told from what stands around it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from hub.drafts import ArticleDraft, Body
from hub.text import markup
from scripts.importers.html.reader import WebPageReader


def measured(folder: Path) -> dict[str, float]:
    """The F1 of each page in `folder`, in [0, 1], by the name of its own folder.

    A page's folder holds `source.html`, the page, and `expected.html`, what is its article.
    """
    return {
        page.parent.name: round(f1(_extracted(page), _words(_text(page.with_name(_EXPECTED)))), 6)
        for page in sorted(folder.glob("*/source.html"))
        if page.with_name(_EXPECTED).is_file()
    }


_EXPECTED = "expected.html"


def f1(found: Counter[str], expected: Counter[str]) -> float:
    """The harmonic mean of precision and recall over words, each as often as it stands there."""
    both = (found & expected).total()
    return 2 * both / (found.total() + expected.total()) if both else 0.0


def _extracted(page: Path) -> Counter[str]:
    drafts = (one for one in WebPageReader(page).read() if isinstance(one, ArticleDraft))
    return _words("\n".join(markup.to_text(one.body.content) for one in drafts))


def _text(path: Path) -> str:
    return markup.to_text(markup.to_html(Body(path.read_text(encoding="utf-8"))))


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))
