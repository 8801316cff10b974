"""Engines: where a ledger is kept, and one way to ask each of them.

Nothing here knows what an entry means. The driver of PostgreSQL is imported for a server only.
"""
