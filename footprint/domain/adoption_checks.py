"""What can be wrong with a policy that is to be adopted: each check gives it in words."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from footprint.domain.calendar import WorkingCalendar
from footprint.domain.days import spelt
from footprint.domain.ladder import INFORMAL, Stage
from footprint.domain.policy import Policy
from footprint.domain.proposal import ProposedCalendar
from footprint.domain.vocabulary import plain

MOST_DAYS, MOST_TOTAL, TOP_STAGE = 60, 250, 99
MOST_THRESHOLD = 20
LONGEST_LABEL, LONGEST_PATTERN = 100, 200
FARTHEST_YEARS = 10
"""How many years ahead a calendar may go: bank holidays further off are anybody's guess."""
EARLIEST = date(2004, 9, 27)
"""The first IROs (Adoption and Children Act 2002, section 118)."""

_LADDER_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}")
_JOINERS = "\u200c\u200d"
"""What is not seen and yet shapes what is: letters of some scripts, and families of emoji."""
_NAMES = ("Smith", "smith", "SMITH", "Jo Smith", "Smith, Jo", "J. Smith", "Mary-Jane", "")
"""What a pattern of case numbers must not take. (That no name is taken, a digit sees to.)"""


# --- ladders --------------------------------------------------------------------------------


def ladder_faults(facts: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one ladder."""
    at, stages = f"ladder {facts['ladder']}: ", [Stage(**stage) for stage in facts["stages"]]
    if not _LADDER_CODE.fullmatch(facts["ladder"]):
        yield f"{at}its name is small letters, digits and hyphens, and begins with a letter"
    total = facts["total_days"]
    if total is not None and not 1 <= total <= MOST_TOTAL:
        yield f"{at}total_days is {total}, and has to be 1 to {MOST_TOTAL}"
    if not stages:
        yield f"{at}it has no stages"
        return
    yield from (at + fault for fault in _order_faults(stages))
    for stage in stages:
        if not 1 <= stage.days <= MOST_DAYS:
            yield f"{at}stage {stage.stage} has {stage.days} days, and has to have 1 to {MOST_DAYS}"
        yield from (f"{at}stage {stage.stage}: {fault}" for fault in _label_faults(stage.label))


def _order_faults(stages: list[Stage]) -> Iterator[str]:
    numbers, counts = [s.stage for s in stages], [s.counts for s in stages]
    checks = (
        (numbers == sorted(set(numbers)), "its stages do not ascend, each once"),
        (INFORMAL in numbers, f"it has no stage {INFORMAL}, where a challenge begins"),
        (max(numbers) > INFORMAL, f"it has no stage above {INFORMAL}, where an alert begins"),
        (min(numbers) >= INFORMAL, f"it has a stage below {INFORMAL}"),
        (max(numbers) <= TOP_STAGE, f"it has a stage above {TOP_STAGE}"),
        (any(counts), "it has no stage that counts"),
        (counts == sorted(counts), "a stage above one that counts does not count"),
        (
            not any(s.counts for s in stages if s.stage == INFORMAL),
            f"stage {INFORMAL} is informal, and cannot count",
        ),
    )
    yield from (fault for holds, fault in checks if not holds)


def service_faults(before: Policy, after: Policy, starts_on: date, today: date) -> Iterator[str]:
    """Services that would climb no ladder or two, and ladders that name no service there is.

    Told for the day the ladders start, today, and each later day on which one starts.
    """
    if (before.ladders, before.lists) == (after.ladders, after.lists):
        return
    starts = {start for start, _ladder in after.ladders.values()}
    days = {today, *(day for day in {starts_on, *starts} if day >= min(starts_on, today))}
    told = set()
    for day in sorted(days):
        for fault in _service_faults_on(after, day):
            if fault not in told:  # once, with the first day on which it is so
                told.add(fault)
                yield f"from {spelt(day)} {fault}"


def _service_faults_on(policy: Policy, day: date) -> Iterator[str]:
    services, in_force = policy.lists.get("services", {}), policy.ladders_on(day)
    for service in services:
        climbs = sorted(code for code, ladder in in_force.items() if service in ladder.services)
        if len(climbs) > 1:
            several = f"{len(climbs)} ladders: {', '.join(climbs)}"
            yield f"{service} ({services[service]}) would climb {several}"
        elif not climbs and not _begins_later(policy, service, day):
            yield f"{service} ({services[service]}) would climb no ladder"
    for code, ladder in in_force.items():
        for service in sorted(set(ladder.services) - services.keys()):
            yield f"the ladder {code} would name {service}, which is no service of the vocabulary"


def _begins_later(policy: Policy, service: str, day: date) -> bool:
    """Whether a service is named only by ladders that have yet to start: it climbs the first."""
    starts = [start for start, ladder in policy.ladders.values() if service in ladder.services]
    return bool(starts) and min(starts) > day


# --- the calendar ---------------------------------------------------------------------------


def calendar_faults(
    asked: ProposedCalendar, old: WorkingCalendar, first: date, last: date, today: date
) -> Iterator[str]:
    """What is wrong with a calendar that is to cover the days from `first` to `last`."""
    farthest = date(today.year + FARTHEST_YEARS, 12, 31)
    if asked.name is not None:
        yield from (f"calendar: {fault}" for fault in _label_faults(asked.name))
    if first > old.first or last < old.last:
        yield (
            "calendar: it would get shorter, and due dates would not be known any more; the one"
            f" in force covers {spelt(old.first)} to {spelt(old.last)}"
        )
    if first < min(EARLIEST, old.first) or last > max(farthest, old.last):
        yield f"calendar: it can cover {spelt(EARLIEST)} to {spelt(farthest)}, and no more"
    for day in sorted({*asked.closure_days, *asked.open_days}):
        if not first <= day <= last:
            yield f"calendar: {spelt(day)} is outside the days that it covers"
    for day in sorted({*asked.closure_days} & {*asked.open_days}):
        yield f"calendar: {spelt(day)} is given as closed and as open"


# --- the vocabulary -------------------------------------------------------------------------


def list_faults(
    name: str, labels: Mapping[str, str], old: Mapping[str, str], aliases: Mapping[str, str]
) -> Iterator[str]:
    """What is wrong with one list and its aliases. A code that it had before stays as it is."""
    if not labels:
        yield f"{name}: the list is empty"
    for code in sorted(labels.keys() - old.keys()):
        if not _CODE.fullmatch(code):
            yield f"{name}: the code {code!r} has to be 1 to 32 letters, digits and hyphens"
    taken: dict[str, str] = {}
    for code, label in labels.items():
        if labels != old:
            yield from (f"{name}: {code}: {fault}" for fault in _label_faults(label))
        for form in dict.fromkeys((plain(code), plain(label))):
            other = taken.setdefault(form, code)
            if other != code and labels != old:
                yield f"{name}: {other} and {code} are both written {form!r}"
    for word, code in aliases.items():
        yield from (f"aliases of {name}: {fault}" for fault in _alias_faults(word, code, labels))
        other = taken.setdefault(plain(word), code)
        if other != code:
            yield f"aliases of {name}: {word!r} is written like {other}, and means {code}"


def _alias_faults(word: str, code: str, labels: Mapping[str, str]) -> Iterator[str]:
    if not plain(word):
        yield "a word is blank"
    if code not in labels:
        yield f"{word!r} points at {code!r}, which is no code of the list"


def _label_faults(label: str) -> Iterator[str]:
    unseen = next((char for char in label if not (char.isprintable() or char in _JOINERS)), None)
    if not plain(label).strip(_JOINERS):
        yield "the label is blank"
    elif unseen:
        yield f"the label holds a character that nobody sees, U+{ord(unseen):04X}"
    if len(label) > LONGEST_LABEL:
        yield f"the label has {len(label)} characters, and may have {LONGEST_LABEL}"


# --- the rules ------------------------------------------------------------------------------


def rules_faults(
    case_number: str, example: str | None, threshold: int, *, changed: bool
) -> Iterator[str]:
    """What is wrong with the rules. A new pattern is tried on an example, which is not kept."""
    if not 1 <= threshold <= MOST_THRESHOLD:
        yield f"rules: publish_threshold is {threshold}, and has to be 1 to {MOST_THRESHOLD}"
    if changed:
        yield from (f"rules: {fault}" for fault in _pattern_faults(case_number, example))


def _pattern_faults(case_number: str, example: str | None) -> Iterator[str]:
    if len(case_number) > LONGEST_PATTERN:
        yield f"case_number has {len(case_number)} characters, and may have {LONGEST_PATTERN}"
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a pattern that a later Python reads otherwise
            pattern = re.compile(case_number)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        yield f"case_number is not a regular expression: {error}"
        return
    for name in _NAMES:
        if pattern.fullmatch(name):
            yield f"case_number takes {name!r}: it has to ask for a digit, so that no name gets in"
            return
    if example is None:
        yield "a new case_number needs an example of a number that it takes (it is not kept)"
    elif not (pattern.fullmatch(example) and re.search(r"\d", example)):
        yield f"the example {example!r} has no digit, or case_number does not take it"
