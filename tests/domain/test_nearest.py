"""What somebody may have meant by a name that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.nearest import did_you_mean, either, near_numbers, nearest
from footprint.domain.reference import instead_of, stream_name

COMMANDS = ["challenge", "alert", "close", "note", "casenote", "log"]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("chalenge", "Did you mean challenge?"),
        ("CLOSE", "Did you mean close?"),
        ("notes", "Did you mean note?"),
        ("frobnicate", ""),
        ("", ""),
    ],
)
def test_a_mistake_gets_a_question(typed: str, asked: str) -> None:
    """The names that are like it, the nearest first; where none is, nothing is asked."""
    assert did_you_mean(typed, COMMANDS) == asked


def test_a_name_is_asked_for_once_however_it_is_written() -> None:
    """A code and its label are two ways of writing one thing."""
    forms = {"csc": "CSC (Children's social care)", "csk": "CSC (Children's social care)"}
    assert did_you_mean("csx", forms) == "Did you mean CSC (Children's social care)?"


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), ([*"abc"], "a, b or c")]
)
def test_names_in_a_sentence(names: list[str], said: str) -> None:
    assert either(names) == said


@given(st.text(), st.lists(st.text()))
def test_only_what_is_there_is_asked_for(typed: str, names: list[str]) -> None:
    """Whatever was typed: nothing but names that there are."""
    assert set(nearest(typed, names)) <= set(names)


@pytest.mark.parametrize(
    ("typed", "last", "near"),
    [
        (43, 42, [42, 34]),  # one behind the last, and two digits that changed places
        (422, 42, [42]),  # a digit typed twice
        (51, 42, [42, 15]),
        (52, 42, [25]),  # ten behind the last is no slip
        (204117, 42, []),  # a case number
        (2, 1, [1]),
    ],
)
def test_numbers_that_a_slip_makes_another_of(typed: int, last: int, near: list[int]) -> None:
    assert near_numbers(typed, last) == near


@given(st.integers(1, 9_999_999), st.integers(1, 9_999_999))
def test_only_threads_that_are_there_are_asked_for(typed: int, last: int) -> None:
    """Never a number above the last, nor the one that was typed."""
    assert all(1 <= one <= last and one != typed for one in near_numbers(typed, last))


def test_what_to_write_in_place_of_a_reference() -> None:
    """The question, and the range; where nothing is near, or it is no reference, the range."""
    newest = stream_name(42)
    there = "They run from CH-1 to CH-42; see: footprint log."
    assert instead_of(stream_name(43), newest) == f"Did you mean CH-42 or CH-34? {there}"
    assert instead_of(stream_name(999), newest) == there
    assert instead_of(None, newest) == there
