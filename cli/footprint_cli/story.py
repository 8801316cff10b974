"""Events in plain English: one sentence an event type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from footprint.domain import events as ev
from footprint.domain.days import spelt
from footprint.domain.policy import Policy


def told(event: ev.Event, policy: Policy) -> str:
    """What an event says, in a few words, with the labels of the policy."""
    return _TELL[type(event)](event, policy)


def _opening(what: str) -> Callable[[Any, Policy], str]:
    def tell(e: Any, policy: Policy) -> str:
        themes = ", ".join(policy.label("themes", theme) for theme in e.themes)
        service = policy.label("services", e.service)
        team = policy.label("teams", e.team)
        team = f", {team}" if team and team != service else ""
        return f"{what} at stage {e.stage} with {_role(e, policy)}, {service}{team}: {themes}"

    return tell


def _role(e: Any, policy: Policy) -> str:
    return f"the {policy.label('roles', e.role)}" if e.role else "somebody whose role is not known"


def _alerted(e: ev.ThreadAlerted, policy: Policy) -> str:
    return f"raised to a formal alert with {_role(e, policy)}, stage {e.stage}"


def _escalated(e: ev.ThreadEscalated, policy: Policy) -> str:
    reason = policy.label("reasons", e.reason)
    return f"escalated to {_role(e, policy)}, stage {e.stage} ({reason})"


def _answered(e: ev.ResponseReceived, policy: Policy) -> str:
    promised = f", action promised by {spelt(e.action_by)}" if e.action_by else ""
    response = policy.label("responses", e.response)
    return f"answer of {_role(e, policy)} to stage {e.stage}: {response}{promised}"


def _closed(e: ev.ThreadClosed, policy: Policy) -> str:
    basis = f", {policy.label('bases', e.basis)}" if e.basis else ""
    return (
        f"closed by {policy.label('closers', e.by)}: {policy.label('closures', e.closure)}{basis}"
    )


_TELL: dict[type[ev.Event], Callable[[Any, Policy], str]] = {
    ev.ChallengeRaised: _opening("challenge raised"),
    ev.AlertRaised: _opening("formal alert raised"),
    ev.ThreadAlerted: _alerted,
    ev.ThreadEscalated: _escalated,
    ev.ResponseReceived: _answered,
    ev.ThreadClosed: _closed,
    ev.ThreadReopened: lambda _e, _p: "reopened",
    ev.NoteAdded: lambda _e, _p: "note",
    ev.CafcassRecorded: lambda e, p: f"Cafcass: {p.label('cafcass', e.step)}",
    ev.ImpactRecorded: lambda e, p: f"impact: {p.label('impacts', e.impact)}",
    ev.PartyTold: lambda e, p: f"told: {p.label('parties', e.party)}",
    ev.ThreadFiled: lambda _e, _p: "filed on the child's record",
    ev.ThreadHandedOver: lambda e, _p: f"handed over to {e.iro}",
    ev.DocumentAttached: lambda _e, _p: "document attached",
    ev.EntryCorrected: lambda e, _p: f"correction of entry {e.corrects}",
    ev.RedactionRequested: lambda e, _p: f"redaction asked for: {_listed(e.positions)}",
    ev.EntryRedacted: lambda e, _p: f"redacted: {_listed(e.positions)}",
    ev.LadderAdopted: lambda e, _p: (
        f"ladder {e.ladder} adopted, version {e.version}, from {spelt(e.starts_on)}"
    ),
    ev.CalendarAdopted: lambda e, _p: (
        f"calendar {e.calendar} adopted, version {e.version}, {e.first:%Y} to {e.last:%Y}"
    ),
    ev.VocabularyAdopted: lambda e, _p: f"vocabulary adopted, version {e.version}",
    ev.RulesAdopted: lambda e, _p: f"rules adopted, version {e.version}",
    ev.LedgerOpened: lambda e, _p: f"ledger of {e.authority} opened",
    ev.LedgerRestored: lambda e, _p: f"restored: {e.left} of {e.size} entries left",
    ev.LedgerMoved: lambda e, _p: f"moved to {e.engine}",
    ev.SignerChanged: lambda _e, _p: "another key signs from now on",
    ev.ReportIssued: lambda e, _p: f"report issued: {e.report} {e.period}",
}


def _listed(positions: tuple[int, ...]) -> str:
    return "entries " + ", ".join(map(str, positions))
