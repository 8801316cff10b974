"""What the cells of a row prove: each move on its own day, and nothing that no cell says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
import pytest
from intake_helpers import USUAL, bring, one_sheet, table, threads, whats, why

from footprint.domain.thread import Thread
from footprint.intake.origin import place_of
from footprint.ledger.ledger import Ledger
from footprint.sheets.pages import Cell

Change = Mapping[str, Cell]
HIGHER: Change = {"Escalated to": "Service Manager", "Date escalated": "25/04/2016"}
RESOLVED: Change = {"Outcome": "Resolved", "Date closed": "29/04/2016"}


def proved(ledger: Ledger, change: Change) -> Thread:
    """The thread that a row with these cells, beside the usual ones, becomes."""
    (outcome,) = bring(ledger, one_sheet(change))
    assert outcome.what == "new", why(outcome)
    return threads(ledger)[-1]


def refused(ledger: Ledger, change: Change) -> str:
    (outcome,) = bring(ledger, one_sheet(change))
    assert outcome.what == "refused"
    assert threads(ledger) == []
    return why(outcome)


def entries(ledger: Ledger) -> list[tuple[str, date | None, dict[str, Any]]]:
    """The thread's entries: their topic, day and facts."""
    return [(e.topic, e.occurred_on, vars(e.event)) for e in ledger.entries("CH-0000001")]


