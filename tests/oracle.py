"""Every figure of the views, worked out again from the stored entries, the plain way.

An oracle for tests. It is written from the specification (`docs/measures.md`, `docs/format.md`)
and imports nothing of the project: it reads the rows of the table `event`, walks the days one by
one, counts off working days on its fingers and filters lists. Where it and the views differ, one
of them is wrong.

All facts are those corrected, as known at the position that an `Export` ends with. A day cuts by
`occurred_on`: what happened on a known day after it is not there; what happened on a day that is
not known is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

Record = dict[str, Any]
Row = tuple[int, str, int, str, bytes]

STEPS = ("challenge.raised", "alert.raised", "thread.alerted", "thread.escalated")
SUBSTANTIVE = ("agreed", "partly", "not-agreed", "not-known")
RESOLVED = ("resolved", "partly", "explained")
ENDED_OTHERWISE = ("withdrawn", "overtaken", "left-care")
QUARTERS = {4: "Q1", 5: "Q1", 6: "Q1", 7: "Q2", 8: "Q2", 9: "Q2", 10: "Q3", 11: "Q3", 12: "Q3"}
CALENDAR_ENDS_SOON = 180
ONE_DAY = timedelta(days=1)


# --- days -----------------------------------------------------------------------------------


def day_of(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def known(days: Iterable[date | None]) -> list[date]:
    return [day for day in days if day is not None]


def before(one: date | None, other: date | None) -> bool:
    """Whether both are known, and one is before the other."""
    return one is not None and other is not None and one < other


def year_of(day: date) -> str:
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{str(first + 1)[-2:]}"


def quarter_of(day: date) -> str:
    return QUARTERS.get(day.month, "Q4")


def end_of_quarter(day: date) -> date:
    while quarter_of(day + ONE_DAY) == quarter_of(day):
        day += ONE_DAY
    return day


def day_in_london(recorded_at: str) -> date:
    return datetime.fromisoformat(recorded_at).astimezone(ZoneInfo("Europe/London")).date()


# --- entries --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One entry of a thread, with the facts that it has by all the corrections known."""

    position: int
    topic: str
    on: date | None
    source: str
    recorded_at: str
    facts: Record

    def day(self, name: str) -> date | None:
        return day_of(self.facts.get(name))


class Export:
    """What a ledger holds, up to a position: nothing that was recorded later is in it."""

    def __init__(self, rows: Iterable[Row], upto: int | None = None) -> None:
        known_then = [row for row in rows if upto is None or row[0] <= upto]
        self.rows = sorted(known_then, key=lambda row: row[0])
        self._streams: dict[str, list[tuple[int, str, Record]]] = {}
        for position, stream, _version, topic, state in self.rows:
            self._streams.setdefault(stream, []).append((position, topic, json.loads(state)))
        policy = self._streams.get("policy", [])
        calendars = [facts for _, topic, facts in policy if topic == "policy.calendar-adopted"]
        self.calendar: Record | None = calendars[-1] if calendars else None
        self._off = set(self.calendar["off"]) if self.calendar else set()
        self.ladders = [facts for _, topic, facts in policy if topic == "policy.ladder-adopted"]

    @classmethod
    def read(cls, path: Path, upto: int | None = None) -> Export:
        """The rows of a ledger's file."""
        with closing(sqlite3.connect(path)) as connection:
            found = "SELECT position, stream, version, topic, state FROM event"
            return cls(connection.execute(found).fetchall(), upto)

    @classmethod
    def of_lines(cls, lines: Iterable[bytes], upto: int | None = None) -> Export:
        """The entries among the lines of `footprint export --entries`: CloudEvents, as JSON.

        Only an entry has a position: what begins and ends the export, and the case numbers and
        checkpoints in it, have none.
        """
        events = [event for event in map(json.loads, lines) if "position" in event]
        return cls(
            [
                (
                    event["position"], event["subject"], event["version"],
                    event["type"].removeprefix("footprint."),
                    json.dumps(event["data"]["state"]).encode(),
                )
                for event in events
            ],
            upto,
        )  # fmt: skip

    def issued(self, reports: Iterable[str], period: str) -> Record | None:
        """What was recorded when one of these reports of a period was issued last."""
        found = [
            facts
            for _, topic, facts in self._streams.get("ledger", [])
            if topic == "report.issued" and facts["report"] in reports and facts["period"] == period
        ]
        return found[-1] if found else None

    def threads(self, day: date) -> list[Thread]:
        """Each thread that was raised by the day (or on a day not known), as it then stood."""
        found = [
            Thread(self, stream, corrected(rows), day)
            for stream, rows in sorted(self._streams.items())
            if stream.startswith("CH-")
        ]
        return [thread for thread in found if thread.every[0] in thread.entries]

    def stages(self, ladder: str, version: int) -> dict[int, Record]:
        """The stages of one version of a ladder, by number."""
        for adopted in self.ladders:
            if (adopted["ladder"], adopted["version"]) == (ladder, version):
                return {stage["stage"]: stage for stage in adopted["stages"]}
        return {}

    def working_days(self, start: date | None, end: date | None) -> int | None:
        """The working days after one day, up to and including another; None where not known."""
        if start is None or end is None or self.calendar is None:
            return None
        first, last = day_of(self.calendar["first"]), day_of(self.calendar["last"])
        if not (first <= start <= last and first <= end <= last):
            return None
        count, day = 0, start
        while day < end:
            day += ONE_DAY
            if day.weekday() < 5 and day.isoformat() not in self._off:
                count += 1
        return count


