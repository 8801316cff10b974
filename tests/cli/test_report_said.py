"""A figure in words: the same in every form that people read."""

from __future__ import annotations

from datetime import date

import pytest
from footprint_cli.forms.said import base_said, percent, said
from hypothesis import given
from hypothesis import strategies as st

from footprint.reports.figures import (
    ALL_BUT_FEW,
    CHANGE,
    COUNT,
    DAY,
    DAYS,
    FEW,
    NOT_SHOWN,
    POINTS,
    SHARE,
    TEXT,
    Figure,
)


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure(COUNT, 6), "6"),
        (Figure(COUNT, -3), "\N{MINUS SIGN}3"),
        (Figure(SHARE, 15, 20), "15 of 20 (75 %)"),
        (Figure(SHARE, 0, 20), "0 of 20 (0 %)"),
        (Figure(SHARE, None, 0), ""),
        (Figure(SHARE, 0, 0), ""),
        (Figure(DAYS, 17, 19), "17"),
        (Figure(DAYS, 17.5, 20), "17.5"),
        (Figure(DAYS, 16.0, 19), "16"),
        (Figure(DAYS, None, 0), ""),
        (Figure(POINTS, 5), "+5"),
        (Figure(POINTS, -5), "\N{MINUS SIGN}5"),
        (Figure(POINTS, 0), "0"),
        (Figure(TEXT, "one\ntwo\x1b"), "one\N{SYMBOL FOR LINE FEED}two\N{SYMBOL FOR ESCAPE}"),
        (Figure(TEXT, "iro", label="the IRO"), "the IRO"),
        (Figure(DAY, date(2017, 3, 31)), "31 March 2017"),
        (Figure(COUNT, held=FEW), "fewer than 5"),
        (Figure(SHARE, base=23, held=FEW), "fewer than 5 of 23"),
        (Figure(SHARE, held=FEW), "of fewer than 5"),
        (Figure(DAYS, held=FEW), "of fewer than 5"),
        (Figure(SHARE, base=20, held=ALL_BUT_FEW), "at least 16 of 20"),
        (Figure(COUNT, held=NOT_SHOWN), "not shown"),
    ],
)
def test_each_kind_has_its_words(figure: Figure, words: str) -> None:
    """Numbers, shares with their bases, signs, days, codes by their labels, what is held back."""
    assert said(figure, 5) == words


def test_a_difference_has_its_sign() -> None:
    """Of a change more is told from as many; what is held back reads as ever."""
    more, same, held = Figure(CHANGE, 3), Figure(CHANGE, 0), Figure(CHANGE, held=FEW)
    assert [said(one, 5) for one in (more, same, held)] == ["+3", "0", "fewer than 5"]
    assert said(Figure(COUNT, 3), 5) == "3"


def test_a_median_says_how_many_it_is_of() -> None:
    """A base is beside days where there are any; a share and a difference say none."""
    figures = (Figure(DAYS, 17, 19), Figure(DAYS, None, 0), Figure(DAYS, -1.5), Figure(SHARE, 1, 2))
    assert [base_said(figure) for figure in figures] == ["n 19", "", "", ""]


@given(st.integers(1, 500).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_a_percentage_is_whole_and_a_half_goes_up(share: tuple[int, int]) -> None:
    """It is never further than half a point from the share, and between 0 and 100."""
    part, base = share
    assert 0 <= 200 * part + base - 2 * base * percent(part, base) < 2 * base
    assert 0 <= percent(part, base) <= 100
