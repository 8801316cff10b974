"""Removing words for good: who may ask and approve, and what goes."""

from typing import Any

import pytest
from domain.casework import TODAY, WHY, Case, alert, close, correct, march, note, respond
from domain.histories import Mistaken, happened, mistaken, putting_right
from domain.test_correcting import beside, recorded, says
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from footprint.domain.asks import ApproveRedaction, AskRedaction, Correct
from footprint.domain.events import EntryRedacted
from footprint.domain.redactions import is_whole, open_requests, redacted_in, redactions

WHOLE: tuple[int, ...] = ()


def asking(*positions: int, basis: str = "third-party", **words: str) -> AskRedaction:
    said = {"why": "It names his sister."} | words
    return AskRedaction(on=TODAY, positions=positions, basis=basis, words=said)


def approving(request: int | None = None) -> ApproveRedaction:
    return ApproveRedaction(on=TODAY, request=request)


def redacted(case: Case, *positions: int, **words: str) -> EntryRedacted:
    """Asked by one and approved by another."""
    case.do(asking(*positions, **words))
    case.actor = "manager"
    event: EntryRedacted = case.event(approving())
    return event


def spoken(case: Case) -> list[int]:
    return [position for position, words in case.words.items() if words]


def without_child(case: Case, most: int) -> list[Any]:
    """What the first entries say in the end, but for the case number."""
    return [(*facts, {n: t for n, t in words.items() if n != "child"})
            for *facts, words in says(case, most)]  # fmt: skip


def thread() -> Case:
    """A thread of four entries, of which the third has no words; its answer was corrected."""
    case = Case(
        alert(march(1), words={"text": "No plan.", "child": "C-1001"} | WHY),
        respond(march(6), words={"text": "His sister Ada says no."}),
        close(march(20)),
        note(march(21), "Filed."),
    )
    case.do(correct(2, new={"text": "His sister says no."}))
    return case


def test_an_entry_goes_with_its_corrections() -> None:
    """What was corrected is said twice: both go, and nothing else."""
    case = thread()
    event = redacted(case, 2)
    assert event.positions == (2, 5)
    assert not is_whole(event)
    assert spoken(case) == [1, 4, 6]


def test_a_correction_made_since_the_request_goes_too() -> None:
    """What is asked for is an entry; what it was corrected to is part of it."""
    case = thread()
    case.do(asking(2))
    case.do(correct(5, reason="Ada's name was in it."))
    case.actor = "manager"
    assert case.event(approving()).positions == (2, 5, 7)


def test_what_was_said_since_in_its_place_can_be_removed() -> None:
    """An entry whose words are gone was corrected since: the new ones are those that it shows."""
    case = thread()
    redacted(case, 4)
    case.actor = "ab"
    case.do(correct(4, new={"text": "Filed by Ada."}))
    event = redacted(case, 4)
    assert event.positions == (4, 8)
    assert "Filed by Ada" not in str(case.words)


def test_a_thread_goes_with_the_request() -> None:
    """All words, with the case number that is in each; and the redaction has none of its own."""
    case = thread()
    case.do(asking())
    case.do(note(march(22), "Since then."))
    case.actor = "manager"
    event = case.event(approving())
    assert (event.positions, event.requested) == ((1, 2, 4, 5, 6, 7), 6)
    assert is_whole(event)
    assert spoken(case) == []


@settings(max_examples=100)
@given(mistaken(), st.data())
def test_no_figure_moves(made: Mistaken, data: st.DataObject) -> None:
    """Whatever is redacted, of whatever thread: facts, clocks and counts stay."""
    case = recorded(made)
    assume(spoken(case))
    before = case.thread
    wanted = data.draw(st.lists(st.sampled_from(spoken(case)), unique=True))
    redacted(case, *wanted)
    assert beside(case.thread) == beside(before)


@pytest.mark.parametrize("actor", ["ab", "AB", " ab "])
def test_who_asked_does_not_approve(actor: str) -> None:
    """Two people, however one of them writes her name."""
    case = thread()
    case.actor = "anna"
    case.do(asking(4))
    case.actor = {"ab": "anna", "AB": "ANNA", " ab ": " anna"}[actor]
    case.refused(approving(), "somebody else has to approve it", "--actor")


