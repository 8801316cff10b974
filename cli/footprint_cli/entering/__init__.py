"""A writing command, from what was given to it to what is said of what it recorded."""
