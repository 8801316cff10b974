"""Whose threads are asked for: an IRO's code, as threads have it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from footprint.domain.nearest import both
from footprint.domain.thread import Thread, standing
from footprint.errors import Refused


def iro_meant(given: str, threads: Iterable[Thread], day: date) -> str:
    """The code of the IRO who is meant: to the letter, else whatever its case.

    Where there are no threads, it is taken as it was given.

    Args:
        given: what was typed.
        threads: all of them, in any order; read no further than to the first with that very code.
        day: the day on which they are somebody's.

    Raises:
        Refused: no thread is theirs on the day; whose there are is said.
    """
    codes = set[str]()
    for thread in standing(threads, day):
        if thread.iro == given:
            return given
        codes |= {thread.iro} if thread.iro else set()
    near = [code for code in codes if code.casefold() == given.strip().casefold()]
    if len(near) == 1:
        return near[0]
    if codes:
        raise Refused(f"No thread is of {given!r}.", f"There are threads of {both(sorted(codes))}.")
    return given
