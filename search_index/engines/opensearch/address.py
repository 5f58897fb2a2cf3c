"""The address of a cluster: `opensearch://host1:9200,host2/name?shards=1&replicas=1`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from search_index.query import UnknownEngine

DEFAULT_PORT = 9200
MAX_SHARDS = 100
MAX_REPLICAS = 10

_EXAMPLE = "as in opensearch://host1:9200,host2:9200/name"
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,60}")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Address:
    """The nodes of a cluster, and the name that the names of the hub's indices start with.

    `replicas` None: one, as soon as the cluster has a second node.
    """

    nodes: tuple[str, ...]
    """The address of each node, `http://host:9200`."""

    name: str
    shards: int = 1
    replicas: int | None = None


def parse_address(location: str, *, secure: bool) -> Address:
    """Parse what follows the scheme of the URL of an engine.

    Raises:
        UnknownEngine: it is not such an address; the message never contains it.
    """
    rest, _, query = location.removeprefix("//").partition("?")
    hosts, _, name = rest.partition("/")
    if "@" in hosts:
        raise UnknownEngine(
            "must not contain a password: set HUB_SEARCH_USER and HUB_SEARCH_PASSWORD"
        )
    name = unquote(name.rstrip("/"))
    if not location.startswith("//") or not hosts or not name:
        raise UnknownEngine(f"must name hosts and an index, {_EXAMPLE}")
    if not _NAME.fullmatch(name):
        raise UnknownEngine(
            "must name an index of lower-case letters, digits, '-', '_' or '.', at most 61 of them,"
            f" {_EXAMPLE}"
        )
    nodes = tuple(_node(host, secure=secure) for host in hosts.split(","))
    values = dict(parse_qsl(query, keep_blank_values=True))
    shards = _number(values.pop("shards", "1"), "shards", 1, MAX_SHARDS)
    replicas = values.pop("replicas", None)
    if values:
        raise UnknownEngine("may have the options shards and replicas, no others")
    return Address(
        nodes,
        name,
        shards,
        None if replicas is None else _number(replicas, "replicas", 0, MAX_REPLICAS),
    )


def _node(host: str, *, secure: bool) -> str:
    match = _HOST.fullmatch(host.strip())
    if match is None or int(match[2] or DEFAULT_PORT) > 65_535:
        raise UnknownEngine(f"must name hosts separated by commas, {_EXAMPLE}")
    return f"{'https' if secure else 'http'}://{match[1]}:{match[2] or DEFAULT_PORT}"


def _number(text: str, name: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise UnknownEngine(f"must have a number from {least} to {most} as {name}")
    return int(text)