def test_who_recorded_does_not_approve() -> None:
    """Nobody removes what they wrote themselves on another's word."""
    case = thread()
    case.actor = "manager"
    case.do(asking(4))
    case.actor = "AB"
    case.refused(approving(), "recorded entries that are to be removed (4)", "none of them")
    case.actor = "other"
    case.do(approving())


def test_several_requests_are_told_apart() -> None:
    """One is approved at a time, by its number."""
    case = thread()
    case.do(asking(4))
    case.do(asking(1))
    assert [entry.position for entry in open_requests(case.entries)] == [6, 7]
    case.actor = "manager"
    case.refused(approving(), "Several wait", "6, 7")
    case.refused(approving(4), "Entry 4 is no request that waits", "6, 7")
    assert case.event(approving(7)).positions == (1,)
    assert case.event(approving()).positions == (4,)
    assert {at: e.position for at, e in redactions(case.entries).items()} == {1: 8, 4: 9}
    case.refused(approving(), "No redaction of CH-1 waits", "footprint redact CH-1")


@pytest.mark.parametrize(
    ("ask", "what", "next_step"),
    [
        (asking(3), "Entry 3 of CH-1 has no words", "1, 2, 4, 5"),
        (asking(9), "Entry 9 of CH-1 has no words", "1, 2, 4, 5"),
        (asking(why=" "), "needs a reason", "--why"),
        (asking(basis="because"), "There is no basis of a redaction", "court-order"),
        (asking(right_child="C-1002"), "because it was the wrong child", "--basis wrong-child"),
        (asking(4, basis="wrong-child", right_child="C-2"), "as a whole", "no --entry"),
        (asking(basis="wrong-child", right_child="Ada Byron"), "looks like a name", "number"),
        (asking(basis="wrong-child", right_child="C-1001"), "of that child already", "--right"),
    ],
)
def test_what_is_refused(ask: AskRedaction, what: str, next_step: str) -> None:
    """One message, and nothing recorded."""
    thread().refused(ask, what, next_step)


def test_nothing_is_asked_for_twice() -> None:
    """A request that waits says so; what is gone cannot be asked for."""
    case = thread()
    case.do(asking(4))
    case.refused(asking(4), "asked for already, in entry 6 by ab", "--approve")
    case.actor = "manager"
    case.do(approving())
    case.refused(asking(4), "Entry 4 of CH-1 has no words", "1, 2, 5")
    redacted_all = thread()
    redacted(redacted_all)
    redacted_all.refused(asking(), "CH-1 was redacted as a whole", "footprint show CH-1")


def test_what_another_request_has_removed_is_named_again() -> None:
    """Two asked for the same entry: a verifier looks for all that each of them asked for."""
    case = thread()
    case.do(asking(2, 4))
    case.do(asking(4))
    case.actor = "manager"
    case.do(approving(7))
    event = case.event(approving(6))
    assert event.positions == (2, 4, 5)
    assert spoken(case) == [1, 6, 7]


def test_a_request_holds_for_words_that_were_moved_meanwhile() -> None:
    """Entered again under the right number, they are asked to go still."""
    case = thread()
    case.do(asking(4))
    case.do(asking(basis="wrong-child", right_child="C-1002"))
    case.actor = "manager"
    case.do(approving(7))
    assert "Filed." in str(case.words)
    case.actor = "other"
    case.do(approving(6))
    assert "Filed." not in str(case.words)


def test_a_request_holds_for_a_correction_that_was_moved_meanwhile() -> None:
    """It was entered again as one of the same entry: that one goes, and no other of it."""
    case = thread()
    case.do(correct(2, new={"text": "She says no."}))
    case.do(asking(5))
    case.do(asking(basis="wrong-child", right_child="C-1002"))
    case.actor = "manager"
    case.do(approving(8))
    assert "His sister says no." in str(case.words)
    case.actor = "other"
    event = case.event(approving(7))
    assert "His sister says no." not in str(case.words)
    assert all(text in str(case.words) for text in ("She says no.", "Ada says no."))
    assert len(event.positions) == len((5, "again"))


