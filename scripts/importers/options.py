"""How paths are to be read, as far as an editor says it."""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.importers.wordpress.split_exports import Parts


@dataclass(frozen=True, slots=True)
class Options:
    """None (and nothing) leaves it to what is in the paths.

    `kind` is one of the readers' kinds; `columns` names the columns of a table whose first row
    does not; `taxonomies` are those of WordPress that become topics beside categories and tags;
    `beside` are the kinds whose readers take other pages of the same folder, and
    `parts` what the exports of one run share.
    """

    kind: str | None = None
    source: str | None = None
    language: str = "en"
    columns: tuple[str, ...] | None = None
    taxonomies: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    parts: Parts = field(default_factory=Parts, compare=False)
