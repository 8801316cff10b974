"""The checks that several moves share. Each returns what it checked, or refuses."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from footprint.domain.asks import Ask
from footprint.domain.days import spelt
from footprint.domain.entry import Entry, Words
from footprint.domain.ladder import Ladder, Stage
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.thread import Thread
from footprint.errors import Refused

MOST_CHARACTERS = 20_000
"""The longest text that one entry's words may hold, in characters."""

_IRO = r"[A-Za-z0-9][A-Za-z0-9._@\\-]{0,63}"


def text_of(name: str, text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise Refused(
            f"The {name} is {len(text):,} characters long; an entry holds {MOST_CHARACTERS:,}.",
            "Shorten it, and keep the long document in the case system.",
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Refused(
            f"The {name} holds bytes that are not text (at character {error.start + 1}).",
            "Save it as UTF-8 and try again.",
        ) from error
    return text


def said(words: Words) -> Words:
    """The texts that say something, each fit for the vault; the same where all of them do."""
    blank = False
    for name, text in words.items():
        if not text or text.isspace():
            blank = True
        elif len(text) > MOST_CHARACTERS or not text.isascii():
            text_of(name, text)
    return {n: text for n, text in words.items() if text.strip()} if blank else words


def needs_text(ask: Ask) -> None:
    text = ask.words.get("text", "")
    if not any(char.isprintable() and not char.isspace() for char in text):
        raise Refused("There are no words.", "Say in a sentence what it is about: --words.")


def needs_reason(ask: Ask) -> None:
    """A correction says why. Raises `Refused`."""
    if not ask.words.get("reason", "").strip():
        raise Refused("A correction needs a reason.", "Give it with --reason.")


def says_already(target: Entry) -> Refused:
    """The refusal of a correction that changes nothing."""
    return Refused(
        f"Entry {target.position} says that already.",
        f"See how it stands: footprint show {shown(target.stream)}.",
    )


def check_day(on: date | None, source: str, today: date) -> None:
    if on is None:
        if source == "at-the-time":
            raise Refused(
                "An entry made at the time has a date.",
                "Give --on, or say the source: transcribed or recalled.",
            )
        return
    if on > today:
        raise Refused(
            f"{spelt(on)} is in the future (today is {spelt(today)}).",
            "Record it on the day, or mend the date.",
        )


def themes_of(given: tuple[str, ...], policy: Policy) -> tuple[str, ...]:
    if not given:
        raise Refused("There is no theme.", "Give at least one with --theme.")
    return tuple(sorted({policy.code("themes", theme) for theme in given}))


def may_be_unknown(what: str, source: str) -> None:
    """What was recorded at the time is known. Raises `Refused`."""
    if source == "at-the-time":
        raise Refused(
            f"The {what} is missing, and an entry made at the time knows it.",
            "Say it, or say the source: transcribed or recalled.",
        )


def role_of(ask: Any, policy: Policy) -> str | None:
    """The code of the role, or None where a transcribed or recalled entry does not know it."""
    if ask.role is not None:
        return policy.code("roles", ask.role)
    may_be_unknown("role", ask.source)
    return None


def iro_of(ask: Any) -> str | None:
    """The IRO's code, or None where a transcribed or recalled entry does not know it."""
    if ask.iro is not None:
        return check_iro(ask.iro)
    may_be_unknown("IRO", ask.source)
    return None


def code_of(name: str, given: str, ask: Ask, policy: Policy) -> str:
    """The code that was meant; `not-known` only where the source has no place for it."""
    code = policy.code(name, given)
    if code == "not-known":
        may_be_unknown(name.removesuffix("s"), ask.source)
    return code


def check_iro(iro: str) -> str:
    """The code or login of an IRO. Raises `Refused` where it cannot be one."""
    if not re.fullmatch(_IRO, iro):
        raise Refused(
            f"{iro!r} is not an IRO's code: letters, digits, . _ @ - \\ and no spaces.",
            "Give initials or a login with --iro.",
        )
    return iro


def stage_of(number: int, ladder: Ladder) -> Stage:
    stage = ladder.stage(number)
    if stage is None:
        raise Refused(
            f"The {ladder.ladder} ladder has no stage {number}; its top is stage {ladder.top}.",
            "Stages: " + "; ".join(f"{s.stage} {s.label}" for s in ladder.stages) + ".",
        )
    return stage


def respond_by(ask: Any, stage: Stage, policy: Policy) -> date | None:
    usual = policy.calendar.due(ask.on, stage.days)
    wanted: date | None = ask.respond_by
    if wanted is None:
        return usual
    if ask.on is not None and wanted < ask.on:
        raise Refused(
            f"{spelt(wanted)} is before the day it was sent ({spelt(ask.on)}).",
            "Mend the date given with --respond-by.",
        )
    if usual is not None and wanted > usual and not ask.words.get("why"):
        raise Refused(
            f"{spelt(wanted)} is later than the {stage.days} working days of stage {stage.stage}"
            f" ({spelt(usual)}): a longer time needs a reason.",
            "Give it with --why, or leave --respond-by out.",
        )
    return wanted


def resolve_by(
    on: date | None, stage: Stage, ladder: Ladder, capacity: str, policy: Policy
) -> date | None:
    if not stage.counts or ladder.total_days is None or capacity != "iro":
        return None
    return policy.calendar.due(on, ladder.total_days)


def ladder_of(thread: Thread, policy: Policy) -> Ladder:
    return policy.ladder(thread.ladder, thread.ladder_version)


def short(thread: Thread) -> str:
    """The thread's reference as people write it."""
    return shown(thread.ref)
