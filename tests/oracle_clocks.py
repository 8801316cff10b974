"""The tables of the reports that say what came of it: answers, ends, and what was open between.

A part of the oracle of the reports (`report_oracle.py`), written from `docs/measures.md`; it
imports nothing of the project.
"""

from __future__ import annotations

from datetime import date
from statistics import median

from oracle import (
    ONE_DAY,
    RESOLVED,
    Step,
    Thread,
)
from oracle_period import (
    Cells,
    Days,
    Figure,
    Period,
    Table,
    count,
    days,
    mean_to_a_tenth,
    of_kind,
    open_at,
    share,
    share_of,
    something,
    table,
)

CLOSURES = (
    "resolved", "partly", "explained", "unresolved", "withdrawn", "overtaken", "left-care",
    "not-known",
)  # fmt: skip
CAFCASS = ("considered", "advice", "referred", "reply", "declined")
BUCKETS = ("0-5", "6-10", "11-15", "16-20", "21-25", "26-30", "31+")


# --- answers --------------------------------------------------------------------------------

Steps = list[tuple[Thread, Step]]


def responses(period: Period) -> Table:
    return table(
        {
            "informal": of_answers(period, [each for each in period.steps if each[1].stage == 0]),
            "formal": of_answers(period, [each for each in period.steps if each[1].stage > 0]),
        }
    )


def addressees(period: Period) -> Table:
    def asked(step: Step) -> str:
        return f"{step.stage} {step.entry.facts.get('role') or '-'}"

    rows = {asked(step) for _, step in period.steps}
    return table(
        {
            row: of_answers(period, [each for each in period.steps if asked(each[1]) == row])
            for row in rows
        },
        where=something,
    )


def of_answers(period: Period, steps: Steps) -> Cells:
    """The clocks of steps: those due by their due date, the answers by their own day."""
    due = [(thread, step) for thread, step in steps if step.respond_by in period]
    came: Days = [
        (t.ref, period.export.working_days(s.entry.on, s.answer.on))
        for t, s in steps
        if s.answer and s.answer.on in period
    ]
    return {
        "on_time": share_of(
            [thread for thread, step in due if response(step) == "on time"],
            [thread for thread, step in due if response(step) in ("late", "unanswered")],
        ),
        "late": count(t for t, step in due if response(step) in ("late", "unanswered")),
        "median": days(median, came),
        "longest": days(max, came),
        "unanswered": count(thread for thread, step in due if response(step) == "unanswered"),
        "not_known": count(thread for thread, step in due if response(step) == "not known"),
    }


def response(step: Step) -> str:
    """What came of a step that was due."""
    answer, by = step.answer, step.respond_by
    if answer and answer.on is None:
        return "not known"
    if answer and answer.on <= by:
        return "on time" if not step.ended_on or answer.on <= step.ended_on else over(step)
    return over(step)


def over(step: Step) -> str:
    """What is to be said of a step to which no answer had come when it ended, or fell due."""
    if step.ended_on is not None and step.ended_on <= step.respond_by:
        return "out"
    return "late" if step.answer else "unanswered"


def with_iro(period: Period) -> Table:
    waited: Days = [
        (thread.ref, period.export.working_days(since, end))
        for thread, step in period.steps
        for end in [end_of(thread, step)]
        if end in period
        for since in [waiting_since(step, end)]
        if since is not None
    ]
    return {("all", "median"): days(median, waited)}


def end_of(thread: Thread, step: Step) -> date | None:
    """The day of the next step, else of the close in force."""
    following = thread.steps[thread.steps.index(step) + 1 :]
    return following[0].entry.on if following else thread.closed_on


def waiting_since(step: Step, end: date) -> date | None:
    """From when it was for the IRO to move; None: never, or from a day not known."""
    answer = step.answer
    if answer and answer.on is None:
        return None
    if answer and answer.on <= end:
        return answer.on
    return step.respond_by if step.respond_by and step.respond_by < end else None


# --- how it ended ---------------------------------------------------------------------------


def informal(period: Period) -> Table:
    over = [t for t in period.closed if t.closure in (*RESOLVED, "unresolved")]
    return {("settled", "share"): share(over, lambda t: not t.alert and t.closure in RESOLVED)}


