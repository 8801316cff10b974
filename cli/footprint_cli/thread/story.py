"""Events in plain English: one sentence an event type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from footprint.domain import events as ev
from footprint.domain.days import spelt
from footprint.domain.policy import Policy
from footprint.domain.vocabulary import CODED_FACTS


def told(event: ev.Event, policy: Policy) -> str:
    """What an event says, in a few words, with the labels of the policy."""
    return _TELL[type(event)](event, policy)


def _opening(what: str) -> Callable[[Any, Policy], str]:
    def tell(e: Any, policy: Policy) -> str:
        themes = ", ".join(policy.label("themes", theme) for theme in e.themes)
        service = policy.label("services", e.service)
        team = policy.label("teams", e.team)
        team = f", {team}" if team and team != service else ""
        with_whom = f"{what} at stage {e.stage} with {_role(e, policy)}, {service}{team}"
        return "; ".join([f"{with_whom}: {themes}", *_circumstances(e, policy)])

    return tell


def _circumstances(e: Any, policy: Policy) -> list[str]:
    """What else is known of how it began, where it is not as usual."""
    said = {
        f"prompted by {policy.label('prompts', e.prompted_by)}": e.prompted_by,
        "with court proceedings": e.proceedings,
        f"as {policy.label('capacities', e.capacity)}": e.capacity != "iro",
    }
    return [text for text, so in said.items() if so]


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


def _corrected(e: ev.EntryCorrected, policy: Policy) -> str:
    if "facts" in e.facts:  # those of a correction, of which there are none any more
        return f"correction {e.corrects} taken back"
    facts = [f"{fact_name(name)} {fact(name, value, policy)}" for name, value in e.facts.items()]
    return f"correction of entry {e.corrects}: {'; '.join(facts) or 'its words'}"


_FACT_NAMES = {
    "occurred_on": "happened",
    "respond_by": "to be answered by",
    "resolve_by": "to be resolved by",
}
_LISTS = {
    **CODED_FACTS,
    "capacity": "capacities", "response": "responses", "closure": "closures", "basis": "bases",
    "by": "closers", "reason": "reasons", "source": "sources", "step": "cafcass",
}  # fmt: skip
"""Facts that are codes, and the list of the policy that has them."""


def fact_name(name: str) -> str:
    """What a fact is called in a sentence."""
    return _FACT_NAMES.get(name, name.replace("_", " "))


def fact(name: str, value: Any, policy: Policy) -> str:
    """A fact as it is stored, as a person reads it."""
    if value is None:
        return "not known" if name == "occurred_on" else "none"
    if name in _LISTS:
        codes = value if isinstance(value, list | tuple) else [value]
        return ", ".join(policy.label(_LISTS[name], code) for code in codes)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spelt(date.fromisoformat(value)) if name.endswith(("_by", "_on")) else str(value)


_TELL: dict[type[ev.Event], Callable[[Any, Policy], str]] = {
    ev.ChallengeRaised: _opening("challenge raised"),
    ev.AlertRaised: _opening("formal alert raised"),
    ev.ThreadAlerted: _alerted,
    ev.ThreadEscalated: _escalated,
    ev.ResponseReceived: _answered,
    ev.ThreadClosed: _closed,
    ev.ThreadReopened: lambda _e, _p: "reopened",
    ev.NoteAdded: lambda e, _p: "note of legal advice" if e.privileged else "note",
    ev.CafcassRecorded: lambda e, p: f"Cafcass: {p.label('cafcass', e.step)}",
    ev.ImpactRecorded: lambda e, p: f"impact: {p.label('impacts', e.impact)}",
    ev.PartyTold: lambda e, p: f"told: {p.label('parties', e.party)}",
    ev.ThreadFiled: lambda _e, _p: "filed on the child's record",
    ev.ThreadHandedOver: lambda e, _p: f"handed over to {e.iro}",
    ev.DocumentAttached: lambda e, _p: (
        "document of legal advice attached" if e.privileged else "document attached"
    ),
    ev.EntryCorrected: _corrected,
    ev.RedactionRequested: lambda e, p: f"redaction asked for: {_redaction(e, p)}",
    ev.EntryRedacted: lambda e, p: f"words removed: {_redaction(e, p)}",
    ev.LadderAdopted: lambda e, _p: (
        f"ladder {e.ladder} adopted, version {e.version}, from {spelt(e.starts_on)}"
    ),
    ev.CalendarAdopted: lambda e, _p: (
        f"calendar {e.calendar} adopted, version {e.version}, {e.first:%Y} to {e.last:%Y}"
    ),
    ev.VocabularyAdopted: lambda e, _p: f"vocabulary adopted, version {e.version}",
    ev.RulesAdopted: lambda e, _p: f"rules adopted, version {e.version}",
    ev.LedgerOpened: lambda e, _p: f"ledger of {e.authority} opened",
    ev.LedgerRestored: lambda e, _p: f"a backup was put back: {e.left} of {e.size} entries left",
    ev.LedgerMoved: lambda e, _p: f"moved to {e.engine}",
    ev.SignerChanged: lambda e, _p: (
        "another key signs from now on, "
        + ("endorsed by the one before" if e.endorsement else "without the word of the one before")
    ),
    ev.ReportIssued: lambda e, _p: f"report issued: {e.report} {e.period}",
}


def _redaction(e: Any, policy: Policy) -> str:
    where = ", ".join(map(str, e.positions))
    of = f"entr{'y' if len(e.positions) == 1 else 'ies'} {where}" if where else "all of its words"
    return f"{of} ({policy.label('redactions', e.basis)})"
