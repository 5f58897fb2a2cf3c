"""The base of the loaders of one request: their dispatcher, and how each is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from hub.auth import Viewer
from hub.db.database import Reader
from schema.budget import Budget
from schema.execution.cache_tags import CacheTags
from schema.execution.dataloader import Dispatcher, Loader

K = TypeVar("K")
V = TypeVar("V")


class LoaderBase:
    """Makes loaders whose reads depend on a viewer, and whose keys become cache tags."""

    def __init__(
        self, db: Reader, viewer: Viewer, budget: Budget, cache_tags: CacheTags | None = None
    ) -> None:
        """`cache_tags` collects the keys that are read; bodies are charged to `budget`."""
        self.dispatcher = Dispatcher(db)
        self._db = db
        self._viewer = viewer
        self._budget = budget
        self._cache_tags = cache_tags or CacheTags()
        self._by_arguments: dict[object, Loader[Any, Any]] = {}

    def clear(self) -> None:
        """Release all rows; the loaders cannot be used afterwards.

        Loaders and their read functions refer to each other: without this, all rows of a response
        would wait for the garbage collector.
        """
        vars(self).clear()

    def _for_viewer(
        self,
        read: Callable[[Reader, list[K], Viewer], Awaitable[Mapping[K, V]]],
        kind: str = "",
        *,
        of_labels: bool = False,
    ) -> Callable[[list[K]], Awaitable[Mapping[K, V]]]:
        """Return `read` for this viewer; with a `kind`, it adds the tags of its keys.

        Labels (`of_labels`) depend on the articles below them as well.
        """

        def load(keys: list[K]) -> Awaitable[Mapping[K, V]]:
            if of_labels:
                self._cache_tags.add("labels")
            if kind:
                self._cache_tags.add(kind, keys)
            return read(self._db, keys, self._viewer)

        return load

    def _tagged(
        self, read: Callable[[list[K]], Awaitable[Mapping[K, V]]], kind: str
    ) -> Callable[[list[K]], Awaitable[Mapping[K, V]]]:
        def load(keys: list[K]) -> Awaitable[Mapping[K, V]]:
            self._cache_tags.add(kind, keys)
            return read(keys)

        return load

    def _loader(
        self, read: Callable[[list[K]], Awaitable[Mapping[K, V]]], default: V
    ) -> Loader[K, V]:
        return Loader(self.dispatcher, read, default)

    def _loader_for(
        self, key: object, read: Callable[[list[K]], Awaitable[Mapping[K, V]]], default: V
    ) -> Loader[K, V]:
        loader = self._by_arguments.get(key)
        if loader is None:
            loader = self._by_arguments[key] = self._loader(read, default)
        return loader
