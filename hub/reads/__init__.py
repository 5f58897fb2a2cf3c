"""Hot reads: plain rows in bulk from the database driver, one statement per read.

Belongs here: SELECTs; each takes the viewer and applies `hub.auth`'s rule in its statement.
Does not: models, writes, GraphQL types.
"""
