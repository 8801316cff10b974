"""Threads for views: a list of moves, decided and folded without a ledger."""

from __future__ import annotations

from datetime import date

import orjson
import strategies as own

from footprint.domain.asks import Ask, Close, Escalate, Raise, Respond
from footprint.domain.entry import Move
from footprint.domain.moves import decide
from footprint.domain.thread import Thread, evolve, with_days

TODAY = date(2020, 1, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def thread(*asks: Ask | Move, ref: str = "CH-0000001", today: date = TODAY) -> Thread:
    """The thread that these moves make."""
    state: Thread | None = None
    for version, ask in enumerate(asks, 1):
        move = ask if isinstance(ask, Move) else decide(state, ask, own.policy(), today=today)
        state = evolve(state, own.recorded(move, version=version, stream=ref), own.policy())
    assert state is not None
    return state


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


def closed(on: str | None, closure: str = "resolved") -> Close:
    return Close(on=on and day(on), closure=closure, source="recalled")


def stored(one: Thread) -> Thread:
    """The thread after it was stored and read again."""
    return with_days(orjson.loads(orjson.dumps(vars(one), default=tuple)))
