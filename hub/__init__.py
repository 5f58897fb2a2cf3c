"""The core of the content hub: models, services, reads, and the application that wires everything.

Belongs here: rules about articles, labels, comments and relations, and `app`, which starts it all.
Does not: GraphQL and HTTP (`schema`), full-text search (`search_index`), commands (`scripts`).
"""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("content-hub")
except PackageNotFoundError:  # run from a checkout without being installed
    VERSION = "0"
