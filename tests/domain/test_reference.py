"""References, as they are stored, shown and typed."""

import pytest
import strategies as own
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.reference import (
    begun,
    instead_of,
    is_thread,
    meant,
    number_of,
    shown,
    slipped,
    stream_name,
    streams_begun,
)

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


typed_forms = st.sampled_from(["", "0", "000", "CH-", "ch-", "Ch", "ch", "CH-000", "ch0"])


@given(number=numbers, form=typed_forms, data=st.data())
def test_begun(number: int, form: str, data: st.DataObject) -> None:
    """Whatever is typed of a reference, the whole of it goes on from there and means the thread."""
    whole = f"{form}{number}"
    typed = whole[: data.draw(st.integers(0, len(whole)))]
    found = begun(typed)
    assert found is not None
    head, digits = found
    assert str(number).startswith(digits)
    assert f"{head}{number}".startswith(typed)
    assert meant(f"{head}{number}") == stream_name(number)
    assert [first <= stream_name(number) <= last for first, last in streams_begun(digits)].count(
        True
    ) == 1


@given(digits=st.integers(1, 9_999).map(str), other=numbers)
def test_streams_begun(digits: str, other: int) -> None:
    """A thread is among them exactly where its number begins with the digits."""
    among = any(first <= stream_name(other) <= last for first, last in streams_begun(digits))
    assert among == str(other).startswith(digits)


@pytest.mark.parametrize(
    "typed", ["x", "-", "4x", "CH--", "CH 4", "c4", "12345678", "\u0664", "4 "]
)
def test_no_reference_is_begun(typed: str) -> None:
    """What no reference goes on from is not taken for the beginning of one."""
    assert begun(typed) is None


@pytest.mark.parametrize(
    "typed", ["CH 24", "ch_24", "CH--24", "#24", "24.", "CH-2A", "CHZ4", "(ch24)"]
)
def test_a_slip_is_seen_through(typed: str) -> None:
    """A sign too many, or behind the prefix a letter for a digit."""
    assert slipped(typed) == stream_name(24)


@pytest.mark.parametrize("typed", ["", "CH-", "robin", "chloe", "CH-x", "24", "A24", "2-4", "24/1"])
def test_no_slip_of_a_reference(typed: str) -> None:
    """A name, what may be a case number, and what is a reference as it is, stand for no other."""
    assert slipped(typed) is None


@given(given_as=st.one_of(own.text(), numbers.map(str), st.from_regex(r"(?i)ch[- ]?\w{1,4}")),
       last=numbers)  # fmt: skip
def test_what_to_write_instead(given_as: str, last: int) -> None:
    """How far they run; a thread is suggested for a slip alone, and only one that is there."""
    said = instead_of(given_as, stream_name(last))
    asked, _, there = said.rpartition("? ")
    assert there.endswith(f"CH-{last}; see: footprint log.")
    if asked:
        meant_by_it = meant(asked.removeprefix("Did you mean "))
        assert meant(given_as) is None
        assert meant_by_it is not None
        assert number_of(meant_by_it) <= last


def test_nothing_is_suggested_beyond_the_last() -> None:
    """A number near the last one is the thread of another child."""
    there = "They run from CH-1 to CH-3; see: footprint log."
    assert [instead_of(typed, stream_name(3)) for typed in ("4", "33", "9", "CH-5A")] == [there] * 4
    assert instead_of("CH 2", stream_name(3)) == f"Did you mean CH-2? {there}"
    assert instead_of("2", stream_name(1)) == "The only one is CH-1; see: footprint log."
