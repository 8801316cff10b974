"""One road for every move: what is asked, against the entries so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from footprint.domain.asks import Ask, Correct, Raise
from footprint.domain.entry import Entry, Move, Words
from footprint.domain.fold import fold
from footprint.domain.moves.checks import check_day, said
from footprint.domain.moves.correcting import correct
from footprint.domain.moves.table import decided
from footprint.domain.policy import Policy
from footprint.errors import Refused


def decide(
    entries: Sequence[Entry],
    ask: Ask,
    policy: Policy,
    *,
    today: date,
    words: Mapping[int, Words] | None = None,
) -> tuple[Move, ...]:
    """The moves that what was asked comes to, if it is legal: one, or a correction's several.

    Args:
        entries: those of the thread so far; none only for `Raise`.
        ask: what is asked.
        policy: the policy in force.
        today: the day it is recorded, in London.
        words: those of the entries by position, which a correction needs.

    Raises:
        Refused: with the reason, and the next legal step.
    """
    if bool(entries) == isinstance(ask, Raise):
        raise Refused("A thread begins with a challenge or an alert, and only once.")
    source = policy.code("sources", ask.source)
    check_day(ask.on, source, today)
    if isinstance(ask, Correct):
        return correct(entries, replace(ask, source=source), policy, today=today, words=words or {})
    texts = said(ask.words)
    if isinstance(ask, Raise):
        texts["child"] = policy.check_case_number(ask.child)
    event = decided(fold(entries, policy), replace(ask, source=source, words=texts), policy)
    return (Move(event=event, occurred_on=ask.on, source=source, words=texts),)
