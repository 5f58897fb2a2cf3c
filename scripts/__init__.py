"""Programs for the command line: the `hub` command, importers, benchmarks, and the demo content.

Belongs here: reading arguments and files, printing, measuring.
Does not: a rule that another entry point would need too, which is a service of `hub`.
"""
