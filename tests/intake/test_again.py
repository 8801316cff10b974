"""Rows that are brought in again: recognised, gone on, put right, or asked about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_helpers import (
    USUAL,
    book_of,
    bring,
    make,
    one_sheet,
    sheet_of,
    table,
    threads,
    whats,
    why,
)
from ledger_helpers import ACTOR, raw

from footprint.domain.asks import (
    AddNote,
    ApproveRedaction,
    AskRedaction,
    Correct,
    Raise,
    RecordImpact,
    Respond,
)
from footprint.ledger.ledger import Ledger
from footprint.sheets.pages import Cell

Change = Mapping[str, Cell]
ANSWERED: Change = {
    "Date of response": "20/04/2016", "Responded by": "Team Manager", "Response": "Agreed",
    "Response summary": "Meeting booked.",
}  # fmt: skip
CLOSED: Change = {**ANSWERED, "Outcome": "Resolved", "Date closed": "29/04/2016"}
NO_REF: Change = {"Ref": None}
STREAM = "CH-0000001"
REASON = {"reason": "The sheet was mended."}


def once(ledger: Ledger, change: Change, **terms: Any) -> Any:
    """What a sheet of one row comes to; entries are counted, and are there."""
    before = ledger.size()
    (outcome,) = bring(ledger, one_sheet({**ANSWERED, **change}), terms)
    assert ledger.size() - before == (outcome.entries if terms.get("record", True) else 0)
    return outcome


# --- recognised -------------------------------------------------------------------------------


ROWS = st.lists(
    st.fixed_dictionaries({
        "Ref": st.sampled_from([None, "1", "2", "3"]),
        "Child ID": st.sampled_from(["204117", "198850"]),
        "Date raised": st.sampled_from([None, "14/04/2016", "03/05/2016"]),
        "Concern": st.sampled_from(["No plan.", "No visit.", "No review."]),
        "Date closed": st.sampled_from([None, "01/06/2016"]),
    }),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=25)
@given(rows=ROWS, data=st.data())
def test_a_second_import_records_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Change], data: st.DataObject
) -> None:
    """Whatever the order of the rows, and with or without numbers and days.

    Of what a file contradicts itself in, one row is in; which one, the order may decide.
    """
    ledger = make(tmp_path_factory.mktemp("ledger"))
    with_all = [{"Date closed": None, **row} for row in rows]
    first = bring(ledger, one_sheet(*with_all))
    assert set(whats(first)) <= {"new", "twice", "refused"}
    assert "new" in whats(first)
    good = [row for row, one in zip(with_all, first, strict=True) if one.what != "refused"]
    size = ledger.size()
    for as_new in (False, True):
        shuffled = data.draw(st.permutations(good))
        again = bring(ledger, one_sheet(*shuffled), {"as_new": as_new, **REASON})
        assert set(whats(again)) <= {"same", "twice"}, [why(one) for one in again]
    assert ledger.size() == size
    ledger.close()


def test_the_same_row_twice_in_a_file_is_one_thread(ledger: Ledger) -> None:
    """In one sheet or in two, with a number or without; the row that said it first is named."""
    rows = table(NO_REF, NO_REF)
    book = book_of(sheet_of(rows, "2016"), sheet_of(rows, "Copy of 2016"))
    outcomes = bring(ledger, book)
    assert whats(outcomes) == ["new", "twice", "twice", "twice"]
    assert "row 2 says the same" in why(outcomes[1]).casefold()
    assert "'2016'" in why(outcomes[2])
    assert len(threads(ledger)) == 1


def test_the_twin_of_a_refused_row_is_refused(ledger: Ledger) -> None:
    """Nothing of either is in the ledger, and neither is said to be."""
    other = {"Team": "Adoption"}
    outcomes = bring(ledger, one_sheet({}, other, other))
    assert whats(outcomes) == ["new", "refused", "refused"]
    assert "Row 3 says the same, and was refused" in why(outcomes[2])


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("usual", [{}, NO_REF])
def test_rows_of_one_number_that_contradict_each_other(
    ledger: Ledger, usual: Change, *, record: bool
) -> None:
    """The second is refused, in a dry run as when it is recorded."""
    book = one_sheet(usual, {**usual, "Team": "Adoption"})
    outcomes = bring(ledger, book, {"record": record})
    assert whats(outcomes) == ["new", "refused"]
    assert "Row 2 has the same" in why(outcomes[1])


def test_several_of_a_child_on_one_day(ledger: Ledger) -> None:
    """Two concerns are two threads, and each is recognised."""
    book = one_sheet(NO_REF, {**NO_REF, "Concern": "No visit since May."})
    assert whats(bring(ledger, book)) == ["new", "new"]
    assert whats(bring(ledger, book)) == ["same", "same"]


def test_nothing_of_a_sheet_stands_in_the_clear(ledger: Ledger) -> None:
    """No word, no case number, no digest of a file or a row, in any entry."""
    book = one_sheet(ANSWERED)
    bring(ledger, book)
    with raw(ledger.path) as connection:
        states = b"".join(s for (s,) in connection.execute("SELECT state FROM event")).decode()
    for secret in (book.digest, "204117", "Third placement", "Meeting booked", "origin_", "14/04"):
        assert secret not in states
    assert all(words["origin_file"] == book.digest for words in ledger.vault.words(STREAM).values())


@pytest.mark.parametrize("kept_first", [True, False])
def test_a_row_is_recognised_whatever_is_left_out_of_it(
    ledger: Ledger,
    kept_first: bool,  # noqa: FBT001
) -> None:
    """As one that was brought in when its names were kept, or will be; also where it changed."""
    kept = {"columns": {"unused": ["Name of child", "DOB"]}}
    first, then = (kept, {}) if kept_first else ({}, kept)
    who = {"Name of child": "Robin Example", "DOB": "3/4/2012"}
    assert whats(bring(ledger, one_sheet({**ANSWERED, **who}), **first)) == ["new"]
    assert whats(bring(ledger, one_sheet({**ANSWERED, **who}), **then)) == ["same"]
    changed = one_sheet({**ANSWERED, **who, "Concern": "Fourth placement."})
    assert whats(bring(ledger, changed, {"reason": "Miscounted."}, **then)) == ["changed"]
    words = [*ledger.vault.words(STREAM).values()]
    assert ["Robin" in str(one) for one in (words[0], words[-1])] == [kept_first, not kept_first]


# --- gone on, put right -----------------------------------------------------------------------


@pytest.mark.parametrize("usual", [{}, NO_REF])
def test_a_row_that_says_more_goes_on_in_its_thread(ledger: Ledger, usual: Change) -> None:
    """Nothing is corrected by that, and no reason is needed."""
    once(ledger, usual)
    more = once(ledger, {**usual, **CLOSED, "Impact": "He stayed."})
    assert (more.what, more.stream, more.entries) == ("more", STREAM, 2)
    assert once(ledger, {**usual, **CLOSED, "Impact": "He stayed."}).what == "same"
    (thread,) = threads(ledger)
    assert thread.closed
    assert thread.closing is not None
    assert thread.closing.on == date(2016, 4, 29)


CHANGES: list[tuple[Change, int, dict[str, Any]]] = [
    ({"Date raised": "13/04/2016"}, 7, {"occurred_on": "2016-04-13"}),
    ({"Theme": "Sibling contact"}, 7, {"themes": ["SIB"]}),
    ({"IRO": "JT"}, 7, {"iro": "JT"}),
    ({"Date of response": "21/04/2016"}, 8, {"occurred_on": "2016-04-21"}),
    ({"Response": "Not agreed"}, 8, {"response": "not-agreed"}),
    ({"Record": "Recalled"}, 7, {"source": "recalled"}),
    ({"Concern": "A third placement."}, 7, {}),
    ({"Response due": "18/04/2016"}, 7, {"respond_by": "2016-04-18"}),
]


@pytest.mark.parametrize(("change", "position", "facts"), CHANGES)
def test_a_row_that_has_changed(
    ledger: Ledger, change: Change, position: int, facts: dict[str, Any]
) -> None:
    """Refused without a reason; with one a correction of the right entry; then it is recognised."""
    once(ledger, {})
    refused = once(ledger, change)
    assert refused.what == "refused"
    assert f"entry {position}" in why(refused)
    assert "--reason" in why(refused)
    assert once(ledger, change, record=False, **REASON).what == "changed"
    size = ledger.size()
    assert once(ledger, change, **REASON).what == "changed"
    correction = ledger.entries(STREAM)[2]
    assert correction.position == size + 1
    assert vars(correction.event)["corrects"] == position
    stated = {n: v for n, v in vars(correction.event)["facts"].items() if n in facts or not facts}
    assert stated == facts
    assert ledger.vault.words(STREAM)[size + 1]["reason"] == REASON["reason"]
    assert once(ledger, change).what == "same"
    assert len(threads(ledger)) == 1


def test_a_correction_keeps_the_cells_that_it_was_made_from(ledger: Ledger) -> None:
    """Beside what they change, so that the entry's own origin is the newest."""
    once(ledger, {})
    once(ledger, {"Response": "Not agreed"}, **REASON)
    words = ledger.vault.words(STREAM)[9]
    assert '"Response":"Not agreed"' in words["new.original"]
    assert {"new.origin_file", "new.origin_row"} <= words.keys()
    assert "new.text" not in words


