"""Articles as plain records: JSONL and CSV, in and out.

Belongs here: the form of a record, and files that hold one a line or row.
Does not: exports of other systems in JSON (`scripts.importers.ghost`).
"""
