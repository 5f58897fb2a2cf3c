"""Saved web pages: the article on them, its metadata, related links and comments.

Belongs here: extraction from the HTML of any site.
Does not: HTML bodies in exports of a CMS, which the reader of the export handles.
"""
