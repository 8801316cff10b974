"""One concern of several children: a thread each, and the link between them in the vault."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from footprint.domain.asks import Ask
from footprint.domain.entry import TOGETHER
from footprint.domain.reference import shown
from footprint.ledger.ledger import Ledger, Recorded


def begin_together(
    ledger: Ledger,
    asks: Sequence[Ask],
    *,
    actor: str,
    about_to: Callable[[Sequence[Recorded]], None],
) -> list[Recorded]:
    """Begin a thread for each of these asks, of one child each: all of them, or none.

    The words of each name the others' threads, so that only who may read words sees who belongs
    together.

    Args:
        ledger: open to write.
        asks: each begins a thread.
        actor: who records it.
        about_to: called before the commit with what will be there.

    Raises:
        Refused: one of them is not legal, or the signer does not sign. Nothing is recorded.
    """
    with ledger.writing():
        streams = ledger.next_streams(len(asks))
        recorded = []
        for nth, ask in enumerate(asks):
            others = ", ".join(shown(one) for one in streams[:nth] + streams[nth + 1 :])
            named = ask.but(words={**ask.words, TOGETHER: others})
            recorded.append(ledger.record(named, actor=actor))
        about_to(recorded)
        return recorded
