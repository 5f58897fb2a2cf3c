"""The GraphQL types, a concept a file. Resolvers return rows unchanged; few fields compute.

Belongs here: a type, a field, its description and nullability.
Does not: SQL (`hub.reads`), mutations (`schema.mutations`).
"""
