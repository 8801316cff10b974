"""What somebody may have meant by a name that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.nearest import both, did_you_mean, either, nearest

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


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), ([*"abc"], "a, b and c")]
)
def test_all_names_in_a_sentence(names: list[str], said: str) -> None:
    assert both(names) == said


@given(st.text(), st.lists(st.text()))
def test_only_what_is_there_is_asked_for(typed: str, names: list[str]) -> None:
    """Whatever was typed: nothing but names that there are."""
    assert set(nearest(typed, names)) <= set(names)
