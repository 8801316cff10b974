"""Threads as pages: the same telling as on a screen, in texts that are safe to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from footprint.domain.corrections import CORRECTED
from footprint.domain.entry import Entry, Words
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.thread import Thread
from footprint.projections import history
from footprint.projections.history import Happening
from footprint_cli.standing import facts_of, headline
from footprint_cli.story import told
from footprint_cli.telling import (
    Gone,
    days,
    is_gone,
    known_words,
    outcome,
    put_right,
    recorded,
    when,
)
from footprint_cli.text import visible


class Telling(NamedTuple):
    """One thing that happened, in texts that are safe to show. `words` are by their labels."""

    position: int
    day: str
    since: str
    what: str
    gone: str
    words: Sequence[tuple[str, str]]
    due: Sequence[str]
    put_right: Sequence[str]
    recorded: str


class ToldThread(NamedTuple):
    """A thread: what it is, how it stands, and what happened."""

    ref: str
    title: str
    standing: Sequence[tuple[str, str]]
    tellings: Sequence[Telling]


def told_thread(
    entries: Sequence[Entry],
    words: Mapping[int, Words],
    thread: Thread,
    policy: Policy,
    day: date,
    gone: Gone,
    child: str,
) -> ToldThread:
    """A thread as it is known on a day.

    Args:
        entries: those of the thread.
        words: those that are given out, by position.
        thread: as its entries make it.
        policy: for its labels, ladders and calendar.
        day: the day that it is told on.
        gone: what is said of words that are not among these.
        child: the case number, or what is said in its place.
    """
    facts = facts_of(thread, child, policy, day)
    return ToldThread(
        ref=shown(thread.ref),
        title=headline(thread, policy, day),
        standing=[(name, visible(value)) for name, value in facts if value],
        tellings=[
            _telling(one, words, policy, day, gone)
            for one in history.read(entries, policy, day)
            if one.entry.topic != CORRECTED
        ],
    )


def _telling(
    one: Happening, words: Mapping[int, Words], policy: Policy, day: date, gone: Gone
) -> Telling:
    said = known_words(one, words)
    return Telling(
        position=one.entry.position,
        day=when(one.entry.occurred_on),
        since=f"{days(one.since)} later" if one.since else "",
        what=visible(told(one.entry.event, policy)),
        gone=f"(words {gone(one.entry.position)})" if is_gone(one, words) else "",
        words=[(_label(name), visible(text, lines=True)) for name, text in said.items()],
        due=[outcome(due, day) for due in one.due],
        put_right=list(put_right(one, words, policy, gone)),
        recorded=recorded(one.entry, policy),
    )


def _label(name: str) -> str:
    return "" if name == "text" else visible(name.replace("_", " "))


def rendered(template: str, **values: object) -> str:
    """A page that needs nothing else: no script, no network, and prints. All is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("footprint_cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template(template).render(**values)
