"""The runner: catching up, rebuilding, checking, and what happens to views that are not ours."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import ledger_helpers as own
import pytest
import servers
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from footprint.domain.asks import (
    AddNote,
    Ask,
    Close,
    Correct,
    Escalate,
    File,
    HandOver,
    Raise,
    RaiseToAlert,
    RecordCafcass,
    RecordImpact,
    Reopen,
    Respond,
)
from footprint.engine.place import Server
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.projections import counts, due, log, times
from footprint.projections import history as story
from footprint.projections.views import Views, delete_views, views_path

DAYS = st.none() | st.sampled_from([date(2017, 1, 9) + timedelta(days=n) for n in range(40)])
MOVES: tuple[tuple[type[Ask], dict[str, Any]], ...] = (
    (Respond, {"response": "agreed", "role": "team-manager", "action_by": date(2017, 3, 1)}),
    (Respond, {"response": "holding", "role": "team-manager"}),
    (RaiseToAlert, {"role": "team-manager"}),
    (Escalate, {"role": "director", "reason": "serious"}),
    (Close, {"closure": "resolved", "basis": "agreed"}),
    (Reopen, {}),
    (AddNote, {}),
    (RecordCafcass, {"step": "considered"}),
    (RecordImpact, {"impact": "plan"}),
    (HandOver, {"iro": "jd"}),
    (File, {}),
)
OPENINGS = st.tuples(DAYS, st.sampled_from(["CSC", "CAMHS"]), st.booleans())
LATER = st.tuples(DAYS, st.integers(0, 5), st.sampled_from(MOVES))
CORRECTIONS = st.tuples(st.just("correct"), st.integers(0, 40), DAYS)
HISTORIES = st.lists(OPENINGS | LATER | CORRECTIONS, max_size=25)
"""Threads begun, moves on them, and days of entries corrected; known days and not."""

SAID = {"source": "recalled", "words": {"text": "x", "why": "y"}}


def opening(on: date | None, service: str, formal: bool) -> Raise:  # noqa: FBT001
    return Raise(
        on=on, child="C1", service=service, themes=("PLC",), role="team-manager", iro="mb",
        formal=formal, **SAID,
    )  # fmt: skip


def live(ledger: Ledger, history: list[Any]) -> None:
    """Record a history; what is not legal in it is passed over, as a person would."""
    of: dict[int, str] = {}
    for step in history:
        streams = sorted(set(of.values()))
        match step:
            case ["correct", nth, on]:
                entry = sorted(of)[nth % len(of)] if of else 0
                ask: Ask = Correct(
                    on=date(2017, 6, 1), entry=entry, facts={"on": on}, words={"reason": "x"}
                )
                stream = of.get(entry)
            case [on, int(nth), [move, facts]]:
                ask, stream = (
                    move(on=on, **facts, **SAID),
                    streams[nth % len(streams)] if of else None,
                )
            case _:
                ask, stream = opening(*step), None
        if stream or isinstance(ask, Raise):
            with suppress(Refused):
                recorded = ledger.record(ask, actor="mb", stream=stream)
                of |= {entry.position: entry.stream for entry in recorded.entries}


def contents(views: Views) -> list[Any]:
    return list(views._stored())


@given(history=HISTORIES, cuts=st.lists(st.integers(0, 40), max_size=4))
def test_any_split_of_catching_up_equals_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, history: list[Any], cuts: list[int]
) -> None:
    """Views caught up in any steps hold what one fold from the start holds, to the byte."""
    ledger = own.make_ledger(tmp_path_factory.mktemp("l"), signed=False)
    with closing(ledger):
        live(ledger, history)
        stepwise = Views(ledger)
        for cut in sorted(min(cut, ledger.size()) for cut in cuts if cut):
            stepwise.upto = cut
            stepwise.catch_up()
        stepwise.upto = None
        stepwise.catch_up()
        whole = Views(ledger)
        whole.rebuild()
        assert contents(stepwise) == contents(whole)
        assert stepwise.check() == []


def caught_up(ledger: Ledger) -> Views:
    views = Views(ledger)
    views.catch_up()
    return views


def everything(ledger: Ledger, views: Views, upto: int) -> list[Any]:
    """What every view says on some days, and the history of each thread."""
    policy, threads = views.policy(), list(views.threads())
    days = [date(2017, 1, 20), date(2017, 3, 2), date(2018, 1, 1)]
    told = [story.read(ledger.entries(t.ref, upto), policy, days[-1]) for t in threads]
    return [policy, threads, told] + [
        [
            list(log.read(threads, policy.calendar, day)),
            times.read(threads, policy.calendar, None, day),
            counts.read(threads, day),
            due.read(threads, policy, day),
        ]
        for day in days
    ]


@given(history=HISTORIES, cut=st.integers(6, 40))
def test_as_known_at_an_entry_is_a_ledger_that_ended_there(
    tmp_path_factory: pytest.TempPathFactory, history: list[Any], cut: int
) -> None:
    """As it was known: every view at an entry is that of a file from which all after it is gone."""
    folder = tmp_path_factory.mktemp("l")
    with closing(own.make_ledger(folder, signed=False)) as ledger:
        live(ledger, history)
        upto = min(cut, ledger.size())
        known = everything(ledger, Views.at(ledger, upto), upto)
    with own.attacked(own.path_in(folder)) as file:
        file.execute("DELETE FROM event WHERE position > ?", (upto,))
    with closing(open_ledger(own.path_in(folder))) as truncated:
        assert truncated.size() == upto
        assert everything(truncated, caught_up(truncated), upto) == known


@pytest.fixture
def ledger(tmp_path: Path) -> Any:
    with closing(own.make_ledger(tmp_path)) as made:
        own.record_threads(made, 3)
        yield made


def threads_of(ledger: Ledger) -> list[Any]:
    """What a reader of the stored views is given."""
    with closing(Views.beside(ledger)) as views:
        return list(views.threads())


def findings(ledger: Ledger) -> list[str]:
    """What `check` has against the stored views."""
    with closing(Views.stored(ledger)) as views:
        return views.check()


def test_readers_see_what_was_just_written(kept: Ledger) -> None:
    """Stored views are caught up before they are read."""
    assert len(threads_of(kept)) == 3
    own.record_threads(kept, 2)
    assert len(threads_of(kept)) == 5


def test_a_read_thread_is_the_thread_of_its_entries(kept: Ledger) -> None:
    """What is stored and read again equals what the entries make."""
    for thread in threads_of(kept):
        assert thread == kept.thread(thread.ref)


def test_tables_of_another_form_are_made_anew(ledger: Ledger) -> None:
    """A file of views may be of an older version, or half of one."""
    Views.beside(ledger).close()
    edit(ledger, "DROP TABLE thread")
    assert len(list(Views.beside(ledger).threads())) == 3


def test_deleted_views_come_back(ledger: Ledger) -> None:
    """They can be deleted at any moment."""
    before = contents(Views.beside(ledger))
    delete_views(ledger.path)
    assert contents(Views.beside(ledger)) == before


def edit(ledger: Ledger, statement: str) -> None:
    """What somebody does who owns where the views are kept."""
    if isinstance(ledger.place, Server):
        with servers.superuser() as connection:
            views = sql.Identifier(f"{ledger.place.schema}_views")
            connection.execute(sql.SQL("SET search_path = {}").format(views))
            connection.execute(statement.replace("x'00'", "'\\x00'"))
        return
    with closing(sqlite3.connect(views_path(ledger.path))) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE thread SET state = replace(state, 'CSC', 'EDU') WHERE ref = 'CH-0000002'",
        "DELETE FROM thread WHERE ref = 'CH-0000002'",
        "INSERT INTO thread SELECT 'CH-00000015', state, rests_from FROM thread LIMIT 1",
        "UPDATE thread SET rests_from = '2001-01-01' WHERE ref = 'CH-0000002'",
    ],
)
def test_an_edited_view_is_named_and_mended(kept: Ledger, statement: str) -> None:
    """`check` names the thread, and `rebuild` puts it right."""
    threads_of(kept)
    edit(kept, statement)
    (finding,) = findings(kept)
    assert "CH-" in finding
    with closing(Views.stored(kept)) as views:
        views.rebuild()
    assert findings(kept) == []


@pytest.mark.parametrize("state", ["{}", "no JSON", "[]", '{"on": "no day"}'])
def test_a_view_that_nobody_can_read_is_named(kept: Ledger, state: str) -> None:
    """With what to do about it; the entries are as they were."""
    threads_of(kept)
    edit(kept, f"UPDATE thread SET state = '{state}' WHERE ref = 'CH-0000002'")
    with pytest.raises(Refused, match=r"stored view of CH-2 cannot be read.*footprint rebuild"):
        threads_of(kept)
    with closing(Views.stored(kept)) as views:
        views.rebuild()
    assert len(threads_of(kept)) == 3


@pytest.mark.parametrize("left", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4000])
def test_what_is_no_view_is_made_anew(ledger: Ledger, left: bytes) -> None:
    """Whatever lies where the views should be."""
    delete_views(ledger.path)
    views_path(ledger.path).write_bytes(left)
    assert len(list(Views.beside(ledger).threads())) == 3
    assert Views.stored(ledger).check() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE place SET origin = 'another'",
        "UPDATE place SET leaf = x'00'",
        "UPDATE place SET position = 999",
        "UPDATE place SET folded_by = 0",
        "DELETE FROM place",
    ],
)
def test_views_of_something_else_are_folded_again(kept: Ledger, statement: str) -> None:
    """Of another ledger, of an exchanged history, or of another version."""
    threads_of(kept)
    edit(kept, statement)
    assert [t.ref for t in threads_of(kept)] == ["CH-0000001", "CH-0000002", "CH-0000003"]
    assert findings(kept) == []


def test_views_of_another_version_are_no_finding(kept: Ledger) -> None:
    """They are folded again when they are read: nobody has tampered with anything."""
    threads_of(kept)
    for statement, outdated in (
        ("UPDATE place SET folded_by = 2", True),
        ("DELETE FROM place", False),
    ):
        edit(kept, statement)
        with closing(Views.stored(kept)) as views:
            assert views.are_outdated() == outdated


def test_a_thread_at_work_that_is_stored_as_resting_is_refused(kept: Ledger) -> None:
    """Whoever wrote that would keep it from what is due; `check` finds it, and the log refuses."""
    threads_of(kept)
    edit(kept, "UPDATE thread SET rests_from = '0001-01-01'")
    assert findings(kept) == ["the stored views differ from the entries at CH-1"]
    with (
        closing(Views.stored(kept)) as views,
        views.apart(date(2026, 1, 1)) as (at_work, at_rest),
        pytest.raises(Refused, match="The stored view of CH-"),
    ):
        list(chain(at_work, at_rest))


def test_where_views_cannot_be_stored_they_are_folded_in_memory(ledger: Ledger) -> None:
    """A folder that takes no file (here: one stands in the way) is no reason not to answer."""
    delete_views(ledger.path)
    views_path(ledger.path).mkdir()
    views = Views.beside(ledger)
    assert (views.place, len(list(views.threads()))) == (None, 3)


def test_stored_views_hold_no_words_and_no_case_number(ledger: Ledger) -> None:
    """Neither is in the bytes of the file."""
    Views.beside(ledger).close()
    data = views_path(ledger.path).read_bytes()
    assert own.CHILD.encode() not in data
    assert own.TEXT.encode() not in data
    assert date.today().isoformat().encode() not in data  # noqa: DTZ011 - nothing of the day


def test_views_left_behind_are_not_accused(kept: Ledger) -> None:
    """`check` compares them with the entries up to where they stand."""
    threads_of(kept)
    own.record_threads(kept, 1)
    assert findings(kept) == []


def test_a_question_mark_in_the_path_is_part_of_it(tmp_path: Path) -> None:
    """The views go beside the ledger, whatever its name."""
    folder = tmp_path / "a?b"
    folder.mkdir()
    with closing(own.make_ledger(folder)) as made:
        Views.beside(made).close()
        assert views_path(made.path).exists()
        assert not (tmp_path / "a").exists()


def test_views_before_the_first_entry_are_empty(ledger: Ledger) -> None:
    """As when the year is asked for before there was anything: no error, no thread."""
    with closing(Views.at(ledger, 0)) as views:
        assert list(views.threads()) == []
