"""The conversation, with a ledger and without a terminal: whatever is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import ledger_helpers as own
import pytest
from footprint_cli.asking.dialogue import Dialogue
from footprint_cli.asking.drafts import Draft, Drafts
from footprint_cli.asking.known import OfLedger
from footprint_cli.asking.questions import (
    CHILD,
    DAY,
    DAY_AHEAD,
    FLAG,
    FORMS,
    REF,
    TEXT,
    WORDS,
    YES_NO,
    is_wanting,
)
from footprint_cli.asking.sides import Left
from footprint_cli.commands import alongside, attaching, correcting, raising, steps
from footprint_cli.doing.redactions import asked_for
from footprint_cli.entering.given import Given
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from footprint.domain.asks import AddNote, Close, Respond
from footprint.domain.vocabulary import DEFAULT_LISTS, FIXED_LISTS
from footprint.errors import FootprintError, Misused, Refused
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger

TODAY = london_today()
COMMANDS = {
    name: command.__wrapped__
    for module in (raising, steps, alongside, attaching, correcting)
    for name, command in vars(module).items()
    if name in FORMS
} | {"redact": asked_for}
"""What each command that has a form makes of what was given."""


class Desk:
    """Answers with what it was given, and leaves behind the last."""

    def __init__(self, *answers: str) -> None:
        self._left = list(answers)
        self.said: list[str] = []
        self.prompts: list[str] = []

    def ask(self, prompt: str, *, several: bool = False) -> str:  # noqa: ARG002
        self.prompts.append(prompt)
        if not self._left:
            raise Left
        return self._left.pop(0)

    def say(self, text: str, indent: int = 0) -> None:  # noqa: ARG002
        self.said.append(text)

    def settled(self) -> bool:
        return False

    def edited(self, draft: Draft, words: str) -> str:  # noqa: ARG002
        if "!" in words:
            raise Misused("No editor is known here.", "Name one in EDITOR.")
        return f"{words} edited"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A challenge, an alert with an answer, and a closed thread, of two children."""
    with closing(own.make_ledger(tmp_path_factory.mktemp("l"), signed=False)) as made:
        alert = own.record(made).stream
        holding = Respond(on=TODAY, response="holding", role="team-manager")
        made.record(holding, actor="mb", stream=alert)
        for child in (own.CHILD, "300999"):
            informal = own.challenge(child=child).but(formal=False)
            last = made.record(informal, actor="mb").stream
        made.record(Close(on=TODAY, closure="withdrawn"), actor="mb", stream=last)
        yield made


def hold(
    ledger: Ledger, folder: Path, command: str, *answers: str, **said: Any
) -> tuple[dict[str, Any], Desk]:
    """What was said when it was held; and the desk. Raises `Left` where the answers ran out."""
    desk = Desk(*answers)
    return hold_at(desk, ledger, folder, command, **said), desk


def hold_at(desk: Desk, ledger: Ledger, folder: Path, command: str, **said: Any) -> dict[str, Any]:
    drafts = Drafts(folder, ledger.opened.origin, command)
    known = OfLedger(ledger, COMMANDS[command], actor=own.ACTOR, today=TODAY, drafts=drafts)
    options = {question.name: None for question in FORMS[command].questions} | said
    return Dialogue(FORMS[command], options, desk).held(known)


def test_each_form_asks_for_what_its_command_needs(ledger: Ledger) -> None:
    """What is answered is enough, for every command that records a move."""
    for command, ask in COMMANDS.items():
        options = {question.name: None for question in FORMS[command].questions}
        assert is_wanting(command, Given(options, today=TODAY, actor="mb"))
        full: dict[str, Any] = dict.fromkeys(
            (q.name for q in FORMS[command].asked if q.needed), "x"
        )
        full |= {"file": __file__} if "file" in full else {}
        ask(Given(FORMS[command].options(options | full), today=TODAY, actor="mb"))
    assert set(COMMANDS) == set(FORMS)
    assert ledger.size()


