"""What sources of every kind hold: dates, encodings, links, boilerplate, publication status.

Belongs here: reading one property of a text or record, as several sources need it.
Does not: reading a whole source, which has a folder of its own.
"""
