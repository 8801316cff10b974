"""Who signs: a key, and what it signed last, kept outside the database."""
