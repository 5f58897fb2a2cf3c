"""Rendering of bodies as text and Markdown: once for a text and format, and off the event loop.

Rendering takes up to a microsecond a character, and as often as a body is requested under an alias
in each of many articles. So a request renders each text once, a process keeps what it has rendered
last, and long texts are rendered in a thread, some at a time, so that the event loop stays free
and a request that has been cancelled ends soon.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from hub.text import markup
from schema.budget import Budget
from search_index.lru_cache import LRUCache

Render: TypeAlias = Callable[[str], str]

CACHE_CHARACTERS = 4_000_000
"""Characters of rendered texts that a process keeps."""

INLINE_CHARACTERS = 20_000
"""Characters that are rendered on the event loop: in some two milliseconds at most."""

SLICE_CHARACTERS = 100_000
"""Characters that a thread renders before the request may be cancelled."""

_WORK: dict[Render, tuple[int, int]] = {markup.to_markdown: (250, 4), markup.to_text: (1_000, 16)}
"""Characters, and tags, that cost a unit each: measured, see `hub bench worst`."""


def work(html: str, render: Render) -> int:
    """Return the cost of rendering canonical HTML, see `schema.execution.cost`."""
    characters, tags = _WORK[render]
    return len(html) // characters + html.count("<") // tags


class RenderCache:
    """An LRU cache of rendered texts by the digest of their HTML, for one process."""

    def __init__(self, max_characters: int = CACHE_CHARACTERS) -> None:
        self._texts: LRUCache[tuple[Render, bytes], str] = LRUCache(
            max_characters, lambda _, text: len(text)
        )

    def get(self, html: str, render: Render) -> str | None:
        """Return the rendered text, if it is cached."""
        return self._texts.get(self._key(html, render))

    def add(self, html: str, render: Render, text: str) -> None:
        """Store a rendered text."""
        self._texts.put(self._key(html, render), text)

    def _key(self, html: str, render: Render) -> tuple[Render, bytes]:
        return render, hashlib.blake2b(html.encode(), digest_size=16).digest()


class Renderer:
    """Renders the bodies of one request; their work is charged to its budget."""

    def __init__(self, cache: RenderCache, budget: Budget) -> None:
        self._cache = cache
        self._budget = budget
        self._rendered: dict[tuple[Render, str], str] = {}
        self._inline = 0

    def clear(self) -> None:
        """Release the texts, for the next response of a stream."""
        self._rendered.clear()

    async def render(self, htmls: Iterable[str], render: Render) -> list[str]:
        """Return the rendered texts in their order. Raises BudgetExceeded."""
        htmls = list(htmls)
        missing = [html for html in dict.fromkeys(htmls) if (render, html) not in self._rendered]
        if missing:
            # Charged also for texts in the cache: whether a query is allowed does not depend on it.
            self._budget.charge_work(sum(work(html, render) for html in missing))
            await self._render_missing(missing, render)
        texts = [self._rendered[render, html] for html in htmls]
        self._budget.charge_texts(sum(map(len, texts)))
        return texts

    async def _render_missing(self, htmls: Sequence[str], render: Render) -> None:
        cached = {html: self._cache.get(html, render) for html in htmls}
        self._rendered |= {
            (render, html): text for html, text in cached.items() if text is not None
        }
        rest = [html for html, text in cached.items() if text is None]
        size = sum(map(len, rest))
        self._inline += size
        if size <= INLINE_CHARACTERS:
            self._store(rest, list(map(render, rest)), render)
            if self._inline > INLINE_CHARACTERS:
                self._inline = 0
                await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        for part in _slices(rest):
            texts = await loop.run_in_executor(None, _render_all, part, render)
            self._store(part, texts, render)

    def _store(self, htmls: Sequence[str], texts: Sequence[str], render: Render) -> None:
        for html, text in zip(htmls, texts, strict=True):
            self._rendered[render, html] = text
            self._cache.add(html, render, text)


def _render_all(htmls: Sequence[str], render: Render) -> list[str]:
    return list(map(render, htmls))


def _slices(htmls: Sequence[str]) -> Iterable[list[str]]:
    """Yield the texts in lists of about `SLICE_CHARACTERS`."""
    part, size = list[str](), 0
    for html in htmls:
        part.append(html)
        size += len(html)
        if size >= SLICE_CHARACTERS:
            yield part
            part, size = [], 0
    if part:
        yield part
