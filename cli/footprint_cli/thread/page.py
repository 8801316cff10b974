"""The page of one thread: a timeline to look at, and the telling, which has its figures."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from footprint.domain.corrections import corrected_entries
from footprint.domain.days import spelt
from footprint.domain.entry import Entry, Words
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.siblings import without_siblings
from footprint.domain.thread import Thread
from footprint.projections import history
from footprint.proof.lines import encode64
from footprint_cli.screen.pages import page
from footprint_cli.screen.text import visible
from footprint_cli.thread.readingcopy import told_thread
from footprint_cli.thread.telling import Gone
from footprint_cli.thread.timeline import timeline

_WITHOUT = (
    "Without the child's case number and without words, since a page goes on to others;"
    " --with-words gives both."
)
_WITH = (
    "It holds the case number and words, in the clear: keep it as you keep the child's own file."
    " Words that are legal advice are left out, and which threads of other children began with it."
)


class Looked(NamedTuple):
    """A thread as it was known at a position, and which of its words are given.

    Args:
        thread: as its entries make it.
        entries: those that it had by then.
        words: those that are given, by position.
        policy: the one in force by then.
        day: the day that it is told on.
        gone: what is said of words that are not given.
    """

    thread: Thread
    entries: list[Entry]
    words: Mapping[int, Words]
    policy: Policy
    day: date
    gone: Gone

    @property
    def ref(self) -> str:
        return shown(self.thread.ref)

    @property
    def proceedings(self) -> bool:
        """Whether there are court proceedings, as far as the thread says."""
        known = corrected_entries(self.entries)
        return any(getattr(entry.event, "proceedings", None) for entry in known)


class Source(NamedTuple):
    """The ledger that a page is made from: whose, up to which position, and its root there."""

    authority: str
    origin: str
    position: int
    root: bytes


def as_html(looked: Looked, source: Source, *, with_words: bool) -> str:
    """All of it as one page."""
    _, entries, _, policy, day, _ = looked
    happened = history.read(entries, policy, day)
    given = _of_one_child(looked)
    return page(
        "timeline.html",
        chart=timeline(looked.thread, happened, policy, day),
        told=told_thread(given, looked.thread, policy, day, given.gone),
        known_on=f"As it is known on {spelt(day)}",
        notice=_WITH if with_words else _WITHOUT,
        footer=list(_footer(looked, source, with_words=with_words)),
    )


def _of_one_child(looked: Looked) -> Looked:
    """The same without the threads of other children that began with it."""
    words = {at: without_siblings(said) for at, said in looked.words.items()}

    def gone(position: int) -> str:
        return "left out: other children" if position in words else looked.gone(position)

    return looked._replace(words=words, gone=gone)


def command(looked: Looked, position: int, *, with_words: bool) -> Sequence[str]:
    """What makes the same page again, however much has been recorded since."""
    asked = ["--with-words"] if with_words else []
    at = ["--at-entry", str(position), "--day", looked.day.isoformat()]
    return ["footprint", "replay", looked.ref, "--html", *at, *asked]


def _footer(looked: Looked, source: Source, *, with_words: bool) -> Iterator[str]:
    calendar = looked.policy.calendar
    yield (
        f"Ledger of {visible(source.authority)}: {visible(source.origin)}, up to entry"
        f" {source.position}, root {encode64(source.root)}."
    )
    yield f"Working days by the calendar {visible(calendar.name)}, version {calendar.version}."
    yield f"Made with: {shlex.join(command(looked, source.position, with_words=with_words))}"
