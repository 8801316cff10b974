"""A crash at every durable step of a change: it holds from one of them on, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from ledger_helpers import START, check_whole, make_ledger
from losses import (
    Crashed,
    Steps,
    accepted,
    kept,
    lose,
    lose_entries,
    note_of,
    rekeyed,
    resumed,
    verdict_here,
    verdict_of_holder,
    vkey,
    write,
)

from footprint.audit.verdict import VERIFIED
from footprint.audit.vouchers import from_note
from footprint.errors import FootprintError

CASES: dict[str, tuple[Callable[[Path], object], Callable[[Path], object]]] = {
    "new key": (write, rekeyed),
    "new key, old one lost": (lambda folder: (write(folder), lose(folder, "seed")), rekeyed),
    "new key, both lost": (
        lambda folder: (write(folder), kept(folder, "n"), lose(folder, "seed", "key", "state")),
        lambda folder: rekeyed(folder, note_of(from_note(folder / "n"))),
    ),
    "accept loss": (lose_entries, accepted),
    "accept loss, state lost": (
        lambda folder: (lose_entries(folder), lose(folder, "state")),
        lambda folder: accepted(folder, note_of(from_note(folder / "late.note"))),
    ),
    "accept loss and new key": (
        lambda folder: (lose_entries(folder), lose(folder, "seed")),
        lambda folder: accepted(folder, rekey="Lost."),
    ),
    "resume": (
        lambda folder: (write(folder), kept(folder, "n"), lose(folder, "state")),
        lambda folder: resumed(folder, note_of(from_note(folder / "n"))),
    ),
}


pytestmark = [
    pytest.mark.usefixtures("engine"),
    pytest.mark.parametrize(
        "engine", ["file", pytest.param("server", marks=pytest.mark.slow)], indirect=True
    ),
]
STEPS = [*((step, False) for step in range(1, 7)), (1, True), (3, True)]
"""Before each step, and after those that a commit may follow: between two others it is the same."""


@pytest.mark.parametrize(("step", "after"), STEPS)
@pytest.mark.parametrize("which", CASES)
def test_a_crash_leaves_what_was_or_what_is_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str, step: int, *, after: bool
) -> None:
    """The next entry is taken, and this machine says 0; or it is refused, as before, and can be
    tried again, and then it is taken.
    """
    make_ledger(tmp_path).close()
    begin, change = CASES[which]
    begin(tmp_path)
    with monkeypatch.context() as patch:
        steps = Steps(patch, step, after=after)
        with suppress(Crashed):
            change(tmp_path)
    verified = verdict_here(tmp_path).verdict == VERIFIED
    try:
        write(tmp_path)
    except FootprintError:
        assert steps.crashed
        change(tmp_path)
        write(tmp_path)
    else:
        assert verified
    assert verdict_here(tmp_path).verdict == VERIFIED
    check_whole(tmp_path)


def test_a_key_that_is_endorsed_is_in_force_or_not_at_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is ever refused, and neither this machine nor who trusts the old key sees a 3."""
    make_ledger(tmp_path).close()
    old = vkey(tmp_path)
    for step in range(1, 13):
        with monkeypatch.context() as patch:
            Steps(patch, (step + 1) // 2, after=step % 2 == 0)
            with suppress(Crashed):
                rekeyed(tmp_path)
        assert verdict_here(tmp_path).verdict == VERIFIED
        assert verdict_of_holder(tmp_path, old).verdict == VERIFIED
        write(tmp_path)
    assert check_whole(tmp_path) > START + 12
