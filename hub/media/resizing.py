"""Resized pictures."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from hub.media.formats import PictureRefused, ResizedFormat

_OPTIONS: dict[ResizedFormat, dict[str, Any]] = {
    ResizedFormat.WEBP: {"quality": 80, "method": 4},
    ResizedFormat.AVIF: {"quality": 60, "speed": 8, "max_threads": 1},
    ResizedFormat.JPEG: {"quality": 82, "optimize": True, "progressive": True},
}


def resize(original: Path, width: int, format_: ResizedFormat) -> bytes:
    """Return a picture in another size and format: of an animation, the first frame.

    Takes up to a second of a core, and four bytes a pixel; it is for a thread.

    Raises:
        PictureRefused: the file is damaged.
        OSError: it cannot be read.
    """
    try:
        return _resize(original, width, format_)
    except Exception as error:  # Pillow's decoders raise whatever they stumble over
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise PictureRefused("it is damaged") from error


def _resize(original: Path, width: int, format_: ResizedFormat) -> bytes:
    with Image.open(original, formats=["JPEG", "PNG", "GIF", "WEBP", "AVIF"]) as opened:
        opened.draft(None, (width, width))
        profile = opened.info.get("icc_profile") if opened.mode in ("RGB", "RGBA", "L") else None
        image: Image.Image = ImageOps.exif_transpose(opened)
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.width > width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
    if format_ is ResizedFormat.JPEG and image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    target = BytesIO()
    image.save(target, format_.name, icc_profile=profile, exif=b"", **_OPTIONS[format_])
    return target.getvalue()