def test_the_fewest_questions(ledger: Ledger, tmp_path: Path) -> None:
    """A repeat lower-level challenge takes 25 keys and the words."""
    answers = ("204118", "", "", "plc", "", "No health assessment.", "")
    said, _ = hold(ledger, tmp_path, "challenge", *answers)
    assert {name: said[name] for name in ("child", "service", "themes", "role", "words")} == {
        "child": ["204118"], "service": "CSC", "themes": ["PLC"], "role": "team-manager",
        "words": "No health assessment.",
    }  # fmt: skip
    keys = sum(len(answer) + 1 for answer in answers) - len("No health assessment.")
    assert keys <= 25


def test_a_slip_of_a_digit_is_seen(ledger: Ledger, tmp_path: Path) -> None:
    """The child's threads, and the child and theme of a thread, before anything is recorded."""
    desk = Desk("204118", "<", "300999")
    with pytest.raises(Left):
        hold_at(desk, ledger, tmp_path, "challenge")
    assert desk.said[1:3] == ["204118 has no thread yet.", "300999 has CH-3."]
    said, desk = hold(ledger, tmp_path, "note", "2", "Rang the school.", "")
    seen = [line for line in desk.said if own.CHILD in line and "Placement change" in line]
    assert len(seen) == 2  # when it was named, and when all was looked over
    assert said["ref"] == "CH-2"


def test_what_is_given_and_cannot_be_is_said_before_anything_is_asked(
    ledger: Ledger, tmp_path: Path
) -> None:
    """And what is given beside a thread that has settled it."""
    for command, given_ in (
        ("note", {"on": "31/31/2026"}), ("challenge", {"follows": "99"}),
        ("correct", {"ref": "2", "entry": 1}),
    ):  # fmt: skip
        with pytest.raises(FootprintError):
            hold(ledger, tmp_path, command, **given_)
    with pytest.raises(Left):
        hold(ledger, tmp_path, "alert", "2", "", "Words.", "", child=["204117"])


def test_legal_advice_is_put_right(ledger: Ledger, tmp_path: Path) -> None:
    """What is yes or no is written so."""
    stream = "CH-0000002"
    entry = ledger.record(AddNote(on=TODAY, words={"text": "Advice."}), actor="mb", stream=stream)
    at = str(entry.entries[0].position)
    said, _ = hold(ledger, tmp_path, "correct", "2", at, "legal", "yes", "Overlooked.", "")
    assert said["changes"] == ["privileged=yes"]


def test_what_it_says_now_is_what_enter_keeps(ledger: Ledger, tmp_path: Path) -> None:
    """The old value is shown, and a dash takes it away."""
    entry = str(ledger.entries("CH-0000002")[0].position)
    desk = Desk("2", entry, "whom", "-", "Nobody was.")
    with pytest.raises(Left):
        hold_at(desk, ledger, tmp_path, "correct")
    assert "It should be [Team Manager]: " in desk.prompts
    desk = Desk("2", entry, "words")
    with pytest.raises(Left):
        hold_at(desk, ledger, tmp_path, "correct")
    assert desk.prompts[-1].startswith("It should be [")


def test_back_and_forth(ledger: Ledger, tmp_path: Path) -> None:
    """Back asks the question before again, and Enter takes what was answered to it."""
    said, desk = hold(
        ledger,
        tmp_path,
        "close",
        "1",
        "resolved",
        "<",
        "<",
        "2",
        "",
        "agreed",
        "",
        "<",
        "Said.",
        "",
    )
    assert (said["ref"], said["closure"], said["basis"]) == ("CH-2", "resolved", "agreed")
    assert said["words"] == "Said."
    assert "How it ended [resolved]: " in desk.prompts


