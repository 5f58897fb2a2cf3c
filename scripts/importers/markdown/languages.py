"""Languages of translations in language folders: `content/de/…`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

MAX_DEPTH = 3
# ISO 639-1. Folders with such names are languages only if two of them have a file of the same
# name: a single one might be about Go or the United States.
_CODES = re.compile(
    "a[abfmrsyz]|b[aegnors]|c[aeosy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|h[aeirtuy]|i[dgst]"
    "|j[av]|k[aklmnouy]|l[abnotv]|m[giklnrsty]|n[belno]|o[cmr]|p[alst]|qu|r[mouw]|s[adeiklmnoqrtuv]"
    "|t[aeghiknorst]|u[gkrz]|vi|wo|xh|y[io]|z[hu]"
)


class FolderLanguages:
    """Languages of files by their folder."""

    def __init__(self, places: Iterable[PurePosixPath]) -> None:
        self._folders: set[tuple[str, ...]] = set()
        first_folders: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = {}
        for place in places:
            for depth, part in enumerate(place.parts[: min(MAX_DEPTH, len(place.parts) - 1)]):
                if _is_code(part):
                    folder = place.parts[: depth + 1]
                    twin = first_folders.setdefault(
                        (place.parts[:depth], place.parts[depth + 1 :]), folder
                    )
                    if twin != folder:
                        self._folders |= {twin, folder}

    def find(self, place: PurePosixPath) -> tuple[str, str] | None:
        """Return the language of a file, and the path that its translations share; else None."""
        for depth in range(1, min(MAX_DEPTH, len(place.parts) - 1) + 1):
            if place.parts[:depth] in self._folders:
                common = PurePosixPath(*place.parts[: depth - 1], *place.parts[depth:])
                return place.parts[depth - 1].lower(), str(common.with_suffix(""))
        return None


def _is_code(part: str) -> bool:
    main, _, region = part.lower().partition("-")
    return bool(_CODES.fullmatch(main)) and (not region or (len(region) <= 4 and region.isalpha()))
