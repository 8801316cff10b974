"""What an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from footprint_cli.asking.answers import Unclear, all_chosen, chosen, day_said, yes_or_no
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.vocabulary import RESPONSES, ROLES, SERVICES, THEMES
from footprint.errors import Misused

FRIDAY = date(2026, 11, 27)
LISTS = st.sampled_from([THEMES, SERVICES, ROLES, RESPONSES])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PLC", "PLC"),
        ("plc", "PLC"),
        ("1", "PLC"),
        ("30", "OTH"),
        ("Placement change, number or type", "PLC"),
        ("siblings", "SIB"),
        ("drift", "ADO"),
        ("life story", "LSW"),
        ("paperwork", "PAP"),
    ],
)
def test_a_code_its_label_its_number_or_a_word(text: str, code: str) -> None:
    """Each way to say it leads to the code."""
    assert chosen(text, THEMES) == code


@pytest.mark.parametrize(
    ("text", "near"),
    [("placement", {"PLC", "PLQ", "PLU"}), ("pl", {"PLC", "PLQ", "PLU"}), ("qqqq", set())],
)
def test_what_may_be_several_is_none(text: str, near: set[str]) -> None:
    """It is not guessed; what may be meant is named."""
    with pytest.raises(Unclear) as unclear:
        chosen(text, THEMES)
    assert near <= set(unclear.value.near)


def test_a_mistyped_word_is_not_taken() -> None:
    """The nearest is offered, not chosen."""
    with pytest.raises(Unclear) as unclear:
        chosen("Sibilngs", THEMES)
    assert unclear.value.near == ["SIB"]


def test_an_alias_is_an_answer() -> None:
    """What an authority calls a code as well."""
    assert chosen("stability", THEMES, {"stability": "PLC"}) == "PLC"
    with pytest.raises(Unclear):
        chosen("stability", {"EDU": "Education"}, {"stability": "PLC"})


@given(LISTS, st.data())
def test_each_code_can_be_said_by_all_of_its_names(
    offers: Mapping[str, str], data: st.DataObject
) -> None:
    """The code, the label and the number, in any case and with spaces around."""
    nth, code = data.draw(st.sampled_from([*enumerate(offers, 1)]))
    text = data.draw(st.sampled_from([code, offers[code], str(nth)]))
    text = data.draw(st.sampled_from([text, text.upper(), text.lower(), f"  {text} "]))
    assert chosen(text, offers) == code


@given(LISTS, st.text())
def test_any_text_is_a_code_or_unclear(offers: Mapping[str, str], text: str) -> None:
    """And what is near is something that can be said."""
    try:
        meant = {chosen(text, offers), *all_chosen(text, offers)}
    except Unclear as unclear:
        meant = set(unclear.near)
    assert meant <= offers.keys()


@given(st.lists(st.sampled_from([*THEMES]), min_size=1, unique=True))
def test_several_with_commas_between(codes: list[str]) -> None:
    """In the order in which they were said."""
    assert all_chosen(", ".join(codes), THEMES) == codes
    assert all_chosen("; ".join(THEMES[code] for code in codes), THEMES) == codes


def test_a_label_with_a_comma_is_one() -> None:
    """Placement change, number or type: not three of them."""
    assert all_chosen("Placement change, number or type", THEMES) == ["PLC"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-11-27"),
        ("yesterday", "2026-11-26"),
        ("3/4/2026", "2026-04-03"),
        ("friday", "2026-11-27"),
        ("thu", "2026-11-26"),
        ("Saturday", "2026-11-21"),
        ("unknown", "unknown"),
        ("not-known", "unknown"),
    ],
)
def test_a_day(text: str, day: str) -> None:
    """As people say it."""
    assert day_said(text, "--on", today=FRIDAY) == day


@given(st.dates(date(2000, 1, 10), date(2100, 1, 1)), st.integers(0, 6))
def test_a_day_of_the_week_is_the_last_of_its_name(today: date, back: int) -> None:
    """Today, or one of the six days before it."""
    day = today - timedelta(back)
    assert day_said(f"{day:%A}", "--on", today=today) == day.isoformat()


@given(st.dates(date(2000, 1, 10), date(2100, 1, 1)), st.integers(1, 7))
def test_a_day_ahead_is_the_next_of_its_name(today: date, on: int) -> None:
    """From tomorrow on: a promise for today is said as today."""
    day = today + timedelta(on)
    assert day_said(f"{day:%a}", "--respond-by", today=today, ahead=True) == day.isoformat()


@given(st.text())
def test_any_text_is_a_day_or_refused(text: str) -> None:
    """With advice, and no other error."""
    try:
        said = day_said(text, "--on", today=FRIDAY)
    except Misused as error:
        said = error.next_step
    assert said


def test_yes_or_no() -> None:
    """Or how they begin."""
    assert [yes_or_no(text) for text in ("y", "Yes", "NO", "n")] == ["yes", "yes", "no", "no"]
    with pytest.raises(Unclear):
        yes_or_no("perhaps")
