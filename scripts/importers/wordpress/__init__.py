"""WordPress exports (WXR): records, site data, shortcodes, damaged and split files.

Belongs here: formats and rules of WordPress only.
Does not: storing drafts, which the pipeline does.
"""
