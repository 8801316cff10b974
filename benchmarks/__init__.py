"""What the ledger costs, against the least that could do the same work and against its peers."""
