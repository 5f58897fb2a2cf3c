"""Substack's exports: the table of posts, and their texts with its boxes and embeds.

Belongs here: formats and rules of Substack only.
Does not: storing drafts, which the pipeline does.
"""
