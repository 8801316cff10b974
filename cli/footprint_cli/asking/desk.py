"""The terminal at which somebody answers: plain lines, for any screen and any reader of screens."""

from __future__ import annotations

import os
import select
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress

import typer

from footprint.errors import Misused
from footprint_cli.asking.drafts import Draft
from footprint_cli.asking.sides import Left
from footprint_cli.screen.lines import fitted, width
from footprint_cli.screen.text import visible

_PASTED = 0.05
"""Seconds in which more lines come where a text was pasted: nobody types as fast."""
_SLOWLY = 0.4
"""The same once a second line has come: over a slow line the rest takes its time."""
_EDITORS = ("sensible-editor", "nano", "vi", "notepad")
"""What opens where neither VISUAL nor EDITOR says so."""


class Terminal:
    """Where somebody answers."""

    def __init__(self) -> None:
        with suppress(ImportError):
            # Lines can be edited as they are typed. What was answered is not offered again: it may
            # be a child's words.
            import readline

            readline.set_auto_history(False)

    def say(self, text: str, indent: int = 0) -> None:
        """A line, broken where the screen is narrower; from there on indented."""
        for line in fitted(text, indent):
            typer.echo(line, err=True)

    def ask(self, prompt: str, *, several: bool = False) -> str:
        """One answer; with `several`, all the lines that were pasted. Raises `Left`."""
        shown = visible(prompt)
        if len(shown) * 3 > width() * 2:
            self.say(shown)
            shown = "> "  # a line to answer on
        lines = [self._line(shown)]
        while several and _more_comes(_PASTED if len(lines) == 1 else _SLOWLY):
            lines.append(self._line(""))
        return "\n".join(lines)

    def settled(self) -> bool:
        """Throw away what was typed before it was asked for. Whether there was any."""
        if not _more_comes(0):
            return False
        try:
            import termios
        except ImportError:
            return True  # what is there is answered with, and is not taken for a yes
        with suppress(OSError, termios.error):
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
        return True

    def _line(self, prompt: str) -> str:
        while True:
            try:
                answer = input(prompt)
            except EOFError:
                typer.echo("", err=True)
                raise Left from None
            except UnicodeDecodeError:
                self.say("That is not text. Type it again.")
                continue
            if "\x1b" not in answer:
                return answer
            self.say("A key was pressed that is no letter. Type it again.")

    def edited(self, draft: Draft, words: str) -> str:
        """Words as an editor leaves them in a draft. Raises `Misused` where there is none."""
        path, line = draft.file(), _editor()
        if words and not draft.words:
            draft.keep(words)
        try:
            ended = subprocess.run([*line, str(path)], check=False).returncode  # noqa: S603 - theirs
        except OSError as error:
            raise Misused(
                f"The editor {line[0]!r} does not start ({error.strerror}).",
                "Name another in EDITOR, or type the words on one line.",
            ) from error
        if ended:
            self.say(f"The editor ended with {ended}; what it saved is in {path}.")
        return draft.words or ""


def _editor() -> list[str]:
    """The line that starts an editor. Raises `Misused`."""
    said = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    with suppress(ValueError):
        if line := shlex.split(said):
            return line
    found = next((name for name in _EDITORS if shutil.which(name)), None)
    if found is None:
        raise Misused("No editor is known here.", "Name one in EDITOR, or type them on one line.")
    return [found]


def _more_comes(seconds: float) -> bool:
    """Whether another line is waiting, or comes within so long, as of a text that was pasted."""
    with suppress(OSError, ValueError):
        return bool(select.select([sys.stdin], [], [], seconds)[0])
    return False
