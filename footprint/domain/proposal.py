"""What somebody proposes to adopt, read from tables; and the policy in force as such tables.

The two are inverse: what `tables_of` gives, proposed again, changes nothing. A part that is left
out stays as it is; of the vocabulary, a list that is given replaces that whole list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from footprint.domain.calendar import weekdays
from footprint.domain.ladder import Ladder
from footprint.domain.policy import Policy
from footprint.errors import Misused

Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class ProposedCalendar:
    """A calendar to adopt; what is None stays as it is.

    `closure_days` are days off beside the bank holidays and those that are off already;
    `open_days` take days off away. `renewed` asks for the bank holidays again, even where
    nothing else is to change.
    """

    name: str | None = None
    first: date | None = None
    last: date | None = None
    closure_days: tuple[date, ...] = ()
    open_days: tuple[date, ...] = ()
    renewed: bool = False

    @property
    def idle_days(self) -> list[date]:
        """Closure days at a weekend: they change nothing."""
        days = set(self.closure_days)
        return sorted(days - set(weekdays(days)))


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """All that is to be adopted at once.

    `ladders` are facts of `LadderAdopted` without a version and a day; `starts_on` is the day
    that they start, None for the day they are adopted. `rules` are `case_number`, `example` and
    `publish_threshold`, as far as they are given.
    """

    ladders: tuple[Mapping[str, Any], ...] = ()
    starts_on: date | None = None
    calendar: ProposedCalendar | None = None
    lists: Labels = field(default_factory=dict)
    aliases: Labels = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)


def proposal_of(tables: Mapping[str, Any]) -> Proposal:
    """The proposal that these tables are.

    Raises:
        Misused: a key is unknown or missing, or a value is of another kind; all are listed.
    """
    faults = list(_faults(dict(tables), _POLICY, ""))
    if faults:
        raise Misused(
            "That is not the form of a policy:",
            "For the form, print the one in force: footprint policy show --toml.",
            faults,
        )
    return Proposal(
        ladders=tuple(_ladder_facts(table) for table in tables.get("ladder", ())),
        calendar=_calendar(tables["calendar"]) if "calendar" in tables else None,
        lists=tables.get("vocabulary", {}),
        aliases=tables.get("aliases", {}),
        rules=tables.get("rules", {}),
    )


def _calendar(table: Mapping[str, Any]) -> ProposedCalendar:
    return ProposedCalendar(**{**table, "closure_days": tuple(table.get("closure_days", ()))})


def _ladder_facts(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ladder": table["ladder"],
        "services": tuple(dict.fromkeys(table["services"])),
        "stages": table["stage"],
        "total_days": table.get("total_days"),
    }


def tables_of(policy: Policy, on: date) -> dict[str, Any]:
    """The policy in force on a day, as the tables that propose it."""
    tables: dict[str, Any] = {
        "ladder": [_ladder_table(ladder) for ladder in policy.ladders_on(on).values()]
    }
    calendar = policy.calendar
    if calendar.version:
        tables["calendar"] = {
            "name": calendar.name, "first": calendar.first, "last": calendar.last,
        }  # fmt: skip
    tables["vocabulary"] = policy.lists
    tables["aliases"] = policy.aliases
    if policy.rules_version:
        tables["rules"] = {
            "case_number": policy.case_number,
            "publish_threshold": policy.publish_threshold,
        }
    return {name: table for name, table in tables.items() if table}


def _ladder_table(ladder: Ladder) -> dict[str, Any]:
    total = {} if ladder.total_days is None else {"total_days": ladder.total_days}
    return {
        "ladder": ladder.ladder,
        "services": list(ladder.services),
        **total,
        "stage": [dict(vars(stage)) for stage in ladder.stages],
    }


# --- the form -------------------------------------------------------------------------------


class _Table(NamedTuple):
    """The keys of a table, each with the kind of its value; `each` is the kind of any other."""

    needed: Mapping[str, Any] = {}
    optional: Mapping[str, Any] = {}
    each: Any = None


_STAGE = _Table({"stage": int, "label": str, "days": int, "counts": bool})
_LADDER = _Table({"ladder": str, "services": [str], "stage": [_STAGE]}, {"total_days": int})
_CALENDAR = _Table(optional={"name": str, "first": date, "last": date, "closure_days": [date]})
_LABELS = _Table(each=_Table(each=str))
_RULES = _Table(optional={"case_number": str, "example": str, "publish_threshold": int})
_POLICY = _Table(
    optional={
        "ladder": [_LADDER],
        "calendar": _CALENDAR,
        "vocabulary": _LABELS,
        "aliases": _LABELS,
        "rules": _RULES,
    }
)
_KINDS: Mapping[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    date: "a date, as 2027-04-01 without quotes",
}


def _faults(value: object, kind: Any, at: str) -> Iterator[str]:
    """Each place where a value is not of a kind: a type, a list of one kind, or a table."""
    if isinstance(kind, _Table):
        if isinstance(value, dict):
            yield from _table_faults(value, kind, at)
        else:
            yield f"{at} is not a table"
    elif isinstance(kind, list):
        if isinstance(value, list):
            for number, one in enumerate(value, 1):
                yield from _faults(one, kind[0], f"{at} {number}")
        else:
            yield f"{at} is not a list"
    elif type(value) is not kind:
        yield f"{at} is not {_KINDS[kind]}"


def _table_faults(table: Mapping[str, Any], kind: _Table, at: str) -> Iterator[str]:
    known = {**kind.needed, **kind.optional}
    inside = f"{at}: " if at else ""
    for key, value in table.items():
        wanted = known.get(key, kind.each)
        if wanted is None:
            yield f"{inside}{key!r} is not one of {', '.join(known)}"
        else:
            yield from _faults(value, wanted, f"{at}, {key}" if at else key)
    for key in sorted(kind.needed.keys() - table.keys()):
        yield f"{inside}{key} is missing"
