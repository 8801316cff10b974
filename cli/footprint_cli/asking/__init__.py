"""What is asked of whoever is at the keyboard, where a writing command was not told enough.

`questions` says what, `answers` reads what is answered, `dialogue` holds the conversation; none of
them knows a terminal, which is the `desk`. `known` is what a ledger offers for an answer, `drafts`
keeps words that are not recorded yet, and `filling` puts it all together for one command.
"""
