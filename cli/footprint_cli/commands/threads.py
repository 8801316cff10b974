"""The commands about threads: show, replay, casenote."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from footprint.domain.days import london_day, spelt
from footprint.domain.entry import Entry
from footprint.domain.fold import fold
from footprint.domain.policy import Policy
from footprint.domain.privileged import privileged_in
from footprint.domain.redactions import redacted_in, redactions
from footprint.domain.reference import shown
from footprint.domain.thread import Thread
from footprint.durable import write_new
from footprint.errors import Misused, NotFound
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.ledger.receipt import receipt_line
from footprint.ledger.store.proofs import stored_root
from footprint.projections import history, log
from footprint.projections.history import PUTTING_RIGHT, Happening
from footprint_cli import options as o
from footprint_cli.entering.given import read_date
from footprint_cli.screen.columns import HISTORY
from footprint_cli.screen.lines import say
from footprint_cli.screen.output import on_terminal, say_records
from footprint_cli.screen.text import say_json
from footprint_cli.session import last_recorded_by, moment_asked, reading
from footprint_cli.settings import Settings
from footprint_cli.thread.beneath import of_entries
from footprint_cli.thread.casenote import case_note
from footprint_cli.thread.rows import history_rows, recorded_rows
from footprint_cli.thread.standing import how_it_stands
from footprint_cli.thread.telling import Gone, story

if (
    TYPE_CHECKING
):  # a page brings what verifies and what shows, which reading a thread does not need
    from footprint_cli.thread.page import Looked


class _Found(NamedTuple):
    """A thread as it was known at a position, and the day that it is read for."""

    ledger: Ledger
    thread: Thread
    entries: list[Entry]
    policy: Policy
    day: date
    upto: int

    @property
    def history(self) -> list[Happening]:
        return history.read(self.entries, self.policy, self.day)

    @property
    def words(self) -> dict[int, dict[str, str]]:
        """The words that the vault still holds for it, by position. Raises `Locked`."""
        return self.ledger.vault.words(self.thread.ref)


def _find(
    ledger: Ledger, ref: str, as_at: str | None, at_entry: int | None, on: str | None = None
) -> _Found:
    upto, day = moment_asked(ledger, as_at, at_entry, on)
    stream = ledger.stream(ref)
    policy, entries = ledger.policy(upto), ledger.entries(stream, upto)
    thread = fold(entries, policy)
    if thread is None:
        raise NotFound(f"{shown(stream)} had not been recorded by then.", "Look at a later moment.")
    found = _Found(ledger, thread, entries, policy, day, ledger.size() if upto is None else upto)
    if on is not None:
        _must_be_over_by(found, day)
    return found


def _must_be_over_by(found: _Found, day: date) -> None:
    """Raise `Misused` where something happened after the day: the story is not told in part."""
    happened = (one.entry for one in found.history if one.entry.topic not in PUTTING_RIGHT)
    last = max((entry.occurred_on or date.min for entry in happened), default=date.min)
    if last > day:
        raise Misused(
            f"{shown(found.thread.ref)} goes on after --day, to {spelt(last)}.",
            "As it was recorded by the end of a day: --as-at.",
        )


def show(
    ref: o.Ref,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    with_words: o.WordsInJson = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
) -> None:
    """One thread: how it stands, and each entry with its words.

    footprint show 16
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
            say(line)
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
    day: o.Day = None,
    with_words: o.WithWords = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
    csv: o.Csv = False,
    html: Annotated[
        bool, typer.Option("--html", help="A page with a timeline, to look at and to print.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the page there.")
    ] = None,
) -> None:
    """A thread's story; or all that was recorded.

    With REF: in the order in which things happened, with what was due and what was put right.
    Without: entries in the order in which they were recorded, between two days.

    footprint replay 16 --html --output CH-16.html

    footprint replay --from 1/4/2017
    """
    today = london_today()
    first = read_date(since, "--from", today=today) if since is not None else None
    last = read_date(until, "--to", today=today) if until is not None else None
    settings, moment = Settings(ledger), (as_at, at_entry, day)
    if html or output:
        others = {"--json": json, "--csv": csv, "--from": first, "--to": last}
        _must_be_of_a_page(ref, [option for option, given in others.items() if given], html=html)
        _give_page(settings, str(ref), moment, output, with_words=with_words)
        return
    with reading(settings, with_words=with_words) as opened:
        if ref is None:
            upto, on = _moment_of_all(opened, *moment)
            rows = _all_recorded(opened, first, last, upto, words=with_words)
        else:
            found = _find(opened, ref, *moment)
            on = found.day
            happened = [h for h in found.history if _between(h.entry, first, last)]
            if sys.stdout.isatty() and not (json or csv):
                say(f"{shown(found.thread.ref)}, as it is known on {spelt(on)}")
                say("")
                _tell(found, happened)
                return
            rows = _records(found, happened, with_words=with_words, as_data=json or csv)
    span = f" from {spelt(first)}" if first else ""
    title = f"What was recorded{span}, up to {spelt(min(last or on, on))}"
    say_records(rows, columns=HISTORY, title=title, as_json=json, as_csv=csv)
    if with_words and on_terminal(as_data=json or csv):
        for line in of_entries(rows):
            typer.echo(line)


