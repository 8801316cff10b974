"""The policy as people see it: its parts as records, and what an adoption changes, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from footprint.domain import events as ev
from footprint.domain.days import spelt
from footprint.domain.entry import Entry
from footprint.domain.policy import Policy, policy_of
from footprint.domain.proposal import Proposal
from footprint_cli.screen.columns import CALENDAR, LADDERS, POLICY, RULES, VOCABULARY, Column

Record = dict[str, Any]


# --- as records -----------------------------------------------------------------------------


def in_brief(entries: Sequence[Entry], on: date) -> list[Record]:
    """A record for each version of a ladder, and one for each other part as it is in force."""
    in_force = _in_force(entries, on)
    order = list(_PART)
    return [
        {
            "part": _PART[type(entry.event)],
            "name": getattr(entry.event, "ladder", getattr(entry.event, "calendar", None)),
            **_adopted(entry),
            "in_force": entry.position in in_force,
            "says": _SAYS[type(entry.event)](entry.event),
        }
        for entry in sorted(entries, key=lambda entry: order.index(type(entry.event)))
        if isinstance(entry.event, ev.LadderAdopted) or entry.position in in_force
    ]


def ladders(entries: Sequence[Entry], on: date) -> list[Record]:
    """A record for each stage of each version that was adopted: threads keep theirs."""
    in_force = _in_force(entries, on)
    return [
        {
            "ladder": entry.event.ladder,
            **_adopted(entry),
            "in_force": entry.position in in_force,
            "services": list(entry.event.services),
            "total_days": entry.event.total_days,
            **{name: stage[name] for name in ("stage", "label", "days", "counts")},
        }
        for entry in entries
        if isinstance(entry.event, ev.LadderAdopted)
        for stage in entry.event.stages
    ]


def calendar(entries: Sequence[Entry], _on: date) -> list[Record]:
    """A record for each year of the calendar in force, with the weekdays that are off."""
    return [
        {
            "calendar": e.calendar,
            **_adopted(entry),
            "first": e.first,
            "last": e.last,
            "taken_from": e.taken_from,
            "year": year,
            "days_off": [day for day in e.off if day.year == year],
        }
        for entry, e in _last(entries, ev.CalendarAdopted)
        for year in range(e.first.year, e.last.year + 1)
    ]


def vocabulary(entries: Sequence[Entry], _on: date) -> list[Record]:
    """A record for each code in force, with its label and the aliases that it answers to."""
    return [
        {
            "list": name,
            "code": code,
            "label": label,
            "aliases": [w for w, to in (e.aliases or {}).get(name, {}).items() if to == code],
            **_adopted(entry),
        }
        for entry, e in _last(entries, ev.VocabularyAdopted)
        for name, labels in e.lists.items()
        for code, label in labels.items()
    ]


def rules(entries: Sequence[Entry], _on: date) -> list[Record]:
    """One record: the rules in force."""
    return [
        {
            "case_number": e.case_number,
            "publish_threshold": e.publish_threshold,
            **_adopted(entry),
        }
        for entry, e in _last(entries, ev.RulesAdopted)
    ]


Records = Callable[[Sequence[Entry], date], list[Record]]
PARTS: Mapping[str, tuple[Records, Sequence[Column], tuple[str, ...]]] = {
    "ladders": (ladders, LADDERS, ("ladder",)),
    "calendar": (calendar, CALENDAR, ("calendar",)),
    "vocabulary": (vocabulary, VOCABULARY, ("vocabulary", "aliases")),
    "rules": (rules, RULES, ("rules",)),
}
"""Each part: its records, its columns on a terminal, and its tables in a policy file."""
ALL: tuple[Records, Sequence[Column], tuple[str, ...]] = (
    in_brief, POLICY, tuple(table for *_, tables in PARTS.values() for table in tables),
)  # fmt: skip
"""The same of all parts together."""


def _in_force(entries: Sequence[Entry], on: date) -> set[int]:
    """The positions of the entries that are in force on a day."""
    followed = policy_of(entries).ladders_on(on).values()
    versions = {(ladder.ladder, ladder.version) for ladder in followed}
    newest = {entry.topic: entry.position for entry in entries}
    return {
        entry.position
        for entry in entries
        if (
            (entry.event.ladder, entry.event.version) in versions
            if isinstance(entry.event, ev.LadderAdopted)
            else newest[entry.topic] == entry.position
        )
    }


def _last(entries: Sequence[Entry], kind: type[ev.Event]) -> list[tuple[Entry, Any]]:
    """The last adoption of a kind, where there is one."""
    return [(entry, entry.event) for entry in entries if isinstance(entry.event, kind)][-1:]


def _adopted(entry: Entry) -> Record:
    """Which version it is, and who adopted it when."""
    event: Any = entry.event
    return {
        "version": event.version,
        "starts_on": event.starts_on,
        "position": entry.position,
        "actor": entry.actor,
        "recorded_at": entry.recorded_at,
    }


_PART: Mapping[type[ev.Event], str] = {
    ev.LadderAdopted: "ladder",
    ev.CalendarAdopted: "calendar",
    ev.VocabularyAdopted: "vocabulary",
    ev.RulesAdopted: "rules",
}
_SAYS: Mapping[type[ev.Event], Callable[[Any], str]] = {
    ev.LadderAdopted: lambda e: (
        f"{len(e.stages)} stages; {f'{e.total_days} working days in all; ' * bool(e.total_days)}"
        f"{' '.join(e.services) or 'no service'}"
    ),
    ev.CalendarAdopted: lambda e: f"{spelt(e.first)} to {spelt(e.last)}; {e.taken_from}",
    ev.VocabularyAdopted: lambda e: ", ".join(f"{len(e.lists[name])} {name}" for name in e.lists),
    ev.RulesAdopted: lambda e: (
        f"case number {e.case_number}; counts from {e.publish_threshold} are published"
    ),
}

# --- what an adoption changes ---------------------------------------------------------------


def changes(before: Policy) -> Callable[[Any], list[str]]:
    """Tells what an adoption changes of the policy before it, a line a change."""
    return lambda event: list(_CHANGES[type(event)](event, before))


def _ladder(e: ev.LadderAdopted, _before: Policy) -> Iterator[str]:
    yield f"climbed by {', '.join(e.services) or 'no service'}"
    for stage in e.stages:
        counts = "; counts as a formal alert" if stage["counts"] else ""
        yield f"{stage['stage']} {stage['label']}: {stage['days']} working days{counts}"
    if e.total_days:
        yield f"{e.total_days} working days in all"


def _calendar(e: ev.CalendarAdopted, before: Policy) -> Iterator[str]:
    yield f"covers {spelt(e.first)} to {spelt(e.last)}; bank holidays from {e.taken_from}"
    old = set(before.calendar.off)
    yield from (f"day off: {spelt(day)}" for day in e.off if day not in old)
    yield from (f"no longer off: {spelt(day)}" for day in sorted(old - set(e.off)))


def _vocabulary(e: ev.VocabularyAdopted, before: Policy) -> Iterator[str]:
    yield from _list_changes(e.lists, before.lists, "")
    yield from _list_changes(e.aliases or {}, before.aliases, "aliases of ")


def _list_changes(
    new: Mapping[str, Mapping[str, str]], old: Mapping[str, Mapping[str, str]], what: str
) -> Iterator[str]:
    for name in sorted(new.keys() | old.keys()):
        now, then = new.get(name, {}), old.get(name, {})
        for word in [*now, *(word for word in then if word not in now)]:
            if word not in now:
                yield f"{what}{name}: {word} is gone (was {then[word]})"
            elif word not in then:
                yield f"{what}{name}: {word} is new ({now[word]})"
            elif now[word] != then[word]:
                yield f"{what}{name}: {word} is now {now[word]} (was {then[word]})"


def _rules(e: ev.RulesAdopted, before: Policy) -> Iterator[str]:
    for name in ("case_number", "publish_threshold"):
        new, old = getattr(e, name), getattr(before, name)
        if new != old:
            yield f"{name} is now {new} (was {old})"


_CHANGES: Mapping[type[ev.Event], Callable[[Any, Policy], Iterator[str]]] = {
    ev.LadderAdopted: _ladder,
    ev.CalendarAdopted: _calendar,
    ev.VocabularyAdopted: _vocabulary,
    ev.RulesAdopted: _rules,
}


def remarks(proposal: Proposal, adopted: Sequence[ev.Event], before: Policy) -> Iterator[str]:
    """What somebody who adopts this should know."""
    for event in adopted:
        if isinstance(event, ev.LadderAdopted):
            yield from _ladder_remarks(event, before)
        elif isinstance(event, ev.CalendarAdopted):
            yield (
                "No due date that is recorded moves. Working days are counted by this calendar"
                " from now on, those of the past as well."
            )
    for day in proposal.calendar.idle_days if proposal.calendar else ():
        yield f"{spelt(day)} is no working day anyway: that changes nothing."


def _ladder_remarks(event: ev.LadderAdopted, before: Policy) -> Iterator[str]:
    yield (
        f"Threads that begin from {spelt(event.starts_on)} follow version {event.version} of the"
        f" ladder {event.ladder}; a thread keeps the version that it began under."
    )
    for (code, version), (start, _ladder) in before.ladders.items():
        if code == event.ladder and start > event.starts_on:
            yield (
                f"From {spelt(start)} version {version}, adopted before, takes its place; to go on"
                f" with this one, adopt it again with --starts-on {start}."
            )
