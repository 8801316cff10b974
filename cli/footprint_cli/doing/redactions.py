"""What `redact` does, and what it says of it: it is the one thing that cannot be put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import typer

from footprint.domain.asks import ApproveRedaction, AskRedaction
from footprint.domain.events import EntryRedacted
from footprint.domain.policy import Policy
from footprint.domain.redactions import WHOLE, WRONG_CHILD, is_whole, open_requests, uncovered
from footprint.domain.reference import shown
from footprint.engine.place import Server
from footprint.errors import NotFound, Refused
from footprint.ledger.ledger import Ledger, Recorded
from footprint.ledger.siblings import Naming, siblings_of
from footprint.ledger.signing.home import folder_of
from footprint.ledger.words import redacting
from footprint.ledger.words.erasing import is_marked
from footprint.ledger.words.redacting import Back
from footprint_cli.doing.removals import (
    Removal,
    as_fields,
    bound,
    each,
    in_short,
    previewed,
    removal,
    withdraws,
)
from footprint_cli.entering.appending import considering, writing
from footprint_cli.entering.caution import can_ask, heed, only_warn, say_how_to_remove
from footprint_cli.entering.given import Given
from footprint_cli.entering.saying import Details, as_answer, say_all_considered, say_recorded
from footprint_cli.faults import WasRecorded
from footprint_cli.screen.columns import WAITING
from footprint_cli.screen.lines import say
from footprint_cli.screen.output import on_terminal, say_records
from footprint_cli.screen.text import say_json
from footprint_cli.session import reading
from footprint_cli.settings import Settings
from footprint_cli.status.redactions import waiting

_AGAIN = "It was redacted before a backup was put back."


# --- asking -----------------------------------------------------------------------------------


def asked_for(given: Given) -> AskRedaction:
    """The redaction that is asked for."""
    texts = {"why": given.why, "right_child": given.right_child}
    return AskRedaction(
        on=given.today,
        words={name: text for name, text in texts.items() if text},
        positions=tuple(given.positions or ()),
        basis=given.basis,
    )


def ask(given: Given, settings: Settings) -> None:
    """Ask for the redaction of entries, of a thread, or of all threads of a child."""
    asked = asked_for(given)
    with (considering if given.dry_run else writing)(settings) as ledger:
        asks: dict[str, Any] = dict.fromkeys(_streams(ledger, given), asked)
        if given.dry_run:
            warned = only_warn(asked.words, ledger.policy())
            _say_considered(ledger, asks, given, warned=warned)
            return
        warned = heed(
            asked.words,
            ledger.policy(),
            ask=can_ask(given),
            first=lambda: [ledger.consider(asked, stream) for stream in asks],
        )
        recorded = redacting.request(ledger, asks, actor=settings.actor.value)
        _say_recorded(ledger, recorded, given, warned)
        if warned and not can_ask(given):
            say_how_to_remove(asked.words, recorded)
        for one in recorded if not given.json else ():
            if to := bound(ledger, one.stream, one.entries[-1].position):
                say(str(to))
        if not given.json:
            of = "--child NUMBER" if given.child else shown(next(iter(asks)))
            say(f"Nothing is removed yet. Somebody else: footprint redact {of} --approve.")
        for line in (*_withdrawn(ledger, recorded), *_stands_again(ledger, recorded)):
            say(line, err=True)


def _stands_again(ledger: Ledger, recorded: Sequence[Recorded]) -> list[str]:
    """What somebody should know who asks for a correction alone."""
    lines = []
    for one in recorded:
        event: Any = one.entries[-1].event
        lines += [
            f"! With that correction gone, entry {at} says again what it said before: name it too"
            " (--entry), or correct it."
            for at in uncovered(ledger.entries(one.stream), event.positions)
        ]
    return lines


def _withdrawn(ledger: Ledger, recorded: Sequence[Recorded]) -> list[str]:
    """What somebody should know who asks for the own words of a request that waits."""
    lines = []
    for one in recorded:
        event: Any = one.entries[-1].event
        waits = [entry.position for entry in open_requests(ledger.entries(one.stream))]
        lines += [withdraws(one.stream, at) for at in waits if at in event.positions]
    return lines


def _streams(ledger: Ledger, given: Given) -> list[str]:
    """The threads that are meant.

    Raises:
        NotFound: there is no such thread, or none of that child.
    """
    if given.ref is not None:
        return [ledger.stream(given.ref)]
    streams = ledger.vault.threads_of(given.child.strip())
    if not streams:
        raise NotFound(
            "There is no thread of that child.",
            "Mend the case number; a thread whose case number was removed has none any more.",
        )
    return streams


# --- approving --------------------------------------------------------------------------------


def approve(given: Given, settings: Settings) -> None:
    """Do what somebody else asked for, once it is confirmed where that can be asked."""
    asked = ApproveRedaction(on=given.today, request=given.request)
    actor = settings.actor.value
    with (considering if given.dry_run else writing)(settings) as ledger:
        streams = [s for s in _streams(ledger, given) if given.ref or _waits(ledger, s)]
        asks: dict[str, Any] = dict.fromkeys(streams, asked)
        if not asks:
            raise Refused("No redaction of that child waits to be approved.", "See: footprint"
                          " redact.")  # fmt: skip
        if given.dry_run:
            _say_considered(ledger, asks, given, actor)
            return
        removals, shown_to_them = _removals(ledger, asks, actor), None
        if can_ask(given):
            _confirm(removals, ledger.policy())
            shown_to_them = {one.stream: one.positions for one in removals}
        siblings = siblings_of(ledger, asks)  # by words that are gone afterwards
        folder = _folder(ledger, settings)
        done = redacting.approve(ledger, asks, folder, actor=actor, shown=shown_to_them)
        try:
            whither = {one.stream: as_fields(one.to) for one in removals}
            _say_recorded(ledger, done.recorded, given, beside=whither)
            for line in _still_named(siblings, done.recorded):
                say(line, err=True)
        finally:
            redacting.finish(ledger, folder, done.traces)
    if not given.json:
        for line in _what_is_gone(removals):
            say(line)
        if isinstance(settings.place, Server):
            say("So does the server's write-ahead log, for a while: docs/operations.md.")


def _removals(ledger: Ledger, asks: dict[str, Any], actor: str) -> list[Removal]:
    """What approving these would do. Raises `Refused` where one of them may not be."""
    considered = ((s, ledger.consider(ask, s, actor=actor)[0].event) for s, ask in asks.items())
    return [removal(ledger, stream, event) for stream, event in considered]  # type: ignore[arg-type]


def _confirm(removals: Sequence[Removal], policy: Policy) -> None:
    """Show what will be done, and ask. Raises `Refused` where the answer is no."""
    moved = any(one.to for one in removals)
    for line in [*previewed(removals, policy), *(["", _FOR_GOOD] if moved else [])]:
        say(line, err=True)
    if not typer.confirm(_MOVE_THEM if moved else _REMOVE_THEM, err=True):
        raise Refused("Nothing was removed.", "The request still waits.")


_REMOVE_THEM = "\nThis cannot be undone. Remove them?"
_FOR_GOOD = "What is removed for good cannot be brought back."
_MOVE_THEM = "Do all of that?"


def _what_is_gone(removals: Sequence[Removal]) -> list[str]:
    """What is no more in the files; where a thread was moved, its words stand again."""
    moved = [one.to for one in removals if one.to]
    what, them = ("What was removed is", "it") if moved else ("The words are", "them")
    elsewhere = (
        f"{what} gone from the ledger's files. Backups still have {them}, and what was given out"
        " before: bundles, exports, the child's file."
    )
    return [*(f"{shown(to.stream)} goes on under {to.child}, with its words." for to in moved),
            elsewhere]  # fmt: skip


def _still_named(siblings: Sequence[Naming], recorded: Sequence[Recorded]) -> list[str]:
    """Which threads of other children name one that was removed whole, or is another child's now.

    They were begun with it, of one concern, and nothing of that is so any more.
    """
    gone = {one.stream for one in recorded if is_whole(_redaction_in(one))}
    lines = []
    for one in siblings:
        named = ", ".join(shown(other) for other in one.named if other in gone)
        left = ", ".join(shown(other) for other in one.named if other not in gone)
        if named and one.stream not in gone:
            lines.append(
                f"! {shown(one.stream)} still names {named} as begun with it. Put it right:"
                f" footprint correct {shown(one.stream)} --entry {one.position}"
                f' --set "together={left}" --reason TEXT'
            )
    return lines


def _redaction_in(recorded: Recorded) -> EntryRedacted:
    return next(e.event for e in recorded.entries if isinstance(e.event, EntryRedacted))


def _waits(ledger: Ledger, stream: str) -> bool:
    return bool(open_requests(ledger.entries(stream)))


# --- finishing, and doing it again --------------------------------------------------------------


def finish(given: Given, settings: Settings) -> None:
    """Erase what was deleted and may still be in the files."""
    with writing(settings) as ledger:
        folder = _folder(ledger, settings)
        marked = is_marked(folder)
        redacting.finish(ledger, folder)
    if given.json:
        say_json({"finished": True, "was_open": marked})
        return
    say(
        "What was deleted is gone from the ledger's files."
        if marked
        else "Nothing was left to erase. The files were written anew all the same."
    )


def reapply(given: Given, settings: Settings) -> None:
    """Remove again what an old vault or backup has brought back."""
    with writing(settings) as ledger:
        folder = _folder(ledger, settings)
        found, asked, erase = closed_again(ledger, folder, settings.actor.value)
        if given.json:
            positions = sorted(at for one in found for at in one.positions)
            say_json({"removed": positions, "asked": [as_answer(ledger, one) for one in asked]})
        else:
            for line in reapplied(found, asked):
                say(line)
        erase()


def closed_again(
    ledger: Ledger, folder: Path, actor: str
) -> tuple[list[Back], tuple[Recorded, ...], Callable[[], None]]:
    """Delete again what is back, and ask again for what is lost; then it has to be erased."""
    found, traces = redacting.reapply(ledger, folder)
    asked = redacting.ask_again(ledger, folder, _AGAIN, actor=actor)
    return found, asked, lambda: redacting.finish(ledger, folder, traces) if found else None


def reapplied(found: Sequence[Back], asked: Sequence[Recorded]) -> list[str]:
    """What was done about words that are back, a line each."""
    lines = [f"Removed again: {_removed(one)}." for one in found]
    lines += [
        f"{shown(one.stream)} was redacted in what is lost. It is asked for again; somebody else:"
        f" footprint redact {shown(one.stream)} --approve."
        for one in asked
    ]
    lines += [
        f"If {shown(one.stream)} went on under its right case number, do not approve that, which"
        " would take all of it away: ask for it with --right-child, and approve that one."
        for one in asked
        if _may_have_moved(one)
    ]
    return lines or ["No redacted words are back."]


def _may_have_moved(asked: Recorded) -> bool:
    """Whether a thread that is asked for again may have had its right child: nobody remembers."""
    event: Any = asked.entries[0].event
    return (event.basis, event.positions) == (WRONG_CHILD, WHOLE)


def _removed(one: Back) -> str:
    said = [f"entry {position}" for position in one.positions]
    said += ["the case number"] if one.child else []
    return f"of {shown(one.stream)}, {', '.join(said)}"


# --- what waits ---------------------------------------------------------------------------------


def say_waiting(given: Given, settings: Settings) -> None:
    """The requests that nobody has approved yet."""
    with reading(settings) as ledger:
        asked = waiting(ledger)
        whither = [bound(ledger, ledger.stream(row["ref"]), row["position"]) for row in asked]
    rows = [row | as_fields(to) for row, to in zip(asked, whither, strict=True)]
    say_records(rows, columns=WAITING, title="Redactions that wait to be approved",
                as_json=given.json, as_csv=False)  # fmt: skip
    if not rows and not given.json:
        say("No redaction waits to be approved.", err=True)
    for to in filter(None, whither) if on_terminal(as_data=given.json) else ():
        say(str(to))


# --- what they share ----------------------------------------------------------------------------


def _folder(ledger: Ledger, settings: Settings) -> Path:
    return folder_of(settings.home_path, ledger.opened.origin)


def _say_considered(
    ledger: Ledger,
    asks: dict[str, Any],
    given: Given,
    actor: str = "",
    *,
    warned: Sequence[str] = (),
) -> None:
    policy = ledger.policy()
    for stream, asked in asks.items():
        moves = ledger.consider(asked, stream, actor=actor)
        say_all_considered(
            ledger, moves, stream, as_json=given.json, details=_details(ledger, stream, policy),
            warned=warned, beside=partial(_beside, ledger, stream),
        )  # fmt: skip


def _details(ledger: Ledger, stream: str, policy: Policy) -> Details:
    def of(event: Any) -> Sequence[str]:
        if isinstance(event, EntryRedacted):
            return in_short(removal(ledger, stream, event), policy)
        positions = getattr(event, "positions", ())
        named = [entry for entry in ledger.entries(stream) if entry.position in positions]
        return each(stream, named, policy)

    return of


def _beside(ledger: Ledger, stream: str, event: Any) -> dict[str, Any]:
    if not isinstance(event, EntryRedacted):
        return {}
    return as_fields(bound(ledger, stream, event.requested))


def _say_recorded(
    ledger: Ledger,
    recorded: Sequence[Recorded],
    given: Given,
    warned: Sequence[str] = (),
    beside: Mapping[str, dict[str, Any]] | None = None,
) -> None:
    try:
        if given.json:
            more = beside or {}
            answers = [
                as_answer(ledger, one, warned) | more.get(one.stream, {}) for one in recorded
            ]
            say_json(answers if given.child else answers[0])
            return
        for one in recorded:
            say_recorded(ledger, one, as_json=False)
    except OSError as error:
        raise WasRecorded(shown(recorded[0].stream)) from error
