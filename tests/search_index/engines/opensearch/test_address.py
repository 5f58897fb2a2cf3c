"""Addresses of clusters, and what is told of wrong ones."""

from __future__ import annotations

import pytest

from search_index.engine import EngineOptions
from search_index.engines import open_engine
from search_index.engines.opensearch.address import Address, parse_address
from search_index.query import UnknownEngine


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("//a/hub", Address(("http://a:9200",), "hub")),
        ("//a:1,b.example:2/hub/", Address(("http://a:1", "http://b.example:2"), "hub")),
        ("//[::1]:9201/hub", Address(("http://[::1]:9201",), "hub")),
        ("//a/hub?shards=3&replicas=2", Address(("http://a:9200",), "hub", 3, 2)),
    ],
)
def test_an_address_names_nodes_and_an_index(location: str, expected: Address) -> None:
    assert parse_address(location, secure=False) == expected
    assert parse_address(location, secure=True).nodes[0].startswith("https://")


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("", "must name hosts"),
        ("//", "must name hosts"),
        ("//a", "must name hosts"),
        ("a/hub", "must name hosts"),
        ("//a,,b/hub", "separated by commas"),
        ("//a:99999/hub", "separated by commas"),
        ("//a/Hub", "lower-case"),
        ("//a/../x", "lower-case"),
        ("//a/hub?shards=0", "from 1 to 100 as shards"),
        ("//a/hub?replica=1", "no others"),
        ("//hub:secret@a/hub", "HUB_SEARCH_PASSWORD"),
    ],
)
def test_a_wrong_address_is_told_without_what_is_in_it(location: str, told: str) -> None:
    with pytest.raises(UnknownEngine, match=told) as caught:
        open_engine(f"opensearch:{location}")
    assert "secret" not in str(caught.value)


def test_options_do_not_show_the_password() -> None:
    assert "secret" not in repr(EngineOptions(user="hub", password="secret"))