def test_what_no_longer_applies_is_left_out(ledger: Ledger, tmp_path: Path) -> None:
    """A basis is of a satisfied IRO: it goes when the closure is changed."""
    answers = ("1", "resolved", "done", "Met.", "2", "withdrawn", "")
    said, _ = hold(ledger, tmp_path, "close", *answers)
    assert (said["closure"], said["basis"]) == ("withdrawn", None)


def test_a_basis_is_asked_for_where_the_closure_rests_on_one(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Where it was recorded at the time nobody can leave it open; else, and elsewhere, they can."""
    desk = Desk("1", "resolved", "", "-", "done", "", "")
    said = hold_at(desk, ledger, tmp_path, "close")
    assert (said["basis"], desk.prompts.count("Satisfied: ")) == ("done", 3)
    for asked in ({"closure": "explained"}, {"closure": "Resolved", "source": "recalled"}):
        said, desk = hold(ledger, tmp_path, "close", "1", "", "", "", **asked)
        assert (said["basis"], "Satisfied [none]: " in desk.prompts) == (None, True)


@pytest.mark.parametrize(
    ("given_", "wanting"),
    [
        ({"closure": "resolved"}, True),
        ({"closure": "Partly resolved"}, True),
        ({"closure": "resolved", "basis": "done"}, False),
        ({"closure": "resolved", "source": "transcribed"}, False),
        ({"closure": "explained"}, False),
        ({"closure": "withdrawn"}, False),
    ],
)
def test_a_basis_alone_can_be_missing(given_: dict[str, str], wanting: bool) -> None:  # noqa: FBT001
    """Then it is asked for, as anything else is that a command needs."""
    options = {question.name: None for question in FORMS["close"].questions}
    typed = Given(options | {"ref": "1"} | given_, today=TODAY, actor="mb")
    assert is_wanting("close", typed) == wanting


@pytest.mark.parametrize(
    "typed",
    ["204118, 204119 and 204120", "204118 & 204119&204120", "204118; 204119, AND 204120,",
     "204118 204119 204120"],
)  # fmt: skip
def test_siblings_as_people_write_them(ledger: Ledger, tmp_path: Path, typed: str) -> None:
    """And which of them is none is said by where it stands: it may be a name."""
    answers = (typed, "", "", "plc", "", "No health assessment.", "")
    said, _ = hold(ledger, tmp_path, "challenge", *answers)
    assert said["child"] == ["204118", "204119", "204120"]
    desk = Desk(f"{typed} and Robin", "Robin")
    with pytest.raises(Left):
        hold_at(desk, ledger, tmp_path, "challenge")
    first, second = (line for line in desk.said if "looks like a name" in line)
    assert first.startswith("Number 4 of these 4 is refused. The child's case number looks")
    assert second.startswith("The child's case number looks")
    assert not any("Robin" in line for line in desk.said)


def test_enter_leaves_a_line_as_it_stands(ledger: Ledger, tmp_path: Path) -> None:
    """Also one that nobody answered: the day and the source."""
    said, _ = hold(ledger, tmp_path, "note", "1", "Rang.", "3", "", "4", "", "")
    assert (said["on"], said["source"]) == ("today", "at-the-time")


def test_who_is_asked_next_is_read_off_the_ladder(ledger: Ledger, tmp_path: Path) -> None:
    """The first role that the next stage is called after."""
    said, _ = hold(ledger, tmp_path, "escalate", "1", "unsatisfied", "", "Not enough.", "")
    assert said["role"] == "principal-manager"


def test_more_can_be_said(ledger: Ledger, tmp_path: Path) -> None:
    """What is seldom said is a line further."""
    answers = ("1", "agreed", "", "Yes.", "m", "action", "31/12/2026", "m", "stage", "1", "")
    said, _ = hold(ledger, tmp_path, "respond", *answers)
    assert (said["action_by"], said["stage"]) == ("2026-12-31", 1)
    said, _ = hold(ledger, tmp_path, "note", "1", "Advice.", "m", "legal", "y", "")
    assert said["privileged"] is True


def test_what_would_be_refused_is_said_before(ledger: Ledger, tmp_path: Path) -> None:
    """Nothing typed is lost: another line can be changed."""
    said, desk = hold(ledger, tmp_path, "close", "1", "unresolved", "-", "", "2", "withdrawn", "")
    assert said["closure"] == "withdrawn"
    assert any(line.startswith("That cannot be recorded yet.") for line in desk.said)


def test_words_are_kept_until_they_are_recorded(ledger: Ledger, tmp_path: Path) -> None:
    """Whoever leaves finds them again, and Enter takes them."""
    with pytest.raises(Left):
        hold(ledger, tmp_path, "note", "1", "Long words.")
    said, desk = hold(ledger, tmp_path, "note", "1", "", "")
    assert said["words"] == "Long words."
    assert any("Not recorded" in line for line in desk.said)
    drafts = Drafts(tmp_path, ledger.opened.origin, "note")
    draft = drafts.of({"ref": "ch-1"})
    assert draft.path.stat().st_mode & 0o077 == 0
    drafts.throw_away({"ref": "2"})
    assert draft.words
    drafts.throw_away({"ref": "CH-1"})
    assert draft.words is None


def test_words_about_one_child_are_not_offered_for_another(ledger: Ledger, tmp_path: Path) -> None:
    """Nor those about another thread; but again where it is the same."""
    for command, first, other in (("note", ("1",), ("2",)), (
        "challenge", ("204118", "csc", "-", "plc", "nurse"), ("204119", "csc", "-", "plc", "nurse"))
    ):  # fmt: skip
        with pytest.raises(Left):
            hold(ledger, tmp_path, command, *first, "Of the first alone.")
        desk = Desk(*other)
        with pytest.raises(Left):
            hold_at(desk, ledger, tmp_path, command)
        assert desk.prompts[-1] == "Words: "
        desk = Desk(*first)
        with pytest.raises(Left):
            hold_at(desk, ledger, tmp_path, command)
        assert desk.prompts[-1] == "Words [Of the first alone.]: "


def test_words_go_along_to_the_child_that_was_meant(ledger: Ledger, tmp_path: Path) -> None:
    """What was typed for a mistaken number is offered for the right one, and for no other; what was
    there already about the mistaken child stays that child's."""
    start = ("csc", "-", "plc", "nurse")
    for child, words, *more in (
        ("204120", "Of that child."), ("204121", "Of the right one.", "1", "204122")
    ):  # fmt: skip
        with pytest.raises(Left):
            hold(ledger, tmp_path, "challenge", child, *start, words, *more)
    with pytest.raises(Left):  # looked at, and not typed in this run
        hold(ledger, tmp_path, "challenge", "204120", *start, "<", "<", "<", "<", "<", "204123")
    for child, offered in (
        ("204120", "[Of that child.]"), ("204121", ""),
        ("204122", "[Of the right one.]"), ("204123", ""),
    ):  # fmt: skip
        desk = Desk(child, *start)
        with pytest.raises(Left):
            hold_at(desk, ledger, tmp_path, "challenge")
        assert desk.prompts[-1] == f"Words {offered}".rstrip() + ": "


def test_the_same_children_in_another_order_are_the_same(ledger: Ledger, tmp_path: Path) -> None:
    """Words about both are offered for both."""
    start = ("csc", "-", "plc", "nurse")
    with pytest.raises(Left):
        hold(ledger, tmp_path, "challenge", "204131, 204132", *start, "Both.")
    desk = Desk("204132 204131", *start)
    with pytest.raises(Left):
        hold_at(desk, ledger, tmp_path, "challenge")
    assert desk.prompts[-1] == "Words [Both.]: "


def test_what_a_thread_cannot_take_is_said_first(ledger: Ledger, tmp_path: Path) -> None:
    """Before anything else is asked; and where the thread was named on the line, nothing is."""
    for command, ref, other, said in (
        ("close", "3", "1", "CH-3 is closed already"), ("escalate", "2", "1", "informal challenge"),
        ("alert", "1", "2", "a formal alert already"), ("reopen", "1", "3", "CH-1 is open"),
    ):  # fmt: skip
        desk = Desk(ref, other)
        with pytest.raises(Left):
            hold_at(desk, ledger, tmp_path, command)
        assert any(said in one for one in desk.said)
        assert len(desk.prompts) == 3  # the thread twice, and what comes next
        with pytest.raises(Refused, match=said):
            hold(ledger, tmp_path, command, ref=ref)


@pytest.mark.parametrize("name", ["\0", "~nobody-at-all/plan.pdf", "/no/such/plan.pdf"])
def test_what_is_no_file_is_said(ledger: Ledger, tmp_path: Path, name: str) -> None:
    """Whatever was typed for one, another can be."""
    desk = Desk("1", name, "", "")
    with pytest.raises(Left):
        hold_at(desk, ledger, tmp_path, "attach")
    assert any("cannot be read" in line for line in desk.said)


def test_an_editor_for_long_words(ledger: Ledger, tmp_path: Path) -> None:
    """It begins with what there is."""
    said, _ = hold(ledger, tmp_path, "note", "1", "Short.", "<", "e", "")
    assert said["words"] == "Short. edited"
    said, desk = hold(ledger, tmp_path, "note", "1", "No!", "<", "e", "Yes.", "")
    assert said["words"] == "Yes."
    assert "No editor is known here. Name one in EDITOR." in desk.said


def test_an_entry_is_put_right(ledger: Ledger, tmp_path: Path) -> None:
    """The entry, what was wrong, and what it should be is asked as it was when it was recorded."""
    entry = str(ledger.entries("CH-0000002")[0].position)
    said, _ = hold(ledger, tmp_path, "correct", "2", entry, "theme", "edu, hlt", "Misread.", "")
    assert (said["entry"], said["changes"]) == (int(entry), ["themes=EDU", "themes=HLT"])
    assert "value" not in said
    said, _desk = hold(ledger, tmp_path, "correct", "2", entry, "words", "Anew.", "Misread.", "")
    assert (said["words"], said.get("changes")) == ("Anew.", None)
    said, _ = hold(ledger, tmp_path, "correct", "2", entry, "when", "3/1/2017", "Misread.", "")
    assert said["changes"] == ["on=2017-01-03"]


def test_a_day_that_is_none_is_said_as_it_was_asked(ledger: Ledger, tmp_path: Path) -> None:
    """Nobody who answers a question has typed an option."""
    entry = str(ledger.entries("CH-0000002")[0].position)
    answers = ("2", entry, "when", "26/11", "3/1/2017", "Misread.", "")
    _, desk = hold(ledger, tmp_path, "correct", *answers)
    assert "'26/11' is not a date. Write 2026-04-03, or 3/4/2026 for 3 April 2026." in desk.said


@pytest.mark.parametrize("answer", ["child", "Case number", "Child's case number", "?"])
def test_the_wrong_child_is_put_right_by_another_command(
    ledger: Ledger, tmp_path: Path, answer: str
) -> None:
    """Which it is, of this thread, is said where somebody looks for it."""
    entry = str(ledger.entries("CH-0000002")[0].position)
    answers = ("2", entry, answer, "theme", "edu", "Misread.", "")
    _, desk = hold(ledger, tmp_path, "correct", *answers)
    command = "footprint redact CH-2 --basis wrong-child --right-child NUMBER --why TEXT"
    assert [line for line in desk.said if line.endswith(command)]
    assert "That is none of them. ? lists what can be said." not in desk.said


def test_what_is_about_another_answer_is_asked_anew(ledger: Ledger, tmp_path: Path) -> None:
    """Another entry has other fields, and another field another value."""
    entry = str(ledger.entries("CH-0000002")[0].position)
    answers = ("2", entry, "theme", "edu", "Misread.", "3", "when", "3/1/2017", "")
    said, _ = hold(ledger, tmp_path, "correct", *answers)
    assert said["changes"] == ["on=2017-01-03"]
    other = str(ledger.entries("CH-0000001")[0].position)
    answers = ("2", entry, "theme", "edu", "Misread.", "1", "1", other, "theme", "hlt", "")
    said, _ = hold(ledger, tmp_path, "correct", *answers)
    assert (said["entry"], said["changes"]) == (int(other), ["themes=HLT"])


def test_a_redaction_is_asked_for(ledger: Ledger, tmp_path: Path) -> None:
    """Of all of a thread, or of entries of it."""
    said, _ = hold(ledger, tmp_path, "redact", "2", "-", "wrong", "Another boy's.", "")
    assert (said["positions"], said["basis"]) == (None, "wrong-child")
    entry = ledger.entries("CH-0000002")[0].position
    said, _ = hold(ledger, tmp_path, "redact", "2", str(entry), "third", "Named.", "")
    assert said["positions"] == [entry]


@pytest.mark.parametrize("answer", ["", "-", "all"])
def test_all_of_a_thread_is_not_called_none_of_it(
    ledger: Ledger, tmp_path: Path, answer: str
) -> None:
    """What Enter stands for here is every word there is: it says so, asked and looked over."""
    answers = ("2", answer, "wrong", "Another boy's.", "")
    said, desk = hold(ledger, tmp_path, "redact", *answers)
    assert said["positions"] is None
    assert "Entries [all]: " in desk.prompts
    assert "  2  Entries: all" in desk.said


NOISE = st.sampled_from(["", "<", "?", "-", "m", "e", "y", "1", "2", "9"]) | st.text(max_size=12)
GOOD = {
    TEXT: ["Misread.", "jd"], WORDS: ["What was said.", "e"], DAY: ["today", "3/1/2017", "fri"],
    DAY_AHEAD: ["mon", "31/12/2126"], YES_NO: ["yes", "n"], FLAG: ["y"], REF: ["1", "CH-2", "3"],
    CHILD: ["204117", "204118, 204119"],
}  # fmt: skip


@st.composite
def likely(draw: st.DrawFn, command: str, ledger: Ledger) -> list[str]:
    """Answers to a command's questions in their order, with noise between them; and yes."""
    entries = [str(e.position) for n in (1, 2, 3) for e in ledger.entries(f"CH-000000{n}")]
    said = []
    for question in FORMS[command].asked:
        codes = [*FIXED_LISTS.get(question.codes, ()), *DEFAULT_LISTS.get(question.codes, ())]
        codes += {"entries": entries, "fields": ["on", "role", "words", "theme"]}.get(
            question.codes, []
        )
        if draw(st.integers(0, 5)) == 0:
            said.append(draw(NOISE))
        said.append(draw(st.sampled_from(codes or GOOD[question.kind])))
    return [*said, draw(NOISE), "", "y", "", "y"]


@pytest.mark.parametrize("command", FORMS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_is_answered(
    ledger: Ledger, tmp_path: Path, command: str, data: st.DataObject
) -> None:
    """It ends in something that can be recorded, or whoever answers leaves; nothing else."""
    size = ledger.size()
    answers = data.draw(likely(command, ledger) | st.lists(NOISE, max_size=25))
    try:
        said, _ = hold(ledger, tmp_path, command, *answers)
    except Left:
        return
    event("recordable")
    asked = COMMANDS[command](Given(said, today=TODAY, actor=own.ACTOR))
    stream = ledger.stream(said["ref"]) if said.get("ref") else None
    assert ledger.consider(asked, stream, actor=own.ACTOR)
    assert ledger.size() == size
