"""The reading copy of a thread: the same telling as plain text and as one page of HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from footprint.domain.corrections import CORRECTED
from footprint.domain.days import spelt
from footprint.domain.entry import Entry, Words
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.evidence.gathering import Evidence
from footprint.evidence.statement import PROCEEDINGS
from footprint.projections import history
from footprint.projections.history import Happening
from footprint.proof.lines import encode64
from footprint_cli.screen.pages import page
from footprint_cli.screen.text import visible
from footprint_cli.thread.standing import facts_of, headline
from footprint_cli.thread.story import told as told_event
from footprint_cli.thread.telling import (
    Gone,
    days,
    is_gone,
    known_words,
    label_of,
    outcome,
    put_right,
    recorded,
    text_lines,
    when,
)

_INDENT = "    "
_NOTICE = (
    "This copy is for reading. Nothing proves it: what the bundle proves is what its verifier"
    " shows. See statement.txt."
)


class GivenOut(Protocol):
    """What is given out of a thread: its entries, and those of their words that go with them."""

    @property
    def ref(self) -> str: ...
    @property
    def proceedings(self) -> bool: ...
    @property
    def entries(self) -> list[Entry]: ...
    @property
    def words(self) -> Mapping[int, Words]: ...


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


class Told(NamedTuple):
    """One thread to be read, in texts that are safe to show."""

    ref: str
    title: str
    proceedings: str
    standing: Sequence[tuple[str, str]]
    tellings: Sequence[Telling]


class ReadingCopy(NamedTuple):
    """A thread to be read, and what this copy of it is."""

    told: Told
    known_on: str
    notice: str
    footer: Sequence[str]


def reading_copy(
    evidence: Evidence, thread: Thread, policy: Policy, day: date, command: str
) -> ReadingCopy:
    """The copy of what is given out of a thread, as it is known on a day.

    Args:
        evidence: what is given out.
        thread: as its entries make it.
        policy: for its labels, ladders and calendar.
        day: the day that it is told on.
        command: what made it.
    """
    return ReadingCopy(
        told=told_thread(evidence, thread, policy, day, gone_from(evidence)),
        known_on=f"As it is known on {spelt(day)}",
        notice=_NOTICE,
        footer=_footer(evidence, command),
    )


def told_thread(given: GivenOut, thread: Thread, policy: Policy, day: date, gone: Gone) -> Told:
    """What is given out of a thread, as it is known on a day.

    `gone` is what is said of words that are not given out.
    """
    words = given.words
    child = next((said["child"] for said in words.values() if "child" in said), "not given here")
    return Told(
        ref=given.ref,
        title=headline(thread, policy, day),
        proceedings=" ".join(PROCEEDINGS.split()) if given.proceedings else "",
        standing=[
            (name, visible(value)) for name, value in facts_of(thread, child, policy, day) if value
        ],
        tellings=[
            _telling(one, words, policy, day, gone)
            for one in history.read(given.entries, policy, day)
            if one.entry.topic != CORRECTED
        ],
    )


def gone_from(evidence: Evidence) -> Gone:
    """Why the words of an entry are not given out."""

    def gone(position: int) -> str:
        if position in evidence.redacted:
            return "removed from the ledger"
        if position in evidence.legal_advice:
            return "left out: legal advice"
        return "not given here"

    return gone


def _telling(
    one: Happening, words: Mapping[int, Words], policy: Policy, day: date, gone: Gone
) -> Telling:
    said = known_words(one, words)
    return Telling(
        position=one.entry.position,
        day=when(one.entry.occurred_on),
        since=f"{days(one.since)} later" if one.since else "",
        what=visible(told_event(one.entry.event, policy)),
        gone=f"(words {gone(one.entry.position)})" if is_gone(one, words) else "",
        words=[(label_of(name), visible(text, lines=True)) for name, text in said.items()],
        due=[outcome(due, day) for due in one.due],
        put_right=list(put_right(one, words, policy, gone, lines=True)),
        recorded=recorded(one.entry, policy),
    )


def _footer(evidence: Evidence, command: str) -> list[str]:
    tree, first, last = evidence.note.checkpoint, evidence.entries[0], evidence.entries[-1]
    span = f"Entries {first.position} to {last.position}"
    return [
        f"{span} of the ledger {visible(evidence.origin)}.",
        f"Checkpoint: {tree.size} entries, root {encode64(tree.root)}.",
        f"Made with: {visible(command)}",
    ]


# --- in two forms -----------------------------------------------------------------------------


def as_text(copy: ReadingCopy) -> str:
    """As plain text, which needs no program but an editor."""
    return "\n".join([*_text_lines(copy), ""])


def _text_lines(copy: ReadingCopy) -> Iterator[str]:
    told = copy.told
    yield from (told.title, copy.known_on, "", copy.notice, "")
    if told.proceedings:
        yield from (told.proceedings, "")
    yield from (f"{name:<10} {value}" for name, value in told.standing)
    for one in told.tellings:
        yield from ("", *([f"{_INDENT}{one.since}", ""] if one.since else []))
        yield f"{one.day}: {one.what}"
        yield from (_INDENT + line for line in [one.gone] if line)
        for label, text in one.words:
            yield from text_lines(label or "text", text)
        for text in (*one.due, *one.put_right, one.recorded):
            yield from (_INDENT + line for line in text.split("\n"))
    yield from ("", *copy.footer)


def as_html(copy: ReadingCopy) -> str:
    """As one page."""
    return page("reading-copy.html", copy=copy)