def corrected(rows: list[tuple[int, str, Record]]) -> list[Entry]:
    """The entries of a thread with their corrected facts.

    The last correction of a fact wins. A correction may be corrected too, and only by one that
    comes after it: so the newest entries are settled first.
    """
    settled: dict[int, Record] = {}
    for position, _topic, state in reversed(rows):
        facts = dict(state)
        for later, topic, _ in rows:
            if later <= position or topic != "entry.corrected":
                continue
            if settled[later].get("corrects") == position:
                facts |= settled[later].get("facts") or {}
        settled[position] = {name: value for name, value in facts.items() if value is not None}
    return [
        Entry(
            position, topic, day_of(settled[position].get("occurred_on")),
            settled[position].get("source", ""), state["recorded_at"], settled[position],
        )
        for position, topic, state in rows
    ]  # fmt: skip


# --- the thread -----------------------------------------------------------------------------


def first_substantive(answers: Iterable[Entry]) -> Entry | None:
    """The earliest by day; one of a day that is not known only if there is no other."""
    found = [answer for answer in answers if answer.facts["response"] in SUBSTANTIVE]
    dated = [answer for answer in found if answer.on is not None]
    for answer in dated:
        if answer.on == min(known(each.on for each in dated)):
            return answer
    return found[0] if found else None


@dataclass
class Step:
    """What was sent to one stage, and the answers to it in the order of their days."""

    entry: Entry
    answers: list[Entry] = field(default_factory=list)
    ended_on: date | None = None

    @property
    def stage(self) -> int:
        return self.entry.facts["stage"]

    @property
    def respond_by(self) -> date | None:
        return self.entry.day("respond_by")

    @property
    def answer(self) -> Entry | None:
        return first_substantive(self.answers)

    @property
    def kind(self) -> str:
        return "alert" if self.stage > 0 else "challenge"

    @property
    def action_by(self) -> date | None:
        """The day of its latest promise."""
        return next(iter(known(answer.day("action_by") for answer in self.answers[::-1])), None)

    def unanswered_past_its_date(self, day: date) -> bool:
        return self.answer is None and before(self.respond_by, day)


