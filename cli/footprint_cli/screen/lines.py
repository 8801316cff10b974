"""Plain lines for a terminal, broken where it is narrower."""

from __future__ import annotations

import shutil
import sys
import textwrap

import typer

from footprint_cli.screen.text import visible

_NARROWEST = 20


def width() -> int:
    """How many columns a line may take."""
    return max(shutil.get_terminal_size().columns - 1, _NARROWEST)


def say(text: str) -> None:
    """Print a line, in a pipe as one, on a terminal broken where that is narrower."""
    for line in fitted(text) if sys.stdout.isatty() else [text]:
        typer.echo(line)


def fitted(text: str, indent: int = 0) -> list[str]:
    """A text as lines that fit; those behind the first are indented."""
    behind = " " * min(indent, width() // 3)
    return textwrap.wrap(visible(text), width(), subsequent_indent=behind) or [""]
