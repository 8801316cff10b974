"""What was brought in from a sheet is put right with the cells that say so."""

from __future__ import annotations

import pytest
from domain.casework import Case, alert, close, correct, file, hand_over, impact, march, respond

from footprint.domain.asks import Ask
from footprint.domain.entry import ORIGIN_WORDS

NEW = dict.fromkeys(ORIGIN_WORDS, "1")


@pytest.mark.parametrize("ask", [respond(march(6)), close(), impact(), file()])
def test_an_entry_that_a_row_can_make_may_say_from_where(ask: Ask) -> None:
    """Its cells as they are now, beside what they change."""
    case = Case(alert(), ask)
    case.do(correct(2, on=march(21), new=NEW))
    assert {f"new.{name}" for name in ORIGIN_WORDS} <= case.words[3].keys()


def test_one_that_no_row_makes_may_not() -> None:
    """And the refusal does not offer it."""
    case = Case(alert(), hand_over())
    case.refused(correct(2, new=NEW), "Entry 2 has no original among its words", "have: text.")
