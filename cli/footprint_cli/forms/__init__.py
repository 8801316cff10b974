"""The forms of a report: each is a pure function of its figures."""
