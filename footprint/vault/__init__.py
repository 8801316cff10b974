"""The vault at rest: its rows encrypted under a key that is kept outside the file.

The lock that rows are put under, where its key is kept on this machine, and the printed code by
which the key is brought to another. What a row is, and when it is put under a lock, is the
ledger's business.
"""
