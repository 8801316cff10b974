"""The Poole year 2016-17 as a ledger: what the annual report says, thread by thread.

The rows of `poole-2016-17.csv` are invented; their totals (20 alerts, 7 of them formally recorded
in the fourth quarter, five themes, two cases of adoption drift, one raised to a principal manager)
are those of the Borough of Poole's annual report of its IRO service for 2016-17, section 7.3.
"""
