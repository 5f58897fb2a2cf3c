"""search_index.lru_cache: limits, the order of eviction, and weights."""

from __future__ import annotations

from threading import Thread

import pytest

from search_index.lru_cache import LRUCache
from tests.support.paths import ROOT


def test_the_least_recently_used_entry_is_evicted() -> None:
    cache: LRUCache[str, int] = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)


def test_a_new_value_counts_as_a_use() -> None:
    cache: LRUCache[str, int] = LRUCache(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        cache.put(key, value)
    assert cache.items() == [("a", 3), ("c", 4)]


def test_the_total_weight_is_limited() -> None:
    cache: LRUCache[str, str] = LRUCache(10, lambda key, value: len(key) + len(value))
    cache.put("a", "1234")
    cache.put("b", "1234")
    cache.put("a", "12")  # lighter than before
    cache.put("c", "1")
    assert cache.items() == [("b", "1234"), ("a", "12"), ("c", "1")]
    cache.put("d", "12")
    assert cache.items() == [("a", "12"), ("c", "1"), ("d", "12")]


def test_an_entry_above_the_limit_is_not_cached() -> None:
    cache: LRUCache[str, str] = LRUCache(3, lambda _, value: len(value))
    cache.put("a", "12")
    cache.put("b", "1234")
    assert len(cache) == 0
    cache.put("c", "123")
    assert "c" in cache


def test_looking_for_a_key_is_no_use_of_it() -> None:
    cache: LRUCache[str, int] = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert "a" in cache
    cache.put("c", 3)
    assert "a" not in cache


def test_threads_share_a_cache() -> None:
    cache: LRUCache[int, int] = LRUCache(50)

    def use(first: int) -> None:
        for number in range(5_000):
            key = (first + number) % 80
            assert cache.get(key) in (None, key)
            cache.put(key, key)

    threads = [Thread(target=use, args=(first,)) for first in (0, 20, 40, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cache) == len(cache.items()) == 50


@pytest.mark.parametrize("package", ["hub", "schema", "search_index", "scripts"])
def test_other_caches_use_the_class(package: str) -> None:
    """The response cache alone has an order of its own, for speed; see the comment there."""
    modules = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*.py")
        if "OrderedDict" in path.read_text(encoding="utf-8")
    }
    assert modules <= {"search_index/lru_cache.py", "schema/server/response_cache.py"}
