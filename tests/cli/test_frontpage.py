"""What `footprint` alone shows: on a terminal, and in a script."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from cli_helpers import DONE, USAGE, Place, concern, on_terminal


def page(place: Place, columns: int = 80, **env: str | None) -> str:
    code, said = on_terminal(place, columns=columns, **env)
    assert code == DONE, said
    return said


@pytest.mark.parametrize("columns", [40, 80])
def test_a_day_at_a_glance(year: Place, columns: int) -> None:
    """Whose it is and the day, what is due, what is open, what was recorded last, what is next."""
    said = page(year, columns)
    assert said.startswith("Borough of Poole")
    for part in ("Due", "Open", "Recorded last (footprint replay", "Next: footprint challenge"):
        assert f"\n{part}" in said
    assert all(len(line) <= columns for line in said.splitlines())
    assert "\x1b" not in said
    assert "204117" not in said  # no case number, and no words
    refs = [record["ref"] for record in year.json("due")]
    positions = [said.index(f"\n  {ref}  ") for ref in refs]
    assert positions == sorted(positions)


def test_mine_where_there_are_some(year: Place) -> None:
    """An IRO sees their own threads; who has none sees those of all."""
    [iro, *_] = sorted({record["iro"] for record in year.json("log", "--open")})
    mine = page(year, 200, FOOTPRINT_ACTOR=iro)
    assert f"footprint log --open --iro {iro}" in mine
    assert "--iro" not in page(year, 200, FOOTPRINT_ACTOR="nobody")


def test_where_there_is_no_ledger(tmp_path: Path) -> None:
    """How to begin, and how to look around."""
    said = page(Place(tmp_path), 200)
    assert "There is no ledger at" in said
    assert "footprint init --authority" in said
    assert "footprint demo" in said


def test_an_empty_ledger(fresh: Place) -> None:
    """Nothing is due or open; a challenge is next."""
    said = page(fresh)
    assert "Due: nothing." in said
    assert "Next: footprint challenge\n" in said


_RAISED = ("challenge", *concern())
_ANSWERED = ("respond", "1", "--response", "not-agreed", "--role", "team-manager")
_AGREED = ("respond", "1", "--response", "agreed", "--role", "team-manager", "--action-by")
_ALERTED = ("alert", *concern())
_AHEAD = str(date.today() + timedelta(days=7))  # noqa: DTZ011 - give or take an hour
_OLD = ("--on", "2025-03-03")


@pytest.mark.parametrize(
    ("done", "why", "steps"),
    [
        ([_RAISED], "", "show respond"),
        ([_RAISED, (*_AGREED, _AHEAD)], "", "show impact"),
        ([(*_RAISED, *_OLD)], "answer late", "show alert"),
        ([("alert", *concern(service="HLT"), *_OLD)], "answer late", "show escalate"),
        ([_RAISED, _ANSWERED], "yours to decide", "show alert close"),
        ([_ALERTED, _ANSWERED], "yours to decide", "show escalate close"),
        ([(*_ALERTED, "--stage", "4", "--reason", "Serious."), _ANSWERED], "yours", "show close"),
        ([(*_ALERTED, *_OLD)], "past its last day", "show"),
        (
            [
                (*_RAISED, *_OLD),
                (*_AGREED, "2025-03-07", *_OLD),
                ("close", "1", "--closure", "resolved", "--basis", "agreed", *_OLD),
            ],
            "promise lapsed; closed",
            "show impact",
        ),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_is_next_is_what_the_thread_is_due_for(
    fresh: Place, done: list[tuple[str, ...]], why: str, steps: str
) -> None:
    """Of the most pressing one: nothing that would be refused, as it stands."""
    for line in done:
        fresh.done(*line)
    said = page(fresh, 200)
    assert (f"CH-1  {why}" if why else "Due: nothing.") in said
    typed = "".join(f", footprint {step} CH-1" for step in steps.split())
    assert f"Next: footprint challenge{typed}\n" in said


def test_in_a_copy_nothing_is_to_be_recorded_next(year: Place, tmp_path: Path) -> None:
    """It would be refused: there is to look, and no more."""
    copy = Place(tmp_path)
    year.done("export", "--audit-copy", str(copy.ledger))
    ref = year.json("due")[0]["ref"]
    assert f"\nNext: footprint show {ref}\n" in page(copy, 200)


def test_a_script_that_forgot_the_command(begun: Place) -> None:
    """The help, on the error stream, and an exit code that says so."""
    ran = begun.run()
    assert (ran.code, ran.out) == (USAGE, "")
    assert "challenge" in ran.err
