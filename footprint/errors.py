"""What can go wrong, in the words of whoever has to put it right.

Each error says what happened and why, then what to do next. When one is raised, nothing
has been recorded.
"""


class FootprintError(Exception):
    """Base of all that is refused.

    Args:
        what: what happened and why, one plain sentence or two.
        next_step: what to do about it, where something can be done.
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what} {self.next_step}".rstrip()


class Refused(FootprintError):  # noqa: N818 - the word that people read
    """The move, the value or the ledger's state does not allow it."""


class Misused(FootprintError):  # noqa: N818
    """The command was not given what it needs, or was given what it cannot read."""


class NotFound(FootprintError):  # noqa: N818
    """What was named is not in the ledger, or the ledger is not there."""
