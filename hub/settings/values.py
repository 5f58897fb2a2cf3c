"""The forms of values: lists, addresses and origins."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit


def split_list(value: Any) -> Any:
    """Return the values of a variable: separated by commas or spaces, or a JSON list."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return [part for part in re.split(r"[,\s]+", value) if part]
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("must be values separated by commas, or a JSON list") from None


def is_web_address(url: str) -> bool:
    """Return True if this is http or https with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:  # as of brackets that do not hold an IPv6 address
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def normalize_origin(origin: str) -> str:
    """Return an origin as browsers send it: in lower case, without a slash at its end.

    Raises:
        ValueError: it is neither `*` nor a scheme with a host.
    """
    if origin == "*":
        return origin
    try:
        parts = urlsplit(origin.rstrip("/").lower())
    except ValueError:  # as of brackets that do not hold an IPv6 address
        parts = urlsplit("")
    if not parts.scheme or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError("each must be an origin such as https://www.example.org, or *")
    host = parts.netloc.removesuffix({"https": ":443", "http": ":80"}.get(parts.scheme, ""))
    return f"{parts.scheme}://{host}"
