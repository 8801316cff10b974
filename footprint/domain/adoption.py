"""What a new ledger adopts: the default ladders, calendar, vocabulary and rules, as moves."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from footprint.domain import events as ev
from footprint.domain.calendar import weekdays
from footprint.domain.entry import Move
from footprint.domain.ladder import DEFAULT_LADDERS
from footprint.domain.policy import DEFAULT_CASE_NUMBER, DEFAULT_PUBLISH_THRESHOLD
from footprint.domain.vocabulary import DEFAULT_LISTS

CALENDAR_FROM = date(2010, 4, 1)
"""The IRO Handbook took effect in April 2010: no 20 working days were counted before."""


def calendar_years(today: date) -> tuple[date, date]:
    """The days that a calendar adopted today covers: to the end of the year after next."""
    return CALENDAR_FROM, date(today.year + 2, 12, 31)


def first_policy(
    today: date, bank_holidays: Collection[date], taken_from: str, teams: Collection[str] = ()
) -> list[Move]:
    """The adoptions that a new ledger starts with.

    Args:
        today: the day they start.
        bank_holidays: those of England and Wales in `calendar_years(today)`.
        taken_from: where these were found, with its version.
        teams: names of the authority's own teams, beside the usual ones.
    """
    first, last = calendar_years(today)
    adopted: dict[str, Any] = {"version": 1, "starts_on": today}
    lists = {name: dict(labels) for name, labels in DEFAULT_LISTS.items()}
    lists["teams"] |= {_code(team): team for team in teams}
    adoptions: list[ev.Event] = [
        *(ev.LadderAdopted(**adopted, **ladder) for ladder in DEFAULT_LADDERS),
        ev.CalendarAdopted(
            **adopted,
            calendar="England",
            first=first,
            last=last,
            off=weekdays(set(bank_holidays)),
            taken_from=taken_from,
        ),
        ev.VocabularyAdopted(**adopted, lists=lists),
        ev.RulesAdopted(
            **adopted,
            case_number=DEFAULT_CASE_NUMBER,
            publish_threshold=DEFAULT_PUBLISH_THRESHOLD,
        ),
    ]
    return [
        Move(event=event, occurred_on=today, source="at-the-time", words={}) for event in adoptions
    ]


def _code(label: str) -> str:
    return re.sub(r"\W+", "-", label.casefold()).strip("-") or label
