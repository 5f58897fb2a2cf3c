"""Topics and authors (labels): find or create, rename, move, merge, delete. Their only writer.

Belongs here: all that changes a label, or which labels an article carries; what labels were once.
Does not: reading them (`hub.reads.topics`, `hub.reads.authors`).
"""

from hub.taxonomy.editing import create, delete, move, update
from hub.taxonomy.ensuring import (
    classify_topics,
    ensure_authors,
    ensure_topics,
    set_authors,
    set_topics,
)
from hub.taxonomy.labels import AUTHORS, TOPICS, LabelKind, present_ids
from hub.taxonomy.merging import merge

__all__ = [
    "AUTHORS",
    "TOPICS",
    "LabelKind",
    "classify_topics",
    "create",
    "delete",
    "ensure_authors",
    "ensure_topics",
    "merge",
    "move",
    "present_ids",
    "set_authors",
    "set_topics",
    "update",
]
