"""Entries kept: as canonical bytes, with their words in the vault, stored, hashed and signed.

Built on the application, event store, mapper and recorder base classes of `eventsourcing`.
`docs/format.md` publishes what is stored, so that a stranger can check it without this code.
"""
