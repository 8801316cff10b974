"""Years of threads at random, and the full annual reports of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import strategies as own
from domain.casework import alert, cafcass, close, escalate, file, impact, raised, respond, to_alert
from hypothesis import strategies as st
from story import thread

from footprint.domain.asks import Ask
from footprint.domain.periods import year_bounds
from footprint.domain.thread import Thread
from footprint.reports import annual
from footprint.reports.figures import Made, Report
from footprint.reports.issued import Issue
from footprint.reports.sight import Sight

THIS, LAST = "2016-17", "2015-16"
WHY = {"text": "No plan.", "why": "on leave"}


class Course(NamedTuple):
    """What becomes of a thread: alerted at once, later or never (`alerted` in days; 0: at once)."""

    year: str
    week: int
    service: str
    themes: tuple[str, ...]
    source: str
    alerted: int | None
    skipped: bool
    answered: int
    closure: str | None
    beside: str


_CODES = st.sampled_from
courses = st.builds(
    Course,
    year=_CODES([THIS, THIS, LAST]),
    week=st.integers(0, 44),
    service=_CODES(["CSC", "CSC", "CSC", "CHAD", "EDU", "CAMHS"]),
    themes=_CODES([("DEL",), ("DEL",), ("ADO",), ("PLC",), ("PLC", "DEL")]),
    source=_CODES(["at-the-time", "transcribed", "recalled"]),
    alerted=_CODES([None, 0, 0, 8]),
    skipped=st.booleans(),
    answered=_CODES([2, 4, 9]),
    closure=_CODES(["resolved", "resolved", "explained", "unresolved", "withdrawn", None]),
    beside=_CODES(["", "plan", "delay", "none", "filed", "referred"]),
)


def same(many: int, **facts: object) -> list[Course]:
    """So many threads of this year of one course: alerts that were resolved, unless said."""
    usual = Course(THIS, 3, "CSC", ("DEL",), "at-the-time", 0, False, 2, "resolved", "plan")
    return [usual._replace(**facts)] * many  # type: ignore[arg-type]


@st.composite
def years(draw: st.DrawFn, least: int = 6, most: int = 60) -> list[Course]:
    """Threads of two years: each as it comes, or of a few kinds, so that most counts are nothing
    and some are not small."""
    if draw(st.booleans()):
        return draw(st.lists(courses, min_size=least, max_size=most))
    kinds = draw(st.lists(courses, min_size=1, max_size=4))
    weeks = st.integers(0, 44)
    alike = st.builds(lambda kind, week: kind._replace(week=week), st.sampled_from(kinds), weeks)
    return draw(st.lists(alike, min_size=least, max_size=most))


@cache
def _asks(course: Course) -> tuple[Ask, ...]:
    first = year_bounds(course.year)[0] + timedelta(weeks=course.week, days=1)
    begin = alert if course.alerted == 0 else raised
    asks: list[Ask] = [
        begin(first, service=course.service, themes=course.themes, source=course.source, words=WHY),
        respond(first + timedelta(days=course.answered), source=course.source),
    ]
    last = first + timedelta(days=course.answered)
    if course.alerted:
        last += timedelta(days=course.alerted)
        asks.append(to_alert(last, stage=1, words=WHY, source=course.source))
    if course.alerted is not None and (course.skipped or course.closure == "unresolved"):
        last += timedelta(days=3)
        top = 4 if course.closure == "unresolved" else 2
        asks.append(escalate(last, stage=top, words=WHY, source=course.source))
        if top == _TOP:
            asks.append(cafcass(last, step="considered", source=course.source))
    last += timedelta(days=7)
    asks += _beside(course, last)
    closure = course.closure
    if closure == "unresolved" and course.alerted is None:
        closure = "withdrawn"
    if closure:
        asks.append(close(last, closure=closure, source=course.source, words=WHY))
    return tuple(asks)


_TOP = 4


def _beside(course: Course, on: date) -> list[Ask]:
    if course.beside == "filed":
        return [file(on, source=course.source)]
    if course.beside == "referred":
        return [cafcass(on, step="referred", source=course.source)]
    return [impact(on, code=course.beside)] if course.beside else []


def threads(made: Sequence[Course]) -> list[Thread]:
    """The threads of these courses, in order."""
    return [thread(*_asks(course), ref=f"CH-{at:07}") for at, course in enumerate(made, start=1)]


def full_report(
    made: Sequence[Course], year: str, issued: Sequence[Course] | None = None
) -> Report:
    """The full report of a year.

    Args:
        made: the threads that are known.
        year: of which year.
        issued: those that were known when the report of the year before was issued last.
    """
    sight = _sight(made, year)
    then = None
    if issued is not None:
        issue = Issue(2, annual.PUBLISHED, position=1, on=sight.first, digest="6d" * 32)
        then = annual.Issued(_sight(issued, LAST), issue, same=True)
    return annual.read(sight, _made(sight), then)


def _sight(made: Sequence[Course], year: str) -> Sight:
    first, last = year_bounds(year)
    return Sight(threads=threads(made), policy=own.policy(), first=first, last=last)


def _made(sight: Sight) -> Made:
    return Made(
        authority="Poole",
        origin="example.org/poole",
        position=1,
        root="6d" * 32,
        day=sight.last,
        calendar="England, version 1",
        vocabulary=1,
        threshold=5,
        command="footprint report annual",
    )
