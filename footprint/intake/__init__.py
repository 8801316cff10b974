"""What the rows of somebody's sheet mean: to asks of the domain, and into the ledger.

Nothing is guessed that is not shown, nothing is recorded that a cell does not prove.
"""
