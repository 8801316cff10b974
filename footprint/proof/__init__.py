"""The mathematics of proof: the Merkle tree (`tree`) and the signed notes (`note`).

Everything here is a pure function of bytes and text: hashes in, a root or a refusal out. This room
knows nothing of entries, databases or children, so that it can be read, tested and replaced by
someone who holds only RFC 6962, RFC 9162 and the C2SP specifications.
"""
