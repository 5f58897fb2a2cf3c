"""Search engines, selected by the scheme of a URL.

Belongs here: one folder for each engine. Does not: text analysis (`search_index.text`).
`whoosh:/var/lib/hub/index` is a Whoosh index in a folder; `whoosh::memory:` a temporary one, empty
at first and deleted with its engine. `opensearch://host1,host2/name` is an index on a cluster.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from typing_extensions import override

from search_index.engine import DEFAULT_OPTIONS, EngineOptions, SearchEngine
from search_index.engines.opensearch import open_opensearch
from search_index.engines.whoosh import WhooshEngine
from search_index.engines.whoosh.index.generations import Generations
from search_index.query import UnknownEngine

MEMORY = ":memory:"


class _TemporaryEngine(WhooshEngine):
    """An index that is empty at first, in a temporary folder that `close` removes."""

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


def _open_whoosh(location: str, options: EngineOptions) -> SearchEngine:
    if location == MEMORY:
        return _TemporaryEngine(options)
    path = Path(unquote(location[2:] if location.startswith("///") else location))
    if not location or "\0" in location:
        raise UnknownEngine("must name a folder, as in whoosh:/var/lib/hub/index")
    return WhooshEngine(path.absolute(), options)


_OPENERS: dict[str, Callable[[str, EngineOptions], SearchEngine]] = {
    "whoosh": _open_whoosh,
    "opensearch": partial(open_opensearch, secure=False),
    "opensearch+https": partial(open_opensearch, secure=True),
}


def open_engine(url: str, options: EngineOptions = DEFAULT_OPTIONS) -> SearchEngine:
    """Return the engine for a URL. Opens no index files, so that a damaged index can be rebuilt.

    Raises:
        UnknownEngine: the scheme is unknown, or the URL has no location.
    """
    scheme, colon, location = url.partition(":")
    opener = _OPENERS.get(scheme.lower())
    if not colon or opener is None:
        schemes = " or ".join(f"{name}:" for name in sorted(_OPENERS))
        raise UnknownEngine(f"must begin with {schemes}, not {scheme + colon}…")
    return opener(location, options)
