"""The command line: what people type, and what they see. Knows everybody; nobody knows it."""
