"""Views: the escalations log, resolution times and alert counts, folded from the entries.

Each view is one table and one pure fold from a thread to its rows. Stored rows hold nothing that
depends on the day; what does is worked out when they are read, from the rows, the adopted
calendar and a day. Views hold no words and no case numbers, and can be deleted at any moment.
"""
