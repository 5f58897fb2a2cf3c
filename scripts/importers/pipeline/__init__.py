"""The steps of an import around its reader: opening sources, running, storing, reporting.

Belongs here: code that is the same for every kind of source.
Does not: reading one kind of source, which has a folder of its own.
"""
