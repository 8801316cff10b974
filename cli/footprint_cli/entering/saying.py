"""What is said when something was recorded, or would be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import typer

from footprint.domain.days import spelt
from footprint.domain.entry import Move
from footprint.domain.events import DocumentAttached
from footprint.domain.reference import shown
from footprint.ledger.ledger import Ledger, Recorded
from footprint.ledger.receipt import Receipt, receipt_line
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import say_json, visible
from footprint_cli.thread.story import told

Details = Callable[[Any], Sequence[str]]
"""Further lines about an event."""


def _none(_event: Any) -> Sequence[str]:
    return ()


def say_recorded(
    ledger: Ledger,
    recorded: Recorded,
    *,
    as_json: bool,
    details: Details = _none,
    warned: Sequence[str] = (),
    child: str | None = None,
) -> None:
    """The reference, and whose it is where that is given; what was recorded, is due, the receipt.

    The receipt is for a file, and names no child.
    """
    if as_json:
        say_json(as_answer(ledger, recorded, warned))
        return
    policy, ref = ledger.policy(), shown(recorded.stream)
    whose = ref if child is None else f"{ref}, child {visible(child)}"
    for entry in recorded.entries:
        _say(entry.event, entry.occurred_on, entry.source, whose, policy)
        _say_details(details(entry.event))
    for line in receipt_lines(ledger, recorded):
        typer.echo(line)


def say_each_recorded(
    ledger: Ledger,
    recorded: Sequence[Recorded],
    *,
    as_json: bool,
    warned: Sequence[str],
    children: Sequence[str] = (),
) -> None:
    """The same of one command's threads: as JSON one object, or an array where they are several.

    Several in words differ in nothing but their child: its number is said with each.
    """
    if as_json and len(recorded) > 1:
        say_json([as_answer(ledger, one, warned) for one in recorded])
        return
    whose = children if len(recorded) > 1 else (None,) * len(recorded)
    for one, child in zip(recorded, whose, strict=True):
        say_recorded(ledger, one, as_json=as_json, warned=warned, child=child)


def receipt_lines(ledger: Ledger, recorded: Recorded) -> list[str]:
    """The receipt of what was recorded last; and that nobody has signed it yet, where so."""
    apart = ["It is signed with the next checkpoint."] if ledger.connection.signs_apart else []
    return [receipt_line(receipt_of(ledger, recorded)), *apart]


def as_answer(ledger: Ledger, recorded: Recorded, warned: Sequence[str] = ()) -> dict[str, Any]:
    """What a writing command answers as JSON, with what it warned of."""
    last, receipt = recorded.entries[-1], receipt_of(ledger, recorded)
    return {
        "ref": shown(recorded.stream),
        "position": last.position,
        "positions": [entry.position for entry in recorded.entries],
        "leaf": ledger.leaf(last.position).hex(),
        "size": receipt.size,
        "root": receipt.root.hex(),
        "receipt": receipt_line(receipt),
        "respond_by": getattr(last.event, "respond_by", None),
        "warnings": list(warned),
    }


def receipt_of(ledger: Ledger, recorded: Recorded) -> Receipt:
    """The receipt of what was recorded last, in a ledger that is opened to write."""
    position = recorded.entries[-1].position
    if signed := ledger.signed:
        return Receipt(recorded.stream, position, signed.size, signed.root)
    from footprint.ledger.store.proofs import stored_root

    # Signed apart: it pins the entry and all before it, as the next checkpoint will.
    root = stored_root(ledger.connection, position)
    return Receipt(recorded.stream, position, position, root)


def say_considered(
    ledger: Ledger,
    moves: Sequence[Move],
    stream: str | None,
    *,
    as_json: bool,
    warned: Sequence[str] = (),
) -> None:
    """What would be recorded, in plain English; nothing was. What follows from it is `also`."""
    if as_json:
        first, *others = (_would(move, stream) for move in moves)
        first["warnings"] = list(warned)
        say_json(first | {"also": others} if others else first)
    else:
        _say_considered(ledger, moves, stream, _words_of)


def say_all_considered(
    ledger: Ledger,
    moves: Sequence[Move],
    stream: str | None,
    *,
    as_json: bool,
    details: Details | None = None,
    warned: Sequence[str] = (),
    beside: Callable[[Any], dict[str, Any]] = lambda _event: {},
) -> None:
    """The same of moves that stand side by side: as JSON, an array. Details, or their words.

    `beside` has what JSON says of an event beside its facts.
    """
    if as_json:
        say_json([
            _would(move, stream) | {"warnings": list(warned)} | beside(move.event) for move in moves
        ])  # fmt: skip
    else:
        of = _words_of if details is None else lambda move: details(move.event)
        _say_considered(ledger, moves, stream, of)


def _would(move: Move, stream: str | None) -> dict[str, Any]:
    return {
        "would_record": move.event.topic,
        "ref": shown(stream) if stream else None,
        "occurred_on": move.occurred_on,
        "source": move.source,
        "facts": {name: value for name, value in vars(move.event).items() if value is not None},
    }


def _say_considered(
    ledger: Ledger,
    moves: Sequence[Move],
    stream: str | None,
    details: Callable[[Move], Sequence[str]],
) -> None:
    policy, ref = ledger.policy(), shown(stream) if stream else "a new thread"
    say("Nothing is recorded. This would be:")
    for move in moves:
        _say(move.event, move.occurred_on, move.source, ref, policy)
        _say_details(details(move))


def _words_of(move: Move) -> list[str]:
    return [f"{name.replace('_', ' ')}: {text}" for name, text in move.words.items()]


def _say_details(lines: Sequence[str]) -> None:
    for line in lines:
        say(f"  {line}")


def _say(event: Any, on: Any, source: str, ref: str, policy: Any) -> None:
    happened = spelt(on) if on else "day not known"
    said = visible(told(event, policy))
    say(f"{ref}: {said}. {happened}; {policy.label('sources', source)}.")
    if isinstance(event, DocumentAttached):
        say("The document itself stays where it is: keep it in the case system.")
    for line in due_lines(event):
        say(line)
    wants = hasattr(event, "respond_by") and hasattr(event, "stage")
    if on and wants and event.respond_by is None:
        say(f"The calendar does not cover {spelt(on)}: no due date was worked out.", err=True)


def due_lines(event: Any) -> list[str]:
    """What is due after an event, in sentences."""
    dues = {"respond_by": "An answer is due by", "resolve_by": "To be resolved by"}
    return [
        f"{said} {spelt(day)}."
        for name, said in dues.items()
        if (day := getattr(event, name, None))
    ]
