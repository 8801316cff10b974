"""The witness: somebody outside who remembers, and the trust that each machine has in others.

It shares the proofs with the ledger, and nothing else: it never sees an entry.
"""
