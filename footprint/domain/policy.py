"""The policy in force: ladders, calendar, vocabulary and rules, folded from their adoptions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from footprint.domain import events as ev
from footprint.domain.calendar import WorkingCalendar
from footprint.domain.entry import Entry
from footprint.domain.ladder import Ladder, ladder_from
from footprint.domain.record import NOTHING, Record
from footprint.domain.vocabulary import FIXED_LISTS, find_code, known_code
from footprint.errors import Refused

STREAM = "policy"

DEFAULT_CASE_NUMBER = r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9./_-]{0,31}"
DEFAULT_PUBLISH_THRESHOLD = 5
_DIGIT = re.compile(r"\d")
_NO_CALENDAR = WorkingCalendar(name="none", version=0, first=date.max, last=date.min, off=())


class Policy(Record):
    """All that a thread follows, at one position of the ledger.

    `ladders` maps (code, version) to (the day it starts, the ladder), in order of adoption.
    """

    ladders: Mapping[tuple[str, int], tuple[date, Ladder]] = NOTHING
    calendar: WorkingCalendar = _NO_CALENDAR
    earlier_calendars: tuple[WorkingCalendar, ...] = ()
    lists: Mapping[str, Mapping[str, str]] = NOTHING
    aliases: Mapping[str, Mapping[str, str]] = NOTHING
    vocabulary_version: int = 0
    rules_version: int = 0
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

    def ladders_on(self, day: date) -> dict[str, Ladder]:
        """The version of each ladder that has started by a day.

        Before any ladder had started, the first version of each.
        """
        started = {key: v for key, v in self.ladders.items() if v[0] <= day}
        found: dict[str, tuple[date, Ladder]] = {}
        for (code, _version), adopted in (started or self.ladders).items():
            older = found.get(code)
            # Of two that start on one day, the later adoption.
            if older is None or (started and older[0] <= adopted[0]):
                found[code] = adopted
        return {code: ladder for code, (_start, ladder) in found.items()}

    def listed(self, name: str) -> Mapping[str, str]:
        """The codes of a list with their labels, a fixed one or the authority's own."""
        return FIXED_LISTS.get(name) or self.lists.get(name, {})

    def code(self, name: str, given: str) -> str:
        """The code in the list `name` that was meant. Raises `Refused`, naming the nearest."""
        codes = self.listed(name)
        if given in codes:
            return given
        return find_code({name: codes}, name, given, self.aliases.get(name))

    def known(self, name: str, given: str) -> str | None:
        """The same code, or None where the list has none that was meant."""
        return known_code(self.listed(name), given, self.aliases.get(name))

    def label(self, name: str, code: str | None) -> str:
        """The label of a code; the code itself where the list no longer has it."""
        if code is None:
            return ""
        return self.listed(name).get(code, code)

    def check_case_number(self, child: str) -> str:
        """The local case number, if it has the authority's pattern.

        Raises:
            Refused: it has not, or it has no digit whatever the pattern says; a name never
                belongs here. Or what was adopted is no pattern.
        """
        digit = _DIGIT.search(child)
        if digit and self._has_form(child):
            return child
        kind = "is not one of yours" if digit else "looks like a name"
        raise Refused(
            f"The child's case number {kind}: it must be a local case number ({self._form}).",
            "Give the number that your case system uses. The ledger never keeps a child's name.",
        )

    def _has_form(self, child: str) -> bool:
        try:
            return re.fullmatch(self.case_number, child) is not None
        except re.error as error:  # adopting one is refused, and some other program may have
            raise Refused(
                f"The policy's rule for case numbers is no pattern ({error}): {self.case_number}",
                "Adopt one that is, in [rules] of: footprint policy show --toml.",
            ) from error

    @property
    def _form(self) -> str:
        """The form of a case number, as far as it can be said."""
        if self.case_number == DEFAULT_CASE_NUMBER:
            return "letters, digits, . / _ - and at least one digit, no spaces"
        return f"at least one digit, and of the form that the policy says: {self.case_number}"


def _ladder(policy: Policy, e: ev.LadderAdopted) -> Policy:
    adopted = {(e.ladder, e.version): (e.starts_on, ladder_from(vars(e)))}
    return policy.but(ladders={**policy.ladders, **adopted})


def _calendar(policy: Policy, e: ev.CalendarAdopted) -> Policy:
    calendar = WorkingCalendar(
        name=e.calendar, version=e.version, first=e.first, last=e.last, off=e.off
    )
    return policy.but(calendar=calendar, earlier_calendars=policy.calendars)


def _vocabulary(policy: Policy, e: ev.VocabularyAdopted) -> Policy:
    return policy.but(lists=e.lists, aliases=e.aliases or {}, vocabulary_version=e.version)


def _rules(policy: Policy, e: ev.RulesAdopted) -> Policy:
    return policy.but(
        case_number=e.case_number,
        publish_threshold=e.publish_threshold,
        rules_version=e.version,
    )


_EVOLVE: dict[type[ev.Event], Callable[[Policy, Any], Policy]] = {
    ev.LadderAdopted: _ladder,
    ev.CalendarAdopted: _calendar,
    ev.VocabularyAdopted: _vocabulary,
    ev.RulesAdopted: _rules,
}


def policy_of(entries: Iterable[Entry]) -> Policy:
    """Fold the entries of the policy's stream, in order."""
    return policy_after(Policy(), (entry.event for entry in entries))


def policy_after(policy: Policy, adopted: Iterable[ev.Event]) -> Policy:
    """A policy after these adoptions, in order."""
    for event in adopted:
        policy = _EVOLVE[type(event)](policy, event)
    return policy
