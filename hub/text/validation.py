"""Validation of values to be stored: each function returns the cleaned value, or raises Invalid.

`path` is the name of the input in the error.
"""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import urlsplit

from hub.errors import Invalid
from hub.models.article import SLUG_LENGTH, TITLE_LENGTH, URL_LENGTH

MAX_BODY = 2_000_000
MAX_SUMMARY = 5_000
MAX_COMMENT = 20_000
MAX_NAME = 200
MAX_LINE = 255
MAX_TAXONOMY = 64
MAX_EMAIL = 320
MAX_LIST = 100
MAX_METADATA = 10_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_STRIPPED = "".join(map(chr, range(0x21)))
_IGNORED = re.compile("[\t\n\r]")
_PATH = re.compile("[^?#]*")
_UNSEEN = {"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"}
_FILLERS = set("\u115f\u1160\u2800\u3164\uffa0")
_SLUG = re.compile(r"[^\s/?#%\\]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def line(value: str, path: str, max_length: int = TITLE_LENGTH) -> str:
    """Validate a non-empty line, whitespace collapsed, at most `max_length` characters."""
    value = " ".join(_CONTROL.sub("", value).split())
    if is_blank(value):
        raise Invalid(path, "must not be empty")
    return _check_length(value, path, max_length)


def text(value: str, path: str, max_length: int = MAX_SUMMARY) -> str:
    """Validate a text, possibly empty, at most `max_length` characters."""
    return _check_length(_CONTROL.sub("", value).strip(), path, max_length)


def is_blank(value: str) -> bool:
    """Return whether a text shows nothing: only white space, zero-width characters and fillers."""
    return all(unicodedata.category(char) in _UNSEEN or char in _FILLERS for char in value)


def line_or_empty(value: str, path: str, max_length: int = TITLE_LENGTH) -> str:
    """Validate a line like `line`, possibly empty."""
    return line(value, path, max_length) if value and not is_blank(value) else ""


def optional_line(value: str | None, path: str, max_length: int = MAX_LINE) -> str | None:
    """Validate a line like `line`; None for none or a blank one."""
    return line(value, path, max_length) if value and not is_blank(value) else None


def body(value: str, path: str = "body", max_length: int = MAX_BODY) -> str:
    """Validate a body, at most `max_length` characters; control characters are removed."""
    return _check_length(_CONTROL.sub("", value), path, max_length)


def slug(value: str, path: str = "slug") -> str:
    """Validate a slug: no spaces, slashes or characters with a meaning in urls."""
    value = value.strip()
    if not _SLUG.fullmatch(value) or _CONTROL.search(value):
        raise Invalid(path, "must be one word without spaces, slashes, ?, # and %")
    return _check_length(value, path, SLUG_LENGTH)


def taxonomy(value: str | None, path: str) -> str | None:
    """Validate the name of a taxonomy, in lower case, as in `category`; None for a blank one."""
    name = optional_line(value, path, MAX_TAXONOMY)
    return name and name.lower()


def language(value: str, path: str = "language") -> str:
    """Validate a language tag, in lower case, as in `en` or `pt-br` (BCP 47)."""
    value = value.strip().lower().replace("_", "-")
    if not _LANGUAGE.fullmatch(value) or len(value) > 16:
        raise Invalid(path, "must be a language tag such as en or pt-br")
    return value


def url(value: str | None, path: str) -> str | None:
    """Validate a url (http, https) or a path on this site, as browsers read it; None for none."""
    value = normalize_url(value or "")
    if not value:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = None
    rooted = value.startswith("/") and not value.startswith("//")
    if parts is None or _CONTROL.search(value) or " " in value:
        raise Invalid(path, "is not a url")
    if not rooted and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise Invalid(path, "must begin with http://, https:// or /")
    return _check_length(value, path, URL_LENGTH)


def normalize_url(url: str) -> str:
    r"""Return a url without what browsers ignore in it, and with `/` for each `\` in its path.

    So `/\host` and a `/`, a tab and `/host` are `//host`, an address on another site: see the
    WHATWG's URL standard, https://url.spec.whatwg.org/#concept-basic-url-parser.
    """
    url = _IGNORED.sub("", url.strip(_STRIPPED))
    path = _PATH.match(url)
    end = path.end() if path else 0
    return url[:end].replace("\\", "/") + url[end:]


def is_web_url(url: str) -> bool:
    """Return whether a link to `url`, perhaps relative, requests a page: no script, no data."""
    try:
        return urlsplit(normalize_url(url)).scheme in ("", "http", "https")
    except ValueError:
        return False


def email(value: str | None, path: str) -> str | None:
    """Validate the form of an e-mail address; None for none."""
    if value is None or not value.strip():
        return None
    value = value.strip()
    if not _EMAIL.fullmatch(value):
        raise Invalid(path, "must be an e-mail address, or left out")
    return _check_length(value, path, MAX_EMAIL)


def metadata(pairs: tuple[tuple[str, str], ...], path: str = "metadata") -> str | None:
    """Validate names and values, and encode them as a JSON object; the last value of a name wins.

    None for none.
    """
    if len(pairs) > MAX_LIST:
        raise Invalid(path, f"must name at most {MAX_LIST}")
    values = {
        line(name, path, MAX_NAME): text(value, f"{path}.{name[:80]}", MAX_METADATA)
        for name, value in pairs
    }
    return json.dumps(values, ensure_ascii=False) if values else None


def names(values: tuple[str, ...], path: str, max_length: int = MAX_NAME) -> tuple[str, ...]:
    """Validate up to 100 names of at most `max_length` characters; duplicates are removed."""
    if len(values) > MAX_LIST:
        raise Invalid(path, f"must name at most {MAX_LIST}")
    return tuple(
        dict.fromkeys(line(value, f"{path}.{i}", max_length) for i, value in enumerate(values))
    )


def _check_length(value: str, path: str, max_length: int) -> str:
    if len(value) > max_length:
        raise Invalid(path, f"must have at most {max_length} characters, not {len(value)}")
    return value
