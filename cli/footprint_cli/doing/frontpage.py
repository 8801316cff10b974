"""What `footprint` alone shows on a terminal: what is due, what is open, what was recorded last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

import typer

from footprint.domain.asks import Escalate, RaiseToAlert
from footprint.domain.days import london_day, spelt, written
from footprint.domain.moves.taking import why_not
from footprint.domain.policy import Policy
from footprint.domain.reference import is_thread, number_of, shown
from footprint.domain.thread import Thread, standing
from footprint.errors import NotFound, Refused
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.projections import due as due_view
from footprint.projections.views import Views
from footprint_cli.entering.appending import must_be_recordable
from footprint_cli.screen.columns import why_due
from footprint_cli.screen.lines import fitted
from footprint_cli.session import reading
from footprint_cli.settings import Settings
from footprint_cli.thread.standing import finding
from footprint_cli.thread.story import told

_FEW = 5
"""Lines of each part."""
_LOOKED_THROUGH = 200
"""Entries, from the last back, among which those of threads are looked for."""
_BEGIN = (
    'To begin:  footprint init --authority "Your authority"',
    "To look around in a year that was:  footprint demo",
    "All commands:  footprint --help",
)


def show_front_page() -> None:
    """Say what there is to do; on a machine without a ledger, how to begin."""
    settings = Settings()
    try:
        with reading(settings) as ledger:
            lines = [*_page(ledger, settings.actor.value, london_today())]
    except NotFound as error:
        lines = [error.what, *_BEGIN]
    for line in lines:
        for fitting in fitted(line, indent=4):
            typer.echo(fitting)


def _page(ledger: Ledger, actor: str, day: date) -> Iterator[str]:
    policy, views = ledger.policy(), Views.beside(ledger)
    try:
        threads = [*standing(views.at_work(day), day)]
    finally:
        views.close()
    whose = actor if any(thread.iro == actor for thread in threads) else None
    due = due_view.read(threads, policy, day, iro=whose)
    of = f" --iro {whose}" if whose else ""  # who has no thread looks after those of all
    open_now = [t for t in threads if not t.closed and whose in (None, t.iro)]
    open_now.sort(key=lambda thread: -number_of(thread.ref))
    yield f"{ledger.opened.authority}, {spelt(day)}"
    yield from _part("Due", len(due), f"due{of}", (_due_line(one, policy) for one in due))
    lines = (_line(thread, policy, day) for thread in open_now)
    yield from _part("Open", len(open_now), f"log --open{of}", lines)
    last = [*islice(_last(ledger, policy), _FEW)]
    yield from _part("Recorded last", len(last), "replay", last)
    pressing = _pressing(threads, due, open_now)
    yield from _next(pressing, policy, records=_takes_entries(ledger))


def _part(what: str, count: int, command: str, lines: Iterable[str]) -> Iterator[str]:
    """The first lines of a part, and where all of them are."""
    yield ""
    if not count:
        yield f"{what}: nothing."
        return
    of = f", {_FEW} of {count:,}" if count > _FEW else ""
    yield f"{what} (footprint {command}{of}):"
    yield from (f"  {line}" for line in islice(lines, _FEW))


def _due_line(record: Mapping[str, Any], policy: Policy) -> str:
    by = f", {spelt(record['by'])}" if record["by"] else ""
    about = f"; {_about(record['service'], record['themes'], policy)}" if record["ref"] else ""
    return f"{record['ref'] or ''}  {why_due(record)}{by}{about}".strip()


def _line(thread: Thread, policy: Policy, day: date) -> str:
    about = _about(thread.service, thread.themes, policy)
    stands = finding(thread, policy, day)
    return f"{shown(thread.ref)}  {about}; {stands[0].lower()}{stands[1:]}"


def _about(service: str, themes: Iterable[str], policy: Policy) -> str:
    named = "; ".join(policy.label("themes", theme) for theme in themes)
    return f"{policy.label('services', service)}: {named}"


def _last(ledger: Ledger, policy: Policy) -> Iterator[str]:
    """What was recorded of threads, the last first."""
    size = ledger.size()
    for entry in reversed(ledger.all_entries(size, max(size - _LOOKED_THROUGH, 0))):
        if is_thread(entry.stream):
            at = london_day(entry.recorded_at)
            said = told(entry.event, policy)
            yield f"{shown(entry.stream)}  {said}; {written(at)}, {entry.actor}"


# --- what can be typed next ---------------------------------------------------------------------

_HIGHER = "higher"
"""In the place of a command: the one that takes the thread a stage higher, if any does."""
_UP = {"alert": RaiseToAlert, "escalate": Escalate}
_STEPS: Mapping[str, Sequence[str]] = {
    "total": (),
    "response": (_HIGHER,),
    "action": ("impact", _HIGHER),
    "decide": (_HIGHER, "close"),
    "near": (),
    "promised": ("impact",),
    "waiting": ("respond",),
}
"""What may be recorded of a thread, by why it is due; the last two are of one that is not."""


def _next(pressing: tuple[Thread, str] | None, policy: Policy, *, records: bool) -> Iterator[str]:
    """What can be typed next."""
    steps = ["challenge"] if records else []
    if pressing:
        thread, why = pressing
        names = _named(_STEPS[why], thread, policy) if records else []
        steps += [f"{name} {shown(thread.ref)}" for name in ("show", *names)]
    yield ""
    if steps:
        yield f"Next: {', '.join(f'footprint {step}' for step in steps)}"
    yield "All commands: footprint --help"


def _pressing(
    threads: Sequence[Thread], due: Sequence[Mapping[str, Any]], open_now: Sequence[Thread]
) -> tuple[Thread, str] | None:
    """The thread that comes first, and why it does."""
    by_ref = {shown(thread.ref): thread for thread in threads}
    first = next((record for record in due if record["ref"]), None)
    if first:
        return by_ref[first["ref"]], first["due"][0]
    if not open_now:
        return None
    return open_now[0], "promised" if open_now[0].promised_by else "waiting"


def _named(steps: Iterable[str], thread: Thread, policy: Policy) -> list[str]:
    """The commands of a thread that are not refused as it stands."""
    taken = (name for name, kind in _UP.items() if not why_not(thread, kind, policy))
    higher = next(taken, "")
    named = (higher if step == _HIGHER else step for step in steps)
    return [name for name in named if name]


def _takes_entries(ledger: Ledger) -> bool:
    """Whether something can be recorded here: in no copy, where it was, or by who may only read."""
    try:
        must_be_recordable(ledger)
    except Refused:
        return False
    return True
