"""What a screen, a pipe or a file gets: text that is never obeyed, lines, columns, records."""
