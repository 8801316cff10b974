"""What is asked of a ledger becomes moves: with what only the ledger can say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from footprint.domain.asks import READS_WORDS, Ask, Correct, Raise
from footprint.domain.corrections import NEW_WORDS
from footprint.domain.days import london_day
from footprint.domain.entry import Entry, Move
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.errors import Refused

if TYPE_CHECKING:
    from footprint.ledger.ledger import Ledger

FOLLOWS = "follows"
"""The text that names an earlier thread of the same child."""


def reads_words(asks: Sequence[Ask]) -> bool:
    """Whether one of these is decided by what is in the vault, and not by facts alone."""
    return any(isinstance(ask, READS_WORDS) for ask in asks)


def decided(
    ledger: Ledger,
    asks: Sequence[Ask],
    stream: str | None,
    stands: tuple[Sequence[Entry], Policy],
    now: str,
    actor: str,
) -> tuple[Move, ...]:
    """The moves that are asked for, if they are legal now.

    Args:
        ledger: says what was said in words, and of which child another thread is.
        asks: each is decided as the thread stands after those before it.
        stream: the thread; None for a new one.
        stands: the entries of the thread, and the policy in force.
        now: what the clock says.
        actor: who asks.

    Raises:
        Refused: one of them is not legal.
    """
    from footprint.domain.moves import decide_together  # noqa: PLC0415 - who reads decides nothing

    words = ledger.vault.words(stream) if stream and reads_words(asks) else None
    asked, today = [_linked(ledger, ask, stream) for ask in asks], london_day(now)
    entries, policy = stands
    return decide_together(entries, asked, policy, today=today, words=words, actor=actor)


def _linked(ledger: Ledger, ask: Ask, stream: str | None) -> Ask:
    """What is asked, the thread that it follows named as it is here: one of the same child.

    Raises:
        NotFound: that thread is not here.
        Refused: it is of another child.
    """
    if not isinstance(ask, Raise | Correct):
        return ask
    name = FOLLOWS if isinstance(ask, Raise) else NEW_WORDS + FOLLOWS
    follows = ask.words.get(name)
    if not follows:
        return ask
    child = ask.child if isinstance(ask, Raise) else ledger.vault.child(stream or "")
    followed = ledger.stream(follows)
    if ledger.vault.child(followed) not in (child, None) or followed == stream:
        raise Refused(
            f"{shown(followed)} is not another thread of that child.",
            "Mend --follows or --child.",
        )
    return ask.but(words={**ask.words, name: shown(followed)})
