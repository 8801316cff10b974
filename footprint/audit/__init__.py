"""Verification: everything derived again from the stored bytes, apart from what wrote them.

It trusts no stored hash, opens the file only to read, holds one run of leaves at a time, and
says what, where and against which checkpoint. It uses the published schema, the codec and the
proofs; it does not use the ledger that writes.
"""
