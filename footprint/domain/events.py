"""Every event of the stored format: its topic and its facts.

Facts only: they are stored in the clear and can be counted by anyone. What could identify or
hurt a child (the case number, free text, reasons, names, links between threads) is never a field
here; it is in the words of an entry, in the vault. `docs/format.md` is the published form of this
file, and settles the events that later commands will write as well.

A fact that is not known is `None` and left out of the stored form. The types used here are the
only ones that the format has: see `footprint.ledger.store.codec`.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from footprint.domain.record import Record


class Event(Record):
    """Base of all events. `topic` is the stored name; it never changes once written."""

    topic: ClassVar[str]


# --- the thread -----------------------------------------------------------------------------


class _Opening(Event):
    """What the first step of a thread settles for the whole of it."""

    service: str
    themes: tuple[str, ...]
    ladder: str
    ladder_version: int
    stage: int
    iro: str | None = None
    role: str | None = None
    team: str | None = None
    capacity: str = "iro"
    prompted_by: str | None = None
    proceedings: bool | None = None
    respond_by: date | None = None


class ChallengeRaised(_Opening):
    """A lower-level challenge: the thread begins at stage 0."""

    topic = "challenge.raised"


class AlertRaised(_Opening):
    """A formal alert: the thread begins at a stage above 0."""

    topic = "alert.raised"
    resolve_by: date | None = None


class ThreadAlerted(Event):
    """A challenge was raised to a formal alert."""

    topic = "thread.alerted"
    stage: int
    role: str | None = None
    respond_by: date | None = None
    resolve_by: date | None = None


class ThreadEscalated(Event):
    """Taken to a higher stage: the next, or further with the reason in the words."""

    topic = "thread.escalated"
    stage: int
    reason: str
    role: str | None = None
    respond_by: date | None = None
    resolve_by: date | None = None


class ResponseReceived(Event):
    """An answer to the step at `stage`. `action_by` is the day an action was promised for."""

    topic = "response.received"
    stage: int
    response: str
    role: str | None = None
    action_by: date | None = None


class ThreadClosed(Event):
    """Closed by the IRO, or by a manager with a reason. `basis`: what was done, or agreed."""

    topic = "thread.closed"
    closure: str
    basis: str | None = None
    by: str = "iro"


class ThreadReopened(Event):
    """The same concern failed again. Its clocks resume as if they had never stopped."""

    topic = "thread.reopened"


class NoteAdded(Event):
    """A note. `privileged` marks legal advice, left out of bundles unless asked for."""

    topic = "note.added"
    privileged: bool | None = None


class CafcassRecorded(Event):
    """A step towards Cafcass (Children Act 1989, s25B(3)): possible at any point, alongside."""

    topic = "cafcass.recorded"
    step: str


class ImpactRecorded(Event):
    """What is different for the child. Often known weeks later, and it may be nothing."""

    topic = "impact.recorded"
    impact: str


class PartyTold(Event):
    """The child, or somebody beside the child, was told. Their view is in the words."""

    topic = "party.told"
    party: str


class ThreadFiled(Event):
    """Put on the child's own record."""

    topic = "thread.filed"


class ThreadHandedOver(Event):
    """Another IRO has the thread from now on."""

    topic = "thread.handed-over"
    iro: str


class DocumentAttached(Event):
    """A document that stays elsewhere: its digest, title, size and type are in the words."""

    topic = "document.attached"
    privileged: bool | None = None


# --- putting things right -------------------------------------------------------------------


class EntryCorrected(Event):
    """New facts, new words, or both, for the entry at position `corrects` of the same thread.

    `facts` maps the names of stored facts (and `occurred_on`, `source`) to their new stored
    values; null takes a fact away. New words and the reason are in this entry's own words.
    """

    topic = "entry.corrected"
    corrects: int
    facts: dict[str, Any]


class RedactionRequested(Event):
    """Someone asked for the words at these positions of the thread to be removed for good."""

    topic = "redaction.requested"
    positions: tuple[int, ...]
    basis: str


class EntryRedacted(Event):
    """The words at these positions were removed. It has no words of its own.

    `requested` is the position of the request, made by another actor.
    """

    topic = "entry.redacted"
    positions: tuple[int, ...]
    basis: str
    requested: int


# --- the policy -----------------------------------------------------------------------------


class LadderAdopted(Event):
    """A ladder: stages as objects of `stage`, `label`, `days`, `counts`, lowest first."""

    topic = "policy.ladder-adopted"
    ladder: str
    version: int
    starts_on: date
    services: tuple[str, ...]
    stages: list[dict[str, Any]]
    total_days: int | None = None


class CalendarAdopted(Event):
    """The days off on weekdays between `first` and `last`, and where they were taken from."""

    topic = "policy.calendar-adopted"
    calendar: str
    version: int
    starts_on: date
    first: date
    last: date
    off: tuple[date, ...]
    taken_from: str


class VocabularyAdopted(Event):
    """The authority's lists: list name → code → label. `aliases`: list name → word → code."""

    topic = "policy.vocabulary-adopted"
    version: int
    starts_on: date
    lists: dict[str, dict[str, str]]
    aliases: dict[str, dict[str, str]] | None = None


class RulesAdopted(Event):
    """`case_number`: the pattern (Python `re`, matched whole) that a local case number has.

    `publish_threshold`: counts below it are not published.
    """

    topic = "policy.rules-adopted"
    version: int
    starts_on: date
    case_number: str
    publish_threshold: int


# --- the ledger itself ----------------------------------------------------------------------


class LedgerOpened(Event):
    """Always the first entry. `key` is the signer's verifier key (C2SP signed-note vkey)."""

    topic = "ledger.opened"
    authority: str
    origin: str
    key: str


class LedgerRestored(Event):
    """A loss was accepted: the last signed tree had `size` and `root` (hex), `left` remain."""

    topic = "ledger.restored"
    size: int
    root: str
    left: int


class LedgerMoved(Event):
    """The ledger goes on elsewhere; this copy takes no more entries."""

    topic = "ledger.moved"
    engine: str


class SignerChanged(Event):
    """Another key signs from now on.

    `endorsement`: base64 of the old key's Ed25519 signature, where that key still exists, over the
    lines `footprint/signer-changed/v1`, origin, size and base64 root of the tree before this entry,
    and key.
    """

    topic = "signer.changed"
    key: str
    endorsement: str | None = None


class ReportIssued(Event):
    """A report was given out: its kind and period, as known at `position`; `digest` is hex."""

    topic = "report.issued"
    report: str
    period: str
    position: int
    digest: str


TOPICS: dict[str, type[Event]] = {
    cls.topic: cls
    for cls in (
        ChallengeRaised, AlertRaised, ThreadAlerted, ThreadEscalated, ResponseReceived,
        ThreadClosed, ThreadReopened, NoteAdded, CafcassRecorded, ImpactRecorded, PartyTold,
        ThreadFiled, ThreadHandedOver, DocumentAttached,
        EntryCorrected, RedactionRequested, EntryRedacted,
        LadderAdopted, CalendarAdopted, VocabularyAdopted, RulesAdopted,
        LedgerOpened, LedgerRestored, LedgerMoved, SignerChanged, ReportIssued,
    )
}  # fmt: skip
"""The closed registry: a topic that is not here is never looked up anywhere else."""
