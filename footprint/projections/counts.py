"""Per-service counts of challenges and alerts, by April-March year and quarter.

One row for each thing that is counted when it happens. A thread has one service: the one in force
at the position that the view was folded to. The figures are those of `docs/measures.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from footprint.domain.ladder import INFORMAL
from footprint.domain.periods import quarter_end, quarter_of, year_of
from footprint.domain.thread import Thread


def fold(thread: Thread) -> list[dict[str, Any]]:
    """What the thread adds to the counts, in the order that they are listed."""
    alert = thread.alert
    happened = [("raised", thread.on)]
    happened += [("challenge", thread.on)] if thread.steps[0].stage == INFORMAL else []
    happened += [("alert", alert.on)] if alert else []
    happened += [("escalation", on) for on in thread.escalated]
    happened += [("closed", closing.on) for closing in thread.closings]
    happened += [("reopened", on) for on in thread.reopenings]
    first_escalated = min((on for on in thread.escalated if on), default=None)
    return [
        {
            "ref": thread.ref,
            "nth": nth,
            "service": thread.raised.service,
            "ladder": thread.raised.ladder,
            "what": what,
            "happened_on": on,
            "source": thread.source,
            "escalated_on": first_escalated if what == "alert" else None,
        }
        for nth, (what, on) in enumerate(happened)
    ]


# --- read: rows and a day -> records --------------------------------------------------------

Row = Mapping[str, Any]

_COLUMNS = {
    "raised": "threads_raised",
    "challenge": "challenges_raised",
    "alert": "alerts_raised",
    "escalation": "escalations",
    "closed": "closures",
    "reopened": "reopened",
}
_OPEN = {"raised": 1, "reopened": 1, "closed": -1}
_SOURCES = {
    "at-the-time": "at_the_time",
    "transcribed": "transcribed",
    "recalled": "recalled",
}
NOT_KNOWN = "not known"


def read(rows: Iterable[Row], day: date) -> list[dict[str, Any]]:
    """A record for each service, ladder, year and quarter in which something happened by the day.

    What happened on a day that is not known is counted beside, in a year that says so. The
    source columns are those of the threads raised, by their first entry.
    """
    counted: dict[tuple[str, str, str, str], dict[str, int]] = {}
    moves: dict[tuple[str, str], list[tuple[date, int]]] = {}
    ends: dict[tuple[str, str, str, str], date] = {}
    for row in rows:
        on, who = row["happened_on"], (row["service"], row["ladder"])
        if on is not None and on > day:
            continue
        key = (*who, *_period(on))
        if on is not None:
            ends[key] = min(quarter_end(on), day)
            moves.setdefault(who, []).append((on, _OPEN.get(row["what"], 0)))
        figures = counted.setdefault(key, dict.fromkeys(_FIGURES, 0))
        for figure in _added(row, ends.get(key)):
            figures[figure] += 1
    for key, end in ends.items():
        counted[key]["open_at_end"] = sum(n for on, n in moves[key[:2]] if on <= end)
    return [
        dict(zip(("service", "ladder", "year", "quarter"), key, strict=True)) | figures
        for key, figures in sorted(counted.items(), key=lambda item: item[0])
    ]


_FIGURES = (
    "threads_raised", "challenges_raised", "alerts_raised", "alerts_escalated", "escalations",
    "closures", "reopened", "open_at_end", *_SOURCES.values(),
)  # fmt: skip


def _period(on: date | None) -> tuple[str, str]:
    return (NOT_KNOWN, "") if on is None else (year_of(on), quarter_of(on))


def _added(row: Row, end: date | None) -> Iterator[str]:
    """The figures that a row adds one to, in a quarter that ends (or is cut) on `end`."""
    yield _COLUMNS[row["what"]]
    if row["what"] == "raised":
        yield _SOURCES[row["source"]]
    escalated_on = row["escalated_on"]
    if escalated_on is not None and end is not None and escalated_on <= end:
        yield "alerts_escalated"
