"""A bar while a long ledger is read: on a terminal, on standard error, and nowhere else."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from footprint_cli.screen.progress import LONG, shown_progress


class Terminal(io.StringIO):
    """Where somebody watches."""

    def isatty(self) -> bool:
        return True


def told(monkeypatch: pytest.MonkeyPatch, of: int) -> str:
    """What a terminal gets while so many entries are read."""
    for name, value in (("TERM", "xterm"), ("COLUMNS", "80")):
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    watched = Terminal()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", watched)
        with shown_progress("Reading entries") as tell:
            for done in (0, of // 2, of):
                tell(done, of)
    return watched.getvalue()


def test_a_long_reading_is_shown_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """How many are done and of how many; what goes to standard output is left alone."""
    shown = told(monkeypatch, LONG)
    assert "Reading entries" in shown
    assert f"{LONG}/{LONG}" in shown
    assert capsys.readouterr().out == ""


def test_a_short_reading_needs_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be gone before it was seen."""
    assert told(monkeypatch, LONG - 1) == ""


def test_nothing_is_shown_where_nobody_watches() -> None:
    """Into a pipe or a log nothing is written, and no library for bars is imported."""
    code = (
        "import sys; from footprint_cli.screen.progress import LONG, shown_progress\n"
        "with shown_progress('Reading') as tell: tell(1, LONG)\n"
        "assert 'rich' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
