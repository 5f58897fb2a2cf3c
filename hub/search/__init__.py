"""Data about search in the database: statistics of searches, synonyms and pins.

Belongs here: services that write such rows, with their permission checks; former names of labels,
by which searches are filtered.
Does not: searching (`search_index`), reads of the rows (`hub.reads`).
"""
