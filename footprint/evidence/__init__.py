"""Bundles: the evidence of one thread, made to be given away, and verified where it arrives.

A bundle is a dict of names and bytes, and a zip archive of just these. Making one is a pure
function of what a ledger gives; verifying one uses no ledger, and writes nothing.
"""
