"""The GraphQL types: a concept a file. Rows are returned as they are; few fields compute.

Belongs here: a type, a field, its description and nullability.
Does not: SQL (`hub.reads`), mutations (`schema.mutations`).
"""
