"""Tables of how it ended: how long it took, with what outcome, and what it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from footprint.domain.vocabulary import CAFCASS_STEPS, CLOSURES
from footprint.reports import measures as m
from footprint.reports.figures import NONE_SAID, Chart, Column, Row, Table
from footprint.reports.measures import Hit, Measure
from footprint.reports.sight import Sight
from footprint.reports.tabulating import (
    Counted,
    average,
    count,
    heads,
    longest,
    median,
    rows,
    rows_there,
    share,
    whole,
)

_CLOSING = (
    Counted("resolved", "Resolved", m.resolved),
    Counted("median", "Median working days", m.resolved, median),
    Counted("mean", "Mean", m.resolved, average),
    Counted("longest", "Longest", m.resolved, longest),
    Counted("within_20", "Within the total time", m.within, share),
    Counted("open", "Open at the end", m.still_open, published=False),
    Counted("reopened", "Ever reopened", m.resolved_again, published=False),
)
_KINDS = {"alert": "Formal alerts", "challenge": "Lower-level challenges"}


def _by_kind(hit: Hit) -> Iterable[str]:
    return ("alert" if hit.thread.alert else "challenge",)


def _only(kind: str, measure: Measure) -> Measure:
    def found(sight: Sight) -> Iterator[Hit]:
        return (hit for hit in measure(sight) if kind in _by_kind(hit))

    return found


def closing(sight: Sight) -> Table:
    return Table(
        name="closing",
        title="Working days to resolution",
        measure="From the alert (a challenge: from raising) to the last close, of threads closed in"
        " the period as resolved, partly resolved or explained. Within the total time (20 working"
        " days, where the ladder has no other): alerts raised in the period, resolved by the last"
        " day that was fixed at the alert; open beyond it is not within.",
        of="Kind",
        columns=heads(_CLOSING),
        rows=rows(sight, _CLOSING, _by_kind, _KINDS),
    )


_SPANS = (5, 10, 15, 20, 25, 30)
_BUCKETS = {
    "0-5": "Up to 5", "6-10": "6 to 10", "11-15": "11 to 15", "16-20": "16 to 20",
    "21-25": "21 to 25", "26-30": "26 to 30", "31+": "More than 30",
}  # fmt: skip


def days(sight: Sight) -> Table:
    columns = (
        Counted("alerts", "Alerts", _timed),
        Counted("untimed", "Alerts without a total time", _untimed),
        Counted("challenges", "Challenges", _only("challenge", m.resolved)),
    )
    return Table(
        name="days",
        title="Working days to resolution, spread out",
        measure="The same resolved threads, by how many working days each took; alerts to partners"
        " and of a child protection chair have no total time.",
        of="Working days",
        columns=heads(columns),
        rows=rows(sight, columns, _by_span, _BUCKETS),
        chart=Chart("days", ("alerts",), "16-20", "20 working days"),
        published=False,
    )


def _timed(sight: Sight) -> Iterator[Hit]:
    """Resolved alerts that have a last day."""
    return (hit for hit in m.resolved(sight) if hit.thread.alert and hit.thread.resolve_by)


def _untimed(sight: Sight) -> Iterator[Hit]:
    return (hit for hit in m.resolved(sight) if hit.thread.alert and not hit.thread.resolve_by)


def _by_span(hit: Hit) -> Iterable[str]:
    if hit.value is not None:
        at = sum(hit.value > last for last in _SPANS)
        yield list(_BUCKETS)[at]


def outcomes(sight: Sight) -> Table:
    columns = (
        Counted("threads", "Threads", m.closed),
        Counted("alerts", "Alerts", _only("alert", m.closed), published=False),
        Counted("challenges", "Challenges", _only("challenge", m.closed), published=False),
        Counted("done", "On what was done", _on_basis("done"), published=False),
        Counted("agreed", "On what was agreed", _on_basis("agreed"), published=False),
    )
    return Table(
        name="outcomes",
        title="Outcomes",
        measure="Threads closed in the period, by the close that is in force.",
        of="Outcome",
        columns=heads(columns),
        rows=rows(sight, columns, lambda hit: (hit.value.closure,), CLOSURES),
    )


def _on_basis(basis: str) -> Measure:
    return lambda sight: (hit for hit in m.closed(sight) if hit.value.basis == basis)


# --- what it changed ----------------------------------------------------------------------------


def impact(sight: Sight) -> Table:
    columns = (Counted("threads", "Threads", m.impacts),)
    labels = {NONE_SAID: "Not recorded"}
    made = rows_there(
        sight,
        columns,
        lambda hit: (hit.value or NONE_SAID,),
        lambda code: labels.get(code) or sight.policy.label("impacts", code),
    )
    return Table(
        name="impact",
        title="What changed for the child",
        measure="Threads closed in the period, by the latest that was said of what is different for"
        " the child; it may have been said later, and it may be nothing.",
        of="Change",
        columns=heads(columns),
        rows=tuple(sorted(made, key=lambda row: row.key == NONE_SAID)),
    )


def filed(sight: Sight) -> Table:
    columns = (Counted("share", "On the child's record", m.filed, share),)
    return Table(
        name="filed",
        title="Put on the child's own record",
        measure="Threads raised in the period: of these, put on the child's record by its end.",
        of="Raised",
        columns=heads(columns),
        rows=(whole(sight, columns, "filed", "Threads raised"),),
    )


def cafcass(sight: Sight) -> Table:
    columns = (Counted("threads", "Threads", m.cafcass),)
    return Table(
        name="cafcass",
        title="Cafcass",
        measure="Threads with such a step in the period, at any stage; a thread may have several"
        " (Children Act 1989, section 25B(3)).",
        of="Step",
        columns=heads(columns),
        rows=rows(sight, columns, lambda hit: (hit.value,), CAFCASS_STEPS),
    )


# --- open, and late to be recorded --------------------------------------------------------------

Moves = tuple[tuple[str, str, Callable[[Sight], Iterable[Hit]]], ...]
_STOCK: Moves = (
    ("start", "Open at the start", lambda sight: m.still_open(sight.eve)),
    ("raised", "Raised", m.stock_raised),
    ("reopened", "Reopened", m.stock_reopened),
    ("closed", "Closed", m.stock_closed),
    ("end", "Open at the end", m.still_open),
)


def stock(sight: Sight) -> Table:
    made = tuple(Row(key, label, (count(list(find(sight))),)) for key, label, find in _STOCK)
    return Table(
        name="stock",
        title="Open threads",
        measure="Open at the start, and raised, and reopened, less closed, is open at the end."
        " Threads of which a day is not known are in none of it.",
        of="Threads",
        columns=(Column("count", "Number"),),
        rows=made,
        published=False,
    )


def lag(sight: Sight) -> Table:
    columns = (
        Counted("median", "Median calendar days", m.lags, median),
        Counted("longest", "Longest", m.lags, longest),
    )
    return Table(
        name="lag",
        title="From happening to recording",
        measure="Calendar days, of entries that happened in the period and were made at the time;"
        " what was transcribed or recalled is not among them.",
        of="Entries",
        columns=heads(columns),
        rows=(whole(sight, columns, "all", "Made at the time"),),
        published=False,
    )
