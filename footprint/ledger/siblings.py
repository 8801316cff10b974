"""One concern of several children: a thread each, whose words name the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from footprint.domain.asks import Ask
from footprint.domain.corrections import corrected_words
from footprint.domain.entry import TOGETHER
from footprint.domain.reference import shown
from footprint.domain.siblings import named_in
from footprint.ledger.ledger import Ledger, Recorded


def begin_together(
    ledger: Ledger,
    asks: Sequence[Ask],
    *,
    actor: str,
    about_to: Callable[[Sequence[Recorded]], None],
) -> list[Recorded]:
    """Begin a thread for each of these asks, of one child each: all of them, or none.

    The words of each name the others' threads. In the clear nothing names them; that they follow on
    each other, with the same facts at the same time, suggests it.

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


class Naming(NamedTuple):
    """A thread, its first entry, and the threads that the words of that name as they now stand."""

    stream: str
    position: int
    named: tuple[str, ...]


def siblings_of(ledger: Ledger, streams: Iterable[str]) -> list[Naming]:
    """The threads that the words of these name, as recorded or corrected, and whom those name.

    Raises:
        Locked: the words are locked, and the key is not on this machine.
    """
    named = {other for one in streams for other in named_in(ledger.vault.words(one).values())}
    return [_naming(ledger, stream) for stream in sorted(named) if ledger.entries(stream)]


def _naming(ledger: Ledger, stream: str) -> Naming:
    entries = ledger.entries(stream)
    known = corrected_words(entries, ledger.vault.words(stream))
    first = entries[0].position
    return Naming(stream, first, tuple(named_in([known.get(first, {})])))
