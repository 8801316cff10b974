"""The moves that are legal at any time, beside the steps: they start and stop no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from footprint.domain import events as ev
from footprint.domain.asks import (
    AddNote,
    Attach,
    File,
    HandOver,
    RecordCafcass,
    RecordImpact,
    Tell,
)
from footprint.domain.entry import Move, Words
from footprint.domain.moves.checks import check_iro, needs_text, short
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.domain.vocabulary import VIEWS
from footprint.errors import Refused


def note(_thread: Thread, ask: AddNote, _policy: Policy) -> ev.Event:
    needs_text(ask)
    return ev.NoteAdded(privileged=ask.privileged or None)


_DOCUMENT = {
    "title": r"(?s).*\S.*",
    "sha256": "[0-9a-f]{64}",
    "size": "[1-9][0-9]{0,17}",
    "type": r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*",
}
"""What is kept of a document, and the form that it has."""


def attach(_thread: Thread, ask: Attach, _policy: Policy) -> ev.Event:
    for name, form in _DOCUMENT.items():
        if not re.fullmatch(form, ask.words.get(name, "")):
            raise Refused(
                f"The {name} of a document cannot be {ask.words.get(name, '')!r}.",
                "Attach the file itself: footprint attach REF FILE.",
            )
    return ev.DocumentAttached(privileged=ask.privileged or None)


def check_not_attached(ask: Attach, words: Mapping[int, Words], others: Sequence[Move]) -> None:
    """Refuse a document that the thread has already, by its digest as it now stands.

    Args:
        ask: the document.
        words: those of the thread by position.
        others: what is to be recorded together with it.
    """
    for position, said in words.items():
        if said.get("sha256") == ask.words.get("sha256"):
            raise Refused(
                f"Entry {position} is of that very document.",
                "Nothing has to be recorded. See: footprint attach --check FILE.",
            )
    if any(move.words.get("sha256") == ask.words.get("sha256") for move in others):
        raise Refused("It is the very document that is attached with it.", "Attach it once.")


def impact(_thread: Thread, ask: RecordImpact, policy: Policy) -> ev.Event:
    needs_text(ask)
    return ev.ImpactRecorded(impact=policy.code("impacts", ask.impact))


def cafcass(_thread: Thread, ask: RecordCafcass, policy: Policy) -> ev.Event:
    """Possible at any point, also alongside (IRO Handbook 2010, chapter 6)."""
    return ev.CafcassRecorded(step=policy.code("cafcass", ask.step))


def tell(_thread: Thread, ask: Tell, policy: Policy) -> ev.Event:
    view = ask.words.get("view")
    if view is not None and policy.code("views", view) != view:
        raise Refused(f"A view is written {', '.join(VIEWS)}; not {view!r}.", "Mend --view.")
    return ev.PartyTold(party=policy.code("parties", ask.party))


def file(_thread: Thread, _ask: File, _policy: Policy) -> ev.Event:
    return ev.ThreadFiled()


def hand_over(thread: Thread, ask: HandOver, _policy: Policy) -> ev.Event:
    iro = check_iro(ask.iro)
    if iro == thread.iro:
        raise Refused(
            f"{short(thread)} is {iro}'s already.",
            "Name the IRO who has it from now on with --iro.",
        )
    return ev.ThreadHandedOver(iro=iro)
