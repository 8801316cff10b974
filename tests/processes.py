"""Snippets of Python in processes of their own, which work with a test's ledger as people do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import servers
from server_ledgers import schema_of

Start = Callable[[str, Path], subprocess.Popen[str]]


@contextmanager
def starting() -> Iterator[Start]:
    """What starts a snippet, with a path as its argument; none outlives the block."""
    started: list[subprocess.Popen[str]] = []

    def start(snippet: str, argument: Path) -> subprocess.Popen[str]:
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
        if argument.is_dir() and schema_of(argument):
            environment["FOOTPRINT_TEST_SERVER"] = servers.running()
        process = subprocess.Popen(
            [sys.executable, "-c", snippet, str(argument)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str]) -> str:
    """The next line that it prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
