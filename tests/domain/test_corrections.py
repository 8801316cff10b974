"""What entries and their words say, once the corrections among them are heard."""

from collections.abc import Mapping
from typing import Any

import pytest
import strategies as own
from domain.casework import Case, alert, march, note, raised, respond
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain import events as ev
from footprint.domain.corrections import corrected, corrected_entries, corrected_words
from footprint.domain.entry import Entry, Move
from footprint.domain.fold import fold
from footprint.domain.stated import Stated
from footprint.errors import Refused

NOTE = (1, "note.added", {"occurred_on": "2017-03-01", "source": "recalled"})


def correction(position: int, corrects: int, /, **facts: Any) -> Stated:
    said = {"occurred_on": "2017-03-20", "corrects": corrects, "facts": facts}
    return position, "entry.corrected", said


def first(*entries: Stated) -> Mapping[str, Any]:
    """What the first of these entries says in the end."""
    return corrected(entries)[0][2]


# --- facts ----------------------------------------------------------------------------------


def test_nothing_to_correct() -> None:
    """Entries without a correction among them are what they were."""
    entries = [NOTE, (2, "note.added", {"occurred_on": None})]
    assert corrected(entries) is entries


def test_new_facts() -> None:
    """A correction gives new facts, leaves the others, and stays in its place."""
    entries = [NOTE, (2, "note.added", {"occurred_on": None}), correction(3, 1, source="x", more=1)]
    known = corrected(entries)
    assert [position for position, _, _ in known] == [1, 2, 3]
    assert known[0][2] == {"occurred_on": "2017-03-01", "source": "x", "more": 1}
    assert known[1:] == entries[1:]


def test_the_last_one_stands() -> None:
    """The last correction of a fact stands; of another fact, each stands."""
    entries = [NOTE, correction(2, 1, a=1, b=1), correction(3, 1, a=2), correction(4, 1, c=3)]
    assert first(*entries) == NOTE[2] | {"a": 2, "b": 1, "c": 3}
    assert first(*entries[:2]) == NOTE[2] | {"a": 1, "b": 1}


def test_null_takes_a_fact_away() -> None:
    """Null takes a fact away, and a later correction may say it again; a day becomes null."""
    taken = [NOTE, correction(2, 1, source=None, occurred_on=None)]
    assert first(*taken) == {"occurred_on": None}
    assert first(*taken, correction(3, 1, source="y")) == {"occurred_on": None, "source": "y"}


def test_a_correction_is_corrected() -> None:
    """A correction may itself be corrected: it then says what its own correction says."""
    entries = [NOTE, correction(2, 1, a=1, b=1), correction(3, 2, facts={"a": 2})]
    assert first(*entries) == NOTE[2] | {"a": 2}
    again = correction(4, 3, facts={"facts": {"c": 3}})
    assert first(*entries, again) == NOTE[2] | {"c": 3}


def test_a_correction_of_a_correction_keeps_its_place() -> None:
    """Mending a correction does not bring it before one that came after it."""
    entries = [NOTE, correction(2, 1, a=1), correction(3, 1, a=2), correction(4, 2, facts={"a": 9})]
    assert first(*entries) == NOTE[2] | {"a": 2}


def test_a_correction_turned_elsewhere() -> None:
    """A correction of the wrong entry is put right by naming the one that was meant."""
    second = (2, "note.added", {"occurred_on": None})
    known = corrected([NOTE, second, correction(3, 1, a=1), correction(4, 3, corrects=2)])
    assert [facts.get("a") for _, _, facts in known[:2]] == [None, 1]


@pytest.mark.parametrize("corrects", [2, 3, 99, 0])
def test_a_correction_of_what_is_not_before_it(corrects: int) -> None:
    """An entry that is itself, later or elsewhere cannot be corrected."""
    with pytest.raises(LookupError):
        corrected([NOTE, correction(2, corrects, a=1), (3, "note.added", {"occurred_on": None})])


FACTS = st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 3), max_size=3)


@given(st.lists(st.tuples(st.integers(0, 4), FACTS), max_size=6))
def test_as_if_applied_one_by_one(made: list[tuple[int, dict[str, Any]]]) -> None:
    """Corrections of entries that are none come to the same as changing each fact in turn."""
    notes: list[Stated] = [(n, "note.added", {"occurred_on": None, "a": 0}) for n in range(5)]
    now: list[dict[str, Any]] = [dict(facts) for _, _, facts in notes]
    for target, facts in made:
        now[target] |= facts
    corrections = [correction(9 + n, at, **facts) for n, (at, facts) in enumerate(made)]
    assert [facts for _, _, facts in corrected([*notes, *corrections])[:5]] == [
        {name: value for name, value in facts.items() if name == "occurred_on" or value is not None}
        for facts in now
    ]


