"""Hot reads: slim rows in bulk, straight from the driver, one statement a question.

No model is hydrated in here and nothing is written. Every function takes the viewer and applies
`hub.auth`'s rule in its statement.
"""
