"""Cache tags of a response, collected while it is executed.

Tags name the records that a response was read from, in the same form as the change feed
(`hub.outbox`): whenever a response becomes outdated, the feed has a line with one of its tags. A
tag without a number stands for all of its kind: a change of `article:12` is one of `article` too.

    article:12    the article itself, and its edges      slug:…          result of a slug lookup
    articles      lists of all articles                  translations:…  articles of one key
    topic:5       the topic, and lists of its articles   author:3        likewise
    comments:12   the comments on an article             labels          any topic or author
    search        every result of the index              similar         edges the hub derived
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from hub.search.settled import Search

TagGroup = tuple[str, Collection[object]]
ALL_OF_KIND: tuple[object, ...] = ("",)


@dataclass(slots=True)
class CacheTags:
    """The cache tags of one response, and the other conditions of caching it.

    `searches` are counted again with every cache hit; `max_age_seconds` bounds the lifetime of a
    response that depends on more than content and index; a response that is not `is_cacheable` is
    not cached. `groups` holds kinds with their keys; they are formatted as tags only on demand.
    `uses_index` tells whether the index may have been read.
    """

    searches: list[Search] = field(default_factory=list)
    max_age_seconds: float | None = None
    is_cacheable: bool = True
    uses_index: bool = False
    groups: list[TagGroup] = field(default_factory=list)

    def limit_age(self, seconds: float) -> None:
        """Bound the lifetime of the response, which other parts of it may have bounded already."""
        limit = self.max_age_seconds
        self.max_age_seconds = seconds if limit is None else min(limit, seconds)

    def add(self, kind: str, keys: Collection[object] = ALL_OF_KIND) -> None:
        """Add records of a kind that were read, whether they exist or not; 0.1 µs."""
        self.groups.append((kind, keys))


def format_tags(groups: Iterable[TagGroup]) -> frozenset[str]:
    """Return the tags of these groups."""
    return frozenset(
        f"{kind}:{key}" if key != "" else kind for kind, keys in groups for key in keys
    )


def expand(tags: Iterable[str]) -> set[str]:
    """Return the tags of a change, with those that stand for all of their kind."""
    expanded = set(tags)
    return expanded | {tag.partition(":")[0] for tag in expanded}


def header_value(tags: Iterable[str], max_bytes: int) -> str:
    """Format tags as a line of at most `max_bytes`, separated by commas; 200 bytes hold any kinds.

    A line that is too long is shortened by replacing the tags of the most frequent kind by the
    kind alone, repeatedly.
    """
    remaining = set(tags)
    while len(line := ",".join(sorted(remaining))) > max_bytes:
        numbered = Counter(tag.partition(":")[0] for tag in remaining if ":" in tag)
        [(kind, _)] = numbered.most_common(1)
        remaining = {tag for tag in remaining if tag.partition(":")[0] != kind} | {kind}
    return line
