"""Values to codes: exactly, by another name, or nearly; and what is said on top of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_helpers import bring, one_sheet, threads, whats, why
from strategies import policy, text

from footprint.domain.vocabulary import DEFAULT_LISTS, FIXED_LISTS
from footprint.intake.lexicon import Lexicon, Meant
from footprint.intake.mapping import SheetMapping, mapping_of, meanings
from footprint.ledger.ledger import Ledger
from footprint.sheets.marks import UNSAVED

POLICY = policy()
LISTS = {**FIXED_LISTS, **DEFAULT_LISTS}


def lexicon(**values: dict[str, str]) -> Lexicon:
    return Lexicon(POLICY, mapping_of({"values": values}) if values else SheetMapping())


@pytest.mark.parametrize("name", ["themes", "services", "teams", "roles", "responses", "closures"])
def test_a_code_and_its_label_are_known(name: str) -> None:
    """In any case."""
    for code, label in LISTS[name].items():
        for given_ in (code, label, label.upper(), f" {label.replace(' ', '  ')} "):
            assert lexicon().find(name, given_) == Meant(code)


@pytest.mark.parametrize("name", sorted(meanings().values))
def test_every_common_name_is_of_a_code(name: str) -> None:
    """Of a new ledger's vocabulary; a name that is a code's own is not given another."""
    for called, code in meanings().values[name].items():
        found = lexicon().find(name, called)
        assert found is not None, (name, called, code)
        assert found.guessed is False


def test_the_authority_has_its_own_names() -> None:
    """Its alias goes before what people commonly mean."""
    own = POLICY.but(aliases={"themes": {"drift": "ADO"}})
    assert Lexicon(own, SheetMapping()).find("themes", "Drift") == Meant("ADO")
    assert lexicon().find("themes", "Drift") == Meant("DEL")


def test_a_code_that_was_taken_away_is_meant_by_nothing() -> None:
    """Neither by its common names nor nearly."""
    fewer = {code: label for code, label in POLICY.lists["themes"].items() if code != "DEL"}
    own = Lexicon(POLICY.but(lists={**POLICY.lists, "themes": fewer}), SheetMapping())
    assert (own.find("themes", "DEL"), own.certain("themes", "drift")) == (None, None)
    assert "DEL" not in {
        m.code for text in ("delay", "drift", "delays") if (m := own.find("themes", text))
    }


def test_what_is_near_is_a_guess_and_says_so() -> None:
    """The only one that has all the words is near, too."""
    assert lexicon().find("roles", "Team Manger") == Meant("team-manager", guessed=True)
    assert lexicon().certain("roles", "Team Manger") is None
    assert lexicon().find("roles", "Zebra") is None
    known = lexicon()
    known.find("roles", "Team Manger")
    known.find("roles", "Zebra")
    assert [*known.used()] == [
        ("roles", "Team Manger", Meant("team-manager", guessed=True)), ("roles", "Zebra", None),
    ]  # fmt: skip


def test_the_mapping_says_it() -> None:
    """On top of all; empty: there is nothing. What it does not know is no code."""
    said = lexicon(responses={"Agreed": "partly", "tba": "", "hm": "?", "eh": "nope"})
    assert said.find("responses", "AGREED") == Meant("partly")
    assert said.find("responses", "tba") == Meant("")
    assert said.find("responses", "hm") is None
    assert said.find("responses", "eh") is None


@pytest.mark.parametrize("given_", ["at the time", "at-the-time", "Made at the time"])
def test_what_was_recorded_elsewhere_at_the_time_is_copied(given_: str) -> None:
    """Nothing that is brought in was made here at the time."""
    assert lexicon().find("sources", given_) == Meant("transcribed")


@given(text())
def test_a_source_is_never_guessed(given_: str) -> None:
    """However near it is; and never the one that a file cannot have."""
    assert lexicon().find("sources", "recaled") is None
    found = lexicon().find("sources", given_)
    assert found is None or (found.code in {"transcribed", "recalled"} and not found.guessed)


@given(text(), st.sampled_from(sorted(LISTS)))
def test_anything_is_a_code_or_none(given_: str, name: str) -> None:
    """Whatever is in a cell."""
    found = lexicon().find(name, given_)
    assert found is None or found.code in {"", *LISTS[name]}


# --- in a row ---------------------------------------------------------------------------------


def test_a_guess_is_refused_until_it_is_agreed_to(ledger: Ledger) -> None:
    """A value that is nearly a code, and a heading that is nearly one."""
    book = one_sheet({"Raised with": "Team Manger", "Impact on chlid": "He stayed."})
    (refused,) = bring(ledger, book)
    assert refused.what == "refused"
    assert "Raised with Team Manger the nearest is team-manager" in why(refused)
    assert "Impact on chlid  the nearest is impact.words" in why(refused)
    assert whats(bring(ledger, book, {"guesses": True})) == ["new"]


@pytest.mark.parametrize("source", [None, "", "Spreadsheet", "recaled"])
def test_a_source_is_said_or_the_row_is_refused(ledger: Ledger, source: str | None) -> None:
    """It is never inferred; the mapping can say it of every row."""
    (refused,) = bring(ledger, one_sheet({"Record": source}), {"guesses": True})
    assert refused.what == "refused"
    assert "source" in why(refused)
    if not source:
        book = one_sheet({"Record": source})
        assert whats(bring(ledger, book, always={"source": "recalled"})) == ["new"]
        assert threads(ledger)[0].source == "recalled"


@pytest.mark.parametrize("iro", ["Mary Brown", "Brown", "M Brown", "O'Brien"])
def test_a_name_of_an_iro_is_refused_with_the_way_out(ledger: Ledger, iro: str) -> None:
    """It would stand in the clear for good."""
    (refused,) = bring(ledger, one_sheet({"IRO": iro}))
    assert "IRO" in why(refused)
    assert "name" in why(refused) or "code" in why(refused)
    (taken,) = bring(ledger, one_sheet({"IRO": iro}), values={"iro": {iro: "MB"}})
    assert taken.what == "new"
    assert threads(ledger)[0].iro == "MB"


@pytest.mark.parametrize(
    ("cell", "themes"),
    [("Placement change; Siblings", ["PLC", "SIB"]), ("Placement quality or safety", ["PLQ"]),
     ("Child's voice, advocacy, independent visitor", ["VOI"]), ("PLC, SIB", ["PLC", "SIB"]),
     ("paperwork and preparation", ["PAP"])],
)  # fmt: skip
def test_several_themes_in_a_cell(ledger: Ledger, cell: str, themes: list[str]) -> None:
    """A name that has a comma in it is one."""
    assert whats(bring(ledger, one_sheet({"Theme": cell}))) == ["new"]
    assert list(threads(ledger)[0].themes) == themes


@pytest.mark.parametrize("heading", ["Concern", "Date raised", "Theme", "Child ID"])
def test_a_formula_without_its_value_is_no_value(ledger: Ledger, heading: str) -> None:
    """The row is refused, and told what to do; in a column that is not used it matters nothing."""
    (refused,) = bring(ledger, one_sheet({heading: UNSAVED}))
    assert "open the file in a spreadsheet program" in why(refused)
    assert bring(ledger, one_sheet({"Colour": UNSAVED}))[0].what == "new"