class Thread:
    """One thread as it stood at the end of a day."""

    def __init__(self, export: Export, stream: str, every: list[Entry], day: date) -> None:
        self.export = export
        self.number = int(stream.removeprefix("CH-"))
        self.ref = f"CH-{self.number}"
        self.every = every
        self.day = day
        self.entries = [entry for entry in every if entry.on is None or entry.on <= day]
        self.first = every[0]
        self.facts = every[0].facts

    def of(self, *topics: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.topic in topics]

    def in_order_of_days(self, *topics: str, **facts: Any) -> list[Entry]:
        """Those that say so; one of a day not known is where the one recorded before it is."""
        whole = [
            entry for entry in self.every
            if entry.topic in topics and facts.items() <= entry.facts.items()
        ]  # fmt: skip
        days = {e.position: e.on or date.min for e in whole}
        for before_it, entry in pairwise(whole):
            if entry.on is None:
                days[entry.position] = days[before_it.position]
        whole.sort(key=lambda entry: (days[entry.position], entry.position))
        return [entry for entry in whole if entry in self.entries]

    # --- its steps --------------------------------------------------------------------------

    @cached_property
    def steps(self) -> list[Step]:
        steps = [Step(entry) for entry in self.of(*STEPS)]
        for step in steps:  # they only go up, so a stage is reached once
            step.answers = self.in_order_of_days("response.received", stage=step.stage)
        for nth, step in enumerate(steps):
            ends = [following.entry.on for following in steps[nth + 1 : nth + 2]]
            ends += [self.closing.on] if self.closing else []
            step.ended_on = min(known(ends), default=None)
        return steps

    @property
    def current(self) -> Step:
        return self.steps[-1]

    @cached_property
    def alert(self) -> Entry | None:
        """The first step at a stage that counts."""
        stages = self.export.stages(self.facts["ladder"], self.facts["ladder_version"])
        for step in self.steps:
            if stages.get(step.stage, {}).get("counts"):
                return step.entry
        return None

    @property
    def kind(self) -> str:
        return "alert" if self.alert else "challenge"

    @property
    def raised_on(self) -> date | None:
        return self.first.on

    @property
    def start(self) -> date | None:
        """Where the clock of the thread starts."""
        return self.alert.on if self.alert else self.raised_on

    @property
    def resolve_by(self) -> date | None:
        return self.alert.day("resolve_by") if self.alert else None

    # --- its end ----------------------------------------------------------------------------

    @cached_property
    def closing(self) -> Entry | None:
        """The closing in force."""
        closings, reopenings = self.of("thread.closed"), self.of("thread.reopened")
        return closings[-1] if len(closings) > len(reopenings) else None

    @property
    def closure(self) -> str | None:
        return self.closing.facts["closure"] if self.closing else None

    @property
    def closed_on(self) -> date | None:
        return self.closing.on if self.closing else None

    @property
    def moves(self) -> list[tuple[int, date | None]]:
        """What opens it (+1) and what closes it (-1)."""
        opened = [(1, entry.on) for entry in [self.first, *self.of("thread.reopened")]]
        return opened + [(-1, entry.on) for entry in self.of("thread.closed")]

    @property
    def in_stocks(self) -> bool:
        return all(on is not None for _, on in self.moves)

    @property
    def days_to_resolution(self) -> int | None:
        if self.closure not in RESOLVED:
            return None
        return self.export.working_days(self.start, self.closed_on)

    # --- beside -----------------------------------------------------------------------------

    @property
    def answers(self) -> list[Entry]:
        """Those to any of its steps, step by step."""
        return [answer for step in self.steps for answer in step.answers]

    @property
    def action_by(self) -> date | None:
        """The day of the latest promise."""
        return next(iter(known(step.action_by for step in self.steps[::-1])), None)

    @property
    def awaited(self) -> date | None:
        """The same, unless that was past when the current step was sent."""
        lapsed_before = before(self.action_by, self.current.entry.on)
        return None if lapsed_before and not self.current.action_by else self.action_by

    @property
    def iro(self) -> str | None:
        had = self.in_order_of_days("challenge.raised", "alert.raised", "thread.handed-over")
        return had[-1].facts.get("iro")

    @property
    def impact(self) -> str | None:
        impacts = [e.facts["impact"] for e in self.in_order_of_days("impact.recorded")]
        said = [impact for impact in impacts if impact != "too-early"]
        return (said or impacts or [None])[-1]

    @property
    def waiting_for(self) -> str:
        if self.closing:
            return "none"
        promised = self.current.action_by
        if promised is not None and promised >= self.day:
            return "service"
        asked_back = [answer.facts["response"] for answer in self.current.answers][-1:]
        return "iro" if self.current.answer or asked_back == ["clarification"] else "service"

    @property
    def late(self) -> list[str]:
        if self.closing:
            return []
        late = {
            "response": self.current.unanswered_past_its_date(self.day),
            "total": before(self.resolve_by, self.day),
            "action": before(self.awaited, self.day),
        }
        return [what for what, is_late in late.items() if is_late]

    @property
    def labels(self) -> Record:
        """The facts by which it is told from others, as `log` and `due` name them."""
        return {
            "ref": self.ref,
            "kind": self.kind,
            "service": self.facts["service"],
            "team": self.facts.get("team"),
            "themes": sorted(self.facts["themes"]),
            "iro": self.iro,
        }


