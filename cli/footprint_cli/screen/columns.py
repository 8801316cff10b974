"""What a terminal has room for: the columns of each view, for a screen of 80 to 100 characters.

Pipes, CSV and JSON get every field; a screen gets what is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

Record = Mapping[str, Any]


class Column(NamedTuple):
    """A heading, and what a record shows under it. Only a `long` one may be broken over lines."""

    heading: str
    of: Callable[[Record], object]
    figure: bool = False
    long: bool = False


def short_day(day: date | None) -> str:
    """A day as the tables have it: 14/04/16."""
    return f"{day:%d/%m/%y}" if day else ""


def _day_and_month(day: date) -> str:
    return f"{day.day} {day:%b}"


def _now(record: Record) -> str:
    """How a thread stands, in words: nothing is told by colour alone."""
    corrected = "; corrected" if record["corrected"] else ""
    if record["status"] == "closed":
        return f"{record['closure']}{corrected}"
    late = f"late: {', '.join(record['late'])}; " if record["late"] else ""
    with_whom = "the IRO" if record["waiting_for"] == "iro" else "the service"
    return f"{late}with {with_whom}{corrected}"


def _kind(record: Record) -> str:
    """The kind, and for an alert the stage that it stands at."""
    return f"alert, {record['stage']}" if record["kind"] == "alert" else str(record["kind"])


def _field(name: str) -> Callable[[Record], object]:
    return lambda record: record[name]


def _share(part: str, base: str) -> Callable[[Record], object]:
    """A share is always shown with its base."""
    return lambda record: f"{record[part]} of {record[base]}" if record[base] else ""


_DUE = {
    "total": "past its last day",
    "response": "answer late",
    "action": "promise lapsed",
    "decide": "yours to decide",
    "near": "last day near",
    "calendar": "the calendar runs out: policy adopt --calendar-to",
}


def why_due(record: Record) -> str:
    """Why something is due, in words."""
    reasons = "; ".join(_DUE[reason] for reason in record["due"])
    return f"{reasons}; closed" if record["status"] == "closed" else reasons


def _days(record: Record) -> str:
    """Working days past the day, or left."""
    days = record["working_days"]
    return "" if days is None else f"{-days} left" if days < 0 else str(days)


DUE = (
    Column("ref", _field("ref")),
    Column("due", why_due, long=True),
    Column("by", lambda r: short_day(r["by"])),
    Column("days", _days, figure=True),
    Column("service", _field("service")),
    Column("theme", lambda r: " ".join(r["themes"]), long=True),
    Column("stage", _field("stage"), figure=True),
    Column("IRO", _field("iro")),
)
LOG = (
    Column("ref", _field("ref")),
    Column("kind", _kind),
    Column("service", _field("service")),
    Column("theme", lambda r: " ".join(r["themes"]), long=True),
    Column("IRO", _field("iro")),
    Column("raised", lambda r: short_day(r["raised_on"])),
    Column("answer\ndue", lambda r: short_day(r["respond_by"])),
    Column("closed", lambda r: short_day(r["closed_on"])),
    Column("days", _field("working_days_open"), figure=True),
    Column("now", _now, long=True),
)
TIMES = (
    Column("by", _field("by")),
    Column("", _field("key")),
    Column("kind", _field("kind")),
    Column("re-\nsolved", _field("resolved"), figure=True),
    Column("median", _field("median_working_days"), figure=True),
    Column("mean", _field("mean_working_days"), figure=True),
    Column("longest", _field("longest_working_days"), figure=True),
    Column("open", _field("open"), figure=True),
    Column("within 20", _share("within_20", "within_20_base"), figure=True),
    Column("answered\nin time", _share("responses_on_time", "responses_due"), figure=True),
)
COUNTS = (
    Column("service", _field("service")),
    Column("year", _field("year")),
    Column("", _field("quarter")),
    Column("thre-\nads", _field("threads_raised"), figure=True),
    Column("chall-\nenges", _field("challenges_raised"), figure=True),
    Column("alerts", _field("alerts_raised"), figure=True),
    Column("esca-\nlated", _field("alerts_escalated"), figure=True),
    Column("closed", _field("closures"), figure=True),
    Column("open\nat end", _field("open_at_end"), figure=True),
    Column("at the\ntime", _field("at_the_time"), figure=True),
    Column("trans-\ncribed", _field("transcribed"), figure=True),
    Column("re-\ncalled", _field("recalled"), figure=True),
)
HISTORY = (
    Column("entry", _field("position"), figure=True),
    Column("ref", _field("ref")),
    Column("happened", lambda r: short_day(r["occurred_on"])),
    Column("what", _field("what"), long=True),
    Column("by", _field("actor")),
    Column("recorded", lambda r: str(r["recorded_at"])[:16].replace("T", " ")),
)


def _version(name: str) -> Callable[[Record], object]:
    return lambda record: f"{record[name] or ''} {record['version']}".strip()


def _of_ladder(name: str) -> Callable[[Record], Any]:
    """What is of the ladder and not of a stage: shown once, beside the lowest."""
    return lambda record: record[name] if record["stage"] == 0 else None


POLICY = (
    Column("part", _field("part")),
    Column("version", _version("name")),
    Column("from", lambda r: short_day(r["starts_on"])),
    Column("in\nforce", _field("in_force")),
    Column("says", _field("says"), long=True),
    Column("entry", _field("position"), figure=True),
    Column("by", _field("actor")),
)
LADDERS = (
    Column("ladder", _version("ladder")),
    Column("from", lambda r: short_day(_of_ladder("starts_on")(r))),
    Column("in\nforce", _of_ladder("in_force")),
    Column("climbed by", _of_ladder("services"), long=True),
    Column("days\nin all", _of_ladder("total_days"), figure=True),
    Column("stage", _field("stage"), figure=True),
    Column("asked", _field("label"), long=True),
    Column("days", _field("days"), figure=True),
    Column("counts", _field("counts")),
)
CALENDAR = (
    Column("year", _field("year"), figure=True),
    Column("weekdays off", lambda r: ", ".join(map(_day_and_month, r["days_off"])), long=True),
)
VOCABULARY = (
    Column("list", _field("list")),
    Column("code", _field("code")),
    Column("label", _field("label"), long=True),
    Column("also", lambda r: ", ".join(r["aliases"]), long=True),
)
RULES = (
    Column("case number", _field("case_number"), long=True),
    Column("published from", _field("publish_threshold"), figure=True),
)
WAITING = (
    Column("request", _field("position"), figure=True),
    Column("ref", _field("ref")),
    Column("asked by", _field("asked_by")),
    Column("basis", _field("basis")),
    Column("entries", _field("entries"), long=True),
)
