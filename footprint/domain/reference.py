"""References: how a thread is named. Never derived from the child, unique under many writers.

Stored zero-padded (`CH-0000042`), so that the order of text is the order of numbers and the next
one is found at once; shown short (`CH-42`).
"""

from __future__ import annotations

import re

PREFIX = "CH-"
_WIDTH = 7
_STREAM = re.compile(rf"{PREFIX}[0-9]{{{_WIDTH}}}")
_GIVEN = re.compile(r"(?:ch-?)?0*([1-9][0-9]{0,6})", re.IGNORECASE)


def stream_name(number: int) -> str:
    """The stream of the thread with this number (1 to 9,999,999)."""
    return f"{PREFIX}{number:0{_WIDTH}}"


def number_of(stream: str) -> int:
    """The number of a thread's stream."""
    return int(stream.removeprefix(PREFIX))


def is_thread(stream: str) -> bool:
    """Whether it is the name of a thread's stream, to the letter."""
    return _STREAM.fullmatch(stream) is not None


def shown(stream: str) -> str:
    """The short form that people use; other streams as they are."""
    return f"{PREFIX}{number_of(stream)}" if is_thread(stream) else stream


def meant(given: str) -> str | None:
    """The stream that a person means by `CH-42`, `ch42`, `42` or the stored form, or None."""
    match = _GIVEN.fullmatch(given.strip())
    return stream_name(int(match[1])) if match else None
