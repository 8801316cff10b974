"""What is adopted of a proposal: decided against the policy in force, as moves or a refusal.

Each part of the policy has a function here that gives the event to adopt, where something is to
change, and what is wrong with it, in words. All that is wrong is said at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from footprint.domain import events as ev
from footprint.domain.adoption_checks import (
    calendar_faults,
    ladder_faults,
    list_faults,
    rules_faults,
    service_faults,
)
from footprint.domain.calendar import weekdays
from footprint.domain.days import spelt
from footprint.domain.entry import Move
from footprint.domain.ladder import Ladder, ladder_from
from footprint.domain.policy import Policy, policy_after
from footprint.domain.proposal import Proposal
from footprint.domain.vocabulary import CODED_FACTS, FIXED_LISTS
from footprint.errors import Refused

Holidays = Callable[[date, date], tuple[set[date], str]]
"""Gives the bank holidays between two days, and where they were taken from."""

InUse = Mapping[tuple[str, str], int]
"""How many entries hold a code, by (list, code)."""

Found = Iterator[ev.Event | str]
"""An event to adopt, and what is wrong with it."""


class _Case(NamedTuple):
    policy: Policy
    proposal: Proposal
    in_use: InUse
    today: date
    bank_holidays: Holidays

    @property
    def starts_on(self) -> date:
        """The day that ladders start."""
        return self.proposal.starts_on or self.today


def decide_adoption(
    policy: Policy, proposal: Proposal, in_use: InUse, today: date, bank_holidays: Holidays
) -> list[Move]:
    """The adoptions that a proposal comes to, each with the next version.

    What says only what is in force already is not adopted again.

    Args:
        policy: the policy in force.
        proposal: what is to be adopted.
        in_use: the codes that entries hold; those may not go.
        today: the day it is recorded, in London.
        bank_holidays: asked only where a calendar is to change.

    Raises:
        Refused: something is wrong with it, all of which is listed; or nothing in it differs.
    """
    case = _Case(policy, proposal, in_use, today, bank_holidays)
    found = list(chain.from_iterable(part(case) for part in _PARTS))
    events = [one for one in found if isinstance(one, ev.Event)]
    faults = [one for one in found if isinstance(one, str)]
    faults += service_faults(policy, policy_after(policy, events), case.starts_on, today)
    if faults:
        raise Refused(
            "This cannot be adopted:", "Nothing was adopted. Mend it, and try again.", faults
        )
    if not events:
        idle = proposal.calendar.idle_days if proposal.calendar else []
        raise Refused(
            "Nothing in it differs from what is in force.",
            "See that: footprint policy show.",
            [f"{spelt(day)} is no working day anyway" for day in idle],
        )
    _only_ladders_wait(proposal, events, today)
    return [Move(event=e, occurred_on=today, source="at-the-time", words={}) for e in events]


def _only_ladders_wait(proposal: Proposal, events: list[ev.Event], today: date) -> None:
    if proposal.starts_on in (None, today):
        return
    if not any(isinstance(event, ev.LadderAdopted) for event in events):
        raise Refused(
            "Only a ladder may start on another day than today, since a thread begins under the"
            " ladder of its day; no ladder changes here.",
            "Leave --starts-on out: the rest is in force from the moment it is adopted.",
        )


# --- the parts ------------------------------------------------------------------------------


def _vocabulary(case: _Case) -> Found:
    policy, proposal = case.policy, case.proposal
    lists = {**policy.lists, **proposal.lists}
    aliases = {n: words for n, words in {**policy.aliases, **proposal.aliases}.items() if words}
    if (lists, aliases) == (policy.lists, policy.aliases):
        return
    known = CODED_FACTS.values()
    for name in sorted(proposal.lists.keys() - known):
        yield f"vocabulary: {name!r} is not one of {', '.join(known)}"
    for name in sorted(proposal.aliases.keys() - known - FIXED_LISTS.keys()):
        yield f"aliases: {name!r} is not one of {', '.join([*known, *FIXED_LISTS])}"
    for name, labels in {**lists, **FIXED_LISTS}.items():
        old = {**policy.lists, **FIXED_LISTS}.get(name, {})
        yield from list_faults(name, labels, old, aliases.get(name, {}))
    yield from _orphans(case)
    yield ev.VocabularyAdopted(
        version=policy.vocabulary_version + 1,
        starts_on=case.today,
        lists={name: dict(labels) for name, labels in lists.items()},
        aliases={name: dict(words) for name, words in aliases.items()} or None,
    )


def _orphans(case: _Case) -> Iterator[str]:
    """The codes that entries hold and that a list would lack."""
    for (name, code), count in sorted(case.in_use.items()):
        if code not in case.proposal.lists.get(name, {code}):
            label = case.policy.label(name, code)
            entries = "1 entry" if count == 1 else f"{count} entries"
            yield f"{name}: {code} ({label}) is used by {entries}, so it has to stay"


def _ladders(case: _Case) -> Found:
    in_force = case.policy.ladders_on(case.starts_on)
    given = [facts["ladder"] for facts in case.proposal.ladders]
    for code, times in Counter(given).items():
        if times > 1:
            yield f"ladder {code}: it is given {times} times"
    for facts in case.proposal.ladders:
        code = facts["ladder"]
        versions = [version for known, version in case.policy.ladders if known == code]
        version = max(versions, default=0) + 1
        old = in_force.get(code)
        if old is None or _content(old) != _content(ladder_from({**facts, "version": version})):
            yield from ladder_faults(facts)
            yield ev.LadderAdopted(version=version, starts_on=case.starts_on, **facts)


def _content(ladder: Ladder) -> tuple[Any, ...]:
    return set(ladder.services), ladder.stages, ladder.total_days


def _calendar(case: _Case) -> Found:
    asked, old = case.proposal.calendar, case.policy.calendar
    if asked is None:
        return
    name, first, last = asked.name or old.name, asked.first or old.first, asked.last or old.last
    faults = list(calendar_faults(asked, old, first, last, case.today))
    yield from faults
    off, closed, opened = set(old.off), set(weekdays(set(asked.closure_days))), set(asked.open_days)
    same = (name, first, last) == (old.name, old.first, old.last)
    if faults or (same and not asked.renewed and closed <= off and not opened & off):
        return
    bank, taken_from = case.bank_holidays(first, last)
    for day in sorted(opened & bank):
        yield f"{spelt(day)} is a bank holiday: only a closure day can be opened again"
    days_off = weekdays((bank | off | closed) - opened)
    if not same or days_off != old.off:
        yield ev.CalendarAdopted(
            calendar=name,
            version=old.version + 1,
            starts_on=case.today,
            first=first,
            last=last,
            off=days_off,
            taken_from=taken_from,
        )


def _rules(case: _Case) -> Found:
    policy, rules = case.policy, case.proposal.rules
    case_number = rules.get("case_number", policy.case_number)
    threshold = rules.get("publish_threshold", policy.publish_threshold)
    if (case_number, threshold) == (policy.case_number, policy.publish_threshold):
        return
    changed = case_number != policy.case_number
    yield from rules_faults(case_number, rules.get("example"), threshold, changed=changed)
    yield ev.RulesAdopted(
        version=policy.rules_version + 1,
        starts_on=case.today,
        case_number=case_number,
        publish_threshold=threshold,
    )


_PARTS: tuple[Callable[[_Case], Found], ...] = (_vocabulary, _ladders, _calendar, _rules)
"""In the order of adoption: ladders name services of the vocabulary."""
