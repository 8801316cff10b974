"""How one thread stands on a day, for a screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from footprint.domain.days import spelt
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.projections import log
from footprint.projections.waiting import late, waiting_for
from footprint_cli.thread.telling import days

_WAITING = {"iro": "for the IRO", "service": "for the service"}


def how_it_stands(thread: Thread, child: str, policy: Policy, day: date) -> Iterator[str]:
    """A line for each thing that is known of it; nothing is said of what is not."""
    yield headline(thread, policy, day)
    for name, value in facts_of(thread, child, policy, day):
        if value:
            yield f"{name:<10} {value}"


def headline(thread: Thread, policy: Policy, day: date) -> str:
    """What it is, and how far it has come."""
    record = log.record(thread, policy.calendar, day)
    kind = "Formal alert" if record["kind"] == "alert" else "Challenge"
    return f"{record['ref']}  {kind}, {record['status']}, stage {record['stage']}"


def facts_of(
    thread: Thread, child: str, policy: Policy, day: date
) -> Iterator[tuple[str, str | None]]:
    """What is known of it, by name; None or nothing where it is not."""
    record = log.record(thread, policy.calendar, day)
    team = policy.label("teams", thread.team)
    yield "Child", child
    yield "Service", policy.label("services", thread.service) + (f", {team}" if team else "")
    yield "Theme", ", ".join(policy.label("themes", theme) for theme in thread.themes)
    yield "IRO", thread.iro
    yield "Closed", _closing(thread, policy)
    yield "Waiting", _WAITING.get(record["waiting_for"])
    yield "Late", ", ".join(record["late"])
    if not thread.closed:
        yield "Answer by", _spelt(record["respond_by"])
        yield "Action by", _spelt(record["action_by"])
        yield "Resolve by", _spelt(record["resolve_by"])
        days = record["working_days_open"]
        yield "Open", f"{days} working days, to {spelt(day)}" if days is not None else None
    yield "Cafcass", ", ".join(policy.label("cafcass", mark.code) for mark in thread.cafcass)
    yield "Impact", policy.label("impacts", thread.impact)
    yield "Filed", "on the child's record" if thread.filed else None


def _spelt(day: date | None) -> str | None:
    return spelt(day) if day else None


def _closing(thread: Thread, policy: Policy) -> str | None:
    closing = thread.closing
    if closing is None:
        return None
    on = spelt(closing.on) if closing.on else "on a day not known"
    basis = f", {policy.label('bases', closing.basis)}" if closing.basis else ""
    return f"{on}: {policy.label('closures', closing.closure)}{basis}"


# --- in a sentence ------------------------------------------------------------------------------

_ENDED = {
    "resolved": "Resolved",
    "partly": "Partly resolved",
    "explained": "Explained",
    "unresolved": "Closed unresolved",
    "withdrawn": "Withdrawn",
    "overtaken": "Overtaken by events",
    "left-care": "Closed, as the child left care",
    "not-known": "Closed, and how is not known",
}
_WAITS = {
    "total": "past its last day",
    "response": "an answer is late",
    "action": "what was promised is late",
    "iro": "the IRO's to decide",
    "service": "waiting for the service",
}
"""How an open thread waits, the most pressing first."""
_SO_MANY = ("no", "one", "two", "three", "four")


def finding(thread: Thread, policy: Policy, day: date) -> str:
    """What became of a thread, how long it took and how high it had to go; or how it waits."""
    closing, calendar = thread.closing, policy.calendar
    if closing is None:
        took = calendar.between(thread.on, day)
        waits = {*late(thread, day), waiting_for(thread, day)}
        most = next(said for why, said in _WAITS.items() if why in waits)
        return f"Open{_length(' for', took)}{_reach(thread, policy)}: {most}"
    took = calendar.between(thread.alert.on if thread.alert else thread.on, closing.on)
    length = _length(" in" if closing.resolved else " after", took)
    over = thread.resolve_by and closing.on and closing.on > thread.resolve_by
    past = f": {_WAITS['total']}" if over else ""
    return f"{_ENDED[closing.closure]}{length}{_reach(thread, policy)}{past}"


def _length(word: str, took: int | None) -> str:
    return "" if took is None else f"{word} {days(took)}"


def _reach(thread: Thread, policy: Policy) -> str:
    """How high it had to go."""
    ladder = policy.ladder(thread.ladder, thread.ladder_version)
    first = ladder.stage(ladder.first_formal)
    above = thread.step.stage - ladder.first_formal
    if thread.alert is None or first is None or above < 0:
        return ", informally"
    if above == 0:
        return f", with the {first.label}"
    many = _SO_MANY[above] if above < len(_SO_MANY) else str(above)
    return f", {many} stage{'' if above == 1 else 's'} above the {first.label}"
