"""The GraphQL face of the hub: thin types over the rows of `hub.reads`, one service a mutation."""
