"""Which IRO is meant by a code, by the threads there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import day, raised, thread

from footprint.domain.asks import HandOver
from footprint.domain.thread import Thread
from footprint.errors import Refused
from footprint.projections.whose import iro_meant

ON = day("2017-03-10")


def of(iro: str | None) -> Thread:
    return thread(raised("2017-03-01", iro=iro))


def test_to_the_letter_before_anything_else() -> None:
    """Two whose codes differ in case alone are two."""
    threads = [of("sk"), of("SK"), of("MB")]
    assert iro_meant("SK", threads, ON) == "SK"
    assert iro_meant("sk", threads, ON) == "sk"
    assert iro_meant("mb", threads, ON) == "MB"
    with pytest.raises(Refused, match="There are threads of MB, SK and sk"):
        iro_meant("Sk", threads, ON)


def test_whose_it_is_on_the_day() -> None:
    """One that was handed over is the other's from that day on; before it was raised, nobody's."""
    handed = [thread(raised("2017-03-01", iro="MB"), HandOver(on=day("2017-03-08"), iro="PD"))]
    assert iro_meant("mb", handed, day("2017-03-07")) == "MB"
    assert iro_meant("pd", handed, ON) == "PD"
    with pytest.raises(Refused, match="No thread is of 'mb'"):
        iro_meant("mb", handed, ON)
    assert iro_meant("mb", handed, day("2017-02-28")) == "mb"


codes = st.sampled_from(["MB", "mb", "Mb", "SK", "sk", "PD"])


@given(codes, st.lists(codes, max_size=5))
def test_only_codes_that_there_are(typed: str, iros: list[str]) -> None:
    """Whatever was typed: a code that a thread has, and the very one where it is there."""
    try:
        found = iro_meant(typed, map(of, iros), ON)
    except Refused:
        assert typed not in iros
    else:
        assert found in (iros or [typed])
        assert found.casefold() == typed.casefold()
        assert found == typed or typed not in iros
