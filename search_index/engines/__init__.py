"""Engines, chosen by the scheme of a URL as databases are.

Belongs here: an engine, a folder each. Does not: what a word is (`search_index.text`).
`whoosh:/var/lib/hub/index` is a Whoosh index in a folder; `whoosh::memory:` one that begins empty
and is gone with its engine.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from typing_extensions import override

from search_index.engine import USUAL, EngineOptions, SearchEngine
from search_index.engines.whoosh import WhooshEngine
from search_index.engines.whoosh.index.generations import Generations

MEMORY = ":memory:"


class _TemporaryEngine(WhooshEngine):
    """An index that begins empty, in a temporary folder that goes when the engine is closed."""

    def __init__(self, options: EngineOptions) -> None:
        folder = Path(tempfile.mkdtemp(prefix="hub-search-"))
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        with Generations(folder).building():
            pass
        super().__init__(folder, options)

    @override
    async def close(self) -> None:
        await super().close()
        self._remove()


def _whoosh(place: str, options: EngineOptions) -> SearchEngine:
    if place == MEMORY:
        return _TemporaryEngine(options)
    path = Path(unquote(place[2:] if place.startswith("///") else place))
    if not place or "\0" in place:
        raise ValueError("whoosh: needs a folder, e.g. whoosh:/var/lib/hub/index")
    return WhooshEngine(path.absolute(), options)


_OPENERS: dict[str, Callable[[str, EngineOptions], SearchEngine]] = {"whoosh": _whoosh}


def open_engine(url: str, options: EngineOptions = USUAL) -> SearchEngine:
    """The engine that a URL names. Opens no file of an index, so a damaged one can be rebuilt.

    Raises:
        ValueError: the scheme is unknown, or the URL names no place.
    """
    scheme, colon, place = url.partition(":")
    opener = _OPENERS.get(scheme.lower())
    if not colon or opener is None:
        known = ", ".join(f"{name}:" for name in sorted(_OPENERS))
        raise ValueError(f"unknown search URL {url!r}; known are {known}")
    return opener(place, options)
