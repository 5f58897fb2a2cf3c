"""Readers' comments: submitted, moderated, erased. With `hub.imports`, the only writer of them.

Belongs here: services on comments, and what they share. Does not: reads (`hub.reads.comments`), and
what else is erased with a reader's comments (`hub.people`).
"""

from hub.comments.counts import update_counts
from hub.comments.judging import Form
from hub.comments.moderation import edit, hide_imported, moderate, moderate_matching
from hub.comments.own import delete_own, edit_own
from hub.comments.policy import Policy, closing_time, read_policy
from hub.comments.reports import report
from hub.comments.submitting import submit

__all__ = [
    "Form",
    "Policy",
    "closing_time",
    "delete_own",
    "edit",
    "edit_own",
    "hide_imported",
    "moderate",
    "moderate_matching",
    "read_policy",
    "report",
    "submit",
    "update_counts",
]
