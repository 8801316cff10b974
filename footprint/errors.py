"""What can go wrong, in the words of whoever has to put it right.

Each error says what happened and why, then what to do next. When one is raised, nothing
has been recorded.
"""

from __future__ import annotations

from collections.abc import Sequence


class FootprintError(Exception):
    """Base of all that is refused.

    Args:
        what: what happened and why, one plain sentence or two.
        next_step: what to do about it, where something can be done.
        listed: all that is wrong, where it can be several things at once.
    """

    def __init__(self, what: str, next_step: str = "", listed: Sequence[str] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
        self.listed = tuple(listed)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.what, "; ".join(self.listed), self.next_step)))


class Refused(FootprintError):  # noqa: N818 - the word that people read
    """The move, the value or the ledger's state does not allow it."""


class Misused(FootprintError):  # noqa: N818
    """The command was not given what it needs, or was given what it cannot read."""


class NotFound(FootprintError):  # noqa: N818
    """What was named is not in the ledger, or the ledger is not there."""


class NotKnown(FootprintError):  # noqa: N818
    """Whether it was recorded cannot be told: the one error after which something may have been."""


class Contradicted(FootprintError):  # noqa: N818
    """What was signed contradicts what was signed before.

    Args:
        proof: both, as somebody else can check them.
    """

    def __init__(self, what: str, next_step: str = "", *, proof: str) -> None:
        super().__init__(what, next_step)
        self.proof = proof


def why(error: Exception) -> str:
    """Why something could not be read: of the system's own errors neither the number nor the path.

    Whoever says it names the file.
    """
    return (isinstance(error, OSError) and error.strerror) or str(error)
