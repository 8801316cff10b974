"""Hypothesis strategies, and the small worlds that tests live in, in one place.

`text()` is what a person can type or paste; `events(cls)` reads the fields of an event class, so
a new event is covered on the day it is added; `policy()` is what a new ledger adopts, with the
bank holidays of England worked out here and not by the package that the project uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from footprint.domain.adoption import first_policy
from footprint.domain.entry import Entry, Move
from footprint.domain.events import TOPICS, Event
from footprint.domain.policy import Policy, policy_of
from footprint.domain.reference import stream_name

# --- what a person can type -----------------------------------------------------------------

HARD_TEXTS = (
    "",
    "   ",
    "[bold]x[/]",
    "[/]",
    ":smile:",
    "\U0001f468\u200d\U0001f469\u200d\U0001f466",  # one family of three, joined without width
    "\x1b[31mred\x1b[0m",
    "\x00\x07\x7f\x9b",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u202egnp.exe\u202c\u2066x\u2069",  # bidi overrides and isolates
    "e\u0301\u0327",  # combining marks
    "\u200b\u2060\ufeff",  # no width at all
    "one\ntwo\r\nthree\u2028four\x0bfive",
    "=SUM(A1:A9)",
    "@cmd",
    "-1+1",
    '"quoted" \\ and <tags> & {{ braces }} %s {0}',
    "\ue000\uffff\U0010ffff",
    "\u0130\u00df\ufb01",  # case changes their length
    "long " * 4_000,
)
"""Texts that break displays, spreadsheets, templates, terminals and lengths."""


def text(**sizes: int) -> st.SearchStrategy[str]:
    """Any text that a person can type or paste; no lone surrogates."""
    anything = st.text(st.characters(exclude_categories=["Cs"]), **sizes)
    hard = [t for t in HARD_TEXTS if sizes.get("min_size", 0) <= len(t)]
    return anything | st.sampled_from(hard)


def says_something(typed: str) -> bool:
    """Whether there is a character in it that a person would see."""
    return any(char.isprintable() and not char.isspace() for char in typed)


def codes() -> st.SearchStrategy[str]:
    """Words that serve as codes and keys."""
    return st.text("abcxyz-XYZ019\u00e9\u05d0", min_size=1, max_size=6)


def dates() -> st.SearchStrategy[date]:
    """Days that a thread may move on, inside the calendar of `policy()`."""
    return st.dates(date(2010, 4, 1), date(2029, 12, 31))


# --- events and entries ---------------------------------------------------------------------

_COUNTS = st.integers(0, 2**53 - 1)
_PLAIN = st.none() | st.booleans() | _COUNTS | text()
_STAGE = st.fixed_dictionaries(
    {"stage": st.integers(0, 9), "label": text(), "days": _COUNTS, "counts": st.booleans()}
)
_LISTS = st.dictionaries(codes(), st.dictionaries(codes(), text(), max_size=3), max_size=3)

_BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "str": text(),
    "int": _COUNTS,
    "bool": st.booleans(),
    "date": st.dates(),
    "tuple[str, ...]": st.lists(text(), max_size=3).map(tuple),
    "tuple[int, ...]": st.lists(_COUNTS, max_size=3).map(tuple),
    "tuple[date, ...]": st.lists(st.dates(), max_size=3).map(tuple),
    "list[dict[str, Any]]": st.lists(_STAGE, max_size=3),
    "dict[str, Any]": st.dictionaries(codes(), _PLAIN | st.lists(text(), max_size=2), max_size=3),
    "dict[str, dict[str, str]]": _LISTS,
}


def optional_facts(cls: type[Event]) -> dict[str, Any]:
    """The facts that an event may leave out, with what is then understood."""
    return dict(cls.defaults)


def _fact(kind: str) -> st.SearchStrategy[Any]:
    known = _BY_TYPE[kind.removesuffix(" | None")]
    return st.none() | known if kind.endswith(" | None") else known


def events(cls: type[Event]) -> st.SearchStrategy[Event]:
    """Events of one class, each optional fact sometimes left out."""
    return st.builds(cls, **{name: _fact(kind) for name, kind in cls.kinds.items()})


def recorded_ats() -> st.SearchStrategy[str]:
    """Recorded times: UTC, microseconds, `Z`."""
    return st.datetimes().map(lambda at: at.isoformat(timespec="microseconds") + "Z")


def entries(cls: type[Event] | None = None) -> st.SearchStrategy[Entry]:
    """Whole entries, of one event class or of any."""
    any_event = st.sampled_from(sorted(TOPICS)).flatmap(lambda topic: events(TOPICS[topic]))
    digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
    return st.builds(
        Entry,
        position=st.integers(1, 10**7),
        stream=st.integers(1, 10**7 - 1).map(stream_name) | st.sampled_from(["policy", "ledger"]),
        version=st.integers(1, 10**5),
        event_id=st.uuids().map(str),
        command_id=st.uuids().map(str),
        recorded_at=recorded_ats(),
        occurred_on=st.none() | st.dates(),
        actor=text(),
        source=st.sampled_from(["at-the-time", "transcribed", "recalled"]),
        event=any_event if cls is None else events(cls),
        clock=st.none() | recorded_ats(),
        words=st.none() | digests,
    )


def recorded(
    move: Move, *, version: int = 1, stream: str = "CH-0000001", at: date | None = None
) -> Entry:
    """The entry that a move becomes, without a ledger: recorded at noon, on its day or on `at`."""
    day = at or move.occurred_on or date(2029, 12, 31)
    return Entry(
        position=version,
        stream=stream,
        version=version,
        event_id=f"00000000-0000-7000-8000-{version:012}",
        command_id=f"00000000-0000-7000-9000-{version:012}",
        recorded_at=f"{day}T12:00:00.000000Z",
        occurred_on=move.occurred_on,
        actor="tester",
        source=move.source,
        event=move.event,
    )


# --- England --------------------------------------------------------------------------------

MOVED = {
    date(2012, 5, 28): date(2012, 6, 4),
    date(2020, 5, 4): date(2020, 5, 8),
    date(2022, 5, 30): date(2022, 6, 2),
}
PROCLAIMED = {
    date(2011, 4, 29),
    date(2012, 6, 5),
    date(2022, 6, 3),
    date(2022, 9, 19),
    date(2023, 5, 8),
}


def easter(year: int) -> date:
    """Easter Sunday, by the rule of Meeus for the Gregorian calendar."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + ell - 7 * ((a + 11 * h + 22 * ell) // 451) + 114, 31)
    return date(year, month, day + 1)


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