def test_all_days_of_a_row_can_move(ledger: Ledger) -> None:
    """Later than what followed and earlier than what went before: in an order that is legal."""
    once(ledger, CLOSED)
    for moved in (
        {
            "Date raised": "14/06/2016",
            "Date of response": "20/06/2016",
            "Date closed": "29/06/2016",
        },
        {
            "Date raised": "14/01/2016",
            "Date of response": "20/01/2016",
            "Date closed": "29/01/2016",
        },
    ):
        change = {**CLOSED, **moved}
        assert once(ledger, change, **REASON).what == "changed"
        assert once(ledger, change).what == "same"


def test_a_correction_that_cannot_be_leaves_the_row_and_the_others(ledger: Ledger) -> None:
    """All of a row or nothing of it, and what else is in the file goes on."""
    bring(ledger, one_sheet(CLOSED, {"Ref": "8", "Child ID": "198850"}))
    bad = {
        **CLOSED,
        "Theme": "Sibling contact",
        "Date closed": "15/04/2016",
        "Date raised": "16/04/2016",
    }
    size = ledger.size()
    outcomes = bring(ledger, one_sheet(bad, {"Ref": "9", "Child ID": "211034"}), REASON)
    assert whats(outcomes) == ["refused", "new"]
    assert ledger.size() == size + 1