def written(records: Iterable[Record]) -> list[Record]:
    """The records with their days as ISO text."""
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in r.items()}
        for r in records
    ]


# --- log ------------------------------------------------------------------------------------


def log(export: Export, day: date) -> list[Record]:
    """One record a thread, as it stood at the end of the day: what is overdue first.

    Of what is closed, the newest is first.
    """
    threads = sorted(export.threads(day), key=_urgency)
    return written(_log_record(thread) for thread in threads)


def _urgency(thread: Thread) -> tuple[Any, ...]:
    dates = {
        "response": thread.current.respond_by,
        "total": thread.resolve_by,
        "action": thread.action_by,
    }
    overdue = [dates[what] for what in thread.late]
    if overdue:
        return (0, min(known(overdue)), thread.number)
    if thread.closing:
        return (2, date.max, -thread.number)
    return (1, date.max, thread.number)


def _log_record(thread: Thread) -> Record:
    export, first = thread.export, thread.first
    answer = first_substantive(thread.answers)
    replies = [reply.facts["response"] for reply in thread.answers]
    own = [step for step in thread.steps if answer in step.answers]
    at_the_time = first.source == "at-the-time" and first.on is not None
    return {
        **thread.labels,
        "ladder": thread.facts["ladder"],
        "stage": thread.current.stage,
        "status": "closed" if thread.closing else "open",
        "waiting_for": thread.waiting_for,
        "late": thread.late,
        "raised_on": thread.raised_on,
        "alerted_on": thread.alert.on if thread.alert else None,
        "respond_by": thread.current.respond_by,
        "resolve_by": thread.resolve_by,
        "action_by": thread.action_by,
        "responded_on": answer.on if answer else None,
        "response": answer.facts["response"] if answer else (replies or [None])[-1],
        "closed_on": thread.closed_on,
        "closure": thread.closure,
        "basis": thread.closing.facts.get("basis") if thread.closing else None,
        "impact": thread.impact,
        "cafcass": (
            [e.facts["step"] for e in thread.in_order_of_days("cafcass.recorded")] or [None]
        )[-1],
        "filed": bool(thread.of("thread.filed")),
        "escalations": len(thread.of("thread.escalated")),
        "reopened": len(thread.of("thread.reopened")),
        "working_days_open": export.working_days(
            thread.raised_on, thread.closed_on if thread.closing else thread.day
        ),
        "days_to_response": export.working_days(own[0].entry.on, answer.on) if answer else None,
        "days_to_resolution": thread.days_to_resolution,
        "recorded_lag_days": (
            max((day_in_london(first.recorded_at) - first.on).days, 0) if at_the_time else None
        ),
        "source": first.source,
        "entries": len(thread.every),
        "corrected": len([e for e in thread.every if e.topic == "entry.corrected"]),
    }


# --- times ----------------------------------------------------------------------------------

Dated = Callable[[date | None], bool]
"""Whether something that is dated so is counted in a group."""


