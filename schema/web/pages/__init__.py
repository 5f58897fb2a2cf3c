"""Pages for readers, rendered on the server from answers of the public GraphQL API.

Belongs here: a page with its query, and what such pages share. They read nothing but what the API
answers to nobody in particular, so that the rule of visibility is the API's.
Does not: feeds (`schema.web.feeds`), the layout of all pages (`schema.web.html_pages`).
"""
