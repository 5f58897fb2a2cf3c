"""Readers' comments: submitted, moderated, erased. With `hub.imports`, the only writer of them.

Belongs here: services on comments, and what they share. Does not: reads (`hub.reads.comments`), and
what else is erased with a reader's comments (`hub.people`).
"""

from hub.comments.counts import update_counts
from hub.comments.judging import Form
from hub.comments.moderation import edit, hide_imported, moderate, moderate_matching
from hub.comments.submitting import Policy, submit

__all__ = [
    "Form",
    "Policy",
    "edit",
    "hide_imported",
    "moderate",
    "moderate_matching",
    "submit",
    "update_counts",
]