MOVES: list[tuple[Change, str, date | None, dict[str, Any]]] = [
    ({"Date of response": "20/04/2016"}, "response.received", date(2016, 4, 20),
     {"response": "not-known", "role": None}),
    ({"Response": "Agreed"}, "response.received", None, {"response": "agreed"}),
    ({"Response summary": "He will see to it."}, "response.received", None, {}),
    ({"Response": "Agreed", "Responded by": "Service Manager", "Action by": "01/06/2027"},
     "response.received", None, {"role": "service-manager", "action_by": date(2027, 6, 1)}),
    (HIGHER, "thread.escalated", date(2016, 4, 25),
     {"role": "service-manager", "reason": "not-known", "stage": 2}),
    ({"Date escalated": "25/04/2016", "Escalation reason": "Not satisfied"}, "thread.escalated",
     date(2016, 4, 25), {"role": None, "reason": "unsatisfied"}),
    ({"Date escalated": "unknown"}, "thread.escalated", None, {"stage": 2}),
    (RESOLVED, "thread.closed", date(2016, 4, 29), {"closure": "resolved"}),
    ({"Date closed": "29/04/2016"}, "thread.closed", date(2016, 4, 29), {"closure": "not-known"}),
    ({"Outcome": "Partially resolved", "Basis": "Agreed"}, "thread.closed", None,
     {"closure": "partly", "basis": "agreed"}),
    ({"Impact": "He stayed.", "Impact type": "plan changed"}, "impact.recorded", None,
     {"impact": "plan"}),
    ({"Impact": "He stayed.", "Impact date": "01/05/2016"}, "impact.recorded", date(2016, 5, 1),
     {"impact": "unclassified"}),
    ({"Cafcass": "Yes"}, "cafcass.recorded", None, {"step": "referred"}),
    ({"Date filed": "15/04/2016"}, "thread.filed", date(2016, 4, 15), {}),
    ({"Notes": "Rang again."}, "note.added", None, {}),
    ({"Level": "Challenge", "Date made formal": "20/04/2016"}, "thread.alerted",
     date(2016, 4, 20), {"stage": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "topic", "on", "facts"), MOVES)
def test_each_move_is_proved_by_its_cells(
    ledger: Ledger, change: Change, topic: str, on: date | None, facts: dict[str, Any]
) -> None:
    """On its own day, or on one that is not known; what no cell says is not known."""
    proved(ledger, change)
    (first, second) = entries(ledger)
    assert first[1] == date(2016, 4, 14)
    assert second[:2] == (topic, on)
    assert {name: second[2].get(name) for name in facts} == facts
    assert {e.source for e in ledger.entries("CH-0000001")} == {"transcribed"}


@pytest.mark.parametrize(
    "change",
    [
        {"Response": "None received"}, {"Response": "Awaited", "Date of response": "n/a"},
        {"Date of response": "Pending"}, {"Escalated to": "No"}, {"Escalated to": "n/a"},
        {"Outcome": "Ongoing"}, {"Date closed": "Open"}, {"Outcome": "-", "Date closed": "tbc"},
        {"Cafcass": "No"}, {"Responded by": "Team Manager"}, {"Response": "   "},
        {"Impact": "n/a"}, {"Notes": "-"},
    ],
)  # fmt: skip
def test_cells_that_prove_nothing(ledger: Ledger, change: Change) -> None:
    """A thread that was raised, and is open."""
    assert proved(ledger, change).entries == 1


def test_a_day_that_is_missing_is_not_known(ledger: Ledger) -> None:
    """It is never made up, nor taken from another cell."""
    thread = proved(ledger, {"Date raised": None, "Response": "Agreed", **RESOLVED})
    assert (thread.on, [a.on for a in thread.step.answers]) == (None, [None])
    assert thread.step.respond_by is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Response": "None received", "Date of response": "20/04/2016"}, "there was no answer"),
        ({"Response": "Awaited", "Response summary": "He agrees."}, "there was no answer"),
        ({"Outcome": "Ongoing", "Date closed": "29/04/2016"}, "it is open"),
        ({"Date of response": "13/04/2016"}, "is before"),
        ({"Date closed": "13/04/2016"}, "is before"),
        ({"Date raised": "sometime"}, "Date raised sometime it is no date"),
        ({"Level": None}, "Not said: challenge or alert"),
        ({"Service": None}, "Not said: service"),
        ({"Theme": "n/a"}, "none of the themes"),
        ({"Concern": None}, "no words"),
        ({"Level": "Challenge", **HIGHER}, "informal challenge"),
        ({"Stage 2 response": "Agreed"}, "no cell says that it came so far"),
        ({"Stage 3 sent": "25/04/2016"}, "no cell says that it came so far"),
        ({**HIGHER, "Stage 2 response": "Agreed", "Date of stage 2 response": "20/04/2016"},
         "was never sent to stage 2"),
        ({"Stage": "two"}, "it is no stage"),
        ({"Care proceedings": "perhaps"}, "neither yes nor no"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_or_is_not_enough(
    ledger: Ledger, change: Change, reason: str
) -> None:
    """The row is refused, and nothing of it is recorded."""
    assert reason in refused(ledger, change)


# --- which stage an answer is of --------------------------------------------------------------


def answers(thread: Thread) -> list[tuple[int, list[str]]]:
    return [(step.stage, [answer.response for answer in step.answers]) for step in thread.steps]


LATE: Change = {**HIGHER, "Response": "Not agreed", "Date of response": "28/04/2016"}


def test_an_answer_by_the_first_addressee_after_an_escalation(ledger: Ledger) -> None:
    """It is late, and of the first stage; by whom it was escalated to it is of the second."""
    first = proved(ledger, {**LATE, "Responded by": "Team Manager"})
    assert answers(first) == [(1, ["not-agreed"]), (2, [])]
    second = proved(ledger, {**LATE, "Responded by": "Service Manager", "Ref": "8",
                             "Child ID": "198850"})  # fmt: skip
    assert answers(second) == [(1, []), (2, ["not-agreed"])]


def test_what_has_no_day_comes_behind_what_was_before_it(ledger: Ledger) -> None:
    """Behind all of it, a late answer too: it was not closed before that."""
    proved(ledger, {**LATE, "Responded by": "Team Manager", "Outcome": "Withdrawn"})
    assert [topic for topic, *_ in entries(ledger)] == [
        "alert.raised", "thread.escalated", "response.received", "thread.closed",
    ]  # fmt: skip


def test_an_answer_that_the_sheet_has_no_place_for(ledger: Ledger) -> None:
    """It was given, where an escalated thread was closed as resolved; that is all we know."""
    thread = proved(ledger, {**HIGHER, **RESOLVED, "Response": "Not agreed"})
    assert answers(thread) == [(1, ["not-agreed"]), (2, ["not-known"])]
    assert thread.steps[1].answers[0].on is None


@pytest.mark.parametrize(
    "change",
    [{**HIGHER, "Outcome": "Withdrawn"}, {**HIGHER, "Outcome": "Closed"}, HIGHER,
     {**HIGHER, **RESOLVED, "Stage 2 response": None},
     {**HIGHER, **RESOLVED, "Responded by": "Service Manager", "Response": "Agreed",
      "Date of response": "26/04/2016"}],
)  # fmt: skip
def test_no_answer_is_made_up(ledger: Ledger, change: Change) -> None:
    """Where nothing shows one, where the sheet has a column for it, or where it is there."""
    thread = proved(ledger, change)
    assert "not-known" not in [answer.response for step in thread.steps for answer in step.answers]


STAGES: Change = {
    "Stage 1 response": "Not agreed", "Stage 1 response received": "28/04/2016",
    "Stage 2 sent": "25/04/2016", "Stage 2 to": "Service Manager",
    "Stage 2 response": "Not agreed", "Stage 2 response received": "02/05/2016",
    "Stage 3 sent": "03/05/2016", "Stage 3 to": "Head of Service",
    "Stage 3 response": "Agreed", "Stage 3 response date": "09/05/2016",
}  # fmt: skip


def test_columns_of_stages(ledger: Ledger) -> None:
    """Each answer is of the stage that its column says, however late it came."""
    thread = proved(ledger, STAGES)
    assert answers(thread) == [(1, ["not-agreed"]), (2, ["not-agreed"]), (3, ["agreed"])]
    assert [step.on for step in thread.steps] == [
        date(2016, 4, 14), date(2016, 4, 25), date(2016, 5, 3),
    ]  # fmt: skip


def test_an_alert_that_began_higher(ledger: Ledger) -> None:
    """By its stage; it needs a reason as any does, and its answers are of that stage."""
    assert "needs a reason" in refused(ledger, {"Stage": "2"})
    book = one_sheet({**HIGHER, "Stage": 2, "Escalated to": "Head of Service", "Why so high": "x",
                      "Stage 2 response": "Agreed", "Response": "Not agreed"})  # fmt: skip
    (outcome,) = bring(ledger, book, columns={"raised.why": "Why so high"})
    assert outcome.what == "new", why(outcome)
    assert answers(threads(ledger)[0]) == [(2, ["not-agreed"]), (3, ["agreed"])]


def test_a_team_can_name_the_service_more_closely(ledger: Ledger) -> None:
    """As the Virtual School does in education; another team does not."""
    school = proved(ledger, {"Service": "Education", "Team": "Virtual School"})
    assert school.service == "VS"
    care = proved(ledger, {"Team": "Children in Care", "Ref": "9", "Child ID": "198850"})
    assert care.service == "CSC"


# --- where it comes from ----------------------------------------------------------------------


def test_the_cells_of_all_entries_are_the_row(ledger: Ledger) -> None:
    """Each has those that it was made from; what proves nothing is with what was raised."""
    change = {
        **STAGES,
        **RESOLVED,
        "Date closed": "30/05/2016",
        "Impact": "He stayed.",
        "Shoe size": 7,
        "Cafcass": "No",
    }
    proved(ledger, change)
    rows = table(change)
    words = ledger.vault.words("CH-0000001")
    cells = [orjson.loads(said["original"]) for said in words.values() if "original" in said]
    together = [item for one in cells for item in one.items()]
    assert sorted(together) == sorted(
        (str(name), str(cell)) for name, cell in zip(*rows, strict=True) if cell is not None
    )
    first = cells[0]
    assert {"Shoe size": "7", "Cafcass": "No", "Child ID": "204117"}.items() <= first.items()
    assert cells[-1] == {"Impact": "He stayed."}


def test_each_entry_says_where_it_stands(ledger: Ledger) -> None:
    """File, row and the sheet's number on each, and no cells that are not its."""
    proved(ledger, {**HIGHER, **RESOLVED})
    words = [*ledger.vault.words("CH-0000001").values()]
    assert {said["origin_row"] for said in words} == {"2"}
    assert len({said["origin_file"] for said in words}) == 1
    assert [said.get("origin_ref") for said in words] == ["7"] * 4
    made_up = words[2]
    assert made_up.keys() == {"child", "origin_file", "origin_ref", "origin_row"}
    assert USUAL["Concern"] not in str(words[1:])


def test_a_column_that_is_left_out_is_named_and_not_kept(ledger: Ledger) -> None:
    """With the first entry of its row, where something stands in it."""
    who = {"Name of child": "Robin Example", "DOB": date(2012, 4, 3), "Carer's email": None}
    proved(ledger, {**who, **RESOLVED})
    words = [*ledger.vault.words("CH-0000001").values()]
    assert words[0]["origin_left_out"] == "Name of child\nDOB"
    assert not any("origin_left_out" in one for one in words[1:])
    assert "Robin" not in str(words)
    assert "2012" not in str(words)
    assert place_of(words[0]).endswith("; left out of it: Name of child, DOB")


def test_nothing_is_made_at_the_time(ledger: Ledger) -> None:
    """Whatever the sheet says: it was not recorded here then."""
    proved(ledger, {"Record": "At the time", **RESOLVED})
    assert {e.source for e in ledger.entries("CH-0000001")} == {"transcribed"}
    assert whats(bring(ledger, one_sheet({"Record": "at-the-time", **RESOLVED}))) == ["same"]
