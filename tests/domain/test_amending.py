"""Putting right what put something right: a correction, a redaction, the request for one."""

from typing import Any

import pytest
from domain.casework import TODAY, Case, alert, correct, march, raised, respond, to_alert
from domain.histories import Mistaken, happened, mistaken, putting_right
from domain.test_correcting import beside, recorded, says
from hypothesis import assume, given, settings

from footprint.domain import events as ev
from footprint.domain.asks import ApproveRedaction, AskRedaction, Correct
from footprint.domain.corrections import corrected_words
from footprint.domain.redactions import open_requests


def taking_back(entry: int, because: str = "It was right at first.") -> Correct:
    return Correct(on=TODAY, entry=entry, words={"reason": because}, take_back=True)


@settings(max_examples=200)
@given(mistaken())
def test_what_is_taken_back_was_never_said(made: Mistaken) -> None:
    """Facts, due dates, those of later steps and words are as they were before the correction."""
    case, most = recorded(made), len(made.asks)
    before, said = case.thread, says(case, most)
    assume(happened(case, putting_right(made.at + 1, made.wrong, made.right)))
    corrected = most + 1
    assume(says(case, most) != said)
    case.do(taking_back(corrected))
    assert beside(case.thread) == beside(before)
    assert says(case, most) == said


@settings(max_examples=100)
@given(mistaken())
def test_taking_back_the_taking_back_says_it_again(made: Mistaken) -> None:
    """A correction of a correction of a correction is heard in the end."""
    case, most = recorded(made), len(made.asks)
    before = says(case, most)
    assume(happened(case, putting_right(made.at + 1, made.wrong, made.right)))
    assume(len(case.entries) == most + 1)  # what followed from it would be taken back by itself
    right = says(case, most)
    assume(right != before)
    case.do(taking_back(most + 1))
    case.do(taking_back(most + 2))
    assert says(case, most) == right


def test_what_followed_is_taken_back_with_it() -> None:
    """Later due dates that a correction moved come back too."""
    case = Case(raised(march(1)), to_alert(march(9)))
    before = case.thread
    case.do(correct(1, service="CAMHS", role="line-manager"))
    assert len(case.entries) == 4
    case.do(taking_back(3))
    assert beside(case.thread) == beside(before)


def test_the_reason_of_a_correction_is_corrected() -> None:
    """Its words, its day and its source are its own; what it corrected stays as it was put."""
    case = Case(alert(march(1)), respond(march(6)))
    case.do(correct(2, response="partly", because="Misread."))
    case.do(correct(3, reason="Misread the email of 6 March.", on=march(7), source="transcribed"))
    assert corrected_words(case.entries, case.words)[3]["reason"] == "Misread the email of 6 March."
    assert says(case, 2)[1][0].response == "partly"
    assert says(case, 3)[2][1:3] == (march(7), "transcribed")
    case.refused(correct(3, reason="Misread the email of 6 March."), "says that already")


def test_the_reason_of_a_request_is_corrected() -> None:
    """What a redaction removes is as it was asked for; why can be said better."""
    case = Case(alert(march(1)))
    case.do(AskRedaction(on=TODAY, positions=(1,), basis="retention", words={"why": "Old."}))
    case.do(correct(2, new={"why": "Closed for 75 years."}))
    assert corrected_words(case.entries, case.words)[2]["why"] == "Closed for 75 years."
    case.refused(correct(2, basis="court-order"), "The basis of entry 2 stays", "on, source, why")


@pytest.mark.parametrize(
    ("ask", "what", "next_step"),
    [
        (correct(3, response="agreed"), "itself a correction, of entry 2", "Correct entry 2 again"),
        (correct(3, new={"text": "No."}), "itself a correction, of entry 2", "--take-back"),
        (correct(3, reason=" "), "The reason of entry 3 is needed", "Say"),
        (correct(3, source="guessed"), "There is no source", "recalled"),
        (taking_back(1), "is no correction", "--set"),
        (taking_back(3, " "), "needs a reason", "--reason"),
    ],
)
def test_what_is_refused(ask: Correct, what: str, next_step: str) -> None:
    """One message, and nothing recorded."""
    case = Case(alert(march(1)), respond(march(6)))
    case.do(correct(2, response="partly"))
    case.refused(ask, what, next_step)


def test_what_is_taken_back_says_nothing_that_could_be() -> None:
    """It is taken back once; and a redaction never is."""
    case = Case(alert(march(1)), respond(march(6)))
    case.do(correct(2, response="partly"))
    case.do(taking_back(3))
    case.refused(taking_back(3), "says nothing that could be taken back")
    event: Any = ev.EntryRedacted(positions=(1,), basis="retention", requested=9)
    case.happened(event, TODAY)
    case.refused(taking_back(5), "is no correction", "removed for good")


@pytest.mark.parametrize("positions", [(1,), ()])
def test_a_request_that_waits_is_withdrawn_not_taken_back(positions: tuple[int, ...]) -> None:
    """Nothing was removed, and it says so; two people withdraw it, with its own words."""
    case = Case(alert(march(1), words={"text": "No plan.", "child": "C-1001"}))
    case.do(AskRedaction(on=TODAY, positions=positions, basis="retention", words={"why": "Old."}))
    case.refused(taking_back(2), "It removes nothing unless somebody else", "withdraws it")
    case.do(AskRedaction(on=TODAY, positions=(2,), basis="retention", words={"why": "Not meant."}))
    case.actor = "manager"
    case.do(ApproveRedaction(on=TODAY, request=3))
    assert open_requests(case.entries) == []
    case.do(AskRedaction(on=TODAY, positions=positions, basis="retention", words={"why": "Old."}))


def test_a_request_that_was_approved_is_done() -> None:
    """What it asked for is removed for good."""
    case = Case(alert(march(1), words={"text": "No plan.", "child": "C-1001"}))
    case.do(AskRedaction(on=TODAY, positions=(1,), basis="retention", words={"why": "Old."}))
    case.actor = "manager"
    case.do(ApproveRedaction(on=TODAY))
    case.refused(taking_back(2), "is no correction", "removed for good")


def test_taking_back_keeps_the_order() -> None:
    """The day that a correction mended may be needed by what was recorded since."""
    case = Case(alert(march(20)))
    case.do(correct(1, on=march(1)))
    case.do(respond(march(6)))
    case.refused(taking_back(2), "would be out of order", "correct that entry first")
