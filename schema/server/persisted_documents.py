"""Persisted documents: queries sent by their SHA-256, as Apollo and urql clients do it.

Automatic documents are registered when a client first sends the text with its hash. Trusted ones
come from the hub's own scripts and from a manifest; a setting allows no others.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from hub import persisted
from hub.db.database import Reader
from hub.errors import DatabaseError, ManifestError
from schema.server.requests import Refused, Request
from search_index.lru_cache import LRUCache

log = logging.getLogger(__name__)
_PREFIX = "sha256:"
_DIGEST = re.compile("[0-9a-f]{64}")
STORE_SECONDS = 1.0
"""The time between two documents that a process stores for others, on average."""

BURST = 100
"""Documents that it may store at once."""


class PersistedDocuments:
    """Documents by id. The least recently used automatic ones are evicted at `max_characters`.

    A client that sends the id of an evicted document gets PersistedQueryNotFound, and sends its
    text again. With `db`, what a client registers at one host is known to all that share it.
    """

    def __init__(
        self,
        trusted: Mapping[str, str],
        *,
        only_trusted: bool,
        max_characters: int = persisted.MAX_CHARACTERS,
        db: Reader | None = None,
    ) -> None:
        self._trusted = dict(trusted)
        self._only_trusted = only_trusted
        self._db = db
        self._next_store = 0.0
        self._texts = frozenset(self._trusted.values())
        self._automatic: LRUCache[str, str] = LRUCache(max_characters, lambda _, text: len(text))

    async def resolve(self, request: Request) -> Request:
        """Return the request with the text of its document; at most one statement.

        Raises:
            Refused: the document is not registered, does not have this hash, or is not trusted.
        """
        id_ = request.document_id
        if id_ is not None:
            name = id_.removeprefix(_PREFIX)
            text = self._trusted.get(id_) or self._trusted.get(name)
            if text is None and request.query:
                if hashlib.sha256(request.query.encode()).hexdigest() != name:
                    raise Refused(
                        400, "PERSISTED_QUERY_HASH_MISMATCH", "The hash is not the document's."
                    )
                text = request.query
            if text is None:
                text = self._automatic.get(name) or await self._load(name)
                if text is None:
                    # The exact message after which Apollo clients send the document's text.
                    raise Refused(200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
            request = replace(request, query=text)
        if self._only_trusted and request.query not in self._texts:
            raise Refused(403, "DOCUMENT_NOT_TRUSTED", "Only documents of the manifest are taken.")
        return request

    async def _load(self, name: str) -> str | None:
        """Return the text that a client has registered at another host."""
        if self._db is None or self._only_trusted or not _DIGEST.fullmatch(name):
            return None
        text = await persisted.load(self._db, name)
        if text is not None:
            self._automatic.put(name, text)
        return text

    async def register(self, request: Request) -> None:
        """Register a document by its hash; to be called once it has been validated."""
        id_ = request.document_id
        if id_ is None or self._only_trusted:
            return
        name = id_.removeprefix(_PREFIX)
        if name in self._automatic or name in self._trusted or id_ in self._trusted:
            return
        self._automatic.put(name, request.query)
        if self._db is not None and monotonic() >= self._next_store:
            # Others learn it later, if a client registers so many at once.
            self._next_store = max(self._next_store, monotonic() - BURST * STORE_SECONDS)
            self._next_store += STORE_SECONDS
            try:
                await persisted.store(name, request.query)
            except DatabaseError as error:
                log.warning("A persisted document is known to this process alone: %s", error)


def load_trusted_documents(path: Path) -> dict[str, str]:
    """Load the documents of a manifest, or of all manifests (`*.json`) in a folder, by their ids.

    Accepts Apollo's format (`operations` with `id` and `body`), and the map from ids to documents
    that Relay's compiler and GraphQL Code Generator write.

    Raises:
        ManifestError: a file cannot be read or has neither format; a folder has no such file.
    """
    if not path.is_dir():
        return _load_manifest(path)
    files = sorted(path.glob("*.json"))
    if not files:
        raise ManifestError(f"{path} holds no manifest: their names end in .json")
    return {id_: text for file in files for id_, text in _load_manifest(file).items()}


def _load_manifest(path: Path) -> dict[str, str]:
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ManifestError(f"{path} is not JSON: {error}") from error
    documents = dict(_entries(content))
    if not documents or not all(isinstance(text, str) and text for text in documents.values()):
        raise ManifestError(
            f"{path} is no manifest: it needs `operations` with `id` and `body`, or ids with "
            "their documents"
        )
    return documents


def _entries(content: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(content, dict) and isinstance(content.get("operations"), list):
        for operation in content["operations"]:
            if isinstance(operation, dict):
                yield str(operation.get("id")), operation.get("body")
    elif isinstance(content, dict):
        yield from content.items()
