"""Plain lines for people: on a terminal broken between words, in a pipe or a file whole.

Whatever is said in sentences goes through `say`. What is to be pasted or read by a program does
not: a receipt, a case note, JSON, a page.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
from contextlib import suppress

import typer

from footprint_cli.screen.text import visible

_NARROWEST = 20
_USUAL = 80
"""Where a terminal does not tell."""
_MARKS = ("- ", "! ")
"""What a line of a list begins with, or a warning."""
_COMMAND = re.compile(
    "footprint (?:(?:policy|report|trust|vault|witness) )?[a-z-]+"
    r"(?: (?:--[a-z-]+|[A-Z]+(?:-[0-9]+)?|>|[a-z-]+\.[a-z]+|[0-9][0-9-]*))*"
)
TOGETHER = "\0"
"""In the place of a space at which no line ends; no text has it that was made visible."""


def columns() -> int:
    """How wide the terminal is that says the lines, be it standard output or standard error."""
    with suppress(ValueError):
        if said := int(os.environ.get("COLUMNS") or "0"):
            return said
    for stream in (1, 2, 0):
        with suppress(OSError):
            if wide := os.get_terminal_size(stream).columns:
                return wide
    return _USUAL


def width() -> int:
    """How many columns a line may take."""
    return max(columns() - 1, _NARROWEST)


def shown_width() -> int | None:
    """How wide lines on standard output may be; None where nobody looks at them."""
    return width() if sys.stdout and sys.stdout.isatty() else None


def say(text: str, *, err: bool = False) -> None:
    """Print a line, in a pipe as one, on a terminal broken where that is narrower."""
    stream = sys.stderr if err else sys.stdout
    on_terminal = bool(stream and stream.isatty())
    for line in fitted(text) if on_terminal else [visible(text)]:
        typer.echo(line, err=err)


def fitted(text: str, indent: int | None = None, room: int | None = None) -> list[str]:
    """A text as lines that fit. No word is broken, and no command that a line has room for.

    Args:
        text: one line, which may begin with spaces and the mark of a list.
        indent: how far in those behind the first begin; as its words do, unless said.
        room: how wide they may be; as the terminal is, unless said.
    """
    return broken(visible(text), indent, room or width())


def broken(text: str, indent: int | None, room: int) -> list[str]:
    """The same of a text that was made visible, in which `TOGETHER` may stand for a space."""
    behind = min(_hanging(text) if indent is None else indent, room // 3)
    lines = textwrap.wrap(
        _kept_together(text, room - behind),
        room,
        subsequent_indent=" " * behind,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(TOGETHER, " ") for line in lines] or [""]


def _hanging(text: str) -> int:
    """Where the words of a line begin; a little behind that, where it has columns."""
    said = text.lstrip(" ")
    begins = len(text) - len(said) + 2 * said.startswith(_MARKS)
    return begins + 2 * ("  " in said.strip())


def _kept_together(text: str, room: int) -> str:
    """The text with a command in it as one word, where that has room on a line."""

    def as_one(found: re.Match[str]) -> str:
        command = found[0]
        return command.replace(" ", TOGETHER) if len(command) < room else command

    return _COMMAND.sub(as_one, text)
