"""The GraphQL documents of the hub's own scripts, which are sent by their hash."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from schema.web.static_files import FILES

_DOCUMENT = re.compile(r"/\* GraphQL \*/ `([^`]*)`")


def documents_in(name: str) -> list[str]:
    """Return the documents in a static script, in their order."""
    return _DOCUMENT.findall(FILES.files[name].content.decode())


@cache
def own_documents() -> dict[str, str]:
    """Return the documents of all scripts by their SHA-256, which is sent in place of them."""
    texts = (text for name in FILES.files for text in documents_in(name))
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