def times(export: Export, first: date | None, last: date) -> list[Record]:
    """Resolution times of a period, overall and by service, theme, stage and quarter."""
    threads = export.threads(last)
    steps = [(thread, step) for thread in threads for step in thread.steps]

    def in_period(day: date | None) -> bool:
        return day is not None and (first is None or first <= day) and day <= last

    def in_period_or_undated(day: date | None) -> bool:
        return day is None or in_period(day)

    days = [day for thread in threads for day in _dates(thread) if in_period(day)]
    groups: set[tuple[str, str]] = {("overall", "all")}
    groups |= {("service", thread.facts["service"]) for thread in threads}
    groups |= {("theme", theme) for thread in threads for theme in thread.facts["themes"]}
    groups |= {("stage", str(step.stage)) for _, step in steps}
    groups |= {("quarter", f"{year_of(day)} {quarter_of(day)}") for day in days}

    def belongs(by: str, key: str, thread: Thread, stage: int) -> bool:
        return {
            "overall": True,
            "quarter": True,
            "service": thread.facts["service"] == key,
            "theme": key in thread.facts["themes"],
            "stage": str(stage) == key,
        }[by]

    records = []
    for by, key in sorted(groups):

        def in_quarter(day: date | None, key: str = key) -> bool:
            return in_period(day) and f"{year_of(day)} {quarter_of(day)}" == key

        for kind in ("alert", "challenge"):
            its_threads = [
                t for t in threads if t.kind == kind and belongs(by, key, t, t.current.stage)
            ]
            its_steps = [
                (t, s)
                for t, s in steps
                if ("alert" if s.stage > 0 else "challenge") == kind
                and belongs(by, key, t, s.stage)
            ]
            figures = {
                **_totals(its_threads, in_quarter if by == "quarter" else in_period),
                **_responses(its_steps, in_quarter if by == "quarter" else in_period),
                "open": 0 if by == "quarter" else len([t for t in its_threads if _is_open(t)]),
                "dates_not_known": _not_known(
                    its_threads, its_steps, in_quarter if by == "quarter" else in_period_or_undated
                ),
            }
            if any(figures.values()) or figures["response_median_days"] == 0:
                records.append({"by": by, "key": key, "kind": kind, **figures})
    return written(records)


def _dates(thread: Thread) -> Iterator[date]:
    """Every day that a figure of the thread may be dated by."""
    yield from known([thread.start, thread.resolve_by, thread.closed_on])
    for step in thread.steps:
        yield from known([step.entry.on, step.respond_by])
        yield from known(answer.on for answer in step.answers)


def _is_open(thread: Thread) -> bool:
    return thread.closing is None and thread.in_stocks


def _totals(threads: list[Thread], dated: Dated) -> Record:
    """The clocks of whole threads. One that was closed on a day not known is in none of it."""
    closed = [t for t in threads if t.closed_on is not None and dated(t.closed_on)]
    resolved = [t for t in closed if t.closure in RESOLVED]
    days = [t.days_to_resolution for t in resolved if t.days_to_resolution is not None]
    alerts = [t for t in threads if t.resolve_by is not None and t.start is not None]
    decided = [_within_20(t) for t in alerts if dated(t.start)]
    return {
        "resolved": len(resolved),
        "median_working_days": _median(days),
        "mean_working_days": round(mean(days), 1) if days else None,
        "longest_working_days": max(days, default=None),
        "reopened": len([t for t in resolved if t.of("thread.reopened")]),
        "unresolved": len([t for t in closed if t.closure == "unresolved"]),
        "withdrawn": len([t for t in closed if t.closure == "withdrawn"]),
        "overtaken": len([t for t in closed if t.closure == "overtaken"]),
        "left_care": len([t for t in closed if t.closure == "left-care"]),
        "outcome_not_known": len([t for t in closed if t.closure == "not-known"]),
        "within_20": decided.count("success"),
        "within_20_base": decided.count("success") + decided.count("failure"),
    }


