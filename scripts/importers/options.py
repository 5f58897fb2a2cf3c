"""Options of an import that decide how its paths are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.importers.wordpress.split_exports import ScanCache


@dataclass(frozen=True, slots=True)
class Options:
    """Options of an editor; None and empty values leave a choice to automatic detection.

    `kind` is a name in `registry.KINDS`; `columns` are the column names of a table without a
    header row; `mapping` pairs a field of records with its name in the source; `taxonomies` are
    those of WordPress that become topics besides categories and tags, `types` its types of posts
    that become articles besides posts and pages; `other_kinds` are the kinds
    whose readers take other pages of the same folder; `detect_languages`: articles whose source
    names no language of their own, or plainly a wrong one, get that of their text; `scans` is the
    cache of WordPress exports scanned in one run.
    """

    kind: str | None = None
    source: str | None = None
    language: str = "en"
    columns: tuple[str, ...] | None = None
    taxonomies: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()
    other_kinds: tuple[str, ...] = ()
    detect_languages: bool = True
    scans: ScanCache = field(default_factory=ScanCache, compare=False)
