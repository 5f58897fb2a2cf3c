"""WordPress exports (WXR): records, site data, shortcodes, damaged and split files.

Belongs here: what WordPress alone has.
Does not: storing drafts, which the pipeline does.
"""
