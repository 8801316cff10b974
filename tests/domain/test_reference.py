"""References, as they are stored, shown and typed."""

import pytest
import strategies as own
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.reference import is_thread, meant, number_of, shown, stream_name

numbers = st.integers(1, 9_999_999)


@given(number=numbers)
def test_round_trip(number: int) -> None:
    """A thread is meant by its number, its short form and its stored form, in any case."""
    stream = stream_name(number)
    assert number_of(stream) == number
    assert is_thread(stream)
    assert shown(stream) == f"CH-{number}"
    for given_as in (stream, shown(stream), f"ch{number}", f"Ch-{number:04}", f" {number}\n"):
        assert meant(given_as) == stream


@given(one=numbers, other=numbers)
def test_order(one: int, other: int) -> None:
    """The order of streams as text is the order of their numbers."""
    assert (stream_name(one) < stream_name(other)) == (one < other)


@pytest.mark.parametrize(
    "given_as",
    ["", "CH-", "0", "CH-0", "CH-00", "-1", "CH--1", "CH 42", "42x", "4.2", "10000000", "\u0664"],
)
def test_not_a_reference(given_as: str) -> None:
    """What names no thread is not taken for one."""
    assert meant(given_as) is None


@given(given_as=own.text())
def test_any_text(given_as: str) -> None:
    """Any text means a thread in the stored form, or none."""
    stream = meant(given_as)
    assert stream is None or stream_name(number_of(stream)) == stream


def test_other_streams() -> None:
    """Streams that are not threads are shown as they are."""
    assert [shown(stream) for stream in ("policy", "ledger")] == ["policy", "ledger"]
    assert not is_thread("policy")
