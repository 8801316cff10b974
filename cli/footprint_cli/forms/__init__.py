"""A report in each of its forms: one set of figures, and a module for each way to write it."""
