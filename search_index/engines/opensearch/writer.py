"""Writing a batch: all rows of its articles, and the number of the commit, in few requests."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from search_index.engines.opensearch import rows
from search_index.engines.opensearch.client import Client, describe
from search_index.engines.opensearch.generations import BUILDING_KEY
from search_index.engines.opensearch.leader import LOCK_KEY
from search_index.engines.opensearch.reader import COMMIT_KEY, Commit, Names
from search_index.query import PUBLIC, Document, EngineError, EngineUnavailable, NoIndex
from search_index.text.document_terms import comment_stamps

MAX_BULK_BYTES = 5_000_000
"""Bytes of one request; a row that is larger is sent alone."""

READ_SECONDS = 5.0
"""Deadline of a request for what is written; it is repeated at another node."""

MAX_READ = 500
"""Articles whose rows are looked up in one request."""

TERM = 1_000_000
"""What each leader adds to the last commit, so that what a former one sends late is older."""

_NOT_FOUND, _CONFLICT, _TOO_MANY = 404, 409, 429

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Held:
    """What the indices hold of an article: its comments with their stamps, by index."""

    comments_by_index: dict[str, dict[str, int]]


class Writer:
    """Writes the indices with some names.

    Each row has the number of the commit as its version, and each leader begins with a much larger
    one: a batch that arrives late, from a process that has been paused, does not replace what was
    written since.
    """

    def __init__(self, client: Client, names: Names, state: str = "") -> None:
        """`state` is the index that tells whether a rebuild is running; empty: never."""
        self._client = client
        self._names = names
        self._state = state
        self._holder = ""
        self._begins_term = False

    def lead(self, holder: str) -> None:
        """Write from now on as the holder of the lock; "" as nobody."""
        self._holder, self._begins_term = holder, bool(holder)

    async def apply(self, upserts: Collection[Document], deletes: Collection[int]) -> Commit:
        """Write a batch; return its commit. Searches see it on return.

        On an error any part of it may be seen; writing it again completes it.

        Raises:
            NoIndex: there is no index.
            EngineUnavailable: the cluster cannot be reached, or has too much to do; or another
                process holds the lock.
            EngineError: a row was refused, or a rebuild is running.
        """
        documents = {document.id: document for document in upserts}
        ids = [*documents, *(id_ for id_ in dict.fromkeys(deletes) if id_ not in documents)]
        commit = await self._next_commit()
        held: dict[int, _Held] = {}
        for start in range(0, len(ids), MAX_READ):
            held.update(await self._read_held(ids[start : start + MAX_READ]))
        lines = [
            line
            for id_ in ids
            for line in self._lines(id_, documents.get(id_), held[id_], commit.number)
        ]
        lines.append(
            _index_line(self._names.public, COMMIT_KEY, None, commit.number)
            + orjson.dumps({"commit": commit.number})
            + b"\n"
        )
        parts = list(_parts(lines))
        for part in parts:
            await self._send(part, refresh=len(parts) == 1)
        if len(parts) > 1:
            await self._client.request("POST", f"/{','.join(self._names)}/_refresh")
        self._begins_term = False
        return commit

    async def _next_commit(self) -> Commit:
        docs = [{"_index": self._names.public, "_id": COMMIT_KEY}]
        if self._state:
            docs += [{"_index": self._state, "_id": key} for key in (BUILDING_KEY, LOCK_KEY)]
        response = await self._client.request(
            "POST", "/_mget", {"docs": docs}, seconds=READ_SECONDS
        )
        commit, *state = response["docs"]
        if not commit.get("found"):
            _raise_unless_missing(commit)
            raise NoIndex("there is no index yet")
        if state and state[0].get("found"):
            raise EngineError("a rebuild of this index is running")
        if self._holder and state[1].get("_source", {}).get("holder") != self._holder:
            raise EngineUnavailable("another process indexes now")
        step = TERM if self._begins_term else 1
        return Commit(commit["_index"], commit["_source"]["commit"] + step)

    async def _read_held(self, ids: list[int]) -> dict[int, _Held]:
        if not ids:
            return {}
        docs = [
            {
                "_index": index,
                "_id": rows.article_key(id_),
                "routing": str(id_),
                "_source": ["held"],
            }
            for id_ in ids
            for index in self._names
        ]
        response = await self._client.request("POST", "/_mget", {"docs": docs})
        held = {id_: _Held({}) for id_ in ids}
        for request, item in zip(docs, response["docs"], strict=True):
            if item.get("found"):
                id_ = int(str(request["routing"]))
                comments = item["_source"].get("held", {})
                held[id_].comments_by_index[str(request["_index"])] = comments
            else:
                _raise_unless_missing(item)
        return held

    def _lines(
        self, id_: int, document: Document | None, held: _Held, version: int
    ) -> Iterator[bytes]:
        """Yield the lines for an article; what is hidden now is hidden first."""
        home = ""
        if document is not None:
            home = self._names.public if document.status in PUBLIC else self._names.hidden
        for index in self._names:
            comments = held.comments_by_index.get(index)
            if index == home or (document is not None and comments is None):
                continue
            yield _delete_line(index, rows.article_key(id_), id_, version)
            for comment in comments or ():
                yield _delete_line(index, rows.comment_key(id_, int(comment)), id_, version)
        if document is not None:
            yield from self._upsert_lines(home, document, held, version)

    def _upsert_lines(
        self, index: str, document: Document, held: _Held, version: int
    ) -> Iterator[bytes]:
        known, stamps = held.comments_by_index.get(index, {}), comment_stamps(document)
        for known_id in known:
            if int(known_id) not in stamps:
                key = rows.comment_key(document.id, int(known_id))
                yield _delete_line(index, key, document.id, version)
        row = rows.article_row(document)
        yield _row_lines(index, rows.article_key(document.id), document.id, version, row)
        for comment in document.comments:
            if known.get(str(comment.id)) != stamps[comment.id]:
                key = rows.comment_key(document.id, comment.id)
                row = rows.comment_row(document, comment)
                yield _row_lines(index, key, document.id, version, row)

    async def _send(self, part: bytes, *, refresh: bool) -> None:
        # A missing name would become an index with guessed fields.
        path = f"/_bulk?require_alias=true&timeout=10s&refresh={str(refresh).lower()}"
        response = await self._client.request("POST", path, part)
        if response["errors"]:
            for item in response["items"]:
                [result] = item.values()
                _raise_for(result)


def _row_lines(index: str, key: str, id_: int, version: int, row: Json) -> bytes:
    return _index_line(index, key, id_, version) + orjson.dumps(row) + b"\n"


def _index_line(index: str, key: str, id_: int | None, version: int) -> bytes:
    return orjson.dumps({"index": _target(index, key, id_, version)}) + b"\n"


def _delete_line(index: str, key: str, id_: int, version: int) -> bytes:
    return orjson.dumps({"delete": _target(index, key, id_, version)}) + b"\n"


def _target(index: str, key: str, id_: int | None, version: int) -> Json:
    routing = {} if id_ is None else {"routing": str(id_)}
    return {
        "_index": index,
        "_id": key,
        "version": version,
        "version_type": "external_gte",
        **routing,
    }


def _parts(lines: list[bytes]) -> Iterator[bytes]:
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and size + len(line) > MAX_BULK_BYTES:
            yield b"".join(part)
            part, size = [], 0
        part.append(line)
        size += len(line)
    yield b"".join(part)


def _raise_for(result: Json) -> None:
    """Raise the error of an item; a newer version, and what was deleted before, are none."""
    status, error = result["status"], result.get("error")
    if status < 300 or status == _CONFLICT or (status == _NOT_FOUND and not error):
        return
    if isinstance(error, dict) and error.get("type") == "index_not_found_exception":
        raise NoIndex("there is no index yet")
    if status in (_TOO_MANY, 503):
        raise EngineUnavailable(f"OpenSearch cannot write at the moment: {describe(error)}")
    raise EngineError(f"OpenSearch refused a row: {describe(error)}")


def _raise_unless_missing(item: Json) -> None:
    error = item.get("error")
    if error is not None:
        if isinstance(error, dict) and error.get("type") == "index_not_found_exception":
            if item.get("_id") == COMMIT_KEY or str(item.get("_id", "")).startswith("a"):
                raise NoIndex("there is no index yet")
            return
        raise EngineUnavailable(f"OpenSearch cannot read at the moment: {describe(error)}")
