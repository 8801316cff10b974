"""The command that puts an entry right: correct."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from footprint.domain.asks import Ask, Correct
from footprint.domain.corrections import NEW_WORDS
from footprint.domain.entry import TOGETHER
from footprint.errors import Misused
from footprint_cli import options as o
from footprint_cli.commands.recording import recording
from footprint_cli.entering.given import NOT_KNOWN, Given, read_date, read_flag


@recording(
    ref=o.NeededRef, entry=o.Entry, changes=o.Changes, reason=o.Because, keep_due=o.KeepDue,
    take_back=o.TakeBack,
)  # fmt: skip
def correct(given: Given) -> Ask:
    """Correct an entry in the open.

    What it said stays, and what it should have said is added. FIELD is an option of the command
    that recorded it; an empty VALUE takes it away, and --words gives new words. A due date moves
    with the day it was counted from, unless --keep-due. A correction that was itself wrong is taken
    back whole, with --take-back.

    footprint correct 20 --entry 86 --set on=31/3/2017 --reason "Misread the email."

    footprint correct 16 --entry 67 --set theme=DEL --set team=children-in-care --reason "Mistyped."
    """
    given.need("ref", "entry", "reason")
    facts, texts = _changes(given)
    if not facts and not texts and not given.take_back:
        raise Misused(
            "There is nothing to correct.", "Say what it should have been: --set, --words."
        )
    new = {NEW_WORDS + name: text for name, text in texts.items()}
    return Correct(
        **(given.common | {"words": {"reason": given.reason} | new}),
        entry=given.entry,
        facts=facts,
        keep_due=given.keep_due,
        take_back=given.take_back,
    )


_TEXTS = {"words": "text", "text": "text"} | {
    n: n
    for n in ("to", "from", "why", "view", "follows", TOGETHER, "title", "sha256", "size", "type")
}
"""Fields that are words, and the names under which the vault keeps them."""


def _changes(given: Given) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts and the texts that are to be as they should have been."""
    facts: dict[str, Any] = {}
    texts = {"text": str(given.words)} if given.words else {}
    for field, value in _pairs(given.changes or ()):
        if field in _TEXTS:
            texts[_TEXTS[field]] = value
        elif field == "review_date":
            on = read_date(value, "--set review-date", today=given.today) if value else None
            texts[field] = on.isoformat() if on else ""
        elif field == "themes":
            facts[field] = (*facts.get(field, ()), value)
        else:
            facts[field] = _READ.get(field, _text)(value, field, given)
    return facts, texts


def _pairs(changes: Iterable[str]) -> Iterable[tuple[str, str]]:
    for change in changes:
        field, equals, value = change.partition("=")
        if not equals or not field.strip():
            raise Misused(
                "What --set changes is FIELD=VALUE, and no field was given.",
                "Write it as: --set on=3/4/2026. New words: --words TEXT.",
            )
        name = field.strip().lower().replace("-", "_")
        yield _NAMED.get(name, name), value.strip()


_NAMED = {"theme": "themes", "to_stage": "stage"}


def _text(value: str, _field: str, _given: Given) -> str | None:
    return value or None


def _day(value: str, field: str, given: Given) -> Any:
    if not value or value.lower() in NOT_KNOWN:
        return None
    return read_date(value, f"--set {field.replace('_', '-')}", today=given.today)


def _number(value: str, field: str, _given: Given) -> int:
    try:
        return int(value)
    except ValueError:
        raise Misused(
            f"The {field} is a number, not {value!r}.", f"Write it as: --set {field}=1."
        ) from None


def _flag(value: str, field: str, _given: Given) -> bool | None:
    return read_flag(value, f"--set {field}") if value else None


_READ: dict[str, Callable[[str, str, Given], Any]] = {
    "on": _day,
    "respond_by": _day,
    "action_by": _day,
    "stage": _number,
    "proceedings": _flag,
    "privileged": _flag,
}
"""The fields whose values are no codes, and how each is read."""
