"""The processes of our own that a test starts, as they are started."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from footprint import apart


def recorded_processes(
    monkeypatch: pytest.MonkeyPatch,
    before: Callable[[], object] = list,
    then: Callable[[subprocess.Popen[bytes]], object] = id,
) -> list[subprocess.Popen[bytes]]:
    """The processes that are started from now on; something is done before and behind each."""
    started = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **named: Any) -> None:
            before()
            super().__init__(*given, **named)
            started.append(self)
            then(self)

    monkeypatch.setattr(apart, "Popen", Recorded)
    return started


def no_process() -> None:
    """What a machine says that gives none."""
    raise OSError("no more processes")
