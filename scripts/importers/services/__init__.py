"""Exports of services that hold posts as pages, beside much that is private.

Belongs here: a package for each such service, and what they share.
Does not: services whose exports are one file; they are packages beside this one.
"""
