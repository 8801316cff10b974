"""How help is laid out: examples are lines that can be typed as they stand, at any width."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import Any

_WORD = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s"'])+""")
_ON = " \\\n    "
"""What a line of a shell ends in that goes on, and how the next begins."""


def parts(text: str | None) -> tuple[str, list[str]]:
    """What a command's help says, and its examples: the paragraphs that are commands."""
    paragraphs = [" ".join(one.split()) for one in cleandoc(text or "").split("\n\n") if one]
    examples = [one for one in paragraphs if one.startswith("footprint ")]
    return "\n\n".join(one for one in paragraphs if one not in examples), examples


def typed(example: str, width: int) -> list[str]:
    """An example in lines that a shell takes as one, none wider than this where that can be."""
    if len(example) <= width:
        return [example]
    lines: list[str] = []
    for piece in _pieces(example):
        if lines and len(f"{lines[-1]} {piece}") <= width - len(_ON):
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return _ON.join(lines).split("\n")


def _pieces(example: str) -> list[str]:
    """The words of a command, an option with its value."""
    pieces: list[str] = []
    for word in _WORD.findall(example):
        if pieces and pieces[-1].startswith("-") and " " not in pieces[-1] and word[0] != "-":
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    return pieces


def write(text: str | None, formatter: Any) -> None:
    """Write what a command is for, and its examples below."""
    said, examples = parts(text)
    with formatter.indentation():
        indent = " " * formatter.current_indent
        formatter.write_paragraph()
        formatter.write_text(said)
        for example in examples:
            formatter.write_paragraph()
            for line in typed(example, formatter.width - len(indent)):
                formatter.write(f"{indent}{line}\n")
