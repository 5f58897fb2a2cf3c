"""The commands of `hub`, a file each: they parse, call a service, and print.

Belongs here: arguments, help and output of a command.
Does not: rules and SQL (`hub`), measuring (`scripts.bench`).
"""
