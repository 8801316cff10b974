"""The commands, a module for each group: imported when one of them runs."""
