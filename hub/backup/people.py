"""What a backup without people leaves out: everything about readers, and about staff by name.

Readers: names and e-mail addresses of comments (whose texts stay), statistics of searches, rate
limits, the trash. Staff: tokens, editors of revisions, who imported what from where, the audit
trail. Authors of articles are public.
"""

from __future__ import annotations

EMPTIED = (
    *(
        "audit_entry",
        "comment_report",
        "day_secret",
        "overtaken_text",
        "query_reader",
        "query_stat",
    ),
    *("rate_bucket", "token"),
    "erased_person",
    "persisted_document",  # queries of anybody, with the values that are written in them
    *("trashed_article", "trashed_row"),  # with comments as they were
)
"""Tables without rows in a backup without people."""

BLANKED = {
    "comment": {
        "author_name": "'Anonymous'",
        "author_email": "NULL",
        "audit_key": "NULL",
        "reasons": "NULL",
        "reports": "0",
        "secret_digest": "NULL",
    },
    "import_run": {"editor": "'anonymous'", "paths": "'[]'"},
    **{
        table: {"editor": "'anonymous'"}
        for table in ("content_release", "planned_change", "preview", "revision", "working_version")
    },
}
"""Columns by table, each with the SQL of the value in place of that of a person."""
