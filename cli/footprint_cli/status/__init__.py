"""Whether all is well: what `status` looks at, and what it says to do about what is not."""
