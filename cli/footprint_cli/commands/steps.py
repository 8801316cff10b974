"""The commands that move a thread on: respond, escalate, close, reopen."""

from __future__ import annotations

from footprint.domain.asks import Ask, Close, Escalate, Reopen, Respond
from footprint_cli import options as o
from footprint_cli.commands.recording import recording
from footprint_cli.entering.given import Given


@recording(
    ref=o.NeededRef, response=o.Response, role=o.Role, from_=o.From, stage=o.StageAnswered,
    action_by=o.ActionBy,
)  # fmt: skip
def respond(given: Given) -> Ask:
    """Record an answer.

    A response is not a resolution: only the IRO's satisfaction is.

    footprint respond 22 --response agreed --role clinician --action-by 12/5/2017
    --words "A first appointment by the 12th."

    footprint respond 20 --response holding --role team-manager
    """
    given.need("ref", "response", "role")
    return Respond(
        **given.common,
        response=given.response,
        role=given.role,
        stage=given.stage,
        action_by=given.day("action_by"),
    )


@recording(
    ref=o.NeededRef, reason=o.ReasonCode, role=o.Role, to=o.To, stage=o.ToStage, why=o.Why,
    respond_by=o.RespondBy,
)  # fmt: skip
def escalate(given: Given) -> Ask:
    """Escalate an alert to the next stage, or further with --why.

    footprint escalate 20 --reason unsatisfied --role principal-manager

    footprint escalate 20 --reason serious --role head-of-service --to-stage 3
    --why "She is 18 in June."
    """
    given.need("ref", "reason", "role")
    return Escalate(
        **given.common,
        reason=given.reason,
        role=given.role,
        stage=given.stage,
        respond_by=given.day("respond_by"),
    )


@recording(ref=o.NeededRef, closure=o.Closure, basis=o.Basis, by=o.By, why=o.Why)
def close(given: Given) -> Ask:
    """Close a thread, as the IRO is satisfied or otherwise.

    footprint close 20 --closure resolved --basis done --words "One plan, shared with school."

    footprint close 22 --closure overtaken --words "The family moved to another area."
    """
    given.need("ref", "closure")
    return Close(**given.common, closure=given.closure, basis=given.basis, by=given.by or "iro")


@recording(ref=o.NeededRef)
def reopen(given: Given) -> Ask:
    """Open a closed thread again: the same concern failed again.

    Its clocks resume.

    footprint reopen 16 --words "The plan was not carried out."
    """
    given.need("ref")
    return Reopen(**given.common)
