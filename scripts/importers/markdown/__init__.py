"""Folders of Markdown: front matter, and the conventions of static site generators.

Belongs here: a convention of Jekyll, Hugo, Zola, Pelican, Eleventy and their kin.
Does not: rendering Markdown (`hub.text.markdown`).
"""
