"""Persisted documents: queries sent by their SHA-256, as Apollo and urql clients do it.

Automatic ones are remembered once a client has sent their text with its hash; trusted ones are
those of the hub's own scripts and of a manifest, and may be made the only ones that are answered.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from schema.server.requests import Refused, Request

_PREFIX = "sha256:"


class ManifestError(Exception):
    """The manifest of trusted documents cannot be used; the message says why."""


class Persisted:
    """The documents that are known by an id. Automatic ones go when `longest` characters are full.

    A client that asks for one which has gone is told so, and sends it again.
    """

    def __init__(
        self, trusted: Mapping[str, str], *, only_trusted: bool, longest: int = 1_000_000
    ) -> None:
        self._trusted = dict(trusted)
        self._only_trusted = only_trusted
        self._texts = frozenset(self._trusted.values())
        self._known: OrderedDict[str, str] = OrderedDict()
        self._room = longest

    def whole(self, request: Request) -> Request:
        """The request with the text of its document.

        Raises:
            Refused: the document is not known, not the one that its hash tells, or not trusted.
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
                text = self._known.get(name)
                if text is None:
                    # In the words that clients wait for, to send the document itself.
                    raise Refused(200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
                self._known.move_to_end(name)
            request = replace(request, query=text)
        if self._only_trusted and request.query not in self._texts:
            raise Refused(403, "DOCUMENT_NOT_TRUSTED", "Only documents of the manifest are taken.")
        return request

    def remember(self, request: Request) -> None:
        """Know a document by its hash from now on; for those that have been found valid."""
        id_ = request.document_id
        if id_ is None or self._only_trusted:
            return
        name = id_.removeprefix(_PREFIX)
        if name in self._known or name in self._trusted or id_ in self._trusted:
            return
        self._known[name] = request.query
        self._room -= len(request.query)
        while self._room < 0:
            _, old = self._known.popitem(last=False)
            self._room += len(old)


def trusted_documents(path: Path) -> dict[str, str]:
    """The documents of a manifest, or of all manifests (`*.json`) in a folder, by their ids.

    Takes Apollo's (`operations` with `id` and `body`), and the map from ids to documents that
    Relay's compiler and GraphQL Code Generator write.

    Raises:
        ManifestError: one cannot be read, or is none of these; a folder holds none.
    """
    if not path.is_dir():
        return _documents(path)
    files = sorted(path.glob("*.json"))
    if not files:
        raise ManifestError(f"{path} holds no manifest: their names end in .json")
    return {id_: text for file in files for id_, text in _documents(file).items()}


def _documents(path: Path) -> dict[str, str]:
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ManifestError(f"{path} is not JSON: {error}") from error
    found = dict(_entries(content))
    if not found or not all(isinstance(text, str) and text for text in found.values()):
        raise ManifestError(
            f"{path} is no manifest: it needs `operations` with `id` and `body`, or ids with "
            "their documents"
        )
    return found


def _entries(content: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(content, dict) and isinstance(content.get("operations"), list):
        for operation in content["operations"]:
            if isinstance(operation, dict):
                yield str(operation.get("id")), operation.get("body")
    elif isinstance(content, dict):
        yield from content.items()
