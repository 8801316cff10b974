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
from footprint_cli.asking.dialogue import Left
from footprint_cli.asking.drafts import Draft
from footprint_cli.lines import fitted, width
from footprint_cli.text import visible

_PASTED = 0.05
"""Seconds in which more lines come where a text was pasted: nobody types as fast."""
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
        """A line, broken where it is wider than the screen, and then indented."""
        for line in fitted(text, indent):
            typer.echo(line, err=True)

    def ask(self, prompt: str, *, several: bool = False) -> str:
        """One answer; with `several`, all the lines that were pasted. Raises `Left`."""
        shown = visible(prompt)
        if len(shown) * 3 > width() * 2:
            self.say(shown)
            shown = "> "  # a line to answer on
        lines = [self._line(shown)]
        while several and _more_is_there():
            lines.append(self._line(""))
        return "\n".join(lines)

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
        path = draft.file()
        if words and not draft.words:
            draft.keep(words)
        line = [*_editor(), str(path)]
        try:
            ended = subprocess.run(line, check=False).returncode  # noqa: S603 - the person's own
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
    said = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if said:
        with suppress(ValueError):
            return shlex.split(said)
    found = next((name for name in _EDITORS if shutil.which(name)), None)
    if found is None:
        raise Misused("No editor is known here.", "Name one in EDITOR, or type them on one line.")
    return [found]


def _more_is_there() -> bool:
    """Whether another line is waiting, as where a text of several was pasted."""
    with suppress(OSError, ValueError):
        return bool(select.select([sys.stdin], [], [], _PASTED)[0])
    return False
