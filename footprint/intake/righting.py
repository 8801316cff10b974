"""Entries put right as a sheet says now, and what it says beyond: decided whole, then recorded.

Each correction is decided as the thread stands after those before it, in an order in which all of
them can be: where all days of a row move, some have to move first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from footprint.domain.asks import Ask, Correct
from footprint.domain.entry import Entry, Move, Words
from footprint.domain.moves import decide, decide_together
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger

_MADE_NOW = "(not recorded yet)"


def put_right(
    ledger: Ledger, stream: str, corrections: Sequence[Correct], more: Sequence[Ask]
) -> list[tuple[Move, ...]]:
    """The moves of each correction, then of what a sheet says beyond; nothing is recorded.

    Raises:
        Refused: one of them is not legal, in any order.
    """
    thread = _Rehearsed(ledger, stream)
    left, decided = list(corrections), []
    while left:
        at, moves = thread.first_legal(left)
        left.pop(at)
        decided.append(moves)
    if more:
        decided.append(thread.decided(more))
    return decided


class _Rehearsed:
    """A thread as it will be, once what was decided so far is recorded."""

    def __init__(self, ledger: Ledger, stream: str) -> None:
        self._policy, self._today = ledger.policy(), ledger.today()
        self._entries = ledger.entries(stream)
        self._words: dict[int, Words] = {**ledger.vault.words(stream)}
        self._size = ledger.size()

    def first_legal(self, asks: Sequence[Correct]) -> tuple[int, tuple[Move, ...]]:
        """The first of these that can be, and its moves, which then count as made."""
        refusals = []
        for at, ask in enumerate(asks):
            try:
                moves = decide(
                    self._entries, ask, self._policy, today=self._today, words=self._words
                )
            except Refused as refused:
                refusals.append(refused)
            else:
                self._grow(moves)
                return at, moves
        raise refusals[0]

    def decided(self, asks: Sequence[Ask]) -> tuple[Move, ...]:
        """The moves of what goes on from there."""
        return decide_together(self._entries, asks, self._policy, today=self._today)

    def _grow(self, moves: Sequence[Move]) -> None:
        for move in moves:
            self._size += 1
            self._entries.append(self._entry(move, self._today))
            self._words[self._size] = move.words

    def _entry(self, move: Move, today: date) -> Entry:
        last = self._entries[-1]
        return Entry(
            position=self._size, stream=last.stream, version=last.version + 1,
            event_id=_MADE_NOW, command_id=_MADE_NOW,
            recorded_at=f"{today.isoformat()}T00:00:00.000000Z",
            occurred_on=move.occurred_on, actor=_MADE_NOW, source=move.source, event=move.event,
        )  # fmt: skip
