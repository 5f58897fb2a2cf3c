"""The Image type: a picture of an article, with what the hub knows of those that it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, NamedTuple

import strawberry
from strawberry import Parent

from hub.errors import Invalid
from hub.media import addresses
from hub.media.formats import WIDTHS
from hub.media.rows import FileRow
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.enums import ImageFormat
from schema.types.fields import batched, field, resolved

ELSEWHERE = "null for a picture that the hub does not hold"


class Picture(NamedTuple):
    """Source object of the `Image` type."""

    address: str
    alt: str | None

    @property
    def hash(self) -> str | None:
        """The hash of a picture that the hub holds."""
        return addresses.hash_of(self.address)


class Point(NamedTuple):
    """Source object of the `FocalPoint` type."""

    x: float
    y: float


def picture(address: str | None, alt: str | None) -> Picture | None:
    """Return the source object of a picture; None without an address."""
    return Picture(address, alt) if address else None


def _url(parent: Parent[Picture], info: Info) -> str:
    return addresses.absolute(parent.address, info.context.settings.media_address)


def _of_file(read: Callable[[FileRow], object]) -> Callable[[Info], LoaderField]:
    def choose(info: Info) -> LoaderField:
        def transform(row: FileRow | None, _: str) -> object:
            return None if row is None else read(row)

        return LoaderField(info.context.loaders.media_file, transform)

    return choose


def _focal_point(row: FileRow) -> Point | None:
    return None if row.focal_x is None or row.focal_y is None else Point(row.focal_x, row.focal_y)


def _src_set(
    info: Info,
    widths: Annotated[
        list[int] | None,
        strawberry.argument(
            description=f"Those of {', '.join(map(str, WIDTHS))} to list; all where left out."
        ),
    ] = None,
    format: Annotated[
        ImageFormat, strawberry.argument(description="The format of the resized pictures.")
    ] = ImageFormat.WEBP,
) -> LoaderField:
    chosen = sorted(set(WIDTHS if widths is None else widths))
    if unknown := [width for width in chosen if width not in WIDTHS]:
        raise Invalid("widths", f"must be of {', '.join(map(str, WIDTHS))}, not {unknown[0]}")
    base = info.context.settings.media_address

    def transform(row: FileRow | None, _: str) -> str | None:
        if row is None or not row.is_resizable:
            return None
        smaller = [width for width in chosen if width < row.width]
        larger = [width for width in chosen if width >= row.width][:1]
        extension = format.value
        return ", ".join(
            f"{base}{addresses.resized_address(row.hash, width, extension)}"
            f" {min(width, row.width)}w"
            for width in (*smaller, *larger)
        )

    return LoaderField(info.context.loaders.media_file, transform)


@strawberry.type(description="The part of a picture that stays in sight when it is cropped.")
class FocalPoint:
    """Resolved from a `Point`."""

    x: float = field("From the left, 0 to 1.")
    y: float = field("From the top, 0 to 1.")


@strawberry.type(description="A picture.")
class Image:
    """Resolved from a `Picture`."""

    url: str = resolved(_url, "Where it is: a web address, or a path on the site or the hub.")
    alt: str | None = field("What it shows, in words.")
    width: int | None = batched(
        _of_file(lambda row: row.width or None), f"Its width in pixels; {ELSEWHERE}.", "hash"
    )
    height: int | None = batched(
        _of_file(lambda row: row.height or None), f"Its height in pixels; {ELSEWHERE}.", "hash"
    )
    caption: str | None = batched(
        _of_file(lambda row: row.caption or None), "The line below it; null for none.", "hash"
    )
    credit: str | None = batched(
        _of_file(lambda row: row.credit or None), "Whose it is; null where unknown.", "hash"
    )
    focal_point: FocalPoint | None = batched(
        _of_file(_focal_point), "What of it matters most; null where nobody has said.", "hash"
    )
    src_set: str | None = batched(
        _src_set,
        "The resized ones for `srcset` of `<img>` or `<source>`, each with its width, none larger "
        f"than the picture itself; {ELSEWHERE}, and for an SVG.",
        "hash",
    )
