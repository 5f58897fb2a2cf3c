"""What is noted while a request is answered, for whoever keeps the answer.

Tags name what an answer was read from, in the words of the change feed (`hub.outbox`): whenever
an answer would be a different one, the feed has told one of its tags. A tag without a number
stands for all of its kind: a change that is told as `article:12` is told as `article` too.

    article:12    the article itself, and its edges      slug:…          what a slug finds
    articles      lists of all articles                  translations:…  what shares a key
    topic:5       lists of its articles; author:3 too    topics authors  lists of them
    comments:12   what is said below an article          labels          any topic or author
    search        whatever the index answers             similar         edges the hub drew
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

Read = tuple[str, Collection[object]]
EVERY: tuple[object, ...] = ("",)


@dataclass(slots=True)
class Notes:
    """The notes of one answer.

    `searches` are to be counted whenever the answer is given again; `seconds` bounds how long it
    holds, where it depends on more than content and index; one that is not `whole` is not kept.
    `reads` holds what was read, by kind and numbers, to be written as tags when they are asked for;
    `searched` says whether the index may have been asked.
    """

    searches: list[tuple[str, int]] = field(default_factory=list)
    seconds: float | None = None
    whole: bool = True
    searched: bool = False
    reads: list[Read] = field(default_factory=list)

    def read(self, kind: str, numbers: Collection[object] = EVERY) -> None:
        """Note that these of a kind were read, whether they are there or not; 0.1 µs."""
        self.reads.append((kind, numbers))


def tags_of(reads: Iterable[Read]) -> frozenset[str]:
    """The tags of what was read."""
    return frozenset(
        f"{kind}:{number}" if number != "" else kind
        for kind, numbers in reads
        for number in numbers
    )


def told(tags: Iterable[str]) -> set[str]:
    """The tags of a change, with those that stand for all of their kind."""
    found = set(tags)
    return found | {tag.partition(":")[0] for tag in found}


def bounded(tags: Iterable[str], longest: int) -> str:
    """The tags in a line of at most `longest` bytes, by commas; 200 bytes hold any kinds.

    Where there are too many of one kind, the kind stands for all of them, the largest first.
    """
    kept = set(tags)
    while len(line := ",".join(sorted(kept))) > longest:
        numbered = Counter(tag.partition(":")[0] for tag in kept if ":" in tag)
        [(kind, _)] = numbered.most_common(1)
        kept = {tag for tag in kept if tag.partition(":")[0] != kind} | {kind}
    return line