# --- entries and threads --------------------------------------------------------------------


def happened(case: Case, corrects: int, **facts: Any) -> None:
    case.happened(ev.EntryCorrected(corrects=corrects, facts=facts))


def test_entries_in_memory() -> None:
    """Entries are given back with days and codes of their types; who and when stay."""
    case = Case(alert(march(1)))
    happened(case, 1, occurred_on="2017-03-02", respond_by=None, themes=["ADO"], source="recalled")
    entry, correcting = corrected_entries(case.entries)
    assert (entry.occurred_on, entry.source) == (march(2), "recalled")
    assert (entry.event.respond_by, entry.event.themes) == (None, ("ADO",))
    assert entry.recorded_at == case.entries[0].recorded_at
    assert correcting == case.entries[1]


def test_a_corrected_correction_in_a_thread() -> None:
    """The thread says what the corrected correction says; both are counted."""
    case = Case(alert(), respond())
    happened(case, 2, response="partly")
    happened(case, 3, facts={"response": "not-agreed"})
    assert case.thread.step.answers[0].response == "not-agreed"
    assert (case.thread.corrections, case.thread.entries) == (2, 4)


@pytest.mark.parametrize("corrects", [2, 3, 99])
def test_the_fold_refuses_what_is_not_before_it(corrects: int) -> None:
    """A correction of a position that is not before it is refused by the fold."""
    case = Case(alert())
    happened(case, corrects, role="director")
    case.happened(ev.NoteAdded())
    with pytest.raises(Refused, match="cannot follow those before it") as caught:
        fold(case.entries, case.policy)
    assert "footprint verify" in caught.value.next_step


def test_the_fold_refuses_a_correction_of_another_thread() -> None:
    """A position of another thread is not before it, even if it is lower."""
    case = Case(alert())
    (later,) = Case().decided(alert())
    case.entries = [own.recorded(later, version=7)]
    happened(case, 1, role="director")
    with pytest.raises(Refused, match="cannot follow those before it"):
        fold(case.entries, case.policy)


# --- words ----------------------------------------------------------------------------------


def with_words(*texts: dict[str, str], corrects: tuple[int, ...] = ()) -> dict[int, dict[str, str]]:
    """The words in the end of a note, and of corrections in order, given the words of each."""
    events = [ev.NoteAdded(), *(ev.EntryCorrected(corrects=n, facts={}) for n in corrects)]
    entries = [in_place(event, n) for n, event in enumerate(events, start=1)]
    return corrected_words(entries, dict(enumerate(texts, start=1)))


def in_place(event: ev.Event, position: int) -> Entry:
    move = Move(event=event, occurred_on=march(1), source="recalled", words={})
    return own.recorded(move, version=position)


def test_words_without_corrections() -> None:
    """Words that nothing corrects are what they were."""
    case = Case(raised(), note())
    assert corrected_words(case.entries, case.words) == case.words


def test_new_words() -> None:
    """A new text takes the place of the old one, the others stay, the correction keeps its own."""
    new = {"reason": "Misread.", "new.text": "B"}
    known = with_words({"text": "A", "to": "C"}, new, corrects=(1,))
    assert known == {1: {"text": "B", "to": "C"}, 2: new}


def test_the_last_new_words_stand() -> None:
    """The last new text stands; the empty one takes it away, and a later one says it again."""
    words = {"text": "A"}, {"new.text": "B", "new.to": "C"}, {"new.text": ""}, {"new.text": "D"}
    assert with_words(*words[:3], corrects=(1, 1))[1] == {"to": "C"}
    assert with_words(*words, corrects=(1, 1, 1))[1] == {"text": "D", "to": "C"}


def test_new_words_for_a_correction() -> None:
    """The new words of a correction may themselves be corrected."""
    words = {"text": "A"}, {"new.text": "B"}, {"new.new.text": "C"}
    assert with_words(*words, corrects=(1, 2))[1] == {"text": "C"}


def test_words_that_were_removed() -> None:
    """Words that are gone stay gone; only what a later correction says anew is there."""
    case = Case(raised(), note())
    del case.words[2]
    happened(case, 2)
    assert corrected_words(case.entries, case.words).get(2, {}) == {}
    case.words[3] = {"new.text": "Rang once."}
    assert corrected_words(case.entries, case.words)[2] == {"text": "Rang once."}


def test_words_are_not_changed_in_place() -> None:
    """The words that were given stay as they were given."""
    case = Case(raised(), note())
    happened(case, 2)
    case.words[3] = {"new.text": "Rang once."}
    corrected_words(case.entries, case.words)
    assert case.words[2] == {"text": "Rang again."}
