"""Generations: the indices behind the names, and how new ones take their place.

| name | is |
|---|---|
| `NAME-FINGERPRINT-public`, `…-hidden` | the names that searches and writes use: aliases |
| `NAME-FINGERPRINT-public-7` | an index of the 7th generation |
| `NAME-FINGERPRINT-building-public` | the name of an index that is being built |
| `NAME-FINGERPRINT-state` | who may write, who the index is, whether a rebuild is running |

The fingerprint is that of the release's analysis: during a rolling upgrade the old release and the
new one have an index each.
"""

from __future__ import annotations

from typing import Any

from search_index.engines.opensearch import mapping
from search_index.engines.opensearch.address import Address
from search_index.engines.opensearch.client import Client
from search_index.engines.opensearch.reader import COMMIT_KEY, Names
from search_index.query import EngineError

BUILDING_KEY = "building"
_EXISTS = 400
_CONFLICT = 409
_KINDS = ("public", "hidden")

Json = dict[str, Any]


class Generations:
    """The indices of one engine on a cluster."""

    def __init__(self, client: Client, address: Address) -> None:
        self._client = client
        self._address = address
        self._prefix = f"{address.name}-{mapping.fingerprint()[:8]}"
        self.live = Names(*(f"{self._prefix}-{kind}" for kind in _KINDS))
        self.building = Names(*(f"{self._prefix}-building-{kind}" for kind in _KINDS))
        self.state = f"{self._prefix}-state"

    async def create_state(self) -> None:
        """Create the index of the state, if there is none."""
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        body = {"settings": settings, "mappings": {"enabled": False}}
        await self._client.request("PUT", f"/{self.state}", body, allowed=[_EXISTS])

    async def begin(self, *, takes_over: bool) -> int:
        """Create the indices of a new generation; return its number.

        `takes_over`: a rebuild that seems to run was that of a process that has ended.

        Raises:
            EngineError: another rebuild is running.
        """
        await self.create_state()
        operation = "_doc" if takes_over else "_create"
        marked = await self._client.request(
            "PUT", f"/{self.state}/{operation}/{BUILDING_KEY}", {"on": 1}, allowed=[_CONFLICT]
        )
        if marked.get("http_status") == _CONFLICT:
            raise EngineError("a rebuild of this index is running")
        existing = await self._existing()
        orphans = [index for index, aliases in existing.items() if not self._is_live(aliases)]
        await self._delete(orphans)
        number = 1 + max((_number(index) for index in existing), default=0)
        for kind, name in zip(_KINDS, self.building, strict=True):
            body = {
                "settings": mapping.settings(self._address),
                "mappings": mapping.mapping(),
                "aliases": {name: {}},
            }
            await self._client.request("PUT", f"/{self._prefix}-{kind}-{number}", body)
        await self._client.request(
            "PUT", f"/{self.building.public}/_doc/{COMMIT_KEY}?refresh=true", {"commit": 0}
        )
        return number

    async def go_live(self, number: int) -> None:
        """Put a generation in place of the live one, at once for all searches, and delete that."""
        existing = await self._existing()
        actions: list[Json] = []
        for kind, live, building in zip(_KINDS, self.live, self.building, strict=True):
            index = f"{self._prefix}-{kind}-{number}"
            actions.append({"add": {"index": index, "alias": live}})
            actions.append({"remove": {"index": index, "alias": building}})
        actions += [
            {"remove_index": {"index": index}} for index in existing if _number(index) != number
        ]
        await self._client.request("POST", "/_aliases", {"actions": actions})
        await self._end()

    async def roll_back(self, number: int) -> None:
        """Delete a generation that did not go live."""
        await self._delete([f"{self._prefix}-{kind}-{number}" for kind in _KINDS])
        await self._end()

    async def discard(self) -> None:
        """Delete all indices, so that the next indexer rebuilds them."""
        await self._delete(list(await self._existing()))

    async def _end(self) -> None:
        path = f"/{self.state}/_doc/{BUILDING_KEY}"
        await self._client.request("DELETE", path, allowed=[404])

    async def _existing(self) -> dict[str, list[str]]:
        patterns = ",".join(f"{self._prefix}-{kind}-*" for kind in _KINDS)
        response = await self._client.request("GET", f"/{patterns}/_alias", allowed=[404])
        return {
            index: list(item["aliases"])
            for index, item in response.items()
            if isinstance(item, dict) and "aliases" in item
        }

    def _is_live(self, aliases: list[str]) -> bool:
        return any(alias in self.live for alias in aliases)

    async def _delete(self, indices: list[str]) -> None:
        if indices:
            path = f"/{','.join(indices)}?ignore_unavailable=true"
            await self._client.request("DELETE", path, allowed=[404])


def _number(index: str) -> int:
    number = index.rpartition("-")[2]
    return int(number) if number.isdigit() else 0
