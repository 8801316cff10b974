"""The reading copy of a thread: the same telling as plain text and as one page of HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from footprint.domain.days import spelt
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.evidence.gathering import Evidence
from footprint.evidence.statement import PROCEEDINGS
from footprint.proof.lines import encode64
from footprint_cli.page import ToldThread, rendered, told_thread
from footprint_cli.telling import (
    Gone,
    text_lines,
)
from footprint_cli.text import visible

_INDENT = "    "
_NOTICE = (
    "This copy is for reading. Nothing proves it: what the bundle proves is what its verifier"
    " shows. See statement.txt."
)


class ReadingCopy(NamedTuple):
    """A thread to be read, in texts that are safe to show."""

    ref: str
    known_on: str
    notice: str
    proceedings: str
    thread: ToldThread
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
    gone, words = gone_from(evidence), evidence.words.values()
    child = next((said["child"] for said in words if "child" in said), "not given here")
    return ReadingCopy(
        ref=evidence.ref,
        known_on=f"As it is known on {spelt(day)}",
        notice=_NOTICE,
        proceedings=" ".join(PROCEEDINGS.split()) if evidence.proceedings else "",
        thread=told_thread(evidence.entries, evidence.words, thread, policy, day, gone, child),
        footer=_footer(evidence, command),
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
    yield from (copy.thread.title, copy.known_on, "", copy.notice, "")
    if copy.proceedings:
        yield from (copy.proceedings, "")
    yield from (f"{name:<10} {value}" for name, value in copy.thread.standing)
    for one in copy.thread.tellings:
        yield from ("", *([f"{_INDENT}{one.since}", ""] if one.since else []))
        yield f"{one.day}: {one.what}"
        yield from (_INDENT + line for line in [one.gone] if line)
        for label, text in one.words:
            yield from text_lines(label or "text", text)
        yield from (_INDENT + line for line in (*one.due, *one.put_right, one.recorded))
    yield from ("", *copy.footer)


def as_html(copy: ReadingCopy) -> str:
    """As one page that needs nothing else: no script, no network, and prints."""
    return rendered("reading-copy.html", copy=copy)
