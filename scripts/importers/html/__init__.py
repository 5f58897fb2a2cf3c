"""Saved web pages: the article on them, its metadata, related links and comments.

Belongs here: what is read from the HTML of any site.
Does not: bodies in HTML of a known export, whose reader treats them.
"""
