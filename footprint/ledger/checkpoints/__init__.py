"""Checkpoints given out, and what a ledger goes on from by them after a loss."""
