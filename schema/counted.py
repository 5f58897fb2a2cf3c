"""What is counted of a search."""

from __future__ import annotations

from hub.search.settled import Search
from search_index.query import Filter, Page


def searched(text: str, page: Page, filter_: Filter) -> Search:
    """Return a search of a reader for the statistics, by the page of its hits."""
    language = next(iter(filter_.languages)) if len(filter_.languages) == 1 else page.language
    return Search(
        text, page.total, page.has_every_word, is_filtered=filter_ != Filter(), language=language
    )
