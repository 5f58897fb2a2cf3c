"""Removal of metadata from pictures: the places where they were taken, and whatever else is hidden.

Pixels stay as they are, byte by byte; so do colour profiles, the orientation and animations. What
follows the end of a picture goes too: telephones append films there.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

_SCAN_END = re.compile(rb"\xff(?![\x00\xff\xd0-\xd7])")
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_PNG_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT pHYs bKGD acTL fcTL fdAT".split()
)
_GIF_APPLICATIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04
_PNG_HEAD = 8


class Malformed(ValueError):
    """The structure of a file is not that of its format."""


def orientation_exif(orientation: int) -> bytes:
    """Return EXIF data that holds an orientation alone."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)


def strip_jpeg(data: bytes, orientation: int) -> bytes:
    """Return a JPEG with its image data, colour profile and orientation alone."""
    parts = [b"\xff\xd8"]
    if orientation > 1:
        exif = b"Exif\0\0" + orientation_exif(orientation)
        parts.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            raise Malformed
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
        elif marker == 0xD9:
            break
        elif marker in _STANDALONE:
            parts.append(data[at : at + 2])
            at += 2
        else:
            end = at + 2 + _number(data, at + 2, 2)
            if _is_needed(marker, data[at + 4 : at + 16]):
                parts.append(data[at:end])
            at = end
            if marker == 0xDA:
                scan_end = _SCAN_END.search(data, at)
                end = scan_end.start() if scan_end else len(data)
                parts.append(data[at:end])
                at = end
    return b"".join([*parts, b"\xff\xd9"])


def _is_needed(marker: int, head: bytes) -> bool:
    """Tell whether a segment is needed to show the picture."""
    if marker == 0xE2:
        return head.startswith(b"ICC_PROFILE\0")
    return not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE))


def strip_png(data: bytes, orientation: int) -> bytes:
    """Return a PNG with the chunks alone that are needed to show it, and its orientation."""
    parts, at = [data[:_PNG_HEAD]], _PNG_HEAD
    while at < len(data):
        end = at + 12 + _number(data, at, 4)
        name = data[at + 4 : at + 8]
        if end > len(data):
            raise Malformed
        if name in _PNG_CHUNKS:
            parts.append(data[at:end])
        if name == b"IHDR" and orientation > 1:
            chunk = b"eXIf" + orientation_exif(orientation)
            size, checksum = len(chunk) - 4, zlib.crc32(chunk)
            parts.append(struct.pack(">I", size) + chunk + struct.pack(">I", checksum))
        if name == b"IEND":
            return b"".join(parts)
        at = end
    raise Malformed


def strip_webp(data: bytes, orientation: int) -> bytes:
    """Return a WebP without EXIF (but for the orientation) and XMP."""
    parts, has_features = [], False
    for name, content in _riff_chunks(data):
        if name == b"VP8X":
            has_features = True
            flags = content[0] & ~(_EXIF_FLAG | _XMP_FLAG) | (_EXIF_FLAG if orientation > 1 else 0)
            parts.append(_riff_chunk(name, bytes([flags]) + content[1:]))
        elif name not in (b"EXIF", b"XMP "):
            parts.append(_riff_chunk(name, content))
    if orientation > 1 and has_features:
        parts.append(_riff_chunk(b"EXIF", orientation_exif(orientation)))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, last = 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= last:
        size = struct.unpack_from("<I", data, at + 4)[0]
        content = data[at + 8 : at + 8 + size]
        if len(content) < size or not size:
            raise Malformed
        yield data[at : at + 4], content
        at += 8 + size + size % 2


def _riff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def strip_gif(data: bytes) -> bytes:
    """Return a GIF without comments and foreign data; its repetitions stay."""
    at = 13 + _colours(data, 10)
    parts = [data[:at]]
    while at < len(data):
        start, kind = at, data[at]
        if kind == 0x3B:
            return b"".join([*parts, b";"])
        if kind == 0x21:
            at = _end_of_blocks(data, at + 2)
            label = _number(data, start + 1, 1)
            is_needed = label == 0xF9 or (
                label == 0xFF and data[start + 3 : start + 14] in _GIF_APPLICATIONS
            )
        elif kind == 0x2C:
            at = _end_of_blocks(data, at + 11 + _colours(data, at + 9))
            is_needed = True
        else:
            raise Malformed
        if is_needed:
            parts.append(data[start:at])
    raise Malformed


def _colours(data: bytes, at: int) -> int:
    """Return the bytes of the table of colours that the flags at this place announce."""
    flags = _number(data, at, 1)
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_blocks(data: bytes, at: int) -> int:
    while size := _number(data, at, 1):
        at += 1 + size
    return at + 1


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise Malformed
    return int.from_bytes(data[at : at + size], "big")
