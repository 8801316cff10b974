"""What is asked of a connection to a ledger, whichever engine answers.

The SQL is the same for both, with `?` or `:name` where a value goes. Which engine it is matters in
few places only; each of them is a method here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Values = Sequence[Any] | Mapping[str, Any]
Row = tuple[Any, ...]


class Cursor(Protocol):
    """The rows that answer a query, in order."""

    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def fetchmany(self, size: int) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One connection, in autocommit mode outside `begin` and `one_moment`."""

    signs_apart: bool
    """Whether entries are signed later, by somebody else than who records them."""

    @property
    def in_transaction(self) -> bool: ...
    @property
    def total_changes(self) -> int: ...

    def execute(self, query: str, values: Values = (), /) -> Cursor: ...
    def executemany(self, query: str, rows: Iterable[Values], /) -> object: ...

    def fill(self, table: str, columns: str, rows: Iterable[Row], /) -> None:
        """Put many rows into a table that nothing guards yet, a few at a time in memory."""

    def stream(self, query: str, values: Values = ()) -> Iterator[Any]:
        """The rows of a query that may be as many as the ledger has, a few at a time in memory."""

    def runs(self, query: str, first: int, last: int, most: int) -> Iterator[list[Row]]:
        """The rows of a query on the positions from one to another, so many at a time.

        Text that is no text is carried as it is (`any_text`).
        """

    def carry_any_text(self) -> None:
        """Carry text that is no text as it is from here on: a file may hold any bytes."""

    def begin(self, ahead: str = "", stream: str = "") -> Any:
        """Begin a transaction that appends: nobody else does until it ends.

        Args:
            ahead: a query, asked as soon as that is so.
            stream: what it has in place of `:stream`, its only value.

        Returns:
            Its first row; None where nothing is asked.
        """

    def mend(self) -> None:
        """Connect anew, where the connection was lost. To be called between two transactions."""

    def later(self, query: str, rows: Sequence[Values]) -> None:
        """Write this at the latest with what is asked next, or with the commit.

        What is wrong with it may show only then.
        """

    def one_moment(self) -> AbstractContextManager[None]:
        """All that is read in the block is of one moment, whatever others write meanwhile."""

    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...

    def may_read(self, table: str) -> bool:
        """Whether the table is there, and this connection's to read."""

    def now(self) -> str | None:
        """The engine's own time as UTC text, where it has one that all who record share."""


class ServerError(Exception):
    """A server refused, or could not be reached.

    Args:
        message: what it said.
        state: its SQLSTATE, empty where there is none.
        lost: whether the connection is gone, so that what was asked may or may not have happened.
    """

    def __init__(self, message: str, state: str = "", *, lost: bool = False) -> None:
        super().__init__(message)
        self.state = state
        self.lost = lost
