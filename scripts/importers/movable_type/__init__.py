"""Movable Type's text exports: entries, sections, comments and pings.

Belongs here: the format and rules of Movable Type only.
Does not: storing drafts, which the pipeline does.
"""
