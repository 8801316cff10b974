"""What a person asks for: one frozen value a move, before it is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What every move says: the day it happened (None: not known), its source, its words.

    `words` are the texts for the vault by name; `text` is what was said or done.
    """

    on: date | None
    source: str = "at-the-time"
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class RaiseToAlert(Ask):
    """An existing challenge becomes a formal alert."""

    role: str | None
    stage: int | None = None
    respond_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class Escalate(Ask):
    """On to the next stage, or to `stage` by a skip with `why` in the words."""

    role: str | None
    reason: str
    stage: int | None = None
    respond_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class Respond(Ask):
    """An answer, to the current step or to the one at `stage`."""

    response: str
    role: str | None
    stage: int | None = None
    action_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class Close(Ask):
    """Close, by the IRO, or by a manager with `why` in the words."""

    closure: str
    basis: str | None = None
    by: str = "iro"


@dataclass(frozen=True, kw_only=True)
class AddNote(Ask):
    """A note on the thread, at any time."""


@dataclass(frozen=True, kw_only=True)
class RecordImpact(Ask):
    """What is different for the child, at any time."""

    impact: str
