"""The timeline of a thread: what is where on its axis, what is said of it, and its page."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from cli_helpers import NOT_FOUND, REFUSED, USAGE, Place, concern, one_message
from domain.casework import (
    TODAY,
    Case,
    alert,
    close,
    correct,
    escalate,
    impact,
    march,
    note,
    raised,
    reopen,
    respond,
    to_alert,
)
from domain.histories import histories
from footprint_cli.thread.standing import finding
from footprint_cli.thread.timeline import Lane, Timeline, timeline
from hypothesis import given, settings

from footprint.domain.asks import Ask
from footprint.projections import history
from footprint.projections.history import PUTTING_RIGHT, Happening

SECRET, ADVICE = "the aunt in the blue house", "Counsel says wait."


def happened(case: Case, day: date = TODAY) -> list[Happening]:
    """What happened in a case, without what put it right."""
    told = history.read(case.entries, case.policy, day)
    return [one for one in told if one.entry.topic not in PUTTING_RIGHT]


def seen(case: Case, day: date = TODAY) -> Timeline:
    """The timeline of a case."""
    told = history.read(case.entries, case.policy, day)
    return timeline(case.thread, told, case.policy, day)


def lane(line: Timeline, title: str) -> Lane:
    """The lane whose title begins so."""
    return next(one for one in line.lanes if one.title.startswith(title))


def day_of(shown: str) -> date:
    return datetime.strptime(shown, "%a %d %b %Y").date()  # noqa: DTZ007 - a day, no time


def place(line: Timeline, day: date) -> float:
    """Where the middle of a day is, worked out from the days at the ends."""
    first, last = day_of(line.first), day_of(line.last)
    return ((day - first).days + 0.5) / ((last - first).days + 1) * 100


# --- where things are ---------------------------------------------------------------------------


@settings(max_examples=50)
@given(histories())
def test_whatever_has_a_day_is_on_the_axis(asks: list[Ask]) -> None:
    """Each at the middle of its day, once, within the axis; whatever has none is listed."""
    case = Case(*asks)
    line, told = seen(case), happened(case)
    days = sorted(one.entry.occurred_on for one in told if one.entry.occurred_on)
    marks = [mark.at for one in line.lanes if "Promised" not in one.title for mark in one.marks]
    assert sorted(marks) == pytest.approx([place(line, day) for day in days], abs=0.01)
    assert all(0 < at < 100 for at in marks)
    assert len(line.undated) == len(told) - len(days)


@settings(max_examples=50)
@given(histories())
def test_what_is_due_is_on_the_axis(asks: list[Ask]) -> None:
    """Every day that was promised, and the day of reading where the thread is open on it."""
    case = Case(*asks)
    line = seen(case)
    days = [day for one in happened(case) for due in one.due for day in (due.by, due.on) if day]
    days += [] if case.thread.closed else [TODAY]
    assert all(day_of(line.first) <= day <= day_of(line.last) for day in days)
    assert (line.today is None) == case.thread.closed
    if case.thread.resolve_by:
        assert line.limit
        assert line.limit.at == pytest.approx(place(line, case.thread.resolve_by), abs=0.01)


def test_what_was_closed_reopened_and_closed_on_one_day_is_closed() -> None:
    """By turns, as it was recorded: it is not open for ever, let alone late."""
    case = Case(alert(march(1)), close(march(3)), reopen(march(3)), close(march(3)))
    assert [bar.kind for bar in lane(seen(case), "The whole case").bars] == ["waited", "waited"]


@settings(max_examples=50)
@given(histories())
def test_bars_are_of_days_that_are_shown(asks: list[Ask]) -> None:
    """None has a negative width or leaves the axis, and those of one lane follow each other."""
    for one in seen(Case(*asks)).lanes:
        assert all(bar.width >= 0 and 0 < bar.start + bar.width < 100 for bar in one.bars)
        passed = [bar for bar in one.bars if bar.kind != "allowed"]
        for bar, later in pairwise(passed):
            assert bar.start + bar.width <= later.start + 0.02


@settings(max_examples=50)
@given(histories())
def test_what_is_drawn_late_is_said_to_be(asks: list[Ask]) -> None:
    """A lane that says that something came late shows it, and one that says in time does not."""
    for one in seen(Case(*asks)).lanes:
        kinds = {bar.kind for bar in one.bars}
        for said in one.lines:
            if said.startswith(("Answer due", "Action promised")) and "allowed" in kinds:
                assert "late" in kinds or not re.search(r"days? late", said)
                assert "late" not in kinds or not said.endswith("in time.")


@settings(max_examples=50)
@given(histories())
def test_ticks_are_working_days(asks: list[Ask]) -> None:
    """In order, from none on, each the working day that it says; few enough for a phone."""
    case = Case(*asks)
    line = seen(case)
    began = case.thread.alert.on if case.thread.alert else case.thread.on
    assert bool(line.ticks) == (began is not None)
    for tick in line.ticks:
        due = case.policy.calendar.due(began, int(tick.number))
        assert due
        assert tick.at == pytest.approx(place(line, due), abs=0.01)
    gaps = [later.at - tick.at for tick, later in pairwise(line.ticks)]
    assert all(gap > 12 for gap in gaps)


def test_a_correction_moves_what_it_corrects() -> None:
    """It is not on the axis itself: the day that was put right is."""
    case = Case(raised(march(1)), respond(march(6)))
    case.do(correct(2, on=march(8)))
    line = seen(case)
    answer = lane(line, "Stage 0").marks[-1]
    assert answer.at == pytest.approx(place(line, march(8)), abs=0.01)
    assert "Wed 8 Mar, working day 5: agreed" in lane(line, "Stage 0").lines


def test_an_answer_in_time_and_one_that_is_late_have_their_shapes() -> None:
    """The one that counts is in time or late; what else came back is neither."""
    late = Case(raised(march(1)), respond(march(6), response="holding"), respond(march(10)))
    kinds = [mark.kind for mark in lane(seen(late), "Stage 0").marks]
    assert kinds == ["sent", "reply", "answer-late"]
    soon = Case(raised(march(1)), respond(march(6)), respond(march(10)))
    kinds = [mark.kind for mark in lane(seen(soon), "Stage 0").marks]
    assert kinds == ["sent", "answer", "reply"]


def test_the_saturday_after_the_last_day_is_late() -> None:
    """It is drawn and said so, as it is counted: the day after a due date is past it."""
    case = Case(alert(march(3)), respond(march(11)))  # due on Friday 10 March
    stage = lane(seen(case), "Stage 1")
    assert "late, by no working day" in stage.lines[1]
    assert [mark.kind for mark in stage.marks] == ["sent", "answer-late"]


def test_what_was_promised_has_a_lane() -> None:
    """From the answer to the day that it was promised for, and to the close on what was done."""
    case = Case(raised(march(1)), respond(march(6), action_by=march(10)), close(march(14)))
    promised = lane(seen(case), "Promised at stage 0")
    assert [bar.kind for bar in promised.bars] == ["allowed", "waited", "late"]
    assert [mark.kind for mark in promised.marks] == ["answer-late"]
    assert "2 working days late" in promised.lines[0]


def test_the_whole_case_shows_when_it_was_open() -> None:
    """Two spells, with a gap between a close and what reopened it; and its last day."""
    case = Case(alert(march(1)), respond(march(6)), close(march(7)), reopen(march(13)))
    line = seen(case, march(31))
    whole = lane(line, "The whole case")
    assert [mark.kind for mark in whole.marks] == ["closed", "reopened"]
    assert [bar.kind for bar in whole.bars] == ["waited", "waited", "late"]
    assert line.limit
    assert line.limit.text == "20 working days"


# --- what is said -------------------------------------------------------------------------------

FINDINGS = {
    "Resolved in 3 working days, informally": [
        raised(march(1)), respond(march(3)), close(march(6)),
    ],
    "Resolved in 17 working days, with the Team Manager": [
        alert(march(1)), respond(march(3)), close(march(24)),
    ],
    "Resolved in 22 working days, with the Team Manager: past its last day": [
        alert(march(1)), respond(march(3)), close(march(31)),
    ],
    "Resolved in 20 working days, with the Team Manager: past its last day": [  # a Saturday
        alert(march(3)), respond(march(6)), close(date(2017, 4, 1)),
    ],
    "Partly resolved in 6 working days, one stage above the Team Manager": [
        raised(march(1)), to_alert(march(9)), escalate(march(10), stage=2),
        respond(march(13), stage=2), close(march(17), closure="partly"),
    ],
    "Resolved, three stages above the Team Manager": [
        alert(march(1)), escalate(march(2), stage=4, words={"why": "x"}),
        close(None, by="manager", source="recalled", words={"why": "x"}),
    ],
    "Withdrawn after 2 working days, informally": [
        raised(march(1)), close(march(3), closure="withdrawn"),
    ],
    "Open for 22 working days, with the Team Manager: past its last day": [alert(march(1))],
    "Open for 22 working days, informally: an answer is late": [raised(march(1))],
    "Open for 22 working days, informally: what was promised is late": [
        raised(march(1)), respond(march(3), action_by=march(10)),
    ],
    "Open for 22 working days, informally: the IRO's to decide": [
        raised(march(1)), respond(march(3), response="not-agreed"),
    ],
    "Open for 1 working day, informally: waiting for the service": [raised(march(30))],
    "Open, informally: waiting for the service": [raised(None, source="recalled")],
}  # fmt: skip


@pytest.mark.parametrize("said", FINDINGS)
def test_the_title_says_what_there_is_to_see(said: str) -> None:
    """How long it took, how high it had to go, and whether that was in time; or how it waits."""
    case = Case(*FINDINGS[said])
    assert finding(case.thread, case.policy, march(31)) == said


def test_the_key_is_of_what_is_drawn() -> None:
    """No more, and no less."""
    case = Case(alert(march(1)), respond(march(3)), note(march(3)), impact(march(3)))
    kinds = [kind for kind, _ in seen(case, march(6)).key]
    assert kinds == ["sent", "allowed", "waited", "answer", "beside", "limit", "today"]


def test_a_day_has_its_year_where_that_is_not_plain() -> None:
    """Beside an axis of more than one year; the ends of the axis always have it."""
    case = Case(raised(march(1)), respond(march(6)))
    assert "Mon 6 Mar, working day 3: agreed" in lane(seen(case), "Stage 0").lines
    later = seen(case, TODAY + timedelta(days=365))
    assert "Mon 6 Mar 2017, working day 3: agreed" in lane(later, "Stage 0").lines
    assert later.ticks[-1].day == "May 2018"


def test_days_that_nobody_can_count_are_days_all_the_same() -> None:
    """Outside the calendar they are on the axis, and no working day is claimed for them."""
    case = Case(raised(date(2009, 3, 2), source="recalled"))
    line = seen(case, date(2009, 3, 9))
    assert (line.ticks, line.finding) == ([], "Open, informally: waiting for the service")
    assert lane(line, "Stage 0").lines == ["Mon 2 Mar: challenge raised"]


# --- the page -----------------------------------------------------------------------------------


def made_with(page: str) -> list[str]:
    """The arguments of the command that its footer names."""
    found = re.search(r"Made with: footprint (.*?)</p>", page)
    assert found
    return shlex.split(found[1])


@pytest.fixture
def told(begun: Place) -> Place:
    """A thread with words of each kind."""
    begun.done("note", "1", "--words", SECRET, "--on", "2025-11-04")
    begun.done("note", "1", "--words", ADVICE, "--privileged", "--on", "2025-11-05")
    return begun


@pytest.mark.slow
def test_the_page_has_no_words_unless_they_are_asked_for(told: Place) -> None:
    """Nor the case number; and legal advice in neither case. It says which it is."""
    plain = told.done("replay", "1", "--html").out
    whole = told.done("replay", "1", "--html", "--with-words").out
    for text in (SECRET, "Third placement", "204117"):
        assert text not in plain
        assert text in whole
    assert ADVICE not in plain + whole
    assert "(words not given here)" in plain
    assert "(words left out: legal advice)" in whole
    assert "Without the child&#39;s case number" in plain
    assert "It holds the case number and words" in whole


@pytest.mark.slow
@pytest.mark.parametrize("asked", [[], ["--with-words"], ["--day", "2027-01-04"]], ids=str)
def test_its_command_makes_the_same_page_again(told: Place, asked: list[str]) -> None:
    """To the byte, whatever is recorded after it."""
    first = told.done("replay", "1", "--html", *asked).out
    told.done("respond", "1", "--response", "agreed", "--role", "team-manager")
    told.done("challenge", *concern())
    assert told.done(*made_with(first)).out == first
    assert told.done("replay", "1", "--html", *asked).out != first


@pytest.mark.slow
def test_it_names_its_ledger_and_its_moment(told: Place) -> None:
    """Whose, up to which entry, the root there, the calendar and the day."""
    page = told.done("replay", "1", "--html", "--at-entry", "8").out
    status = told.json("status")
    assert f"Ledger of Borough of Testing: {status['origin']}, up to entry 8, root " in page
    assert "Working days by the calendar England, version 1." in page
    assert "--html --at-entry 8 --day" in page


@pytest.mark.slow
def test_what_is_on_the_page_is_what_was_known(told: Place) -> None:
    """At an entry, nothing of what came after it."""
    page = told.done("replay", "1", "--html", "--with-words", "--at-entry", "7").out
    assert SECRET not in page
    assert SECRET in told.done("replay", "1", "--html", "--with-words", "--at-entry", "8").out


@pytest.mark.slow
def test_the_page_goes_into_a_file_that_is_new(told: Place) -> None:
    """The bytes that are printed otherwise, for its owner alone; what is there stays."""
    path = told.folder / "page.html"
    ran = told.done("replay", "1", "--html", "--output", str(path))
    assert str(path) in ran.out
    assert path.read_text("utf-8") == told.done("replay", "1", "--html").out
    assert path.stat().st_mode & 0o077 == 0 or os.name == "nt"
    again = told.run("replay", "1", "--html", "--output", str(path))
    assert "already" in one_message(again, REFUSED)
    folder = told.run("replay", "1", "--html", "--output", str(told.folder))
    assert "already" in one_message(folder, REFUSED)
    nowhere = told.run("replay", "1", "--html", "--output", str(told.folder / "no" / "page.html"))
    assert "cannot be written" in one_message(nowhere, REFUSED)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "code", "what"),
    [
        ("1 --html --json", USAGE, "--json does not go with --html"),
        ("1 --html --csv", USAGE, "--csv does not go with --html"),
        ("1 --html --from 3/11/2025", USAGE, "--from does not go with --html"),
        ("1 --html --to 3/11/2025", USAGE, "--to does not go with --html"),
        ("--html", USAGE, "one thread"),
        ("1 --output page.html", USAGE, "--html"),
        ("1 --html --day 2025-11-04", USAGE, "goes on after --day, to Wednesday 5 November 2025"),
        ("--day 2025-11-04", USAGE, "one thread"),
        ("7 --html", NOT_FOUND, "no thread"),
    ],
)
def test_what_does_not_go_with_a_page_is_refused(
    told: Place, args: str, code: int, what: str
) -> None:
    """With what does; nothing is written."""
    assert what in one_message(told.run("replay", *args.split()), code)
    assert not (told.folder / "page.html").exists()


@pytest.mark.slow
def test_no_words_of_a_thread_that_is_said_to_be_another_childs(told: Place) -> None:
    """They name both children; the page without words is there all the same."""
    args = ["--basis", "wrong-child", "--right-child", "999111", "--why", "A mix-up."]
    told.done("redact", "1", *args)
    assert "another child" in one_message(
        told.run("replay", "1", "--html", "--with-words"), REFUSED
    )
    assert "999111" not in told.done("replay", "1", "--html").out


@pytest.mark.slow
def test_nothing_is_given_of_a_ledger_that_contradicts_itself(told: Place) -> None:
    """A page goes on to others: a changed entry refuses it."""
    with closing(sqlite3.connect(told.ledger)) as ledger, ledger:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"
        for (name,) in ledger.execute(triggers).fetchall():
            ledger.execute(f"DROP TRIGGER {name}")
        changed = "CAST(replace(state, '2025-11-04', '2025-11-03') AS BLOB)"
        ledger.execute(f"UPDATE event SET state = {changed}")
    one_message(told.run("replay", "1", "--html"), REFUSED)


@pytest.mark.slow
def test_the_day_of_a_thread_is_for_its_other_forms_too(told: Place) -> None:
    """What is late is worked out for it."""
    due = told.json("replay", "1", "--day", "2025-11-12")[0]["due"]
    came = "not yet, 2 working days late on Wednesday 12 November 2025."
    assert due == [f"Answer due by Monday 10 November 2025: {came}"]
