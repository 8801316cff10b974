"""What puts an entry right: corrected, or its words removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from footprint.domain.asks import AskRedaction, Correct, PuttingRight
from footprint.domain.entry import Entry, Move, Words
from footprint.domain.moves.correcting import correct
from footprint.domain.moves.redacting import approve, ask_for
from footprint.domain.policy import Policy


def put_right(
    entries: Sequence[Entry],
    ask: PuttingRight,
    policy: Policy,
    *,
    today: date,
    words: Mapping[int, Words],
    actor: str,
) -> tuple[Move, ...]:
    """What a correction, a request or an approval comes to. Arguments and refusals: `decide`."""
    if isinstance(ask, Correct):
        return correct(entries, ask, policy, today=today, words=words)
    if isinstance(ask, AskRedaction):
        return (ask_for(entries, ask, policy, words),)
    return approve(entries, ask, words, actor)
