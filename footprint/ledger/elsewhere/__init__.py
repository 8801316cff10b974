"""A ledger at another place: an audit copy, an export that is read back, a move."""
