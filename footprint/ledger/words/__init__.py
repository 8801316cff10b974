"""What becomes of words that are stored: locked, unlocked, redacted, and gone from the files."""
