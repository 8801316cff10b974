"""References: how a thread is named. Never derived from the child, unique under many writers.

Stored zero-padded (`CH-0000042`), so that the order of text is the order of numbers and the next
one is found at once; shown short (`CH-42`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PREFIX = "CH-"
_WIDTH = 7
_STREAM = re.compile(rf"{PREFIX}[0-9]{{{_WIDTH}}}")
_GIVEN = re.compile(r"(?:ch-?)?0*([1-9][0-9]{0,6})", re.IGNORECASE)
_BEGUN = "((?:ch-?)?0*)([1-9][0-9]{0,6})?|c"
_SIGNS = re.compile(r"[\W_]+")
_LOOKS_LIKE = str.maketrans("oilzasb", "0112458")
"""Letters that are typed, or read off paper, for a digit."""


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


def begun(typed: str) -> tuple[str, str] | None:
    """What stands before the number of a reference that is still being typed, and its first digits.

    `CH-4` is begun as `CH-` and `4`, `042` as `0` and `42`; before anything is typed it is `CH-`.
    None where it does not begin as a reference does.
    """
    match = re.fullmatch(_BEGUN, typed, re.IGNORECASE)
    if match is None:
        return None
    head, digits = match[1] or "", match[2] or ""
    if not digits and not head.endswith("0"):
        head = typed + (PREFIX.lower() if typed.islower() else PREFIX)[len(typed) :]
    return head, digits


def streams_begun(digits: str) -> Iterator[tuple[str, str]]:
    """The first and the last stream of each length of number that begins so, the longest first."""
    first, last = (int(digits), int(digits)) if digits else (1, 9)
    for power in (10**more for more in reversed(range(_WIDTH + 1 - len(str(first))))):
        yield stream_name(first * power), stream_name((last + 1) * power - 1)


def slipped(given: str) -> str | None:
    """The stream that somebody seems to mean by what is no reference, or None.

    A sign too many (`CH 24`, `#24.`), or behind the prefix a letter for a digit (`CH-2A`). Without
    the prefix it may be a case number, which no thread is to be guessed from.
    """
    typed = given.casefold().strip()
    if meant(typed):
        return None
    bare = re.sub(r"^[\W_]+|[\W_]+$", "", typed)
    if bare.startswith("ch") and re.search("[0-9]", bare):
        bare = _SIGNS.sub("", bare.removeprefix("ch")).translate(_LOOKS_LIKE)
    return meant(bare)


def instead_of(given: str, newest: str) -> str:
    """What to write in place of a reference that no thread has, where the newest is this one.

    A number beyond the last is near to threads of other children: none of them is suggested.
    """
    near = slipped(given)
    question = f"Did you mean {shown(near)}? " if near and near <= newest else ""
    first, last = f"{PREFIX}1", shown(newest)
    there = f"The only one is {first}" if first == last else f"They run from {first} to {last}"
    return f"{question}{there}; see: footprint log."
