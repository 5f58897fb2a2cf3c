"""Slugs, and normalised keys of headlines and urls for look-ups."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from slugify import slugify

KEY_LENGTH = 255
SLUG_LENGTH = 160
_DROPPED_PARAMETERS = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|replytocom", re.IGNORECASE)
_SHORTENED = re.compile(rf".{{{KEY_LENGTH - 33}}}#[0-9a-f]{{32}}", re.DOTALL)
_PATH = re.compile(r"[/?].*", re.DOTALL)
_DEFAULT_PORT = re.compile(r":(80|443)$")


def slug_of(text: str) -> str:
    """Return a slug for a headline, up to 160 characters, cut after a word; it may be empty.

    Letters of all scripts are kept: a Japanese headline gets a Japanese slug.
    """
    return slugify(text, max_length=SLUG_LENGTH, word_boundary=True, allow_unicode=True)


def headline_key(headline: str) -> str:
    """Normalise a headline: ignore case, punctuation and the encoding of accents.

    Empty if it contains no letters or digits.
    """
    folded = unicodedata.normalize("NFKC", headline).casefold()
    return shorten_key(" ".join(re.findall(r"[^\W_]+", folded.replace("’", "").replace("'", ""))))


def url_key(url: str) -> str:
    """Normalise a url: ignore scheme, `www.`, final slash, fragment and tracking parameters.

    Empty if it is not a url. A shortened key is returned unchanged.
    """
    if _SHORTENED.fullmatch(url):
        return url
    try:
        parts = urlsplit(url.strip())
        host = _DEFAULT_PORT.sub("", parts.netloc.rpartition("@")[2].lower()).removeprefix("www.")
    except ValueError:
        return ""
    path = quote(unquote(parts.path), safe="/:").rstrip("/")
    parameters = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _DROPPED_PARAMETERS.fullmatch(name)
    )
    key = host + path + ("?" + urlencode(parameters) if parameters else "")
    return shorten_key(key)


def path_of_key(key: str) -> str | None:
    """Return what follows the host in a key of `url_key`; None if nothing does, or it is shortened.

    It begins with a slash, or with a question mark if there are only parameters.
    """
    match = _PATH.search(key) if len(key) < KEY_LENGTH else None
    return match[0] if match else None


def digest(text: str) -> str:
    """Return twelve hexadecimal digits for a text, for use in the change feed's tags."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def shorten_key(key: str) -> str:
    """Return `key`, or its start and a digest if it has more than 255 characters."""
    if len(key) <= KEY_LENGTH:
        return key
    return key[: KEY_LENGTH - 33] + "#" + hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
