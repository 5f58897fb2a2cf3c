"""Hot reads: slim rows in bulk, straight from the driver, one statement a question.

Belongs here: SELECTs; each takes the viewer and applies `hub.auth`'s rule in its statement.
Does not: models, writes, GraphQL types.
"""
