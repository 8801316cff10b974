"""The real program in a process of its own, with a ledger and a home that belong to the test."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = str(Path(sys.executable).with_name("footprint"))
"""The program, as it was installed beside the interpreter that runs the tests."""

DONE, REFUSED, USAGE, TAMPERED, NOT_FOUND, CANNOT_TELL, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

CONCERN = {
    "child": "204117", "service": "CSC", "theme": "PLC", "role": "team-manager",
    "words": "Third placement in nine months; no disruption meeting held.",
}  # fmt: skip
WRITTEN = [
    "ref", "position", "positions", "leaf", "size", "root", "receipt", "respond_by", "warnings",
]  # fmt: skip
"""The keys of a writing command's JSON, in their order."""


@dataclass(frozen=True)
class Ran:
    """How a run ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Place:
    """A folder with a ledger and the home of its signer."""

    folder: Path

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def home(self) -> Path:
        return self.folder / "signer"

    def env(self, **changes: str | None) -> dict[str, str]:
        """The environment of a run; a change to None takes a variable away."""
        own = {name: value for name, value in os.environ.items() if not _disturbs(name)}
        own |= {
            "HOME": str(self.folder / "person"), "FOOTPRINT_HOME": str(self.home),
            "FOOTPRINT_LEDGER": str(self.ledger), "FOOTPRINT_ACTOR": "mb", "TERM": "xterm",
            "SHELL": "/bin/bash", "PYTHONUTF8": "1",
        }  # fmt: skip
        return {name: value for name, value in (own | changes).items() if value is not None}

    def run(
        self,
        *args: str | bytes,
        stdin: str | bytes = b"",
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> Ran:
        """Run the program to its end."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [PROGRAM, *args], input=data, capture_output=True, env=self.env(**(env or {})),
            cwd=cwd or self.folder, check=False, timeout=120,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def done(self, *args: str | bytes, **more: Any) -> Ran:
        """Run the program; it has to succeed."""
        ran = self.run(*args, **more)
        assert ran.code == DONE, (args, ran)
        return ran

    def json(self, *args: str | bytes, **more: Any) -> Any:
        """What a command says as JSON."""
        return self.done(*args, "--json", **more).json

    def entries(self) -> int:
        """How many entries the ledger holds, by its own account."""
        return int(self.json("status")["entries"])

    def copy(self, folder: Path) -> Place:
        """The same ledger and signer elsewhere, as if both had been made there."""
        shutil.copytree(self.folder, folder)
        for state in (folder / "signer").glob("signers/*/state"):
            remembered = json.loads(state.read_text("utf-8"))
            remembered["ledger"] = str((folder / "ledger.db").resolve())
            state.write_text(json.dumps(remembered), "utf-8")
        return Place(folder)


def _disturbs(name: str) -> bool:
    return name.startswith(("FOOTPRINT_", "XDG_")) or name in {"COLUMNS", "LINES", "NO_COLOR"}


def concern(**changes: str | None) -> list[str]:
    """The options that raise a concern; a change to None leaves one out."""
    fields = CONCERN | changes
    return [part for name, text in fields.items() if text is not None
            for part in (f"--{name.replace('_', '-')}", text)]  # fmt: skip


def one_message(ran: Ran, code: int) -> str:
    """What a refusal said: something on stderr, nothing on stdout, no traceback."""
    assert ran.code == code, ran
    assert ran.out == ""
    assert ran.err.strip()
    for sign in ("Traceback", "did not expect", 'File "', "Error: Error"):
        assert sign not in ran.err, ran.err
    return ran.err


def killed_after(seconds: float, place: Place, program: str, *args: str, **env: str | None) -> int:
    """Run a program, given as text, and kill it after so long: how it ended, -9 where it was."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *args], env=place.env(**env), cwd=place.folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.returncode


Answer = tuple[str, str | Callable[[], str] | None]


def on_terminal(
    place: Place,
    *args: str,
    columns: int = 100,
    program: Sequence[str] = (PROGRAM,),
    answer: str | None = None,
    answers: Sequence[Answer] = (),
    **env: str | None,
) -> tuple[int, str]:
    """Run the program on a terminal of its own: the exit code, and every character it sent.

    A question that ends with [y/N] is given the answer, where there is one. `answers` are given in
    their order, each once its text was sent; None interrupts the program, a function is called.
    """
    own = place.env(**{"COLUMNS": str(columns), **env})
    master, slave = pty.openpty()
    with subprocess.Popen(
        [*program, *args], stdin=slave, stdout=slave, stderr=slave, env=own, cwd=place.folder
    ) as process:
        os.close(slave)
        sent, seen, left = b"", 0, list(answers)
        gone = bool(answers) and answers[-1][1] is None
        while arrived := _arrived(master, process, again=gone and not left):
            sent += arrived
            while left and (at := sent.find(left[0][0].encode(), seen)) >= 0:
                seen = at + len(left[0][0])
                _answer(process, master, left.pop(0)[1])
            if answer is not None and sent.endswith(b"[y/N]: "):
                os.write(master, f"{answer}\n".encode())
    os.close(master)
    return process.returncode, sent.decode().replace("\r\n", "\n")


def _answer(
    process: subprocess.Popen[bytes], master: int, answer: str | Callable[[], str] | None
) -> None:
    if answer is None:
        process.send_signal(signal.SIGINT)
    else:
        os.write(master, (answer if isinstance(answer, str) else answer()).encode())


def _arrived(master: int, process: subprocess.Popen[bytes], *, again: bool) -> bytes:
    """What came next; empty at the end, which a terminal tells by an error.

    A program that is interrupted just before it waits for an answer waits all the same, and whoever
    sits there presses the keys `again`.
    """
    for _ in range(30):
        if select.select([master], [], [], 2)[0]:
            break
        if again:
            process.send_signal(signal.SIGINT)
    else:
        process.kill()
        raise TimeoutError("the program said nothing for a minute")
    try:
        return os.read(master, 65536)
    except OSError:
        return b""