def _moment_of_all(
    ledger: Ledger, as_at: str | None, at_entry: int | None, day: str | None
) -> tuple[int | None, date]:
    if day is not None:
        raise Misused("--day is for one thread.", "Name it: footprint replay REF --day DATE.")
    return moment_asked(ledger, as_at, at_entry)


def casenote(
    ref: o.Ref,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    with_words: o.WordsInJson = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
    copy: Annotated[
        bool, typer.Option("--copy", help="To the clipboard, instead of printing it.")
    ] = False,
) -> None:
    """What to paste into the child's own file.

    Who, when, what, to whom, and what came of it.

    footprint casenote 16

    footprint casenote 16 --copy
    """
    if copy and json:
        raise Misused("Give --copy or --json, not both.", "Leave one of them out.")
    with reading(Settings(ledger), with_words=with_words) as opened:
        found = _find(opened, ref, as_at, at_entry)
        to_clipboard = _clipboard(ref) if copy else None
        words, child = found.words, _child(opened, found.thread.ref)
        note = case_note(found.thread, child, found.history, words, found.policy, found.day)
        receipt = opened.receipt(found.thread.ref, found.entries[-1].position)
    line = receipt_line(receipt) if receipt else None
    if json:
        text = "\n".join(note) if with_words else None
        ref = shown(found.thread.ref)
        say_json({"ref": ref, "day": found.day, "note": text, "receipt": line})
        return
    lines = [*note, line or "No receipt: nothing was signed here."]
    if to_clipboard is None:
        for told in lines:
            typer.echo(told)
        return
    to_clipboard("\n".join([*lines, ""]))
    say(
        f"Copied: the case note of {shown(found.thread.ref)}, {len(lines)} lines. The clipboard"
        " keeps it until something else is copied, and its history, where there is one, longer.",
        err=True,
    )


def _clipboard(ref: str) -> Callable[[str], None]:
    """What copies a text. Raises `Refused` where nothing can: before any words are looked up."""
    from footprint_cli.screen.clipboard import copy, program_here

    program = program_here(os.environ, ref)
    return lambda text: copy(text, program, os.environ)


# --- as a page ------------------------------------------------------------------------------


def _must_be_of_a_page(ref: str | None, others: list[str], *, html: bool) -> None:
    """Raise `Misused` unless a page is asked for, of all of one thread, and nothing else is."""
    if not html:
        raise Misused("--output is for a page.", "Add --html.")
    if ref is None:
        raise Misused("Missing: REF.", "A page is of one thread: footprint replay REF --html.")
    if others:
        raise Misused(
            f"A page tells all of a thread, and nothing else: {others[0]} does not go with --html.",
            f"Leave {others[0]} out.",
        )


def _give_page(
    settings: Settings,
    ref: str,
    moment: tuple[str | None, int | None, str | None],
    output: Path | None,
    *,
    with_words: bool,
) -> None:
    """The page of a thread, into a file that is new or to be piped into one."""
    from footprint_cli.doing.givenout import must_be_new, must_be_whole, new_file
    from footprint_cli.thread.page import Source, as_html

    must_be_new(output, "--output")
    with reading(settings, with_words=with_words) as opened:
        opened.stream(ref)  # a mistake is told at once
        must_be_whole(settings)
        with opened.connection.one_moment():
            found = _find(opened, ref, *moment)
            looked = _looked(found, with_words=with_words)
            root = stored_root(opened.connection, found.upto)
            source = Source(opened.opened.authority, opened.opened.origin, found.upto, root)
    made = as_html(looked, source, with_words=with_words)
    if output is None:
        typer.echo(made, nl=False)
        return
    with new_file(output, "--output"):
        write_new(output, made.encode())
    words = "with its words" if with_words else "without the child's case number and words"
    say(f"The timeline of {looked.ref} is in {output}, {words}.")


def _looked(found: _Found, *, with_words: bool) -> Looked:
    """What goes on a page: words only where they are asked for, and never legal advice.

    Raises:
        Locked: words are asked for, and cannot be read.
        Refused: the thread is said to be another child's.
    """
    from footprint_cli.doing.givenout import must_be_of_one_child
    from footprint_cli.thread.page import Looked

    thread, entries, removed = found.thread, found.entries, _gone(found)
    advice = privileged_in(entries) if with_words else set()
    words = found.words if with_words else {}
    given = {p: said for p, said in words.items() if p <= found.upto and p not in advice}
    must_be_of_one_child(shown(thread.ref), given)
    redacted = redacted_in(entries)

    def gone(position: int) -> str:
        if position in advice:
            return "left out: legal advice"
        return removed(position) if with_words or position in redacted else "not given here"

    return Looked(thread, entries, given, found.policy, found.day, gone)


# --- what they share ------------------------------------------------------------------------


def _none_here(ledger: Ledger) -> str:
    """Why there are no words and no case numbers."""
    why = ledger.vault.unreadable
    return why if ledger.connection.signs_apart else f"{why}: it has no words and no case numbers"


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
        say(f"Words are {_none_here(found.ledger)}.", err=True)
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
        say(line)


def _readable(found: _Found) -> dict[int, dict[str, str]]:
    """The words of a thread; none where they cannot be read, which is said once, and why."""
    if shut := found.ledger.vault.shut:
        say(str(shut), err=True)
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
        return _none_here(ledger)
    if ledger.vault.shut:
        return "locked"
    return ledger.vault.child(stream) or "removed"