def test_a_reason_that_a_moved_correction_heard_goes_with_it() -> None:
    """Who asked for a correction of its reason is answered, though it has no entry of its own."""
    case = thread()
    case.do(Correct(on=TODAY, entry=5, words={"reason": "!"}, facts={"reason": "Ada rang."}))
    case.do(asking(6))
    case.do(asking(basis="wrong-child", right_child="C-1002"))
    case.actor = "manager"
    case.do(approving(8))
    assert "Ada rang." in str(case.words)
    case.actor = "other"
    case.do(approving(7))
    assert "Ada rang." not in str(case.words)


def test_a_request_is_withdrawn_also_where_its_thread_was_moved_before() -> None:
    """Its own words went with the thread; two people can still remove those said since."""
    case = thread()
    case.do(asking(4))
    case.do(asking(basis="wrong-child", right_child="C-1002"))
    case.actor = "manager"
    case.do(approving(7))
    reason = {"reason": "A slip."}
    case.do(Correct(on=TODAY, entry=6, words=reason, facts={"why": "Not meant."}))
    case.actor = "ab"
    case.do(asking(6))
    assert [entry.position for entry in open_requests(case.entries)] == [
        6,
        case.entries[-1].position,
    ]
    case.actor = "other"
    case.do(approving(case.entries[-1].position))
    assert open_requests(case.entries) == []
    assert "Filed." in str(case.words)


def test_a_request_for_the_wrong_number_can_be_withdrawn() -> None:
    """Its own words said which: without them it is not approved, and can be asked anew."""
    case = thread()
    case.do(asking(basis="wrong-child", right_child="C-1003"))
    case.do(asking(6))
    case.actor = "manager"
    case.do(approving(7))
    case.refused(approving(6), "No redaction of CH-1 waits", "footprint redact CH-1")
    case.actor = "ab"
    redacted(case, basis="wrong-child", right_child="C-1002")
    assert all(case.words[at]["child"] == "C-1002" for at in spoken(case))


def test_a_mistyped_number_is_asked_for_again() -> None:
    """The approver takes the right one; the other went with it, and waits no more."""
    case = thread()
    for right in ("C-1003", "C-1002"):
        case.do(asking(basis="wrong-child", right_child=right))
    case.refused(
        asking(right_child="C-1002", basis="wrong-child"), "asked for already", "--approve"
    )
    case.actor = "manager"
    case.refused(approving(), "Several wait", "6, 7")
    case.do(approving(7))
    assert all(case.words[at]["child"] == "C-1002" for at in spoken(case))
    assert open_requests(case.entries) == []


def test_a_request_can_be_redacted_like_any_entry() -> None:
    """Why somebody asked may say too much as well."""
    case = thread()
    redacted(case, 4)
    case.actor = "ab"
    case.do(asking(6))
    case.actor = "other"
    event = case.event(approving())
    assert (event.positions, is_whole(event)) == ((6,), False)


def test_a_thread_whose_words_went_one_by_one_still_has_its_number() -> None:
    """The case number goes with the whole thread, when no other words are left as well."""
    case = thread()
    redacted(case, 1, 2, 4)
    case.actor = "ab"
    case.do(asking())
    case.actor = "other"
    assert is_whole(case.event(approving()))


@settings(max_examples=100)
@given(mistaken())
def test_what_was_taken_back_stays_so(made: Mistaken) -> None:
    """Only the reason of a taking back is removed: the facts say that it was one."""
    case, most = recorded(made), len(made.asks)
    before = says(case, most)
    assume(happened(case, putting_right(made.at + 1, made.wrong, made.right)))
    assume(says(case, most) != before)
    case.do(Correct(on=TODAY, entry=most + 1, words={"reason": "Ada's."}, take_back=True))
    redacted(case, case.entries[-1].position)
    assert says(case, most) == before


# --- the right child ------------------------------------------------------------------------


def test_a_thread_goes_on_under_the_right_child() -> None:
    """Its facts stay, its words are entered again as they were; the wrong number is nowhere."""
    case = thread()
    before, said = case.thread, without_child(case, 4)
    redacted(case, basis="wrong-child", right_child="C-1002")
    assert beside(case.thread) == beside(before)
    assert without_child(case, 4) == said
    assert "C-1001" not in str([case.words[at] for at in spoken(case)])
    assert all(case.words[at]["child"] == "C-1002" for at in spoken(case))


