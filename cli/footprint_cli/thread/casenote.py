"""The case note: what an IRO pastes into the child's own file.

The IRO Handbook (2010), chapter 6, asks that informal challenge be put on the child's file. Who,
when, what, to whom, what was answered, what changed. Legal advice is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from footprint.domain.corrections import CORRECTED
from footprint.domain.days import spelt
from footprint.domain.entry import Words
from footprint.domain.events import (
    EntryRedacted,
    RedactionRequested,
    ThreadFiled,
    ThreadHandedOver,
)
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.siblings import without_siblings
from footprint.domain.thread import Thread
from footprint.intake.origin import said_itself
from footprint.projections.history import Happening
from footprint_cli.screen.text import visible
from footprint_cli.thread.standing import how_it_stands
from footprint_cli.thread.story import told
from footprint_cli.thread.telling import known_words, outcome, text_lines, when

_LEFT_OUT = (ThreadFiled, ThreadHandedOver, RedactionRequested, EntryRedacted)
"""What is about the record, and not about the child."""
_INDENT = "  "


def case_note(
    thread: Thread,
    child: str,
    happened: Sequence[Happening],
    words: Mapping[int, Words],
    policy: Policy,
    day: date,
) -> list[str]:
    """The lines of the note, without its receipt."""
    return [*_about(thread, child, policy, day), "", *_told(happened, words, policy, day), ""]


def _about(thread: Thread, child: str, policy: Policy, day: date) -> Iterator[str]:
    yield f"Challenge by the Independent Reviewing Officer, {shown(thread.ref)}"
    yield f"As it stands on {spelt(day)}"
    _, *lines = how_it_stands(thread, child, policy, day)
    yield from map(visible, lines)


def _told(
    happened: Sequence[Happening], words: Mapping[int, Words], policy: Policy, day: date
) -> Iterator[str]:
    privileged = 0
    for happening in happened:
        event: Any = happening.entry.event
        if happening.entry.topic == CORRECTED or isinstance(event, _LEFT_OUT):
            continue
        if getattr(event, "privileged", None):
            privileged += 1
            continue
        yield f"{when(happening.entry.occurred_on)}: {visible(told(event, policy))}"
        known = without_siblings(known_words(happening, words))
        for name, text in said_itself(known).items():
            yield from text_lines(name, text, _INDENT)
        yield from (_INDENT + outcome(due, day) for due in happening.due)
    if privileged:
        yield f"({privileged} note{'s' if privileged > 1 else ''} of legal advice left out)"