def _within_20(thread: Thread) -> str:
    due, over = thread.resolve_by, thread.resolve_by <= thread.day
    if thread.closing is None:
        return "failure" if over else "out"
    if thread.closed_on is None:
        return "out"
    if thread.closure in RESOLVED:
        return "success" if thread.closed_on <= due else "failure"
    if thread.closure == "unresolved":
        return "failure" if over else "out"
    if thread.closure in ENDED_OTHERWISE:
        return "failure" if over and thread.closed_on > due else "out"
    return "out"


def _responses(steps: list[tuple[Thread, Step]], dated: Dated) -> Record:
    """The clocks of steps: the due ones by their due date, the answers by their own."""
    due = [step for _, step in steps if step.respond_by is not None and dated(step.respond_by)]
    results = [_response(step) for step in due]
    days = [
        thread.export.working_days(step.entry.on, step.answer.on)
        for thread, step in steps
        if step.answer and step.answer.on is not None and dated(step.answer.on)
    ]
    return {
        "response_median_days": _median([count for count in days if count is not None]),
        "responses_due": results.count("on time") + results.count("late"),
        "responses_on_time": results.count("on time"),
    }


def _response(step: Step) -> str:
    if step.answer is not None and step.answer.on is None:
        return "out"
    answered_on = step.answer.on if step.answer else date.max
    if step.ended_on is not None and step.ended_on <= step.respond_by:
        return "out" if answered_on > step.ended_on else "on time"
    return "on time" if answered_on <= step.respond_by else "late"


def _not_known(threads: list[Thread], steps: list[tuple[Thread, Step]], dated: Dated) -> int:
    """Clocks that stopped on a day not known, and resolutions that took nobody knows how long."""
    clocks = [t.start or t.resolve_by for t in threads if t.closing and t.closed_on is None]
    clocks += [
        step.entry.on or step.respond_by
        for _, step in steps
        if step.answer is not None and step.answer.on is None
    ]
    clocks += [
        t.closed_on
        for t in threads
        if t.closed_on and t.closure in RESOLVED and t.days_to_resolution is None
    ]
    return len([day for day in clocks if dated(day)])


def _median(days: list[int]) -> float | None:
    if not days:
        return None
    middle = median(days)
    return int(middle) if middle == int(middle) else middle


# --- counts ---------------------------------------------------------------------------------


def counts(export: Export, day: date) -> list[Record]:
    """What happened up to the day, for each service, ladder, year and quarter."""
    happened = [(thread, what, on) for thread in export.threads(day) for what, on in _moves(thread)]
    keys = {(*_whose(thread), *_when(on)) for thread, _, on in happened}
    return [_count(key, happened, day) for key in sorted(keys)]


def _whose(thread: Thread) -> tuple[str, str]:
    return thread.facts["service"], thread.facts["ladder"]


def _when(on: date | None) -> tuple[str, str]:
    return ("not known", "") if on is None else (year_of(on), quarter_of(on))


def _moves(thread: Thread) -> Iterator[tuple[str, date | None]]:
    yield "threads_raised", thread.raised_on
    yield thread.first.source.replace("-", "_"), thread.raised_on
    if thread.facts["stage"] == 0:
        yield "challenges_raised", thread.raised_on
    if thread.alert:
        yield "alerts_raised", thread.alert.on
    for topic, what in (
        ("thread.escalated", "escalations"),
        ("thread.closed", "closures"),
        ("thread.reopened", "reopened"),
    ):
        for entry in thread.of(topic):
            yield what, entry.on