@settings(max_examples=100)
@given(mistaken())
def test_whatever_was_corrected_is_entered_again_so(made: Mistaken) -> None:
    """The words stand as they stood, with the corrections that they had."""
    case, most = recorded(made), len(made.asks)
    assume(any(case.words.values()))
    assume(happened(case, putting_right(made.at + 1, made.wrong, made.right)))
    before = without_child(case, most)
    redacted(case, basis="wrong-child", right_child="C-1002")
    assert without_child(case, most) == before


def test_what_was_removed_before_is_not_entered_again() -> None:
    """Words that a redaction removed are not brought back by another."""
    case = thread()
    redacted(case, 2)
    case.actor = "ab"
    redacted(case, basis="wrong-child", right_child="C-1002")
    assert "sister" not in str({at: case.words[at].get("new.text") for at in spoken(case)})
    assert {2, 5} <= redacted_in(case.entries)


def test_without_words_no_number_is_carried_over() -> None:
    """Neither asked for nor approved, when the words went meanwhile: the old number would stay."""
    case = Case(alert(march(1), words={"text": "No plan.", "child": "C-1001"} | WHY))
    moving = asking(basis="wrong-child", right_child="C-1002")
    case.do(moving)
    case.do(asking(1))
    case.actor = "manager"
    case.do(approving(3))
    case.refused(approving(2), "has no words any more", "without --right-child")
    case.actor = "ab"
    case.refused(asking(basis="wrong-child", right_child="C-1003"), "has no words any more")


def test_an_earlier_thread_of_the_wrong_child_is_not_followed() -> None:
    """What a thread follows is another thread of the child that it was taken to be of."""
    case = Case(alert(march(1), words={"text": "No plan.", "follows": "CH-3"} | WHY))
    redacted(case, basis="wrong-child", right_child="C-1002")
    again: Any = case.words[4]
    assert (again["new.text"], again.get("new.follows")) == ("No plan.", None)


def test_what_a_correction_says_it_follows_is_not_followed_either() -> None:
    """Nor does the number of that thread stand in what is entered again."""
    case = Case(alert(march(1), words={"text": "No plan."} | WHY))
    case.do(correct(1, new={"text": "No plan yet.", "follows": "CH-3"}))
    redacted(case, basis="wrong-child", right_child="C-1002")
    assert [case.words[at].get("new.text") for at in (5, 6)] == ["No plan.", "No plan yet."]
    assert "CH-3" not in str(case.words)


def test_the_brothers_and_sisters_of_the_wrong_child_are_not_the_right_one_s() -> None:
    """Neither as they were recorded nor as they were corrected."""
    case = Case(alert(march(1), words={"text": "No plan.", "together": "CH-3, CH-5"} | WHY))
    case.do(correct(1, new={"text": "No plan yet.", "together": "CH-3"}))
    case.do(correct(1, new={"together": "CH-5"}, because="The other one."))
    redacted(case, basis="wrong-child", right_child="C-1002")
    assert [case.words[at].get("new.text") for at in (6, 7)] == ["No plan.", "No plan yet."]
    assert "CH-" not in str(case.words)
    assert "together" not in str(case.words)


def test_the_cells_of_a_sheet_do_not_go_to_the_right_child() -> None:
    """They may hold the wrong number; where they stand is told, also of what was put right."""
    cells = {"original": '{"Child ID": "C-1001"}', "origin_file": "ab" * 32, "origin_row": "7"}
    case = Case(alert(march(1), words={"text": "No plan.", "child": "C-1001", **cells} | WHY))
    case.do(correct(1, new={"text": "No plan yet.", **cells}))
    redacted(case, basis="wrong-child", right_child="C-1002")
    again = [words for at, words in case.words.items() if at > 3 and words]
    assert [words["child"] for words in again] == ["C-1002", "C-1002"]
    assert [words["new.origin_row"] for words in again] == ["7", "7"]
    assert "C-1001" not in str(case.words)


def test_only_the_cells_are_put_right() -> None:
    """A correction of nothing but its cells is entered again as one that says why."""
    case = Case(alert(march(1), words={"text": "No plan.", "child": "C-1001"} | WHY))
    case.do(correct(1, new={"original": '{"Child ID": "C-1001"}'}, because="Copied wrongly."))
    redacted(case, basis="wrong-child", right_child="C-1002")
    assert "C-1001" not in str(case.words)
    assert "Copied wrongly." in str(case.words)
