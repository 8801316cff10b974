"""What a person asks for: one frozen value a move, before it is decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from footprint.domain.record import NOTHING, Record


class Ask(Record):
    """What every move says: the day it happened (None: not known), its source, its words.

    `words` are the texts for the vault by name; `text` is what was said or done.
    """

    on: date | None
    source: str = "at-the-time"
    words: Mapping[str, str] = NOTHING


class Raise(Ask):
    """A new thread: `formal` for an alert. A `stage` above the first formal one needs `why`."""

    child: str
    service: str
    themes: tuple[str, ...]
    role: str | None
    iro: str | None
    formal: bool
    stage: int | None = None
    team: str | None = None
    capacity: str = "iro"
    prompted_by: str | None = None
    proceedings: bool | None = None
    respond_by: date | None = None


class RaiseToAlert(Ask):
    """An existing challenge becomes a formal alert."""

    role: str | None
    stage: int | None = None
    respond_by: date | None = None


class Escalate(Ask):
    """On to the next stage, or to `stage` by a skip with `why` in the words."""

    role: str | None
    reason: str
    stage: int | None = None
    respond_by: date | None = None


class Respond(Ask):
    """An answer, to the current step or to the one at `stage`."""

    response: str
    role: str | None
    stage: int | None = None
    action_by: date | None = None


class Close(Ask):
    """Close, by the IRO, or by a manager with `why` in the words."""

    closure: str
    basis: str | None = None
    by: str = "iro"


class Reopen(Ask):
    """The same concern failed again after it was closed."""


class AddNote(Ask):
    """A note on the thread, at any time. Legal advice is `privileged`."""

    privileged: bool = False


class Attach(Ask):
    """A document, at any time; it stays where it is kept.

    `words` has its `title`, `sha256` (hex), `size` (bytes, in decimal) and `type` (RFC 6838).
    """

    privileged: bool = False


class RecordImpact(Ask):
    """What is different for the child, at any time."""

    impact: str


class RecordCafcass(Ask):
    """A step towards Cafcass, at any time: having considered it is one."""

    step: str


class Tell(Ask):
    """Somebody was told, at any time; their `view` is in the words."""

    party: str


class File(Ask):
    """Put on the child's own record, at any time."""


class HandOver(Ask):
    """Another IRO has the thread from now on."""

    iro: str


class Correct(Ask):
    """New facts or words for the entry at a position of the thread.

    `facts` are by the names that the entry's own ask has, and `on` and `source`; None where it is
    not known. `words` has the `reason`, and each new text under its name behind `new.`. A due date
    moves with what it was counted from, unless `keep_due`. A correction can be taken back whole.
    """

    entry: int
    facts: Mapping[str, Any] = NOTHING
    keep_due: bool = False
    take_back: bool = False


class AskRedaction(Ask):
    """The words at these positions, or with none all of the thread's, are to be removed for good.

    `basis` is one of the vocabulary's. `words` has `why`, and `right_child` where the thread is to
    go on under that case number, its words entered again.
    """

    positions: tuple[int, ...]
    basis: str


class ApproveRedaction(Ask):
    """What the request at a position asked for is to be done; with None, the only one open."""

    request: int | None = None


PuttingRight = Correct | AskRedaction | ApproveRedaction
READS_WORDS = (Correct, AskRedaction, ApproveRedaction, Attach)
"""What is decided on the strength of what the entries said, in their own words."""
