"""What rests on a day is no part of what is open, late or due on it."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Any

import ledger_helpers as own
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import Office, histories, interesting_days

from footprint.domain.asks import Close, RecordImpact, Reopen, Respond
from footprint.domain.thread import Thread
from footprint.ledger.ledger import Ledger
from footprint.projections import due, log
from footprint.projections.tables import THREAD
from footprint.projections.views import Views

Records = list[dict[str, Any]]
ENDS = [date.min, date.max]


def open_in(records: Records) -> Records:
    return [record for record in records if record["status"] == "open" or record["late"]]


def assert_nothing_is_left_out(views: Views, day: date) -> None:
    """Of those at work the same is due, open and late as of all; and both halves are the log."""
    policy, threads = views.policy(), list(views.threads())
    whole = list(log.read(threads, policy.calendar, day))
    assert due.read(views.at_work(day), policy, day) == due.read(threads, policy, day)
    assert_every_day_is_a_term(views, threads, day)
    assert open_in(list(log.read(views.at_work(day), policy.calendar, day))) == open_in(whole)
    with views.apart(day) as (at_work, at_rest):
        assert list(log.read(at_work, policy.calendar, day, at_rest)) == whole


def assert_every_day_is_a_term(views: Views, threads: list[Thread], day: date) -> None:
    """What is due on the day has it among its terms, and those at work have all there are."""
    terms = due.terms(threads, day)
    assert due.terms(views.at_work(day), day) == terms
    for record in due.read(threads, views.policy(), day):
        if record["ref"] and record["by"]:
            what = "total" if record["due"][0] == "near" else record["due"][0]
            assert (record["ref"], what, record["by"]) in terms


@settings(max_examples=60)
@given(history=histories(), picks=st.lists(st.integers(0, 999), min_size=1, max_size=12))
def test_what_rests_is_no_part_of_what_is_at_work(
    tmp_path_factory: pytest.TempPathFactory, history: list[Any], picks: list[int]
) -> None:
    """Whatever was recorded, and on any day, before it and after it."""
    office = Office(tmp_path_factory.mktemp("l"))
    with closing(office.ledger) as ledger:
        office.live(history)
        days = interesting_days(ledger)
        with closing(Views.at(ledger, None)) as views:
            for day in {days[pick % len(days)] for pick in picks} | set(ENDS):
                assert_nothing_is_left_out(views, day)


RAISED, PROMISED, CLOSED, SAID = (date(2017, 1, day) for day in (9, 13, 16, 20))
TOLD: dict[str, Any] = {"source": "recalled", "words": {"text": "x", "why": "y"}}
ANSWERED = Respond(
    on=RAISED, response="agreed", role="team-manager", action_by=PROMISED, **TOLD
)  # fmt: skip


def close(basis: str) -> Close:
    return Close(on=CLOSED, closure="resolved", basis=basis, **TOLD)


def impact(code: str) -> RecordImpact:
    return RecordImpact(on=SAID, impact=code, **TOLD)


@pytest.mark.parametrize(
    ("asks", "first"),
    [
        ([], None),
        ([ANSWERED], None),
        ([ANSWERED, close("done")], CLOSED),
        ([ANSWERED, close("agreed")], None),
        ([ANSWERED, close("agreed"), impact("too-early")], None),
        ([ANSWERED, close("agreed"), impact("plan")], SAID),
        ([close("agreed")], CLOSED),
        ([close("done"), Reopen(on=SAID, **TOLD)], None),
    ],
)
def test_a_thread_rests_from_its_last_day(kept: Ledger, asks: Any, first: date | None) -> None:
    """Closed, and with no promise left of which nobody said what came of it."""
    stream = own.record(kept).stream
    for ask in asks:
        kept.record(ask, actor="mb", stream=stream)
    with closing(Views.beside(kept)) as views:
        for day in (CLOSED, SAID, date.max):
            at_work = {thread.ref for thread in views.at_work(day)}
            assert (stream in at_work) == (first is None or day < first)


def test_the_first_of_the_log_are_had_without_reading_the_rest(kept: Ledger) -> None:
    """A row that nobody could read is not met; those at work are all sorted first."""
    for stream in ("CH-0000001", "CH-0000002"):
        kept.record(Close(on=kept.today(), closure="withdrawn", **TOLD), actor="mb", stream=stream)
    day = date.max
    with closing(Views.beside(kept)) as views:
        with views.store.engine.begin() as connection:
            connection.execute(THREAD.delete().where(THREAD.c.ref == "CH-0000001"))
            row = {"ref": "CH-0000001", "state": "", "rests_from": "2001-01-01"}
            connection.execute(THREAD.insert(), row)
        with views.apart(day) as (at_work, at_rest):
            records = log.read(at_work, views.policy().calendar, day, at_rest)
            assert [next(records)["ref"] for _ in range(2)] == ["CH-3", "CH-2"]
