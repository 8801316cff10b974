"""A process of our own: its answers are those of its work, and it ends with us."""

from __future__ import annotations

from pathlib import Path

import pytest

from footprint.apart import WorkerLost, answers_of
from footprint.errors import FootprintError, Refused


def answers(name: str) -> list[object]:
    with answers_of("apart_worker", name) as said:
        return list(said)


def test_what_comes_of_it() -> None:
    """Each answer, whatever else is printed; nothing where there is none."""
    assert answers("nothing") == []
    assert answers("prints") == ["said", "and said"]


def test_what_it_raises_is_raised_here() -> None:
    """After what it had answered, with what was said of it, and where it came from."""
    with answers_of("apart_worker", "refuses") as said:
        assert next(said) == "first"
        with pytest.raises(Refused, match="It is so") as refused:
            next(said)
    error = refused.value
    assert (error.what, error.next_step, error.listed) == ("It is so.", "Do that.", ("one", "two"))
    assert "in _raising" in error.__notes__[0]


@pytest.mark.parametrize("name", ["cannot be made again", "cannot be sent"])
def test_an_error_that_cannot_be_sent_is_said(name: str) -> None:
    """In words, with where it came from."""
    with pytest.raises(RuntimeError, match="in _raising") as raised:
        answers(name)
    assert not isinstance(raised.value, FootprintError)


@pytest.mark.parametrize("name", ["no memory", "exits"])
def test_one_that_is_ended_is_lost(name: str) -> None:
    """Nothing is taken for its answer."""
    with pytest.raises(WorkerLost, match="was ended"):
        answers(name)


def test_a_module_that_is_not_there() -> None:
    """It is ended before it answers."""
    with (
        pytest.raises((WorkerLost, OSError)),
        answers_of("footprint.nowhere", "nothing") as said,
    ):
        list(said)


def test_what_is_printed_before_it_begins_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python that greets whoever starts it: its words are not read as an answer."""
    (tmp_path / "sitecustomize.py").write_text("print('a corporate banner', flush=True)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(WorkerLost):
        answers("nothing")


def test_one_that_never_stops_ends_with_us() -> None:
    """It is not waited for."""
    with answers_of("apart_worker", "endless") as said:
        assert next(said) == bytes(100_000)
