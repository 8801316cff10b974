"""The commands about threads: show, replay."""

from __future__ import annotations

import sys
from datetime import date
from typing import Annotated, Any

import typer

from footprint.domain.days import london_day, spelt
from footprint.domain.entry import Entry
from footprint.domain.fold import fold
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.thread import Closing, Thread
from footprint.errors import NotFound
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.projections import log
from footprint_cli import options as o
from footprint_cli.columns import HISTORY
from footprint_cli.given import read_date
from footprint_cli.output import say
from footprint_cli.session import day_asked, position_asked, reading
from footprint_cli.settings import Settings
from footprint_cli.story import told
from footprint_cli.text import say_json, visible


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
    today = london_today()
    with reading(Settings(ledger)) as opened:
        upto = position_asked(opened, as_at, at_entry, today=today)
        stream = opened.stream(ref)
        policy, entries = opened.policy(upto), opened.entries(stream, upto)
        on = day_asked(None, as_at, today=today)
        thread = fold(entries, policy)
        if thread is None:
            raise NotFound(f"{shown(stream)} had not begun by then.")
        if json:
            say_json(_as_record(opened, thread, entries, policy, on, words=with_words))
            return
        _show(opened, thread, policy, on)
        _tell(opened, stream, entries, policy)


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
    """Entries in the order they were recorded: of one thread with its words, or of all.

    footprint replay 42
    """
    today = london_today()
    with reading(Settings(ledger)) as opened:
        upto = position_asked(opened, as_at, at_entry, today=today)
        stream = opened.stream(ref) if ref is not None else None
        policy = opened.policy(upto)
        entries = opened.entries(stream, upto) if stream else opened.all_entries(upto)
        first = read_date(since, "--from", today=today) if since else None
        last = read_date(until, "--to", today=today) if until else None
        chosen = [entry for entry in entries if _between(entry, first, last)]
        if stream and sys.stdout.isatty() and not (json or csv):
            typer.echo(f"{shown(stream)}, as it was recorded")
            _tell(opened, stream, chosen, policy)
            return
        plain = bool(stream) and not (json or csv)
        records = _records(opened, chosen, policy, words=with_words or plain)
    title = f"What was recorded, as on {spelt(today)}"
    say(records, columns=HISTORY, title=title, as_json=json, as_csv=csv)


def _between(entry: Entry, first: date | None, last: date | None) -> bool:
    day = london_day(entry.recorded_at)
    return (first is None or first <= day) and (last is None or day <= last)


_OTHER_WORDS = ("why", "to", "from", "review_date")

# --- as records -----------------------------------------------------------------------------


def _records(
    ledger: Ledger, entries: list[Entry], policy: Policy, *, words: bool
) -> list[dict[str, Any]]:
    """Entries as flat records; with words, those that the vault still holds."""
    opened: dict[str, dict[int, dict[str, str]]] = {}
    records = []
    for entry in entries:
        record: dict[str, Any] = {
            "position": entry.position,
            "ref": shown(entry.stream),
            "topic": entry.topic,
            "occurred_on": entry.occurred_on,
            "what": told(entry.event, policy),
            "actor": entry.actor,
            "recorded_at": entry.recorded_at,
            "source": entry.source,
        }
        if words:
            if entry.stream not in opened:
                opened[entry.stream] = ledger.words(entry.stream)
            said = opened[entry.stream].get(entry.position, {})
            record |= {"child": said.get("child"), "words": said.get("text")}
            record |= {name: said.get(name) for name in _OTHER_WORDS}
        records.append(record)
    return records


def _as_record(
    ledger: Ledger, thread: Thread, entries: list[Entry], policy: Policy, on: date, *, words: bool
) -> dict[str, Any]:
    """A thread as one object, with its entries."""
    record = log.record(thread, policy.calendar, on)
    if words:
        record["child"] = ledger.child(thread.ref)
    return record | {"history": _records(ledger, entries, policy, words=words)}


# --- on a screen ----------------------------------------------------------------------------


def _show(ledger: Ledger, thread: Thread, policy: Policy, today: date) -> None:
    record = log.record(thread, policy.calendar, today)
    kind = "Formal alert" if record["kind"] == "alert" else "Challenge"
    themes = ", ".join(policy.label("themes", theme) for theme in thread.themes)
    lines = [
        f"{record['ref']}  {kind}, {record['status']}, stage {record['stage']}",
        f"Child      {_child(ledger, thread.ref)}",
        f"Service    {policy.label('services', thread.service)}"
        + (f", {policy.label('teams', thread.team)}" if thread.team else ""),
        f"Theme      {themes}",
        f"IRO        {thread.iro}",
        *(_closed(thread.closing, policy) if thread.closing else _open(record, today)),
    ]
    typer.echo("\n".join(visible(line) for line in lines if line) + "\n")


def _closed(closing: Closing, policy: Policy) -> list[str]:
    on = spelt(closing.on) if closing.on else "on a day not known"
    basis = f", {policy.label('bases', closing.basis)}" if closing.basis else ""
    return [f"Closed     {on}: {policy.label('closures', closing.closure)}{basis}"]


def _open(record: dict[str, Any], today: date) -> list[str]:
    """What an open thread waits for, and until when."""
    waiting = {"iro": "for the IRO", "service": "for the service"}[record["waiting_for"]]
    days = record["working_days_open"]
    return [
        f"Waiting    {waiting}",
        f"Late       {', '.join(record['late'])}" if record["late"] else "",
        f"Answer by  {spelt(record['respond_by'])}" if record["respond_by"] else "",
        f"Resolve by {spelt(record['resolve_by'])}" if record["resolve_by"] else "",
        f"Open       {days} working days, to {spelt(today)}" if days is not None else "",
    ]


def _child(ledger: Ledger, stream: str) -> str:
    if not ledger.has_vault():
        return "not in this copy: it has no words and no case numbers"
    return ledger.child(stream) or "removed"


def _tell(ledger: Ledger, stream: str, entries: list[Entry], policy: Policy) -> None:
    """Each entry: when, what, who recorded it, and its words as they were typed."""
    words = ledger.words(stream)
    for entry in entries:
        happened = spelt(entry.occurred_on) if entry.occurred_on else "Day not known"
        typer.echo(f"{happened}: {told(entry.event, policy)}")
        for name, text in words.get(entry.position, {}).items():
            if name != "child":
                _say_words(name, text)
        if entry.words and entry.position not in words:
            gone = "removed" if ledger.has_vault() else "not in this copy"
            typer.echo(f"    (words {gone})")
        source = policy.label("sources", entry.source)
        at = entry.recorded_at[:16].replace("T", " ")
        actor = visible(entry.actor)
        typer.echo(f"    entry {entry.position}, recorded {at} UTC by {actor}; {source}")


def _say_words(name: str, text: str) -> None:
    label = "" if name == "text" else f"{name.replace('_', ' ')}: "
    for number, line in enumerate(visible(text, lines=True).split("\n")):
        typer.echo(f"    {label if not number else ''}{line}")
