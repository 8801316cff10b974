"""A thread's history: in the order in which it happened, with what was due and put right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import strategies as own
from hypothesis import given
from hypothesis import strategies as st
from story import TODAY, answer, closed, day, escalated, raised

from footprint.domain.asks import AddNote, Ask, Correct, Reopen
from footprint.domain.entry import Entry
from footprint.domain.moves import decide
from footprint.projections import history
from footprint.projections.history import Happening
from footprint.projections.outcomes import Due

RAISED = raised("2017-03-01")
"""An alert of Wednesday 1 March: to be answered by the 8th, resolved by the 29th."""


def entries(*asks: Ask) -> list[Entry]:
    made: list[Entry] = []
    words: dict[int, Mapping[str, str]] = {}
    for ask in asks:
        for move in decide(made, ask, own.policy(), today=TODAY, words=words):
            made.append(own.recorded(move, version=len(made) + 1, at=TODAY))
            words[len(made)] = move.words
    return made


def told(*asks: Ask, on: str = "2017-03-31") -> list[Happening]:
    return history.read(entries(*asks), own.policy(), day(on))


def dues(*asks: Ask, on: str = "2017-03-31") -> list[Due]:
    return [due for happening in told(*asks, on=on) for due in happening.due]


def note(on: str | None) -> AddNote:
    return AddNote(on=on and day(on), source="recalled", words={"text": "x"})  # type: ignore[arg-type]


def correct(entry: int, **facts: object) -> Correct:
    return Correct(on=TODAY, entry=entry, facts=facts, words={"reason": "Misread."})


def test_what_was_learned_of_late_is_told_where_it_happened() -> None:
    """An answer recorded after the escalation, and given before it, stands before it."""
    found = told(RAISED, escalated("2017-03-10"), answer("2017-03-07", stage=1))
    assert [happening.entry.position for happening in found] == [1, 3, 2]
    assert [happening.since for happening in found] == [None, 4, 3]


def test_a_day_not_known_stays_behind_what_was_recorded_before_it() -> None:
    """And nobody says how long it took."""
    found = told(RAISED, note("2017-03-06"), note(None), note("2017-03-02"))
    assert [happening.entry.position for happening in found] == [1, 4, 2, 3]
    assert [happening.since for happening in found] == [None, 1, 2, None]


def test_an_answer_is_told_with_the_step_that_it_answers() -> None:
    """In time, late by how much, or on a day not known."""
    due = day("2017-03-08")
    for on, over in (("2017-03-08", 0), ("2017-03-10", 2), (None, None)):
        found = dues(RAISED, answer(on))[0]
        assert found == Due("answer", due, "answered", on and day(on), over)  # type: ignore[arg-type]


def test_a_holding_reply_is_no_answer() -> None:
    """Nothing came: so many days left, or past."""
    held = answer("2017-03-03", "holding")
    assert dues(RAISED, held, on="2017-03-06")[0] == Due(
        "answer", day("2017-03-08"), "nothing", None, -2
    )
    assert dues(RAISED, held, on="2017-03-10")[0].over == 2


def test_a_step_that_was_left_says_how() -> None:
    """Taken higher, or closed, without an answer."""
    higher = dues(RAISED, escalated("2017-03-10"))[0]
    assert (higher.came, higher.on, higher.over) == ("sent-on", day("2017-03-10"), 2)
    ended = dues(RAISED, closed("2017-03-06", "withdrawn"))
    assert [(due.what, due.came) for due in ended] == [("answer", "closed"), ("total", "closed")]


def test_the_whole_case_is_told_with_the_alert() -> None:
    """Resolved in time or late; still open, how long it has."""
    assert dues(RAISED, closed("2017-03-29"))[1] \
        == Due("total", day("2017-03-29"), "resolved", day("2017-03-29"), 0)  # fmt: skip
    assert dues(RAISED, on="2017-04-03")[1].over == 3
    again = Reopen(on=day("2017-03-15"), source="recalled")
    assert dues(RAISED, closed("2017-03-14"), again)[1].came == "nothing"
    partner = raised("2017-03-01", service="CAMHS")
    assert [due.what for due in dues(partner)] == ["answer"]


def test_a_promise_is_told_with_the_answer_that_made_it() -> None:
    """Done, promised again, closed without it, or nothing: closed on a promise keeps it open."""
    promised = answer("2017-03-06", action_by=day("2017-03-10"))
    again = answer("2017-03-13", action_by=day("2017-03-17"))
    done = closed("2017-03-15", basis="done")

    def came(*asks: Ask) -> list[tuple[str, int | None]]:
        return [(d.came, d.over) for d in dues(RAISED, *asks) if d.what == "action"]

    assert came(promised) == [("nothing", 15)]
    assert came(promised, done) == [("done", 3)]
    assert came(promised, again) == [("promised-again", 1), ("nothing", 10)]
    assert came(promised, again, done) == [("done", 3), ("done", -2)]
    assert came(promised, closed("2017-03-07", basis="agreed")) == [("nothing", 15)]
    assert came(promised, closed("2017-03-07", "withdrawn")) == [("closed", -3)]


def test_corrections_are_told_with_what_they_correct() -> None:
    """The entry as it is now known, as it was recorded, and each correction in order."""
    found = told(RAISED, answer("2017-03-10"), correct(2, on=day("2017-03-09")),
                 correct(2, on=day("2017-03-08")))  # fmt: skip
    answered = next(h for h in found if h.entry.position == 2)
    assert answered.entry.occurred_on == day("2017-03-08")
    assert answered.recorded.occurred_on == day("2017-03-10")
    assert [entry.position for entry in answered.corrections] == [3, 4]
    assert found[0].due[0].over == 0


def test_a_correction_is_no_happening_between_two_others() -> None:
    """Working days are counted from what happened, not from when it was put right."""
    found = told(RAISED, correct(1, iro="jd"), note("2019-12-31"))
    assert [h.since for h in found if h.entry.topic == "note.added"] == [
        own.policy().calendar.between(day("2017-03-01"), date(2019, 12, 31))
    ]


@given(days=st.lists(st.none() | st.integers(1, 31), max_size=6))
def test_every_entry_is_told_once(days: list[int | None]) -> None:
    """Whatever the days, and known ones never run back."""
    notes = [note(day and f"2017-03-{day:02}") for day in days]
    found = told(RAISED, *notes)
    assert sorted(h.entry.position for h in found) == list(range(1, len(days) + 2))
    known = [h.entry.occurred_on for h in found if h.entry.occurred_on]
    assert known == sorted(known)
