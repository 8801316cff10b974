"""Vocabularies that are adopted: lists, the codes in use, and aliases."""

from __future__ import annotations

import pytest
import strategies as own
from domain.adoptions import (
    TODAY,
    Tables,
    after,
    wrong,
)
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain import events as ev
from footprint.domain.policy import policy_after
from footprint.domain.vocabulary import DEFAULT_LISTS
from footprint.errors import Refused


def test_a_list_that_is_given_replaces_that_list() -> None:
    """Codes that it lacks are gone; lists that are not given stay."""
    policy = after({"vocabulary": {"themes": {"ONE": "The only theme"}}})
    assert policy.lists == own.policy().lists | {"themes": {"ONE": "The only theme"}}


@given(
    counts=st.dictionaries(st.sampled_from(sorted(DEFAULT_LISTS["themes"])), st.integers(1, 99)),
    kept=st.sets(st.sampled_from(sorted(DEFAULT_LISTS["themes"])), min_size=1),
)
def test_codes_in_use_stay(counts: dict[str, int], kept: set[str]) -> None:
    """Each code that entries hold and the new list lacks is named, with label and entries."""
    themes = {code: f"Now {code}" for code in kept}
    in_use = {("themes", code): n for code, n in counts.items()}
    gone = counts.keys() - kept
    tables = {"vocabulary": {"themes": themes}}
    if not gone:
        assert after(tables, in_use=in_use).lists["themes"] == themes
        return
    assert wrong(tables, in_use=in_use).split("\n") == [
        f"themes: {code} ({DEFAULT_LISTS['themes'][code]}) is used by"
        f" {counts[code]} {'entry' if counts[code] == 1 else 'entries'}, so it has to stay"
        for code in sorted(gone)
    ]


@pytest.mark.parametrize(("tables", "said"), [
    ({"vocabulary": {"colours": {"RED": "Red"}}}, "'colours' is not one of services"),
    ({"vocabulary": {"responses": {"agreed": "Yes"}}}, "'responses' is not one of services"),
    ({"aliases": {"colours": {"red": "RED"}}}, "'colours' is not one of services"),
    ({"vocabulary": {"themes": {}}}, "themes: the list is empty"),
    ({"vocabulary": {"themes": {"A": " - "}}}, "A: the label is blank"),
    ({"vocabulary": {"themes": {"A": "\u200d"}}}, "A: the label is blank"),
    ({"vocabulary": {"themes": {"A": "\u200b"}}}, "U+200B"),
    ({"vocabulary": {"themes": {"A": "\x1b[31m"}}}, "U+001B"),
    ({"vocabulary": {"themes": {"A": "Delay", "B": "DELAY"}}}, "A and B are both written"),
    ({"vocabulary": {"themes": {"A": "One", "B": "a"}}}, "A and B are both written 'a'"),
    ({"vocabulary": {"themes": {"a-b": "One", "a b": "Two"}}}, "'a b' has to be"),
    ({"vocabulary": {"themes": {"A" * 33: "One"}}}, "has to be 1 to 32"),
    ({"vocabulary": {"themes": {"-": "One"}}}, "'-' has to be"),
    ({"aliases": {"themes": {"move": "NOPE"}}}, "'move' points at 'NOPE'"),
    ({"aliases": {"themes": {" - ": "PLC"}}}, "blank"),
    ({"aliases": {"themes": {"sib": "PLC"}}}, "'sib' is written like SIB"),
    ({"aliases": {"themes": {"Family  Contact": "PLC"}}}, "is written like FAM"),
    ({"aliases": {"themes": {"move": "PLC", "MOVE": "SIB"}}}, "'MOVE' is written like PLC"),
])  # fmt: skip
def test_vocabularies_that_are_refused(tables: Tables, said: str) -> None:
    """Codes, labels and aliases each mean one thing, and can be seen."""
    assert said in wrong(tables)


def test_a_list_cannot_leave_an_alias_behind() -> None:
    """An alias of a code that goes has to go with it."""
    aliased = after({"aliases": {"teams": {"the harbour": "harbour-team"}}})
    teams = {"only": "The only team"}
    assert "points at 'harbour-team'" in wrong({"vocabulary": {"teams": teams}}, aliased)
    freed = after({"vocabulary": {"teams": teams}, "aliases": {"teams": {}}}, aliased)
    assert freed.aliases == {}


def test_codes_that_were_there_before_may_stay() -> None:
    """A team whose code was made of its name long ago does not stop another change."""
    old = ev.VocabularyAdopted(
        version=2, starts_on=TODAY, lists={**DEFAULT_LISTS, "teams": {"\u00e9quipe": "\u00c9quipe"}}
    )
    policy = policy_after(own.policy(), [old])
    tables = {"vocabulary": {"teams": {"\u00e9quipe": "Equipe", "two": "Two"}}}
    assert after(tables, policy).label("teams", "\u00e9quipe") == "Equipe"


def test_an_alias_means_its_code() -> None:
    """However it is written; of a fixed list as well; a label comes first."""
    policy = after(
        {"aliases": {"themes": {"Placement move": "PLC"}, "responses": {"Yes": "agreed"}}}
    )
    for typed in ("Placement move", "placement-move", " PLACEMENT_MOVE "):
        assert policy.code("themes", typed) == "PLC"
    assert policy.code("responses", "yes") == "agreed"
    with pytest.raises(Refused):
        own.policy().code("themes", "Placement move")
