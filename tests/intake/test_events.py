"""A sheet with a row an event: tied by a number, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_helpers import Rows, book_of, bring, make, sheet_of, threads, whats, why

from footprint.domain.thread import Thread
from footprint.ledger.ledger import Ledger
from footprint.sheets.pages import Cell

HEADINGS = ("Ref", "Event", "Date", "Child ID", "IRO", "Service", "Theme", "Level", "Role",
            "Response", "Outcome", "Details", "Record")  # fmt: skip
WHOSE = ("204117", "MB", "CSC", "PLC", "Alert")
NOBODY = (None,) * 5
RAISED = ("1", "Raised", "14/04/2016", *WHOSE, "Team Manager", None, None, "No plan.", "Formal")
ANSWER = (
    "1",
    "Response",
    "20/04/2016",
    *NOBODY,
    "Team Manager",
    "Not agreed",
    None,
    "No.",
    "Formal",
)
HIGHER = ("1", "Escalated", "25/04/2016", *NOBODY, "Service Manager", None, None, None, "Formal")
AGREED = (
    "1",
    "Response",
    "28/04/2016",
    *NOBODY,
    "Service Manager",
    "Agreed",
    None,
    "Yes.",
    "Formal",
)
CLOSED = ("1", "Closed", "29/04/2016", *NOBODY, None, None, "Resolved", "Done.", "Recalled")
IMPACT = ("1", "Impact", None, *NOBODY, None, None, None, "He stayed.", "Recalled")
OTHER = ("2", "Raised", "03/05/2016", "198850", *WHOSE[1:], "Team Manager", None, None, "No visit.",
         "Formal")  # fmt: skip
ALL = (RAISED, ANSWER, HIGHER, AGREED, CLOSED, IMPACT, OTHER)


def brought(ledger: Ledger, rows: Rows) -> list[Thread]:
    outcomes = bring(ledger, book_of(sheet_of([HEADINGS, *rows])))
    assert set(whats(outcomes)) <= {"new", "same"}, [why(one) for one in outcomes]
    return sorted((t.but(ref="") for t in threads(ledger)), key=lambda t: t.on or date.min)


def refused(ledger: Ledger, *rows: Sequence[Cell]) -> str:
    (outcome, *_) = bring(ledger, book_of(sheet_of([HEADINGS, *rows])), {"guesses": True})
    assert outcome.what == "refused"
    assert threads(ledger) == []
    return why(outcome)


def test_events_of_a_number_are_one_thread(ledger: Ledger) -> None:
    """Each from its own row, on its own day, and from its own source."""
    first, other = brought(ledger, ALL)
    assert first.closed
    assert [(s.stage, [a.response for a in s.answers]) for s in first.steps] == [
        (1, ["not-agreed"]), (2, ["agreed"]),
    ]  # fmt: skip
    assert other.steps[0].on == date(2016, 5, 3)
    made = ledger.entries("CH-0000001")
    roles = [getattr(e.event, "role", None) for e in made[:4]]
    assert roles == ["team-manager"] * 2 + ["service-manager"] * 2
    assert [e.source for e in made] == ["transcribed"] * 4 + ["recalled"] * 2
    rows = [words["origin_row"] for words in ledger.vault.words("CH-0000001").values()]
    assert rows == ["2", "3", "4", "5", "6", "7"]


SAME_DAY = (
    RAISED,
    ("1", "Response", "14/04/2016", *NOBODY, "Team Manager", "Holding", None, "Later.", "Formal"),
    ("1", "Response", "14/04/2016", *NOBODY, "Team Manager", "Not agreed", None, "No.", "Formal"),
    ("1", "Escalated", "14/04/2016", *NOBODY, "Service Manager", None, None, None, "Formal"),
    ("1", "Note", None, *NOBODY, None, None, None, "Rang.", "Formal"),
    ("1", "Note", None, *NOBODY, None, None, None, "Rang again.", "Formal"),
    ("1", "Closed", None, *NOBODY, None, None, "Withdrawn", None, "Formal"),
)


@settings(max_examples=20)
@given(rows=st.sampled_from([ALL, SAME_DAY]), data=st.data())
def test_events_in_any_order_are_the_same_threads(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, data: st.DataObject
) -> None:
    """Those of one day too; and what is sorted otherwise is recognised, and twice is once."""
    one, other = (make(tmp_path_factory.mktemp("ledger")) for _ in range(2))
    shuffled = data.draw(st.permutations([*rows, *rows[:2]]))
    assert brought(one, rows) == brought(other, shuffled)
    size = one.size()
    assert brought(one, shuffled) == brought(other, rows)
    assert one.size() == other.size() == size
    one.close()
    other.close()


@pytest.mark.parametrize("column", ["Child ID", "Service", "Theme", "Level"])
@pytest.mark.parametrize("backwards", [False, True])
def test_rows_of_one_number_that_contradict_each_other(
    ledger: Ledger, column: str, *, backwards: bool
) -> None:
    """Neither of them is believed, whichever comes first."""
    says = {"Child ID": "198850", "Service": "EDU", "Theme": "SIB", "Level": "Challenge"}[column]
    at = HEADINGS.index(column)
    rows = [RAISED, (*ANSWER[:at], says, *ANSWER[at + 1 :])]
    assert "another row of the same number says" in refused(
        ledger, *rows[:: -1 if backwards else 1]
    )


def test_another_iro_at_a_later_event_does_not_raise_it(ledger: Ledger) -> None:
    """The thread is of whoever raised it, in whatever order the rows are."""
    at = HEADINGS.index("IRO")
    (thread,) = brought(ledger, [(*ANSWER[:at], "JT", *ANSWER[at + 1 :]), RAISED])
    assert thread.iro == "MB"


def test_what_cannot_be_told(ledger: Ledger) -> None:
    """No number, no beginning, no event, two beginnings, or an answer of which stage."""
    undated = ("1", "Response", None, *NOBODY, None, "Agreed", None, "Yes.", "Formal")
    assert "no number that ties it" in refused(ledger, (None, *RAISED[1:]))
    assert "what was raised" in refused(ledger, ANSWER)
    assert "does not say what happened" in refused(ledger, RAISED, (*ANSWER[:1], None, *ANSWER[2:]))
    assert "which stage answered" in refused(ledger, RAISED, HIGHER, undated)
    assert "only once" in refused(ledger, RAISED, (*RAISED[:2], "15/04/2016", *RAISED[3:]))
    assert "source" in refused(ledger, RAISED, (*ANSWER[:-1], None))


def test_a_new_row_of_a_number_goes_on(ledger: Ledger) -> None:
    """The next export of the log has more rows."""
    brought(ledger, [RAISED])
    (outcome,) = bring(ledger, book_of(sheet_of([HEADINGS, CLOSED, RAISED, ANSWER])))
    assert (outcome.what, outcome.entries) == ("more", 2)
    assert threads(ledger)[0].closed


def renamed(rows: Rows, **headings: str) -> Rows:
    """The rows below the headings, some of which are called otherwise."""
    return [[headings.get(name, name) for name in HEADINGS], *rows]


def test_notes_are_what_an_event_says(ledger: Ledger) -> None:
    """Many a log has one column of text, and calls it so."""
    bring(ledger, book_of(sheet_of(renamed([RAISED, ANSWER], Details="Notes"))))
    words = ledger.vault.words("CH-0000001").values()
    assert [said["text"] for said in words] == ["No plan.", "No."]
    assert len(ledger.entries("CH-0000001")) == len([RAISED, ANSWER])


def test_a_stage_is_of_the_event_whose_row_says_it(ledger: Ledger) -> None:
    """An escalation past a stage is one, and an answer is of the stage that its row says."""
    late = (*ANSWER[:2], "27/04/2016", *ANSWER[3:])
    rows = [(*row, stage) for row, stage in [(RAISED, 1), (HIGHER, 2), (late, 1), (AGREED, 2)]]
    outcomes = bring(ledger, book_of(sheet_of([(*HEADINGS, "Stage"), *rows])))
    assert whats(outcomes) == ["new"], why(outcomes[0])
    (thread,) = threads(ledger)
    assert [(s.stage, [a.response for a in s.answers]) for s in thread.steps] == [
        (1, ["not-agreed"]), (2, ["agreed"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "heading", "value"),
    [
        (RAISED, "Outcome", "Resolved"),
        (RAISED, "Response", "Agreed"),
        (CLOSED, "Response", "Agreed"),
    ],
)
def test_what_an_event_says_of_another_is_not_lost(
    ledger: Ledger, row: Sequence[Cell], heading: str, value: str
) -> None:
    """It is refused, unless a row of that event says it: then it is only said twice."""
    at = HEADINGS.index(heading)
    told = (*row[:at], value, *row[at + 1 :])
    begun, ended = ([], [CLOSED]) if row is RAISED else ([RAISED], [])
    assert "of another event" in refused(ledger, *begun, told)
    brought(ledger, [*begun, told, AGREED, *ended])


def test_a_later_answer_due_is_of_no_other_event(ledger: Ledger) -> None:
    """Each row of a log may have one: the first is taken, and the ladder says the others."""
    rows = [(*RAISED, "20/04/2016"), (*HIGHER, "29/04/2016")]
    (outcome,) = bring(ledger, book_of(sheet_of([(*HEADINGS, "Response due"), *rows])))
    assert outcome.what == "new", why(outcome)
    assert vars(outcome.moves[0].event)["respond_by"] == date(2016, 4, 20)
