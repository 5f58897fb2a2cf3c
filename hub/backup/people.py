"""What a backup without people leaves out: everything about readers, and about staff by name.

Readers: names and e-mail addresses of comments (whose texts stay), statistics of searches, rate
limits. Staff: tokens, editors of revisions, who imported what from
where, the audit trail. Authors of articles are public.
"""

from __future__ import annotations

EMPTIED = ("audit_entry", "day_secret", "query_reader", "query_stat", "rate_bucket", "token")
"""Tables without rows in a backup without people."""

BLANKED = {
    "comment": {"author_name": "'Anonymous'", "author_email": "NULL", "audit_key": "NULL"},
    "import_run": {"editor": "'anonymous'", "paths": "'[]'"},
    "revision": {"editor": "'anonymous'"},
}
"""Columns by table, each with the SQL of the value in place of that of a person."""
