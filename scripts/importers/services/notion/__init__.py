"""Exports of Notion as HTML.

Belongs here: pages as HTML, with their properties.
Does not: pages as Markdown (`scripts.importers.markdown.notion`).
"""
