"""Articles as plain records: JSONL and CSV, in and out.

Belongs here: the schema of a record, and files with one record a line or row.
Does not: exports of other systems in JSON (`scripts.importers.ghost`).
"""
