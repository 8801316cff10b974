"""Text from people, shown as they typed it and never obeyed.

A terminal acts on control characters, and bidirectional controls make a line read as another.
Both are made visible; everything else is shown as it is.
"""

from __future__ import annotations

import re

import orjson
import typer

_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_NAMED = "\x80-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
"""What is in a text and not seen, as a pattern has it."""
_KEEP_LINES = {code: to for code, to in _PICTURES.items() if code != ord("\n")}


def visible(text: str, *, lines: bool = False) -> str:
    """The text with control characters made visible: a new line as ␊, an escape as ␛.

    With `lines`, new lines are left as they are.
    """
    if text.isascii() and text.isprintable():  # as most are
        return text
    pictured = text.translate(_KEEP_LINES if lines else _PICTURES)
    named = re.sub(f"[{_NAMED}]", lambda found: f"⟨{ord(found[0]):04X}⟩", pictured)
    return named.encode("utf-8", "replace").decode()


def shortened(text: str, most: int) -> str:
    """A text of so many characters at the most; where it was longer, that is seen."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def entries_said(count: int) -> str:
    """How many entries, in words: of one there is one."""
    return f"{count:,} entr{'y' if count == 1 else 'ies'}"


def escaped_json(data: bytes) -> str:
    """JSON whose strings hold no character that a terminal acts on; it decodes to the same."""
    text = data.decode()
    return re.sub(f"[\x7f{_NAMED}]", lambda found: f"\\u{ord(found[0]):04x}", text)


def say_json(value: object) -> None:
    """Print a value as JSON, safe for a terminal."""
    typer.echo(escaped_json(orjson.dumps(value, option=orjson.OPT_INDENT_2)))
