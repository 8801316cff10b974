"""What a shell offers while a command is being typed, and what the shell is told for that."""
