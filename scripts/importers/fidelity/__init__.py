"""Fidelity of imports: how much of each article in a source the hub stores.

Belongs here: reading of raw records by means of its own, and their comparison with what is stored.
Does not: the readers of an import, which must not judge themselves.
"""
