"""The languages of a folder whose translations lie in folders of their own: `content/de/…`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

DEEPEST = 3
# ISO 639-1. Two folders of such names that hold files of the same name are two languages: one
# alone might be about Go or the United States.
_CODES = re.compile(
    "a[abfmrsyz]|b[aegnors]|c[aeosy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|h[aeirtuy]|i[dgst]"
    "|j[av]|k[aklmnouy]|l[abnotv]|m[giklnrsty]|n[belno]|o[cmr]|p[alst]|qu|r[mouw]|s[adeiklmnoqrtuv]"
    "|t[aeghiknorst]|u[gkrz]|vi|wo|xh|y[io]|z[hu]"
)


class Languages:
    """Which language a file is in by its folder."""

    def __init__(self, places: Iterable[PurePosixPath]) -> None:
        self._folders: set[tuple[str, ...]] = set()
        known: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = {}
        for place in places:
            for at, part in enumerate(place.parts[: min(DEEPEST, len(place.parts) - 1)]):
                if _is_code(part):
                    folder = place.parts[: at + 1]
                    twin = known.setdefault((place.parts[:at], place.parts[at + 1 :]), folder)
                    if twin != folder:
                        self._folders |= {twin, folder}

    def of(self, place: PurePosixPath) -> tuple[str, str] | None:
        """The language of a file, and what it has in common with its translations."""
        for at in range(1, min(DEEPEST, len(place.parts) - 1) + 1):
            if place.parts[:at] in self._folders:
                common = PurePosixPath(*place.parts[: at - 1], *place.parts[at:])
                return place.parts[at - 1].lower(), str(common.with_suffix(""))
        return None


def _is_code(part: str) -> bool:
    main, _, region = part.lower().partition("-")
    return bool(_CODES.fullmatch(main)) and (not region or (len(region) <= 4 and region.isalpha()))
