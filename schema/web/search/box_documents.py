"""The GraphQL documents of the hub's own scripts, by which their requests may be short."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from schema.web.static_files import files

_DOCUMENT = re.compile(r"/\* GraphQL \*/ `([^`]*)`")


def documents_in(name: str) -> list[str]:
    """The documents in a script that the hub serves, in their order."""
    return _DOCUMENT.findall(files()[name].content.decode())


@cache
def own_documents() -> dict[str, str]:
    """The documents of all scripts by their SHA-256, which clients send in place of them."""
    texts = (text for name in files() for text in documents_in(name))
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