@cache
def england(first: int = 2010, last: int = 2029) -> frozenset[date]:
    """The bank holidays of England on weekdays, in the years from `first` to `last`."""
    days = set(PROCLAIMED)
    for year in range(first, last + 1):
        days |= {easter(year) - timedelta(days=2), easter(year) + timedelta(days=1)}
        mondays = [date(year, 5, 1), date(year, 5, 25), date(year, 8, 25)]
        days |= {MOVED.get(day, day) for day in map(_monday_from, mondays)}
        for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
            substitute = fixed
            while substitute.weekday() > 4 or substitute in days:
                substitute += timedelta(days=1)
            days.add(substitute)
    return frozenset(days)


# --- the policy -----------------------------------------------------------------------------

ADOPTED_ON = date(2027, 1, 4)


def policy_entries(moves: Iterable[Move] = ()) -> list[Entry]:
    """The policy's stream: what a new ledger adopts, then what the given moves adopt."""
    first = first_policy(ADOPTED_ON, england(), "worked out in the tests", teams=["Harbour Team"])
    return [
        recorded(move, version=version, stream="policy")
        for version, move in enumerate([*first, *moves], start=1)
    ]


@cache
def policy() -> Policy:
    """What a new ledger adopts, with a calendar from April 2010 to the end of 2029."""
    return policy_of(policy_entries())
