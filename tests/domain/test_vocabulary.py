"""Codes found from what people write, and the nearest named where there is none."""

import pytest
import strategies as own
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.adoption import first_policy
from footprint.domain.events import VocabularyAdopted
from footprint.domain.vocabulary import (
    CLOSURES,
    DEFAULT_LISTS,
    FIXED_LISTS,
    RESOLVED,
    RESPONSES,
    SUBSTANTIVE,
    find_code,
)
from footprint.errors import Refused

LISTS = {**DEFAULT_LISTS, **FIXED_LISTS}
every_code = st.sampled_from(
    [(name, code, label) for name, codes in LISTS.items() for code, label in codes.items()]
)


@given(case=every_code, change=st.sampled_from([str, str.upper, str.lower, str.title]))
def test_every_code(case: tuple[str, str, str], change: type[str]) -> None:
    """Every code is found by itself and by its label, in any case."""
    name, code, label = case
    assert find_code(LISTS, name, code) == code
    assert find_code(LISTS, name, change(code)) == code
    assert find_code(LISTS, name, change(label)) == code


@pytest.mark.parametrize(
    ("name", "given_as", "code"),
    [
        ("roles", "team manager", "team-manager"),
        ("roles", "Team_Manager", "team-manager"),
        ("roles", "  TEAM-MANAGER ", "team-manager"),
        ("closures", "left care", "left-care"),
        ("responses", "partly agreed", "partly"),
        ("sources", "At the Time", "at-the-time"),
        ("themes", "asq", "ASQ"),
        ("themes", "Life story work", "LSW"),
        ("themes", "life-story work", "LSW"),
    ],
)
def test_ways_of_writing(name: str, given_as: str, code: str) -> None:
    """Case, hyphens, underscores and outer spaces do not matter."""
    assert find_code(LISTS, name, given_as) == code


@pytest.mark.parametrize(
    ("name", "given_as", "nearest"),
    [
        ("themes", "asess quality", "ASQ (Assessment quality)"),
        ("services", "CAMSH", "CAMHS (CAMHS)"),
        ("roles", "teem-manager", "team-manager (Team Manager)"),
        ("closures", "resolve", "resolved (resolved)"),
    ],
)
def test_nearest(name: str, given_as: str, nearest: str) -> None:
    """A mistake is not guessed: it is refused, and the nearest codes are named with labels."""
    with pytest.raises(Refused, match="There is no") as caught:
        find_code(LISTS, name, given_as)
    assert repr(given_as) in caught.value.what
    assert nearest in caught.value.next_step


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_near(name: str) -> None:
    """Where nothing is near, the codes of the list are named, and the list by what it holds."""
    with pytest.raises(Refused, match=r"There is no [A-Za-z ]+ 'qqqqqqqq' here\.") as caught:
        find_code(LISTS, name, "qqqqqqqq")
    for code in list(LISTS[name])[:40]:
        assert code in caught.value.next_step


@given(name=st.sampled_from(sorted(LISTS)), given_as=own.text())
def test_any_text(name: str, given_as: str) -> None:
    """Any text is a code of the list or is refused with something to try."""
    try:
        assert find_code(LISTS, name, given_as) in LISTS[name]
    except Refused as error:
        assert error.next_step.startswith(("Did you mean ", "There are: "))  # noqa: PT017 - both


@pytest.mark.parametrize("name", LISTS)
def test_no_two_codes_are_written_alike(name: str) -> None:
    """No two codes of a list answer to one way of writing."""
    found = {code: find_code(LISTS, name, label) for code, label in LISTS[name].items()}
    assert all(code == by_label for code, by_label in found.items())
    assert len({code.casefold().replace("-", " ") for code in found}) == len(found)


def test_rules_are_about_words_that_exist() -> None:
    """The codes that carry a rule are codes of their lists."""
    assert set(CLOSURES) >= RESOLVED
    assert set(RESPONSES) - SUBSTANTIVE == {"holding", "clarification"}


def test_teams_of_the_authority() -> None:
    """Teams named when the ledger is made are adopted beside the usual ones, and found."""
    moves = first_policy(own.ADOPTED_ON, own.england(), "tests", teams=["Harbour Team (West)"])
    [adopted] = [move.event for move in moves if isinstance(move.event, VocabularyAdopted)]
    assert adopted.lists["teams"]["harbour-team-west"] == "Harbour Team (West)"
    assert find_code(adopted.lists, "teams", "harbour team (west)") == "harbour-team-west"
    assert "harbour-team-west" not in DEFAULT_LISTS["teams"]
