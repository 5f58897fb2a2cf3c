"""Formats and sizes of pictures, and what a checked picture is. No decoder is imported for it."""

from __future__ import annotations

import hashlib
from enum import Enum
from typing import NamedTuple

from hub.errors import HubError

SVG = "image/svg+xml"

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    SVG: "svg",
}
"""The media types of the pictures that the hub holds, with the extensions in their addresses."""

WIDTHS = (160, 320, 480, 640, 768, 960, 1280, 1600, 1920, 2560)
"""The widths that pictures are resized to, in pixels. Never larger than the original."""


class ResizedFormat(str, Enum):
    """A format of resized pictures; the value is the extension in their addresses."""

    WEBP = "webp"
    AVIF = "avif"
    JPEG = "jpg"

    @property
    def media_type(self) -> str:
        """Its media type."""
        return f"image/{self.name.lower()}"


class PictureRefused(HubError):
    """A file that is no picture which the hub holds; the message says why."""


class Picture(NamedTuple):
    """A picture that was checked, without its metadata; sizes in pixels as it is shown."""

    content: bytes
    media_type: str
    width: int
    height: int
    credit: str = ""

    @property
    def hash(self) -> str:
        """The SHA-256 of its bytes."""
        return hashlib.sha256(self.content).hexdigest()
