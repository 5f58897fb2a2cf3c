"""Detection of a file's actual encoding, which may differ from the declared one.

Files that went through editors and databases of three decades mix encodings. Bytes that are no
UTF-8 among UTF-8 are nearly always Windows-1252, and are read so, as in browsers and mail programs.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

DECODE_ERRORS = "stray-cp1252"
"""The error handler that reads invalid bytes as Windows-1252, or else as U+FFFD."""
DECLARATION_BYTES = 400
"""Bytes within which an XML declaration has to be."""
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
# Words of other scripts; in Latin ones, three accented letters in a row are very rare.
_WORDS = re.compile(rb"[\x80-\xff]{3,}")
# Encodings that browsers read as Windows-1252
# (https://encoding.spec.whatwg.org/#names-and-labels).
_LATIN = frozenset({"ascii", "iso8859-1", "cp1252"})


def _decode_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", "replace"), error.end


codecs.register_error(DECODE_ERRORS, _decode_as_cp1252)


def detect_file_encoding(path: Path) -> str:
    """Detect the encoding of a file, which is read up to its first byte that is not ASCII.

    To be used with `errors=DECODE_ERRORS`.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        beginning = data = file.read(CHUNK)
        while data.isascii() and (more := file.read(CHUNK)):
            data = more
    return detect_encoding(beginning, data)


def detect_encoding(beginning: bytes, sample: bytes | None = None) -> str:
    """Detect an encoding by byte order mark, content and declaration; UTF-8 by default.

    `sample` are bytes beyond ASCII from further on, where `beginning` is plain ASCII.
    """
    marked_encoding = next((name for bom, name in _BOMS if beginning.startswith(bom)), None)
    if marked_encoding or (marked_encoding := _detect_wide(beginning)):
        return marked_encoding
    declaration = _DECLARED.search(beginning[:DECLARATION_BYTES])
    declared = _declared_codec(declaration[1].decode("ascii")) if declaration else ""
    data = beginning if sample is None else sample
    if is_utf8(data):
        return "utf-8"
    return ("cp1252" if declared in _LATIN else declared) or _guess_encoding(data)


def decode(data: bytes) -> str:
    """Decode all bytes of a file; never fails."""
    return data.decode(detect_encoding(data), DECODE_ERRORS)


def is_utf8(data: bytes) -> bool:
    """Tell whether most bytes beyond ASCII are valid UTF-8; false when there are none."""
    high = _count_high(data)
    sequences = sum(len(sequence) for sequence in _SEQUENCE.findall(data)) if high else 0
    return sequences > high - sequences


def _count_high(data: bytes) -> int:
    return len(data) - len(data.translate(None, _HIGH))


def _guess_encoding(data: bytes) -> str:
    """Guess the encoding of bytes without a declaration that are no UTF-8.

    For Latin scripts it is UTF-8: with DECODE_ERRORS, that reads Windows-1252.
    """
    dense = sum(len(word) for word in _WORDS.findall(data))
    if dense * 2 <= _count_high(data) or not dense:
        return "utf-8"
    guess = from_bytes(data[:CHUNK]).best()
    return guess.encoding if guess is not None else "utf-8"


def _detect_wide(beginning: bytes) -> str | None:
    """Detect UTF-16 and UTF-32 without a mark by the positions of null bytes; else None."""
    head = beginning[: min(64, len(beginning) // 4 * 4)]
    if len(head) < 4 or b"\x00" not in head:
        return None
    shares = [head[offset::4].count(0) * 4 / len(head) for offset in range(4)]
    zeros = "".join("0" if zero_share > 0.6 else "x" for zero_share in shares)
    return {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}.get(
        zeros
    )


def _declared_codec(name: str) -> str:
    """Return the codec of a declared encoding.

    Empty for an unknown one, and for one in which the declaration itself has other bytes.
    """
    try:
        codec = codecs.lookup(name)
        usual = "<?xml".encode(codec.name) == b"<?xml"
    except (LookupError, UnicodeError, TypeError):
        return ""
    return codec.name if usual and codec.name not in ("utf-8", "utf-7") else ""
