"""What an answer means: a code by its number, itself or a word of its label; several; a day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from footprint.domain.nearest import nearest
from footprint.domain.vocabulary import known_code, plain
from footprint_cli.entering.given import NOT_KNOWN, read_date

Offers = Mapping[str, str]
"""The codes that can be answered, with their labels, in the order in which they are numbered."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LEAST = 3  # letters of a day of the week


class Unclear(Exception):  # noqa: N818 - it says what an answer is
    """It cannot be told what is meant; `near` are the codes that may be."""

    def __init__(self, near: Sequence[str] = ()) -> None:
        super().__init__("it cannot be told what is meant")
        self.near = near


def chosen(text: str, offers: Offers, aliases: Mapping[str, str] | None = None) -> str:
    """The code that is meant: the code, its label or an alias; its number; how one of them begins.

    Codes that are numbers themselves are not counted.

    Raises:
        Unclear: none is, or more than one may be.
    """
    code = known_code(offers, text, aliases)
    if code in offers:
        return str(code)
    wanted = _bare(text)
    counted = not all(code.isdigit() for code in offers)
    if counted and re.fullmatch("[0-9]{1,4}", wanted) and 1 <= int(wanted) <= len(offers):
        return [*offers][int(wanted) - 1]
    begun = [code for code in offers if wanted and _bare(code).startswith(wanted)]
    found = begun or [code for code, label in offers.items() if wanted and _has(label, wanted)]
    if len(found) == 1:
        return found[0]
    raise Unclear(found or _nearest(wanted, offers))


def _has(label: str, wanted: str) -> bool:
    """Whether a label, or a word in it, begins so."""
    return f" {wanted}" in f" {_bare(label)}"


def _bare(text: str) -> str:
    """A text without what stands between its words."""
    return plain(re.sub(r"[^\w\s]", " ", text))


def _nearest(wanted: str, offers: Offers) -> list[str]:
    forms = {_bare(form): code for code, label in offers.items() for form in (label, code)}
    return [*dict.fromkeys(forms[form] for form in nearest(wanted, forms))]


def all_chosen(text: str, offers: Offers, aliases: Mapping[str, str] | None = None) -> list[str]:
    """Several of them, with commas between, or semicolons where a label holds a comma.

    Raises:
        Unclear: one of them is not clear.
    """
    try:
        return [chosen(text, offers, aliases)]
    except Unclear:
        parts = [part for part in text.split(";" if ";" in text else ",") if part.strip()]
        if len(parts) < 2:  # noqa: PLR2004 - then it is the whole that is not clear
            raise
    return [*dict.fromkeys(chosen(part.strip(), offers, aliases) for part in parts)]


def day_said(text: str, option: str, *, today: date, ahead: bool = False) -> str:
    """A day as an option has it; for a day of the week the last one of its name, or the next.

    Raises:
        Misused: it is none.
    """
    said = text.strip().lower()
    if said in NOT_KNOWN:
        return NOT_KNOWN[0]
    nth = [at for at, name in enumerate(_WEEKDAYS) if len(said) >= _LEAST and name.startswith(said)]
    if nth:
        ago = (today.weekday() - nth[0]) % 7
        return (today + timedelta(7 - ago if ahead else -ago)).isoformat()
    return read_date(said, option, today=today).isoformat()


def yes_or_no(text: str) -> str:
    """`yes` or `no`. Raises `Unclear`."""
    said = text.strip().lower()
    for answer in ("yes", "no"):
        if said and answer.startswith(said):
            return answer
    raise Unclear