def closing(period: Period) -> Table:
    return table({kind: of_closing(period, kind) for kind in ("alert", "challenge")})


def of_closing(period: Period, kind: str) -> Cells:
    resolved = of_kind(kind, period.resolved)
    took: Days = [(thread.ref, thread.days_to_resolution) for thread in resolved]
    clocked = [t for t in period.alerts if t.kind == kind and t.resolve_by is not None]
    return {
        "resolved": count(resolved),
        "median": days(median, took),
        "mean": days(mean_to_a_tenth, took),
        "longest": days(max, took),
        "within_20": share_of(
            [thread for thread in clocked if within_20(thread) == "yes"],
            [thread for thread in clocked if within_20(thread) == "no"],
        ),
        "open": count(open_at(of_kind(kind, period.threads), period.last)),
        "reopened": count(t for t in resolved if t.of("thread.reopened")),
    }


def within_20(thread: Thread) -> str:
    """Whether an alert was resolved by its day: yes, no, or neither."""
    by = thread.resolve_by
    is_due = by <= thread.day
    if thread.closing is None:
        return "no" if is_due else "not yet"
    if thread.closed_on is None or thread.closure == "not-known":
        return "not known"
    if thread.closure in RESOLVED:
        return "yes" if thread.closed_on <= by else "no"
    if thread.closure == "unresolved":
        return "no" if is_due else "not yet"
    return "no" if thread.closed_on > by else "out"  # withdrawn, overtaken, left care


def days_to_close(period: Period) -> Table:
    def bucket(thread: Thread) -> str | None:
        took = thread.days_to_resolution
        if took is None:
            return None
        return next(b for b in reversed(BUCKETS) if took >= int(b.replace("+", "").split("-")[0]))

    def cells(row: str) -> Cells:
        found = [thread for thread in period.resolved if bucket(thread) == row]
        alerts = of_kind("alert", found)
        return {
            "alerts": count(t for t in alerts if t.resolve_by),
            "untimed": count(t for t in alerts if not t.resolve_by),
            "challenges": count(of_kind("challenge", found)),
        }

    return table({row: cells(row) for row in BUCKETS})


def outcomes(period: Period) -> Table:
    def cells(closure: str) -> Cells:
        found = [thread for thread in period.closed if thread.closure == closure]
        bases = {basis: [t for t in found if t.closing.facts.get("basis") == basis]
                 for basis in ("done", "agreed")}  # fmt: skip
        return {
            "threads": count(found),
            "alerts": count(of_kind("alert", found)),
            "challenges": count(of_kind("challenge", found)),
            **{basis: count(threads) for basis, threads in bases.items()},
        }

    return table({closure: cells(closure) for closure in CLOSURES})


def impact(period: Period) -> Table:
    def said(thread: Thread) -> str:
        return thread.impact or "none-said"

    rows = set(map(said, period.closed))
    return table({row: {"threads": count(t for t in period.closed if said(t) == row)}
                  for row in rows})  # fmt: skip


def cafcass(period: Period) -> Table:
    def has(thread: Thread, step: str) -> bool:
        return any(
            entry.on in period and entry.facts["step"] == step
            for entry in thread.of("cafcass.recorded")
        )

    return table({step: {"threads": count(t for t in period.threads if has(t, step))}
                  for step in CAFCASS})  # fmt: skip


def stock(period: Period) -> Table:
    """Start + raised + reopened - closed = end; threads of which a day is not known are in none."""

    def moved(topic: str) -> Figure:
        return count(thread for thread in period.moves(topic) if thread.in_stocks)

    of = {
        "start": count(open_at(period.threads, period.first - ONE_DAY)),
        "raised": count(thread for thread in period.raised if thread.in_stocks),
        "reopened": moved("thread.reopened"),
        "closed": moved("thread.closed"),
        "end": count(open_at(period.threads, period.last)),
    }
    assert of["start"][0] + of["raised"][0] + of["reopened"][0] - of["closed"][0] == of["end"][0]
    return table({row: {"count": figure} for row, figure in of.items()})
