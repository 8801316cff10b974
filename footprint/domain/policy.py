"""The policy in force: ladders, calendar, vocabulary and rules, folded from their adoptions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from footprint.domain import events as ev
from footprint.domain.calendar import WorkingCalendar
from footprint.domain.entry import Entry
from footprint.domain.ladder import Ladder, ladder_from
from footprint.domain.vocabulary import FIXED_LISTS, find_code
from footprint.errors import Refused

STREAM = "policy"

DEFAULT_CASE_NUMBER = r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9./_-]{0,31}"
DEFAULT_PUBLISH_THRESHOLD = 5
_NO_CALENDAR = WorkingCalendar(name="none", version=0, first=date.max, last=date.min, off=())


@dataclass(frozen=True, kw_only=True)
class Policy:
    """All that a thread follows, at one position of the ledger.

    `ladders` maps (code, version) to (the day it starts, the ladder), in order of adoption.
    """

    ladders: Mapping[tuple[str, int], tuple[date, Ladder]] = field(default_factory=dict)
    calendar: WorkingCalendar = _NO_CALENDAR
    earlier_calendars: tuple[WorkingCalendar, ...] = ()
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    case_number: str = DEFAULT_CASE_NUMBER
    publish_threshold: int = DEFAULT_PUBLISH_THRESHOLD

    @property
    def calendars(self) -> tuple[WorkingCalendar, ...]:
        """Each that was adopted, the one in force last."""
        return (*self.earlier_calendars, self.calendar)

    def ladder(self, code: str, version: int) -> Ladder:
        """The ladder version that a thread began under.

        Raises:
            Refused: it was never adopted, so the ledger contradicts itself.
        """
        adopted = self.ladders.get((code, version))
        if adopted is None:
            raise Refused(
                f"A thread follows the ladder {code}, version {version}, which was never adopted.",
                "Find out what happened: footprint verify.",
            )
        return adopted[1]

    def ladder_for(self, service: str, on: date | None) -> Ladder:
        """The ladder that a thread of this service begins under on that day.

        Of the versions that name the service: the last to have started by then. Before any
        had started, or where the day is not known, the first.

        Raises:
            Refused: no ladder names the service.
        """
        versions = [v for v in self.ladders.values() if service in v[1].services]
        if not versions:
            raise Refused(
                f"No adopted ladder says whom to ask at the service {service}.",
                "Adopt a ladder that names it, or name another service.",
            )
        started = [v for v in versions if on is not None and v[0] <= on]
        # Of two that start on one day, the later adoption: `max` keeps the first that it meets.
        return max(reversed(started), key=lambda v: v[0])[1] if started else versions[0][1]

    def code(self, name: str, given: str) -> str:
        """The code in the list `name` that was meant. Raises `Refused`, naming the nearest."""
        return find_code(FIXED_LISTS if name in FIXED_LISTS else self.lists, name, given)

    def label(self, name: str, code: str | None) -> str:
        """The label of a code; the code itself where the list no longer has it."""
        if code is None:
            return ""
        return (FIXED_LISTS.get(name) or self.lists.get(name, {})).get(code, code)

    def check_case_number(self, child: str) -> str:
        """The local case number, if it has the authority's pattern.

        Raises:
            Refused: it has not; a name never belongs here.
        """
        if re.fullmatch(self.case_number, child):
            return child
        kind = "looks like a name" if not re.search(r"\d", child) else "is not one of yours"
        raise Refused(
            f"The child's case number {kind}: it must be a local case number"
            " (letters, digits, . / _ - and at least one digit, no spaces).",
            "Give the number that your case system uses. The ledger never keeps a child's name.",
        )


def _ladder(policy: Policy, e: ev.LadderAdopted) -> Policy:
    adopted = {(e.ladder, e.version): (e.starts_on, ladder_from(vars(e)))}
    return replace(policy, ladders={**policy.ladders, **adopted})


def _calendar(policy: Policy, e: ev.CalendarAdopted) -> Policy:
    calendar = WorkingCalendar(
        name=e.calendar, version=e.version, first=e.first, last=e.last, off=e.off
    )
    return replace(policy, calendar=calendar, earlier_calendars=policy.calendars)


def _vocabulary(policy: Policy, e: ev.VocabularyAdopted) -> Policy:
    return replace(policy, lists=e.lists)


def _rules(policy: Policy, e: ev.RulesAdopted) -> Policy:
    return replace(policy, case_number=e.case_number, publish_threshold=e.publish_threshold)


_EVOLVE: dict[type[ev.Event], Callable[[Policy, Any], Policy]] = {
    ev.LadderAdopted: _ladder,
    ev.CalendarAdopted: _calendar,
    ev.VocabularyAdopted: _vocabulary,
    ev.RulesAdopted: _rules,
}


def policy_of(entries: Iterable[Entry]) -> Policy:
    """Fold the entries of the policy's stream, in order."""
    policy = Policy()
    for entry in entries:
        policy = _EVOLVE[type(entry.event)](policy, entry.event)
    return policy
