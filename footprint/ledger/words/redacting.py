"""Redaction in a ledger: recorded and deleted in one transaction, then gone from the files.

Three steps, each of which can be done again: a marker, the transaction, the erasing. The marker is
there before anything is deleted; what is deleted is remembered beside the signer, so that a backup
that is put back does not undo it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footprint.domain.asks import ApproveRedaction, Ask, AskRedaction
from footprint.domain.days import london_day
from footprint.domain.entry import Move
from footprint.domain.moves.redacting import RIGHT_CHILD
from footprint.domain.redactions import WHOLE, WRONG_CHILD, is_whole, open_requests
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger, Recorded
from footprint.ledger.store import queries
from footprint.ledger.store.codec import decode
from footprint.ledger.words.erasing import erase, mark, pieces
from footprint.ledger.words.remembering import Remembered, in_ledger, lost, remember


@dataclass(frozen=True, kw_only=True)
class Redacted:
    """What was recorded, and what must not be found in the files any more."""

    recorded: tuple[Recorded, ...]
    traces: frozenset[bytes]


def request(ledger: Ledger, asks: Mapping[str, Ask], *, actor: str) -> tuple[Recorded, ...]:
    """Ask for redactions, one for each thread: all of them are recorded, or none.

    Raises:
        Refused: one of them cannot be asked for.
    """
    with ledger.writing():
        return tuple(ledger.record(ask, actor=actor, stream=s) for s, ask in asks.items())


def approve(
    ledger: Ledger,
    asks: Mapping[str, ApproveRedaction],
    folder: Path,
    *,
    actor: str,
    shown: Mapping[str, Sequence[int]] | None = None,
) -> Redacted:
    """Do what was asked for: record it and delete the words, which are then to be erased.

    Args:
        ledger: open to write.
        asks: which request of each thread is approved.
        folder: that of the ledger's signer.
        actor: who approves.
        shown: what of each thread was shown to them as what will be removed, if anything was.

    Raises:
        Refused: there is nothing to approve, it is not theirs to, or it is no longer what was
            shown. Nothing was deleted.
    """
    recorded, traces = [], set[bytes]()
    with ledger.writing():
        decided = {s: ledger.consider(ask, s, actor=actor) for s, ask in asks.items()}
        _check_shown(decided, shown)
        mark(folder)  # not before all of them may be: nothing is to be erased after a refusal
        for stream, moves in decided.items():
            event: Any = moves[0].event
            traces |= _traces(ledger, stream, event.positions, child=is_whole(event))
            recorded.append(ledger.append(stream, moves, actor=actor))
    return Redacted(recorded=tuple(recorded), traces=frozenset(traces))


def _check_shown(
    decided: Mapping[str, Sequence[Move]], shown: Mapping[str, Sequence[int]] | None
) -> None:
    """What cannot be undone is done to what was seen, and to nothing that came since."""
    now: dict[str, Any] = {stream: moves[0].event for stream, moves in decided.items()}
    if shown is not None and {s: event.positions for s, event in now.items()} != shown:
        raise Refused(
            "Something was recorded since this was shown, and more or less would be removed.",
            "Nothing was removed. Approve it again, to see what it is now.",
        )


def finish(ledger: Ledger, folder: Path, traces: Iterable[bytes] = ()) -> None:
    """Erase what was deleted: at once, or after a crash, or when others let go of the files.

    Raises:
        NotYetGone: somebody still holds them.
    """
    remember(folder, in_ledger(ledger.connection))
    erase(ledger.connection, ledger.place, folder, [*traces])


# --- after an old vault or backup was put back ------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Back:
    """What a redaction removed, and is in the vault again."""

    stream: str
    positions: tuple[int, ...]
    child: bool


def back(ledger: Ledger) -> list[Back]:
    """What recorded redactions removed, and an old vault has brought back. Reads all topics."""
    found = (_back(ledger, row) for row in queries.redactions(ledger.connection))
    return [one for one in found if one.positions or one.child]


def _back(ledger: Ledger, row: queries.Row) -> Back:
    entry = decode(*row)
    event: Any = entry.event
    there = tuple(at for at in event.positions if queries.vault_row(ledger.connection, at))
    child = is_whole(event) and _is_child_back(ledger, entry.stream)
    return Back(stream=entry.stream, positions=there, child=child)


def _is_child_back(ledger: Ledger, stream: str) -> bool:
    """Whether a case number is there that went with its thread; not told where it is locked."""
    vault = ledger.vault
    return not vault.shut and vault.kept_child(stream) is not None and vault.child(stream) is None


def reapply(ledger: Ledger, folder: Path) -> tuple[list[Back], frozenset[bytes]]:
    """Delete again what recorded redactions removed. Nothing is recorded: the redactions are.

    Returns what was back, and what must not be found in the files any more.
    """
    traces = set[bytes]()
    with ledger.writing():
        found = back(ledger)
        if found:
            mark(folder)
        for one in found:
            traces |= _traces(ledger, one.stream, one.positions, child=one.child)
            ledger.vault.forget(one.stream, one.positions, child=one.child)
    return found, frozenset(traces)


def ask_again(ledger: Ledger, folder: Path, why: str, *, actor: str) -> tuple[Recorded, ...]:
    """Ask again for the redactions that are lost with what a backup did not have.

    Somebody else approves them, as at first.
    """
    with ledger.writing():
        return request(ledger, _to_ask_again(ledger, folder, why), actor=actor)


def is_unasked(ledger: Ledger, folder: Path) -> bool:
    """Whether a redaction is lost with what a backup did not have, and nobody asks for it."""
    return bool(_to_ask_again(ledger, folder, ""))


def _to_ask_again(ledger: Ledger, folder: Path, why: str) -> dict[str, AskRedaction]:
    asks: dict[str, AskRedaction] = {}
    for one in lost(ledger.connection, folder):
        before = asks.get(one.stream)
        asks[one.stream] = _again(ledger, one, before, why)
    return {s: ask for s, ask in asks.items() if not _is_waiting(ledger, s, ask)}


def _again(ledger: Ledger, one: Remembered, before: AskRedaction | None, why: str) -> AskRedaction:
    """What is asked for in a thread: what this one removed, and what one before it did."""
    whole = one.whole or (before is not None and before.positions == WHOLE)
    positions = {*one.positions, *(before.positions if before else ())}
    return AskRedaction(
        on=london_day(ledger.clock()),
        words={"why": why},
        positions=WHOLE if whole else tuple(sorted(positions)),
        basis=one.basis,
    )


def _is_waiting(ledger: Ledger, stream: str, ask: AskRedaction) -> bool:
    """Whether somebody asked for that already, or for more.

    Not where the thread is to go on under its right case number: what was redacted would be entered
    again with all else. But then all of it may be what was asked for at first, for the wrong child.
    """
    waiting = open_requests(ledger.entries(stream))
    if not waiting:
        return False
    whole = ask.positions == WHOLE
    said = {} if ledger.vault.unreadable else ledger.vault.words(stream)
    asked: list[Any] = [
        entry.event
        for entry in waiting
        if (whole and ask.basis == WRONG_CHILD) or RIGHT_CHILD not in said.get(entry.position, {})
    ]
    return any(
        event.positions == WHOLE or (not whole and {*ask.positions} <= {*event.positions})
        for event in asked
    )


def _traces(ledger: Ledger, stream: str, positions: Iterable[int], *, child: bool) -> set[bytes]:
    stored = ledger.vault.stored(stream, positions, child=child)
    return {piece for value in stored for piece in pieces(value)}
