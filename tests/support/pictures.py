"""Pictures made by Pillow, for tests."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

HIDDEN_HASH = "ab" * 32
"""The hash of the picture of a hidden article (`tests.support.hidden_content`)."""

GPS = {1: "N", 2: (52.0, 30.0, 0.0)}


def a_picture(
    format_: str = "JPEG",
    size: tuple[int, int] = (400, 300),
    colour: str = "#336699",
    **options: Any,
) -> bytes:
    """Return a picture of one colour, with a darker corner by which it can be told upright."""
    image = Image.new("RGB", size, colour)
    image.paste("black", (0, 0, size[0] // 4, size[1] // 4))
    target = BytesIO()
    image.save(target, format_, **options)
    return target.getvalue()


def metadata(orientation: int = 1) -> bytes:
    """Return EXIF data with an author, a place and an orientation."""
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Ann Author"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    return exif.tobytes()


def opened(content: bytes) -> Image.Image:
    """Return the decoded picture."""
    image: Image.Image = Image.open(BytesIO(content))
    image.load()
    return image
