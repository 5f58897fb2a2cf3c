"""Secrets by which readers edit and delete their own comments. Only hashes of them are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_NO_DIGEST = "0" * 64


def new_secret() -> str:
    """Return a new secret: 192 random bits, so that a plain hash of it protects it."""
    return secrets.token_urlsafe(24)


def join(comment_id: int, secret: str) -> str:
    """Return what the writer of a comment gets: the secret with the number of the comment."""
    return f"{comment_id}.{secret}"


def split(text: str) -> tuple[int, str]:
    """Return the number of the comment and the secret; the number 0 if it is none."""
    number, _, secret = text.partition(".")
    is_number = number.isdecimal() and number.isascii() and len(number) < 19
    return (int(number), secret) if is_number else (0, secret)


def compute_digest(secret: str) -> str:
    """Return the hash of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, digest: str | None) -> bool:
    """Return whether a secret has this hash; in a time that tells nothing, also without a hash."""
    is_equal = hmac.compare_digest(compute_digest(secret), digest or _NO_DIGEST)
    return is_equal and digest is not None
