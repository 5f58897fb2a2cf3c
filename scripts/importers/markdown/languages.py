"""Languages of files by folder or name, and which files are translations of each other.

A language is told by a folder (`de/page.md`, of the site's languages or beside `en/page.md`), by a
file's name (`page.de.md`), or by its front matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from scripts.importers.markdown.configuration import SiteConfig

MAX_DEPTH = 3
# ISO 639-1. Folders with such names are languages only if the site names them, or two of them have
# a file of the same name: a single one might be about Go or the United States.
_CODES = re.compile(
    "a[abfmrsyz]|b[aegnors]|c[aeosy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|h[aeirtuy]|i[dgst]"
    "|j[av]|k[aklmnouy]|l[abnotv]|m[giklnrsty]|n[belno]|o[cmr]|p[alst]|qu|r[mouw]|s[adeiklmnoqrtuv]"
    "|t[aeghiknorst]|u[gkrz]|vi|wo|xh|y[io]|z[hu]"
)


@dataclass(frozen=True, slots=True)
class FileData:
    """What the front matter of a file says about its translations; empty values for nothing."""

    language: str = ""
    key: str = ""
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """The language of a file by its folder or name, and its path without it.

    `key` is shared by its translations; empty without any.
    """

    place: PurePosixPath
    language: str = ""
    key: str = ""


class Languages:
    """The languages of a folder's files."""

    def __init__(
        self,
        source: str = "",
        files: Mapping[PurePosixPath, FileData] | None = None,
        config: SiteConfig | None = None,
    ) -> None:
        self._config = config or SiteConfig()
        self._source = source
        files = files or {}
        self._folders = _twin_folders(files)
        self._translations = {place: self._locate(place) for place in files}
        self._tie(files)

    def find(self, place: PurePosixPath) -> Translation:
        """Return the language and translations of a file."""
        return self._translations.get(place) or self._locate(place)

    def _locate(self, place: PurePosixPath) -> Translation:
        """Return the language of a file, and its path without it; it has no key yet."""
        folder, language = self._folder_language(place)
        base, dot, suffix = place.stem.rpartition(".")
        if dot and base and (_is_code(suffix) or suffix.lower() in self._config.languages):
            return Translation(folder.with_name(base + place.suffix), suffix.lower())
        return Translation(folder, language)

    def _folder_language(self, place: PurePosixPath) -> tuple[PurePosixPath, str]:
        for name, language in self._config.language_folders.items():
            if place.is_relative_to(name):
                inside = place.relative_to(name)
                return PurePosixPath(self._config.content, inside), language
        content = PurePosixPath(self._config.content)
        if place.is_relative_to(content) and len(place.relative_to(content).parts) > 1:
            first, *rest = place.relative_to(content).parts
            if first.lower() in self._config.languages:
                return PurePosixPath(content, *rest), first.lower()
        for depth in range(1, min(MAX_DEPTH, len(place.parts) - 1) + 1):
            if place.parts[:depth] in self._folders:
                common = PurePosixPath(*place.parts[: depth - 1], *place.parts[depth:])
                return common, place.parts[depth - 1].lower()
        return place, ""

    def _tie(self, files: Mapping[PurePosixPath, FileData]) -> None:
        """Give one key to the files of each group of translations."""
        keys = {place: data.key for place, data in files.items() if data.key}
        for base, group in self._groups(files):
            if len(group) > 1 and self._differ(group, files):
                shared = next((keys[place] for place in group if place in keys), "")
                for place in group:
                    keys.setdefault(place, shared or self._new_key(base))
        named: dict[str, set[str]] = {}
        for place, data in files.items():
            if data.key:
                named.setdefault(data.key, set()).add(self._language_of(place, data))
        for place, data in files.items():
            # The key of a translation is often the name of the file that it translates.
            stem, language = PurePosixPath(self._base(place)).name, self._language_of(place, data)
            if place not in keys and stem in named and language not in named[stem]:
                keys[place] = stem
            elif self._translations[place].language:  # a translation may be added later
                keys.setdefault(place, self._new_key(self._base(place)))
        for place, key in keys.items():
            located = self._translations[place]
            self._translations[place] = Translation(located.place, located.language, key)

    def _groups(
        self, files: Mapping[PurePosixPath, FileData]
    ) -> Iterator[tuple[str, list[PurePosixPath]]]:
        """Yield the files that may be translations: by their path without language, or slug."""
        by_path: dict[str, list[PurePosixPath]] = {}
        by_slug: dict[str, list[PurePosixPath]] = {}
        for place, data in files.items():
            by_path.setdefault(self._base(place), []).append(place)
            if data.slug and (data.language or self._config.generator == "pelican"):
                by_slug.setdefault(data.slug, []).append(place)
        yield from by_path.items()
        yield from by_slug.items()

    def _new_key(self, base: str) -> str:
        return f"{self._source}:{base}"[-255:]

    def _base(self, place: PurePosixPath) -> str:
        located = self._translations[place].place.with_suffix("")
        return str(located.parent if located.name in ("index", "_index") else located)

    def _differ(
        self, group: Iterable[PurePosixPath], files: Mapping[PurePosixPath, FileData]
    ) -> bool:
        """Tell whether files are in different languages, as translations are."""
        languages = [self._language_of(place, files[place]) for place in group]
        return len(set(languages)) == len(languages)

    def _language_of(self, place: PurePosixPath, data: FileData) -> str:
        return data.language or self._translations[place].language or self._config.language


def _twin_folders(places: Iterable[PurePosixPath]) -> set[tuple[str, ...]]:
    """Return the folders with the name of a language that have a file which another one has too."""
    folders: set[tuple[str, ...]] = set()
    first_folders: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = {}
    for place in places:
        for depth, part in enumerate(place.parts[: min(MAX_DEPTH, len(place.parts) - 1)]):
            if _is_code(part):
                folder = place.parts[: depth + 1]
                twin = first_folders.setdefault(
                    (place.parts[:depth], place.parts[depth + 1 :]), folder
                )
                if twin != folder:
                    folders |= {twin, folder}
    return folders


def _is_code(part: str) -> bool:
    main, _, region = part.lower().partition("-")
    return bool(_CODES.fullmatch(main)) and (not region or (len(region) <= 4 and region.isalpha()))
