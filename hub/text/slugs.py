"""Normal forms by which things find each other: slugs, headlines and urls."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from slugify import slugify

KEY_LENGTH = 255
SLUG_LENGTH = 160
_DROPPED_PARAMETERS = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|replytocom", re.IGNORECASE)
_CUT = re.compile(rf".{{{KEY_LENGTH - 33}}}#[0-9a-f]{{32}}", re.DOTALL)
_DEFAULT_PORT = re.compile(r":(80|443)$")


def slug_of(text: str) -> str:
    """A slug for a headline, at most 160 characters, cut at a word; empty when nothing is left.

    Letters of every script are kept as they are: a Japanese headline gets a Japanese slug.
    """
    return slugify(text, max_length=SLUG_LENGTH, word_boundary=True, allow_unicode=True)


def headline_key(headline: str) -> str:
    """The same for two spellings of a headline: case, accents' encoding, punctuation aside.

    Empty when there are no letters or digits in it.
    """
    folded = unicodedata.normalize("NFKC", headline).casefold()
    return bounded(" ".join(re.findall(r"[^\W_]+", folded.replace("’", "").replace("'", ""))))


def url_key(url: str) -> str:
    """The same for two spellings of a url: scheme, `www.`, final slash, fragment, tracking aside.

    Empty when it is not a url. A key that was cut stays what it is.
    """
    if _CUT.fullmatch(url):
        return url
    try:
        parts = urlsplit(url.strip())
        host = _DEFAULT_PORT.sub("", parts.netloc.rpartition("@")[2].lower()).removeprefix("www.")
    except ValueError:
        return ""
    path = quote(unquote(parts.path), safe="/:").rstrip("/")
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _DROPPED_PARAMETERS.fullmatch(name)
    )
    key = host + path + ("?" + urlencode(kept) if kept else "")
    return bounded(key)


def digest(text: str) -> str:
    """Twelve digits that stand for a text, as numbers of the change feed's tags do."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def bounded(key: str) -> str:
    """`key` itself, or its head and a digest where it has more than 255 characters."""
    if len(key) <= KEY_LENGTH:
        return key
    return key[: KEY_LENGTH - 33] + "#" + hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