def test_initials_are_the_same_in_small_letters(ledger: Ledger) -> None:
    """Nothing is offered as a correction that is none."""
    once(ledger, {"IRO": "MB"})
    assert once(ledger, {"IRO": "mb"}).what == "same"
    assert "the IRO" in why(once(ledger, {"IRO": "JT"}))


def test_a_row_that_says_less_is_refused(ledger: Ledger) -> None:
    """Nothing is ever taken away."""
    once(ledger, CLOSED)
    less = once(ledger, {}, **REASON)
    assert less.what == "refused"
    assert "no longer says what entry 9 records" in why(less)
    kind = once(ledger, {**CLOSED, "Level": "Challenge"}, **REASON)
    assert kind.what == "refused"


def test_a_number_that_is_given_again_is_asked_about(ledger: Ledger) -> None:
    """Neither the day nor the words are the same: it may be next year's, and is not corrected."""
    once(ledger, {})
    other = {"Date raised": "14/04/2017", "Concern": "No visit.", "Date of response": "20/04/2017"}
    refused = once(ledger, other, **REASON)
    assert refused.what == "refused"
    assert "--as-new" in why(refused)
    assert once(ledger, other, as_new=True).what == "new"
    assert [once(ledger, change).what for change in ({}, other)] == ["same", "same"]


# --- asked about ------------------------------------------------------------------------------


def test_the_same_number_under_another_child(ledger: Ledger) -> None:
    """It may be on the wrong child: that is put right in another way."""
    once(ledger, {})
    refused = once(ledger, {"Child ID": "999999"}, **REASON)
    assert refused.what == "refused"
    assert "another case number" in why(refused)
    assert "footprint redact CH-" in why(refused)
    assert "footprint redact" in why(refused)


def by_hand(ledger: Ledger, **changes: Any) -> None:
    usual: dict[str, Any] = {
        "on": date(2016, 4, 14), "child": "204117", "service": "CSC", "themes": ("PLC",),
        "role": "team-manager", "iro": "MB", "formal": True, "source": "transcribed",
        "words": {"text": "As I wrote it myself."},
    }  # fmt: skip
    ledger.record(Raise(**(usual | changes)), actor=ACTOR)


def test_what_was_recorded_by_hand_is_asked_about(ledger: Ledger) -> None:
    """The same child and day: it may be the same, and a file does not say so."""
    by_hand(ledger)
    refused = once(ledger, {})
    assert refused.what == "refused"
    assert "CH-1 is of the same child, has the same day, and was not brought in" in why(refused)
    assert once(ledger, {}, as_new=True).what == "new"
    assert once(ledger, {}).what == "same"


