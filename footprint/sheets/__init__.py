"""Files that people keep, read to plain rows and written from plain tables."""
