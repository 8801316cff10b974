"""The program run in this process, at noon of one day, in a folder of its own that is put back.

A file of `tests/errors` is one mistake: what is there and done before it, the command, and what it
says. `PLACE` in it is the folder; `ORIGIN`, `SIGNER` and `KEY` differ from run to run.
"""

from __future__ import annotations

import gc
import io
import os
import re
import shlex
import shutil
import sqlite3
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cli_helpers import Place, Ran
from footprint_cli import run

from footprint.ledger import identity

DAY = "2025-12-01"
FILES = Path(__file__).with_name("errors")
_INIT = 'init --authority "Borough of Testing" --team "North Team"'
_CHALLENGE = (
    "challenge --child 204117 --service CSC --theme PLC --role team-manager --on 2025-11-03"
    ' --words "Third placement in nine months."'
)
START: Mapping[str, list[str]] = {
    "none": [],
    "fresh": [_INIT],
    "begun": [_INIT, _CHALLENGE],
}
"""What is there before a mistake: no ledger, a new one, or one with CH-1, a challenge, entry 7."""

_RANDOM = {
    "borough-of-testing/footprint/[0-9a-f]{8}": "ORIGIN",
    "borough-of-testing-footprint-[0-9a-f]{8}-[0-9a-f]{12}": "SIGNER",
    r"(?<=key )[0-9a-f]{8}|[0-9a-f]{8}(?=\.key)": "KEY",
}
"""What differs from run to run, and what a file of the catalogue has in its place."""


@dataclass(frozen=True)
class Mistake:
    """One file of the catalogue.

    Args:
        command: what is typed, without `footprint`.
        exit: the code with which it ends.
        stderr: the whole message.
        ledger: one of `START`.
        first: commands that succeed before it.
        files: what else is in the folder, by name; a name with a * is of one that is there.
        gone: what is taken away, by such names.
        stdin: what comes from standard input.
        env: variables that differ.
    """

    command: str
    exit: int
    stderr: str
    ledger: str = "begun"
    first: list[str] = field(default_factory=list)
    files: Mapping[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    stdin: str = ""
    env: Mapping[str, str] = field(default_factory=dict)


def mistake(name: str) -> Mistake:
    """A file of the catalogue. A key that is none is an error."""
    return Mistake(**tomllib.loads((FILES / f"{name}.toml").read_text("utf-8")))


def _clock(day: str) -> type[datetime]:
    """This machine's clock, at noon of a day."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=tz)

    return Clock


@dataclass
class Bench:
    """A place that is put back, from what was made once, before each mistake."""

    folder: Path
    made: dict[tuple[str, ...], Path] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return Place(self.folder / "place")

    def lay(self, this: Mistake) -> None:
        """Have there what is there before the mistake."""
        self._lay((*START[this.ledger], *this.first))
        for name, text in this.files.items():
            path = self._named(name) if "*" in name else self.place.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_bytes(text))
        for name in this.gone:
            self._named(name).unlink()

    def _named(self, pattern: str) -> Path:
        (path,) = self.place.folder.glob(pattern)
        return path

    def _lay(self, commands: tuple[str, ...]) -> None:
        place = self.place.folder
        if commands and commands not in self.made:
            self._lay(commands[:-1])
            ran = self.run(commands[-1])
            assert ran.code == 0, (commands[-1], ran)
            self.made[commands] = self.folder / f"made-{len(self.made)}"
            shutil.copytree(place, self.made[commands])
        shutil.rmtree(place, ignore_errors=True)
        if commands:
            shutil.copytree(self.made[commands], place)
        (place / "person").mkdir(parents=True, exist_ok=True)

    def run(self, line: str, stdin: str = "", *, day: str = DAY, **env: str) -> Ran:
        """Run one command to its end."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
        argv = ["footprint", *shlex.split(line.replace("PLACE", str(self.place.folder)))]
        given = io.TextIOWrapper(io.BytesIO(_bytes(stdin)))
        own = self.place.env(**{name: text.replace("PLACE", str(self.place.folder))
                                for name, text in env.items()})  # fmt: skip
        with (
            patch.dict(os.environ, own, clear=True), patch.object(sys, "argv", argv),
            patch.object(sys, "stdin", given), patch.object(identity, "datetime", _clock(day)),
            _within(self.place.folder), redirect_stdout(out), redirect_stderr(err),
        ):  # fmt: skip
            try:
                run()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            finally:
                gc.unfreeze()
                gc.enable()
        return Ran(code, self._said(out), self._said(err))

    def _said(self, stream: io.TextIOWrapper) -> str:
        stream.flush()
        buffer: Any = stream.buffer
        return self.told(buffer.getvalue().decode())

    def told(self, text: str) -> str:
        """The text without what differs from run to run."""
        plain = text.replace(str(self.place.folder), "PLACE")
        for pattern, word in _RANDOM.items():
            plain = re.sub(pattern, word, plain)
        return plain

    def recorded(self) -> tuple[Any, ...]:
        """How many entries there are, and the signed head; nothing where there is no ledger."""
        if not self.place.ledger.is_file():
            return ()
        with closing(sqlite3.connect(self.place.ledger)) as connection:
            try:
                return tuple(connection.execute(
                    "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM checkpoint),"
                    " size, note FROM head"
                ).fetchone())  # fmt: skip
            except sqlite3.DatabaseError:
                return (self.place.ledger.read_bytes(),)


def _bytes(text: str) -> bytes:
    """The text as a file has it; with a \xff, which no UTF-8 has, as bytes of that value each."""
    return text.encode("latin-1" if "\xff" in text else "utf-8")


@contextmanager
def _within(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
