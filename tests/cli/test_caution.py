"""What could identify somebody: warned of in the words, refused in the clear."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from cli_helpers import DONE, REFUSED, Place, Ran, concern, on_terminal, one_message
from footprint_cli.entering.caution import check_actor, check_iro, check_team, warnings
from losses import back_up, put_back

from footprint.domain.asks import AddNote, Correct, HandOver
from footprint.domain.policy import Policy
from footprint.errors import Refused
from footprint.ledger.identity import london_today

NAMED = "Robin Sparrow, dob 3/4/2010, NHS 943 476 5919, of BH15 2RS, rings 07700 900123."
KINDS = ["a full name", "a date of birth", "an NHS number", "a postcode", "a telephone number"]
ALL_THE_SAME = "It is recorded all the same.\n"
TO_REMOVE = "To remove it: footprint redact CH-1 --entry {} --basis CODE --why TEXT\n"
ASKED = "Record it all the same? [y/N]"


def warned(ran: Ran) -> list[str]:
    """The lines that warn."""
    return [line for line in ran.err.splitlines() if line.startswith("! ")]


# --- words ------------------------------------------------------------------------------------


def test_words_that_identify_draw_a_line_a_kind_and_are_recorded(begun: Place) -> None:
    """In a script it is said on stderr, with what to write in its place, and recorded."""
    ran = begun.done("note", "1", "--words", NAMED)
    assert [line[2:].partition(" (")[0] for line in warned(ran)] == [
        f"The words seem to hold {kind}" for kind in KINDS
    ]
    assert '! The words seem to hold a date of birth ("dob 3/4/2010"). An age' in ran.err
    assert ran.err.endswith(ALL_THE_SAME + TO_REMOVE.format(8))
    assert "footprint receipt CH-1 entry 8" in ran.out
    assert NAMED in begun.done("show", "1").out


def test_words_that_identify_nobody_draw_nothing(begun: Place) -> None:
    """Roles, days and places are recorded without a word."""
    said = "Asked the Team Manager on 3 April 2026; Placement Panel sits at Kestrel House."
    ran = begun.done("note", "1", "--words", said, "--json")
    assert (ran.err, ran.json["warnings"]) == ("", [])


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_dry_run_warns_and_records_nothing(begun: Place, as_json: list[str]) -> None:
    """It says what would be recorded, and what is wrong with that."""
    ran = begun.done("note", "1", "--words", NAMED, "--dry-run", *as_json)
    assert len(warned(ran)) == len(KINDS)
    assert ALL_THE_SAME not in ran.err
    assert not as_json or [f"! {line}" for line in ran.json["warnings"]] == warned(ran)
    assert begun.entries() == 7


def test_what_is_written_down_late_draws_a_line(begun: Place) -> None:
    """Where nobody said that it is from a record, or from memory; a week is soon enough."""
    note = ["note", "1", "--words", "Spoke to the carer.", "--json"]
    week, more = ((london_today() - timedelta(days=days)).isoformat() for days in (7, 8))
    ran = begun.done(*note, "--on", more)
    assert warned(ran) == [f"! {line}" for line in ran.json["warnings"]]
    assert "happened 8 days ago, and is recorded as made at the time" in ran.err
    assert "8 days ago" in begun.done(*note, "--on", more, "--dry-run").err
    for said in (["--on", week], ["--on", more, "--source", "recalled"],
                 ["--on", more, "--source", "at-the-time"]):  # fmt: skip
        assert warned(begun.done(*note, *said)) == []


SAID = "He lives with Robin Sparrow."
SAYING: Mapping[str, list[str]] = {
    "why": ["close", "1", "--closure", "overtaken", "--by", "manager", "--why", SAID],
    "new why": ["correct", "1", "--entry", "7", "--set", f"why={SAID}", "--reason", "Misread."],
    "redact": ["redact", "1", "--basis", "third-party", "--why", SAID],
}


@pytest.mark.parametrize("args", SAYING.values(), ids=SAYING)
def test_all_commands_look_at_their_words(begun: Place, args: list[str]) -> None:
    """A reason, and what a correction puts in its place, like the text."""
    ran = begun.done(*args, "--json")
    assert warned(ran) == [f"! {line}" for line in ran.json["warnings"]]
    assert [line.partition(" (")[2][:15] for line in warned(ran)] == ['"Robin Sparrow"']
    assert ran.err.endswith(TO_REMOVE.format(8))


@pytest.mark.parametrize("name", ["text", "why", "reason", "new.text", "view", "to-do"])
def test_all_words_are_looked_at(name: str) -> None:
    """Under whatever name they are kept."""
    assert len(warnings({name: SAID}, Policy())) == 1


@pytest.mark.parametrize("name", ["to", "from", "new.to", "new.from"])
def test_a_name_belongs_where_names_are_kept(name: str) -> None:
    """Whom it is put to and who answered are names by design; their numbers are not."""
    assert warnings({name: "Robin Sparrow"}, Policy()) == []
    assert len(warnings({name: "Robin Sparrow, 07700 900123"}, Policy())) == 1


def test_the_authoritys_own_words_are_no_names() -> None:
    """A team or a stage that is called like a person, once it is in the policy."""
    said = {"text": "Asked Kingfisher Heron."}
    own = Policy(lists={"teams": {"kh": "Kingfisher Heron"}})
    assert (len(warnings(said, Policy())), warnings(said, own)) == (1, [])


def test_what_was_found_is_shown_shortly() -> None:
    """Three of a kind, and how many more; nothing that is long."""
    said = "Ada Wren, Cy Rook, Ada Wren, Dot Coot, Ed Smew and Jo Knot."
    (line,) = warnings({"text": said}, Policy())
    assert '("Ada Wren", "Cy Rook", "Dot Coot", 2 more)' in line
    (line,) = warnings({"text": f"Ada Wr{'e' * 900}n"}, Policy())
    assert len(line) < 250


def test_what_was_found_cannot_act_on_a_terminal(begun: Place) -> None:
    """Control characters are shown."""
    (line,) = warned(begun.done("note", "1", "--words", "dob \x1b 3/4/2010", "--dry-run"))
    assert '"dob ␛ 3/4/2010"' in line


def test_a_refusal_comes_before_a_warning(begun: Place) -> None:
    """What cannot be recorded anyhow is only refused."""
    ran = begun.run("impact", "1", "--impact", "nothing-like-it", "--words", NAMED)
    assert "Robin" not in one_message(ran, REFUSED)


# --- the question -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code", "entries"), [("y", DONE, 8), ("n", REFUSED, 7), ("", REFUSED, 7)]
)
def test_somebody_who_is_there_is_asked(begun: Place, answer: str, code: int, entries: int) -> None:
    """It is recorded at a yes; anything else records nothing."""
    ended, said = on_terminal(begun, "note", "1", "--words", SAID, answer=answer)
    assert ended == code, said
    assert said.count("! The words seem to hold a full name") == 1
    assert ASKED in said
    assert ("Nothing was recorded." in said) == (code == REFUSED)
    assert begun.entries() == entries


def test_nobody_is_asked_who_does_not_want_to_be(begun: Place) -> None:
    """Nor where there is nothing to ask."""
    for quietly in ("--no-input", "--json"):
        code, said = on_terminal(begun, "note", "1", "--words", SAID, quietly)
        assert (code, ASKED in said) == (DONE, False), quietly
    code, said = on_terminal(begun, "note", "1", "--words", "Asked again.")
    assert (code, ASKED in said) == (DONE, False)


def test_asking_for_a_redaction_asks_as_well(begun: Place) -> None:
    """Why it is redacted stays, so it should not say whom it was about."""
    asked = ["redact", "1", "--basis", "third-party", "--why", SAID]
    code, said = on_terminal(begun, *asked, answer="n")
    assert (code, begun.entries()) == (REFUSED, 7), said
    assert on_terminal(begun, *asked, answer="y")[0] == DONE
    assert begun.entries() == 8


def test_the_reason_of_a_loss_is_looked_at(begun: Place) -> None:
    """It is kept with the words of the ledger itself."""
    backup = begun.folder / "backup.db"
    back_up(begun.ledger, backup)
    begun.done("note", "1", "--words", "Asked again.")
    put_back(backup, begun.ledger)
    ran = begun.done("checkpoint", "--accept-loss", "Robin Sparrow spilt tea on it.")
    assert len(warned(ran)) == 1


# --- case numbers -----------------------------------------------------------------------------


def test_an_nhs_number_as_the_case_number_draws_a_warning(fresh: Place) -> None:
    """It finds the child in every health record. It is not repeated."""
    ran = fresh.done("challenge", *concern(child="9434765919"), "--json")
    assert [line[:32] for line in ran.json["warnings"]] == ["The case number is an NHS number"]
    assert "9434765919" not in ran.out + ran.err
    whole = "To remove it: footprint redact CH-1 --basis CODE --why TEXT\n"
    assert ran.err.endswith(whole)  # with an entry alone, the thread's own row would keep it


@pytest.mark.parametrize("name", ["child", "right_child"])
def test_what_a_case_number_is_held_against(name: str) -> None:
    """An NHS number, and a name that the pattern lets through for its digit; neither is said."""
    for number in ("9434765919", "Robin.Sparrow-2010"):
        (line,) = warnings({name: number}, Policy())
        assert number not in line
    for number in ("9434765918", "204117", "LCS-1234", "2016/0042", "Poole-CIC-12", "CH42AB"):
        assert warnings({name: number}, Policy()) == []


# --- clear facts ------------------------------------------------------------------------------

NUMBERS = ["943 476 5919", "9434765919", "07700-900123", "BH15 2RS", "bh152rs", "dob 3/4/2010"]


@pytest.mark.parametrize("fact", ["Robin Sparrow", "robin sparrow", *NUMBERS])
def test_whoever_is_named_in_the_clear_is_refused(fact: str) -> None:
    """The actor and the IRO, of a new thread, a handover or a correction."""
    corrected = Correct(on=None, entry=7, facts={"iro": fact})
    for asked in (HandOver(on=None, iro=fact), corrected):
        with pytest.raises(Refused, match="IRO's code is stored in the clear"):
            check_iro(asked)
    with pytest.raises(Refused, match="The actor is stored in the clear"):
        check_actor(fact)


@pytest.mark.parametrize("fact", ["mb", "MB2", "robin.sparrow", "IRO 2", "Team Manager", "u204117"])
def test_codes_and_logins_are_nobody(fact: str) -> None:
    """Logins may be made of names: that is whoever gives out logins to settle."""
    check_actor(fact)
    check_iro(HandOver(on=None, iro=fact))
    check_iro(Correct(on=None, entry=7, facts={"iro": None}))
    check_iro(AddNote(on=None))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_team_may_be_called_like_a_person_and_has_no_number(number: str) -> None:
    """Streets and founders give their names to teams."""
    check_team("Robin Sparrow")
    with pytest.raises(Refused, match="A team's name is stored in the clear"):
        check_team(f"North Team {number}")


NAMING = {
    "note": ["note", "1", "--words", "x"],
    "note --dry-run": ["note", "1", "--words", "x", "--dry-run"],
    "checkpoint": ["checkpoint"],
    "init": ["init", "--authority", "Borough of Testing", "--ledger", "other.db"],
}


@pytest.mark.parametrize("args", NAMING.values(), ids=NAMING)
def test_nothing_is_written_by_name(begun: Place, args: list[str]) -> None:
    """Whatever records refuses an actor's full name, and says what to give."""
    said = one_message(begun.run(*args, "--actor", "Robin Sparrow"), REFUSED)
    assert "Give a code or initials: --actor, or FOOTPRINT_ACTOR." in said
    assert not (begun.folder / "other.db").exists()


def test_whoever_only_reads_may_have_any_name(begun: Place) -> None:
    """Nothing of theirs is stored, and nothing was by those who were refused."""
    status = begun.json("status", "--actor", "Robin Sparrow")
    assert (status["actor"], status["entries"]) == ("Robin Sparrow", 7)


def test_an_iro_and_a_team_are_refused_by_the_commands(begun: Place) -> None:
    """Nothing is recorded, and nothing made."""
    one_message(begun.run("challenge", *concern(), "--iro", "Robin Sparrow"), REFUSED)
    assert begun.entries() == 7
    make = ["init", "--authority", "Borough of Testing", "--ledger", "other.db"]
    one_message(begun.run(*make, "--team", "North 07700 900123"), REFUSED)
    assert not (begun.folder / "other.db").exists()
