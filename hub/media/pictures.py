"""Checks of pictures that come in: what they are is read from their bytes, never from a name."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from hub.media import metadata, svg
from hub.media.formats import SVG, Picture, PictureRefused

MAX_PIXELS = 64_000_000
"""Pixels of a picture: 256 MB while it is resized."""

_TYPES = {format_: f"image/{format_.lower()}" for format_ in ("JPEG", "PNG", "GIF", "WEBP", "AVIF")}
_ORIENTATION = ExifTags.Base.Orientation
_CREDIT = (ExifTags.Base.Artist, ExifTags.Base.Copyright)
_MAX_CREDIT = 500
_AVIF_QUALITY = 85
_TURNED = 5
"""The first of the orientations in which width and height are exchanged."""


def inspect(data: bytes) -> Picture:
    """Check a picture and remove its metadata. Decodes it, so it is for a thread.

    Raises:
        PictureRefused: it is none of the hub's formats, damaged, truncated, or too large.
    """
    if not data:
        raise PictureRefused("it is empty")
    if _looks_like_svg(data):
        try:
            content, width, height = svg.sanitise(data)
        except svg.UnsafeSvg as error:
            raise PictureRefused(str(error)) from error
        return Picture(content, SVG, width, height)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _inspect_pixels(data)
    except UnidentifiedImageError as error:
        raise PictureRefused(
            "it is no picture that browsers show (JPEG, PNG, GIF, WebP, AVIF or SVG)"
        ) from error
    except Image.DecompressionBombError as error:
        raise PictureRefused(f"it has more than {MAX_PIXELS:,} pixels") from error
    except PictureRefused:
        raise
    except Exception as error:  # Pillow's decoders raise whatever they stumble over
        raise PictureRefused("it is damaged or truncated") from error


def _inspect_pixels(data: bytes) -> Picture:
    with Image.open(BytesIO(data), formats=list(_TYPES)) as image:
        kind = image.format or ""
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise PictureRefused(f"it has more than {MAX_PIXELS:,} pixels")
        exif = image.getexif()
        orientation = exif.get(_ORIENTATION, 1)
        orientation = orientation if orientation in range(1, 9) else 1
        credit = next((text for tag in _CREDIT if (text := _line(exif.get(tag)))), "")
        has_metadata = bool(image.info.get("exif") or image.info.get("xmp"))
        image.draft(None, (width // 8, height // 8))  # a JPEG is decoded at an eighth of its size
        image.load()
        content = _strip(data, kind, orientation)
        if kind == "AVIF" and has_metadata:
            content = _reencode(data)
        if orientation >= _TURNED:
            width, height = height, width
        return Picture(content, _TYPES[kind], width, height, credit)


def _strip(data: bytes, kind: str, orientation: int) -> bytes:
    match kind:
        case "JPEG":
            return metadata.strip_jpeg(data, orientation)
        case "PNG":
            return metadata.strip_png(data, orientation)
        case "GIF":
            return metadata.strip_gif(data)
        case "WEBP":
            return metadata.strip_webp(data, orientation)
        case _:
            return data


def _reencode(data: bytes) -> bytes:
    """Return an AVIF without metadata, which are not apart from its pixels."""
    with Image.open(BytesIO(data), formats=["AVIF"]) as image:
        upright = ImageOps.exif_transpose(image)
        for name in ("exif", "xmp"):
            upright.info.pop(name, None)
        target = BytesIO()
        upright.save(target, "AVIF", quality=_AVIF_QUALITY, exif=b"", xmp=b"")
    return target.getvalue()


def _looks_like_svg(data: bytes) -> bool:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"<svg" in data[:100_000]


def _line(value: object) -> str:
    """Return a value of metadata as one line of text."""
    text = value if isinstance(value, str) else ""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:_MAX_CREDIT]
