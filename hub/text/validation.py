"""The bounds of what may be stored; each function returns the value cleaned, or raises Invalid.

`path` is the name of the input that a refusal speaks of.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from hub.drafts import Body
from hub.errors import Invalid
from hub.models.article import SLUG_LENGTH, TITLE_LENGTH, URL_LENGTH

MAX_BODY = 2_000_000
MAX_SUMMARY = 5_000
MAX_COMMENT = 20_000
MAX_NAME = 200
MAX_EMAIL = 320
MAX_LIST = 100
MAX_METADATA = 10_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SLUG = re.compile(r"[^\s/?#%\\]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def line(value: str, path: str, longest: int = TITLE_LENGTH) -> str:
    """One line of text that says something, whitespace collapsed, at most `longest` characters."""
    value = " ".join(_CONTROL.sub("", value).split())
    if not value:
        raise Invalid(path, "must not be empty")
    return _bounded(value, path, longest)


def text(value: str, path: str, longest: int = MAX_SUMMARY) -> str:
    """Text of any number of lines, perhaps none, at most `longest` characters."""
    return _bounded(_CONTROL.sub("", value).strip(), path, longest)


def body(value: Body, path: str = "body", longest: int = MAX_BODY) -> Body:
    """A body without control characters, at most `longest` characters."""
    return Body(_bounded(_CONTROL.sub("", value.content), path, longest), value.markup)


def slug(value: str, path: str = "slug") -> str:
    """A slug as it was given: no spaces, slashes or characters that a url treats as its own."""
    value = value.strip()
    if not _SLUG.fullmatch(value) or _CONTROL.search(value):
        raise Invalid(path, "must be one word without spaces, slashes, ?, # and %")
    return _bounded(value, path, SLUG_LENGTH)


def language(value: str, path: str = "language") -> str:
    """A language tag in lower case, as in `en` or `pt-br` (BCP 47)."""
    value = value.strip().lower().replace("_", "-")
    if not _LANGUAGE.fullmatch(value) or len(value) > 16:
        raise Invalid(path, "must be a language tag such as en or pt-br")
    return value


def url(value: str | None, path: str) -> str | None:
    """A web address (http, https) or a path on this site; None for none."""
    if value is None or not value.strip():
        return None
    value = value.strip()
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = None
    rooted = value.startswith("/") and not value.startswith("//")
    if parts is None or _CONTROL.search(value) or " " in value:
        raise Invalid(path, "is not a url")
    if not rooted and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise Invalid(path, "must begin with http://, https:// or /")
    return _bounded(value, path, URL_LENGTH)


def email(value: str | None, path: str) -> str | None:
    """Something that looks like an e-mail address; None for none."""
    if value is None or not value.strip():
        return None
    value = value.strip()
    if not _EMAIL.fullmatch(value):
        raise Invalid(path, "must be an e-mail address, or left out")
    return _bounded(value, path, MAX_EMAIL)


def metadata(pairs: tuple[tuple[str, str], ...], path: str = "metadata") -> str | None:
    """Names and values as a JSON object; of one name, the last value. None for none."""
    if len(pairs) > MAX_LIST:
        raise Invalid(path, f"must name at most {MAX_LIST}")
    told = {
        line(name, path, MAX_NAME): text(value, f"{path}.{name[:80]}", MAX_METADATA)
        for name, value in pairs
    }
    return json.dumps(told, ensure_ascii=False) if told else None


def few(values: tuple[str, ...], path: str, longest: int = MAX_NAME) -> tuple[str, ...]:
    """At most 100 names, each a line of at most `longest` characters, each once, in order."""
    if len(values) > MAX_LIST:
        raise Invalid(path, f"must name at most {MAX_LIST}")
    return tuple(
        dict.fromkeys(line(value, f"{path}.{i}", longest) for i, value in enumerate(values))
    )


def _bounded(value: str, path: str, longest: int) -> str:
    if len(value) > longest:
        raise Invalid(path, f"must have at most {longest} characters, not {len(value)}")
    return value
