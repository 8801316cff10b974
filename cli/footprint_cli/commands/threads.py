"""The commands about threads: show, replay, casenote."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple

import typer

from footprint.domain.days import london_day, spelt
from footprint.domain.entry import Entry
from footprint.domain.fold import fold
from footprint.domain.policy import Policy
from footprint.domain.redactions import redactions
from footprint.domain.reference import shown
from footprint.domain.thread import Thread
from footprint.errors import NotFound
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.ledger.receipt import receipt_line
from footprint.projections import history, log
from footprint.projections.history import Happening
from footprint_cli import options as o
from footprint_cli.casenote import case_note
from footprint_cli.columns import HISTORY
from footprint_cli.given import read_date
from footprint_cli.output import say
from footprint_cli.rows import history_rows, recorded_rows
from footprint_cli.session import last_recorded_by, moment_asked, reading
from footprint_cli.settings import Settings
from footprint_cli.standing import how_it_stands
from footprint_cli.telling import Gone, story
from footprint_cli.text import say_json, visible


class _Found(NamedTuple):
    """A thread as it was known, and the day that it is read for."""

    ledger: Ledger
    thread: Thread
    entries: list[Entry]
    policy: Policy
    day: date

    @property
    def history(self) -> list[Happening]:
        return history.read(self.entries, self.policy, self.day)

    @property
    def words(self) -> dict[int, dict[str, str]]:
        """The words that the vault still holds for it, by position. Raises `Locked`."""
        return self.ledger.vault.words(self.thread.ref)


def _find(ledger: Ledger, ref: str, as_at: str | None, at_entry: int | None) -> _Found:
    upto, day = moment_asked(ledger, as_at, at_entry)
    stream = ledger.stream(ref)
    policy, entries = ledger.policy(upto), ledger.entries(stream, upto)
    thread = fold(entries, policy)
    if thread is None:
        raise NotFound(f"{shown(stream)} had not been recorded by then.")
    return _Found(ledger, thread, entries, policy, day)


def show(
    ref: o.Ref,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    with_words: o.WithWords = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
) -> None:
    """One thread: how it stands, and each of its entries with its words.

    footprint show 42
    """
    with reading(Settings(ledger), with_words=with_words) as opened:
        found = _find(opened, ref, as_at, at_entry)
        if json:
            words = found.words if with_words else None
            record = log.record(found.thread, found.policy.calendar, found.day)
            child = {"child": opened.vault.child(found.thread.ref)} if with_words else {}
            rows = history_rows(found.history, words, found.policy, found.day)
            say_json(record | child | {"history": rows})
            return
        child_shown = _child(opened, found.thread.ref)
        for line in how_it_stands(found.thread, child_shown, found.policy, found.day):
            typer.echo(visible(line))
        typer.echo()
        _tell(found, found.history)


def replay(
    ref: o.OptionalRef = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Recorded on that day or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Recorded by the end of that day.")
    ] = None,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    with_words: o.WithWords = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
    csv: o.Csv = False,
) -> None:
    """A thread's story, with what was due and what was put right; or all that was recorded.

    With REF: in the order in which things happened. Without: entries in the order in which they
    were recorded, between two days.

    footprint replay 42
    """
    today = london_today()
    first = read_date(since, "--from", today=today) if since is not None else None
    last = read_date(until, "--to", today=today) if until is not None else None
    with reading(Settings(ledger), with_words=with_words) as opened:
        if ref is None:
            upto, day = moment_asked(opened, as_at, at_entry)
            rows = _all_recorded(opened, first, last, upto, words=with_words)
        else:
            found = _find(opened, ref, as_at, at_entry)
            day = found.day
            happened = [h for h in found.history if _between(h.entry, first, last)]
            if sys.stdout.isatty() and not (json or csv):
                typer.echo(f"{shown(found.thread.ref)}, as it is known on {spelt(day)}\n")
                _tell(found, happened)
                return
            rows = _records(found, happened, with_words=with_words, as_data=json or csv)
    span = f" from {spelt(first)}" if first else ""
    title = f"What was recorded{span}, up to {spelt(min(last or day, day))}"
    say(rows, columns=HISTORY, title=title, as_json=json, as_csv=csv)


def casenote(
    ref: o.Ref,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    with_words: o.WithWords = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
) -> None:
    """What to paste into the child's own file: who, when, what, to whom, and what came of it.

    footprint casenote 42
    """
    with reading(Settings(ledger), with_words=with_words) as opened:
        found = _find(opened, ref, as_at, at_entry)
        words, child = found.words, _child(opened, found.thread.ref)
        note = case_note(found.thread, child, found.history, words, found.policy, found.day)
        receipt = opened.receipt(found.thread.ref, found.entries[-1].position)
    line = receipt_line(receipt) if receipt else None
    if json:
        text = "\n".join(note) if with_words else None
        ref = shown(found.thread.ref)
        say_json({"ref": ref, "day": found.day, "note": text, "receipt": line})
        return
    for told in [*note, line or "No receipt: nothing was signed here."]:
        typer.echo(told)


# --- what they share ------------------------------------------------------------------------


_NONE_HERE = "not in this copy: it has no words and no case numbers"


def _records(
    found: _Found, happened: list[Happening], *, with_words: bool, as_data: bool
) -> list[dict[str, Any]]:
    """A history as records; with its words where they are asked for, and for who reads them."""
    words = None
    if with_words:
        words = found.words
    elif not as_data and found.ledger.vault.here:
        words = _readable(found)
    elif not as_data:
        typer.echo(f"Words are {_NONE_HERE}.", err=True)
    return history_rows(happened, words, found.policy, found.day)


def _all_recorded(
    ledger: Ledger, first: date | None, last: date | None, upto: int | None, *, words: bool
) -> list[dict[str, Any]]:
    """All that was recorded between two days and up to a position, in order."""
    after = last_recorded_by(ledger, first - timedelta(days=1)) if first and first > date.min else 0
    end = ledger.size() if upto is None else upto
    if last:
        end = min(end, last_recorded_by(ledger, last))
    return list(recorded_rows(ledger, after, end, words=words))


def _between(entry: Entry, first: date | None, last: date | None) -> bool:
    day = london_day(entry.recorded_at)
    return (first is None or first <= day) and (last is None or day <= last)


def _tell(found: _Found, happened: list[Happening]) -> None:
    for line in story(happened, _readable(found), found.policy, found.day, _gone(found)):
        typer.echo(line)


def _readable(found: _Found) -> dict[int, dict[str, str]]:
    """The words of a thread; none where they cannot be read, which is said once, and why."""
    if shut := found.ledger.vault.shut:
        typer.echo(visible(str(shut)), err=True)
        return {}
    return found.words


def _gone(found: _Found) -> Gone:
    """Why words are not shown that were recorded."""
    removed, unreadable = redactions(found.entries), found.ledger.vault.unreadable

    def gone(position: int) -> str:
        redaction: Any = removed.get(position)
        if unreadable or redaction is None:
            return unreadable or "removed since"
        basis = found.policy.label("redactions", redaction.event.basis)
        return f"removed, {basis}, entry {redaction.position}"

    return gone


def _child(ledger: Ledger, stream: str) -> str:
    if not ledger.vault.here:
        return _NONE_HERE
    if ledger.vault.shut:
        return "locked"
    return ledger.vault.child(stream) or "removed"
