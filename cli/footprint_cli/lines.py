"""Plain lines for a terminal, broken where it is narrower."""

from __future__ import annotations

import shutil
import textwrap

from footprint_cli.text import visible

_NARROWEST = 20


def width() -> int:
    """How many columns a line may take."""
    return max(shutil.get_terminal_size().columns - 1, _NARROWEST)


def fitted(text: str, indent: int = 0) -> list[str]:
    """A text as lines that fit; those behind the first are indented."""
    behind = " " * min(indent, width() // 3)
    return textwrap.wrap(visible(text), width(), subsequent_indent=behind) or [""]
