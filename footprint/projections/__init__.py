"""Views: the escalations log, resolution times and alert counts.

Stored is what every thread's entries make it (`tables`, kept up by `views`); each view is a pure
function of those threads, the adopted calendar and a day. Nothing stored depends on the day, holds
words or case numbers, or is needed: it can be deleted at any moment and comes back.
"""
