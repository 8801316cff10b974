"""Threads for views: a list of moves, decided and folded without a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import strategies as own

from footprint.domain.asks import Ask, Close, Escalate, Raise, Respond
from footprint.domain.entry import Entry, Move
from footprint.domain.fold import fold
from footprint.domain.moves import decide
from footprint.domain.thread import Thread

TODAY = date(2020, 1, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def thread(*asks: Ask | Move, ref: str = "CH-0000001", today: date = TODAY) -> Thread:
    """The thread that these moves make."""
    entries: list[Entry] = []
    words: dict[int, Mapping[str, str]] = {}
    for ask in asks:
        moves = [ask] if isinstance(ask, Move) else decide(
            entries, ask, own.policy(), today=today, words=words
        )  # fmt: skip
        for move in moves:
            entry = own.recorded(move, version=len(entries) + 1, stream=ref)
            entries.append(entry)
            words[entry.position] = move.words
    made = fold(entries, own.policy())
    assert made is not None
    return made


def raised(on: str | None, *, formal: bool = True, **facts: object) -> Raise:
    usual: dict[str, object] = {
        "child": "C1", "service": "CSC", "themes": ("PLC",), "role": "team-manager",
        "iro": "mb", "source": "recalled", "words": {"text": "No plan.", "why": "urgent"},
    }  # fmt: skip
    return Raise(on=on and day(on), formal=formal, **(usual | facts))  # type: ignore[arg-type]


def answer(on: str | None, response: str = "agreed", **facts: object) -> Respond:
    usual: dict[str, object] = {"role": "team-manager", "source": "recalled"}
    return Respond(on=on and day(on), response=response, **(usual | facts))  # type: ignore[arg-type]


def escalated(on: str | None, **facts: object) -> Escalate:
    usual: dict[str, object] = {
        "role": "director", "reason": "serious", "source": "recalled", "words": {"why": "urgent"},
    }  # fmt: skip
    return Escalate(on=on and day(on), **(usual | facts))  # type: ignore[arg-type]


def closed(on: str | None, closure: str = "resolved", **facts: object) -> Close:
    usual: dict[str, object] = {"source": "recalled"}
    return Close(on=on and day(on), closure=closure, **(usual | facts))  # type: ignore[arg-type]
