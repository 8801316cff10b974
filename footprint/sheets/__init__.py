"""Files that people keep, read to plain rows within bounds; tables written for people to keep.

It knows csv, xlsx, xls and ods, and nothing of challenges: what a column or a value means is for
others to say. Nothing that a file holds is run, and no file decides how much of this machine it
takes.
"""
