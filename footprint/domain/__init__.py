"""The field: threads of challenge, the moves that are legal in them, and the policy they follow.

Pure functions over frozen values. Nothing here reads a clock, a file or a database, and nothing
here imports another room of the project.
"""
