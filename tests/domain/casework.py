"""A thread under test: moves are decided and folded, without a ledger.

Days are of March 2017 unless said: the 1st was a Wednesday, and 5 working days on is the 8th.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import strategies as own

from footprint.domain.asks import (
    AddNote,
    Ask,
    Close,
    Correct,
    Escalate,
    File,
    HandOver,
    Raise,
    RaiseToAlert,
    RecordCafcass,
    RecordImpact,
    Reopen,
    Respond,
    Tell,
)
from footprint.domain.entry import Entry, Move
from footprint.domain.events import EntryRedacted, Event
from footprint.domain.fold import fold
from footprint.domain.moves import decide
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.errors import Refused

TODAY = date(2017, 6, 30)
WHY = {"why": "the child moves tomorrow"}
RECALLED: dict[str, Any] = {"source": "recalled"}


MARCH = {day: date(2017, 3, day) for day in range(1, 32)}


def march(day: int) -> date:
    return MARCH[day]


def raised(on: date | None = MARCH[1], **facts: Any) -> Raise:
    """A challenge to social care on 1 March, changed as given."""
    usual: dict[str, Any] = {
        "child": "C-1001",
        "service": "CSC",
        "themes": ("DEL",),
        "role": "team-manager",
        "iro": "ab",
        "formal": False,
        "words": {"text": "No plan."},
    }
    return Raise(on=on, **(usual | facts))


def alert(on: date | None = MARCH[1], **facts: Any) -> Raise:
    """A formal alert to social care, with every reason that may be needed."""
    return raised(on, **({"formal": True, "words": {"text": "No plan."} | WHY} | facts))


def to_alert(on: date | None = MARCH[9], **facts: Any) -> RaiseToAlert:
    return RaiseToAlert(on=on, **({"role": "team-manager"} | facts))


def escalate(on: date | None = MARCH[9], **facts: Any) -> Escalate:
    return Escalate(on=on, **({"role": "service-manager", "reason": "unsatisfied"} | facts))


def respond(on: date | None = MARCH[6], **facts: Any) -> Respond:
    return Respond(on=on, **({"response": "agreed", "role": "team-manager"} | facts))


def close(on: date | None = MARCH[20], **facts: Any) -> Close:
    resolved = facts.get("closure", "resolved") in ("resolved", "partly", "explained")
    return Close(on=on, **({"closure": "resolved", "basis": "done" if resolved else None} | facts))


def note(on: date | None = MARCH[20], text: str = "Rang again.") -> AddNote:
    return AddNote(on=on, words={"text": text})


def impact(on: date | None = MARCH[20], text: str = "A plan.", code: str = "plan") -> RecordImpact:
    return RecordImpact(on=on, impact=code, words={"text": text})


def cafcass(on: date | None = MARCH[20], step: str = "considered", **facts: Any) -> RecordCafcass:
    return RecordCafcass(on=on, step=step, **facts)


def reopen(on: date | None = MARCH[21], **facts: Any) -> Reopen:
    return Reopen(on=on, **facts)


def tell(on: date | None = MARCH[20], party: str = "child", **facts: Any) -> Tell:
    return Tell(on=on, party=party, **facts)


def file(on: date | None = MARCH[20], **facts: Any) -> File:
    return File(on=on, **facts)


def hand_over(on: date | None = MARCH[20], iro: str = "cd", **facts: Any) -> HandOver:
    return HandOver(on=on, iro=iro, **facts)


def correct(
    entry: int, *, keep_due: bool = False, because: str = "Misread.", **facts: Any
) -> Correct:
    """New facts for the entry at a position; texts are given as `new`."""
    new = {f"new.{name}": text for name, text in facts.pop("new", {}).items()}
    return Correct(
        on=facts.pop("made", TODAY),
        entry=entry,
        facts=facts,
        keep_due=keep_due,
        words={"reason": because} | new,
    )


class Case:
    """One thread, with the entries it was made by and their words."""

    def __init__(self, *asks: Ask, policy: Policy | None = None, today: date = TODAY) -> None:
        self.policy = policy or own.policy()
        self.today = today
        self.entries: list[Entry] = []
        self.words: dict[int, Mapping[str, str]] = {}
        self.actor = "ab"
        for ask in asks:
            self.do(ask)

    @property
    def state(self) -> Thread | None:
        return fold(self.entries, self.policy)

    @property
    def thread(self) -> Thread:
        state = self.state
        assert state is not None
        return state

    def decided(self, ask: Ask) -> tuple[Move, ...]:
        return decide(
            self.entries, ask, self.policy, today=self.today, words=self.words, actor=self.actor
        )

    def do(self, ask: Ask) -> Move:
        """Decide a move that must be legal, and fold it in; the first, where there are several."""
        moves = self.decided(ask)
        together = str(len(self.entries))
        for move in moves:
            self.fold(move, together)
        return moves[0]

    def event(self, ask: Ask) -> Any:
        return self.do(ask).event

    def fold(self, move: Move, together: str = "") -> None:
        """Fold in a move, its words into the vault, and out of it what it redacts."""
        made = own.recorded(move, version=len(self.entries) + 1, at=self.today)
        entry = made.but(
            actor=self.actor,
            command_id=together or made.command_id,
            words="ab" * 32 if move.words else None,
        )
        self.entries.append(entry)
        self.words[entry.position] = move.words
        for position in getattr(entry.event, "positions", ()):
            if isinstance(entry.event, EntryRedacted):
                self.words.pop(position, None)

    def happened(self, event: Event, on: date | None = MARCH[20]) -> None:
        """Fold in an event that nobody decided."""
        self.fold(Move(event=event, occurred_on=on, source="transcribed", words={}))

    def refused(self, ask: Ask, what: str, next_step: str = "") -> None:
        """A move that must be refused with these phrases, a next step, and nothing changed."""
        with pytest.raises(Refused) as caught:
            self.decided(ask)
        assert what in caught.value.what
        assert caught.value.next_step
        assert next_step in caught.value.next_step
