"""How one thread stands on a day, for a screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from footprint.domain.days import spelt
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.projections import log

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
