"""Bytes as text: the encoding that a file is really in, whatever it says of itself.

Files that went through editors and databases of three decades mix encodings. What is no UTF-8
among UTF-8 is nearly always Windows-1252, and is read so, as browsers and mail programs do.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

STRAY = "stray-cp1252"
"""The error handler that reads stray bytes as Windows-1252; those it has not become U+FFFD."""
BEGINNING = 400
"""Bytes in which an XML declaration has to stand."""
CHUNK = 1 << 18

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = bytes(range(128, 256))
# Words of other scripts; in Latin ones, hardly three letters in a row have an accent.
_WORDS = re.compile(rb"[\x80-\xff]{3,}")
# What the web reads as Windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels).
_LATIN = frozenset({"ascii", "iso8859-1", "cp1252"})


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", "replace"), error.end


codecs.register_error(STRAY, _as_cp1252)


def encoding_of_file(path: Path) -> str:
    """The encoding of a file; reads on until a byte tells, which is soon in most. Raises OSError.

    To be used with `errors=STRAY`.
    """
    with path.open("rb") as file:
        beginning = data = file.read(CHUNK)
        while data.isascii() and (more := file.read(CHUNK)):
            data = more
    return encoding_of(beginning, data)


def encoding_of(beginning: bytes, sample: bytes | None = None) -> str:
    """The encoding of a file by its byte order mark, its content, and what it says; else UTF-8.

    `sample` are bytes with which an encoding would show, where `beginning` is plain ASCII.
    """
    marked = next((name for bom, name in _BOMS if beginning.startswith(bom)), None)
    if marked or (marked := _wide(beginning)):
        return marked
    said = _DECLARED.search(beginning[:BEGINNING])
    declared = _known(said[1].decode("ascii")) if said else ""
    data = beginning if sample is None else sample
    if is_utf8(data):
        return "utf-8"
    return ("cp1252" if declared in _LATIN else declared) or _guessed(data)


def text_of(data: bytes) -> str:
    """The text of a whole file; never fails."""
    return data.decode(encoding_of(data), STRAY)


def is_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII in `data` is UTF-8; it has to be there."""
    high = _high(data)
    sequences = sum(len(one) for one in _SEQUENCE.findall(data)) if high else 0
    return sequences > high - sequences


def _high(data: bytes) -> int:
    return len(data) - len(data.translate(None, _HIGH))


def _guessed(data: bytes) -> str:
    """The encoding of what is no UTF-8 and does not say what it is; UTF-8 for Latin scripts."""
    dense = sum(len(one) for one in _WORDS.findall(data))
    if dense * 2 <= _high(data) or not dense:
        return "utf-8"
    guess = from_bytes(data[:CHUNK]).best()
    return guess.encoding if guess is not None else "utf-8"


def _wide(beginning: bytes) -> str | None:
    """The encoding of text of two or four bytes a letter, by where its zeros are; else None."""
    head = beginning[: min(64, len(beginning) // 4 * 4)]
    if len(head) < 4 or b"\x00" not in head:
        return None
    share = [head[at::4].count(0) * 4 / len(head) for at in range(4)]
    zeros = "".join("0" if one > 0.6 else "x" for one in share)
    return {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}.get(
        zeros
    )


def _known(name: str) -> str:
    """The codec of a name; empty for none, and for those whose bytes a declaration is not in."""
    try:
        found = codecs.lookup(name)
        usual = "<?xml".encode(found.name) == b"<?xml"
    except (LookupError, UnicodeError, TypeError):
        return ""
    return found.name if usual and found.name not in ("utf-8", "utf-7") else ""
