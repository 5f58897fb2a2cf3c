"""Importers: each folder reads one kind of source as a stream of drafts; none of them writes.

Belongs here: a kind of source, and code that several kinds share (dates, decoding, links).
Does not: storing drafts (`pipeline`, and `hub.imports`).
"""
