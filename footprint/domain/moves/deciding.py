"""One road for every move: what is asked, against the entries so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from footprint.domain.asks import ApproveRedaction, Ask, AskRedaction, Attach, Correct, Raise
from footprint.domain.corrections import corrected_words
from footprint.domain.entry import Entry, Move, Words
from footprint.domain.fold import fold
from footprint.domain.moves.alongside import check_not_attached
from footprint.domain.moves.checks import check_day, said
from footprint.domain.moves.correcting import correct
from footprint.domain.moves.redacting import approve, ask_for
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
    actor: str = "",
) -> tuple[Move, ...]:
    """The moves that what was asked comes to, if it is legal: one, or several that belong together.

    Args:
        entries: those of the thread so far; none only for `Raise`.
        ask: what is asked.
        policy: the policy in force.
        today: the day it is recorded, in London.
        words: those of the entries by position, which `READS_WORDS` need.
        actor: who asks, which an approval needs.

    Raises:
        Refused: with the reason, and the next legal step.
    """
    if bool(entries) == isinstance(ask, Raise):
        raise Refused("A thread begins with a challenge or an alert, and only once.")
    source = policy.code("sources", ask.source)
    check_day(ask.on, source, today)
    if isinstance(ask, PuttingRight):
        ask = replace(ask, source=source)
        return _putting_right(entries, ask, policy, today=today, words=words or {}, actor=actor)
    texts = said(ask.words)
    if isinstance(ask, Attach):
        check_not_attached(ask, corrected_words(entries, words or {}))
    if isinstance(ask, Raise):
        texts["child"] = policy.check_case_number(ask.child)
    event = decided(fold(entries, policy), replace(ask, source=source, words=texts), policy)
    return (Move(event=event, occurred_on=ask.on, source=source, words=texts),)


PuttingRight = Correct | AskRedaction | ApproveRedaction
READS_WORDS = (Correct, AskRedaction, ApproveRedaction, Attach)
"""What is decided on the strength of what the entries said, in their own words."""


def _putting_right(
    entries: Sequence[Entry],
    ask: PuttingRight,
    policy: Policy,
    *,
    today: date,
    words: Mapping[int, Words],
    actor: str,
) -> tuple[Move, ...]:
    if isinstance(ask, Correct):
        return correct(entries, ask, policy, today=today, words=words)
    if isinstance(ask, AskRedaction):
        return (ask_for(entries, ask, policy, words),)
    return approve(entries, ask, words, actor)