def test_an_answer_that_was_recorded_by_hand_is_not_recorded_again(ledger: Ledger) -> None:
    """The same in its facts is the same; another one is refused."""
    bring(ledger, one_sheet({}))
    answer = Respond(
        on=date(2016, 4, 20), source="transcribed", response="agreed", role="team-manager",
        words={"text": "In my own words."},
    )  # fmt: skip
    ledger.record(answer, actor=ACTOR, stream=STREAM)
    assert once(ledger, {}).what == "same"
    refused = once(ledger, {"Response": "Not agreed"}, **REASON)
    assert "entry 8, which was recorded by hand" in why(refused)


def test_what_was_corrected_by_hand_stays(ledger: Ledger) -> None:
    """Whether the sheet says it as before or as it was put right; notes by hand do no harm."""
    once(ledger, {})
    today = ledger.today()
    fix = Correct(on=today, entry=8, facts={"response": "partly"}, words={"reason": "Misread."})
    ledger.record(fix, actor=ACTOR, stream=STREAM)
    note = AddNote(on=today, words={"text": "Rang again."})
    ledger.record(note, actor=ACTOR, stream=STREAM)
    assert once(ledger, {}).what == "same"
    assert once(ledger, {"Response": "Partly agreed"}).what == "same"
    assert once(ledger, {**CLOSED}).what == "more"
    (thread,) = threads(ledger)
    assert [a.response for a in thread.step.answers] == ["partly"]


# --- removed words ----------------------------------------------------------------------------


def redact(ledger: Ledger, *positions: int, basis: str = "third-party", **words: str) -> None:
    ask = AskRedaction(
        on=ledger.today(), positions=positions, basis=basis, words={"why": "It names her."} | words
    )
    ledger.record(ask, actor="asker", stream=STREAM)
    ledger.record(ApproveRedaction(on=ledger.today()), actor="manager", stream=STREAM)


def test_a_redaction_is_not_undone_by_the_sheet(ledger: Ledger) -> None:
    """Where an entry's words were removed, its facts decide, and its words never come back."""
    once(ledger, {})
    redact(ledger, 8)
    assert once(ledger, {}, **REASON).what == "same"
    refused = once(ledger, {"Response": "Not agreed"}, **REASON)
    assert "entry 8, whose words were removed" in why(refused)
    assert once(ledger, CLOSED).what == "more"
    assert "Meeting booked" not in str(ledger.vault.words(STREAM))


def test_a_corrected_entry_is_removed_with_its_correction(ledger: Ledger) -> None:
    """The sheet is the same still, by its facts as they stand."""
    once(ledger, {})
    changed = {"Response": "Not agreed", "Response summary": "Her sister says no."}
    once(ledger, changed, **REASON)
    redact(ledger, 8)
    assert once(ledger, changed, **REASON).what == "same"
    assert "sister" not in str(ledger.vault.words(STREAM))


def test_a_thread_whose_words_were_all_removed_is_asked_about(ledger: Ledger) -> None:
    """By its facts: that is all there is."""
    once(ledger, {})
    redact(ledger)
    refused = once(ledger, {})
    assert "CH-1, whose words were removed, says the same in its facts" in why(refused)
    assert once(ledger, {"Theme": "Sibling contact"}).what == "new"


@pytest.mark.parametrize("usual", [{}, {**NO_REF, "Date raised": None}])
def test_a_thread_that_was_moved_to_the_right_child(ledger: Ledger, usual: Change) -> None:
    """The mended sheet is recognised; the old one is refused."""
    once(ledger, usual)
    redact(ledger, basis="wrong-child", right_child="198850")
    assert once(ledger, {**usual, "Child ID": "198850"}).what == "same"
    assert once(ledger, usual).what == "refused"
    assert "204117" not in str(ledger.vault.words(STREAM))


def test_more_of_an_earlier_stage_is_put_there(ledger: Ledger) -> None:
    """An answer to the first stage that a sheet gains is of it, though the thread stands higher."""
    higher = {**USUAL, "Escalated to": "Service Manager", "Date escalated": "25/04/2016",
              "Stage 2 response": None, "Response": None}  # fmt: skip
    assert whats(bring(ledger, one_sheet(higher))) == ["new"]
    assert whats(bring(ledger, one_sheet({**higher, "Response": "Not agreed"}))) == ["more"]
    (thread,) = threads(ledger)
    assert [len(step.answers) for step in thread.steps] == [1, 0]
    impact = RecordImpact(on=None, source="recalled", impact="plan", words={"text": "A plan."})
    ledger.record(impact, actor=ACTOR, stream=STREAM)
    assert whats(bring(ledger, one_sheet({**higher, "Response": "Not agreed"}))) == ["same"]
