"""How a case number is written: as a small number, beside the number without what may differ."""

from __future__ import annotations

ODD = -1
"""Capitals and small letters mixed."""


def plain_number(child: str) -> str:
    """A case number without what a program may lose or change of it: zeros in front, capitals."""
    return child.casefold().lstrip("0")


def how_written(child: str, plain: str) -> int:
    """How a case number is written, whose plain form is given: inverse to `written`, unless odd."""
    if child == plain:
        return 0
    zeros = len(child) - len(child.lstrip("0"))
    hows = (2 * zeros, 2 * zeros + 1)
    return next((how for how in hows if written(plain, how) == child), ODD)


def written(plain: str, how: int) -> str:
    """The case number of this plain form that is written so."""
    zeros, capital = divmod(how, 2)
    return "0" * zeros + (plain.upper() if capital else plain)
