"""Meanings of a search beside its words, for all engines: rules of editors, and words for times.

Belongs here: which rules apply, and the times that words mean; `interpret` is called first.
Does not: the words themselves (`search_index.text`, `search_index.rewriting`).
"""