def _count(
    key: tuple[str, ...], happened: list[tuple[Thread, str, date | None]], day: date
) -> Record:
    service, ladder, year, quarter = key
    whose = [each for each in happened if _whose(each[0]) == (service, ladder)]
    found = [each for each in whose if _when(each[2]) == (year, quarter)]
    ends = [min(end_of_quarter(on), day) for _, _, on in found if on is not None]
    end = ends[0] if ends else None
    alerted = [thread for thread, what, _ in found if what == "alerts_raised"]
    every = [thread for thread, what, _ in whose if what == "threads_raised"]
    said = [what for _, what, _ in found]
    return {
        "service": service,
        "ladder": ladder,
        "year": year,
        "quarter": quarter,
        "threads_raised": said.count("threads_raised"),
        "challenges_raised": said.count("challenges_raised"),
        "alerts_raised": said.count("alerts_raised"),
        "alerts_escalated": len([t for t in alerted if _escalated_by(t, end)]),
        "escalations": said.count("escalations"),
        "closures": said.count("closures"),
        "reopened": said.count("reopened"),
        "open_at_end": sum(
            change
            for thread in every
            if thread.in_stocks
            for change, on in thread.moves
            if end is not None and on <= end
        ),
        "at_the_time": said.count("at_the_time"),
        "transcribed": said.count("transcribed"),
        "recalled": said.count("recalled"),
    }


def _escalated_by(thread: Thread, end: date | None) -> bool:
    days = known(entry.on for entry in thread.of("thread.escalated"))
    return end is not None and any(on <= end for on in days)


# --- due ------------------------------------------------------------------------------------

REASONS = ("total", "response", "action", "decide", "near")


def due(export: Export, day: date) -> list[Record]:
    """What each thread needs of the IRO on the day; last, whether the calendar runs out."""
    found = [(thread, _reasons(thread)) for thread in export.threads(day)]
    records = [_due_record(thread, reasons) for thread, reasons in found if reasons]

    def order(record: Record) -> tuple[Any, ...]:
        by, number = record["by"], int(record["ref"].removeprefix("CH-"))
        return REASONS.index(record["due"][0]), by is None, by or date.max, number

    return written([*sorted(records, key=order), *_calendar_ends(export, day)])


def _reasons(thread: Thread) -> list[str]:
    day, current = thread.day, thread.current
    is_open = thread.closing is None
    only_agreed = (
        not is_open
        and thread.closing.facts.get("basis") == "agreed"
        and thread.impact in (None, "too-early")
    )
    missed = is_open and current.unanswered_past_its_date(day)
    left = _days_left(thread)
    stages = thread.export.stages(thread.facts["ladder"], thread.facts["ladder_version"])
    reasons = {
        "total": is_open and before(thread.resolve_by, day),
        "response": missed,
        "action": "action" in thread.late or (only_agreed and before(thread.action_by, day)),
        "decide": is_open and (missed or thread.waiting_for == "iro"),
        "near": is_open and left is not None and left <= stages[current.stage]["days"],
    }
    return [reason for reason in REASONS if reasons[reason]]


def _days_left(thread: Thread) -> int | None:
    if thread.resolve_by is None or thread.resolve_by < thread.day:
        return None
    return thread.export.working_days(thread.day, thread.resolve_by)


def _due_record(thread: Thread, reasons: list[str]) -> Record:
    answers = thread.current.answers
    last = answers[-1] if answers else None
    answer = thread.current.answer or last
    by = {
        "total": thread.resolve_by,
        "response": thread.current.respond_by,
        "action": thread.action_by,
        "decide": answer.on if answer else None,
        "near": thread.resolve_by,
    }[reasons[0]]
    over = thread.export.working_days(by, thread.day)
    return {
        **thread.labels,
        "stage": thread.current.stage,
        "status": "closed" if thread.closing else "open",
        "due": reasons,
        "by": by,
        "working_days": -_days_left(thread) if reasons[0] == "near" else over,
        "respond_by": thread.current.respond_by,
        "resolve_by": thread.resolve_by,
        "action_by": thread.action_by,
    }


def _calendar_ends(export: Export, day: date) -> list[Record]:
    last = day_of(export.calendar["last"]) if export.calendar else None
    if last is None or (last - day).days >= CALENDAR_ENDS_SOON:
        return []
    names = (
        "ref", "kind", "service", "team", "themes", "iro", "stage", "status", "due", "by",
        "working_days", "respond_by", "resolve_by", "action_by",
    )  # fmt: skip
    return [dict.fromkeys(names) | {"themes": [], "due": ["calendar"], "by": last}]
