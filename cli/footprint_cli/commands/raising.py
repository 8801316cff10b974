"""The commands that begin a thread: challenge, alert. An alert also follows a challenge."""

from __future__ import annotations

from typing import Any

from footprint.domain.asks import Ask, Raise, RaiseToAlert
from footprint.errors import Misused
from footprint_cli import options as o
from footprint_cli.commands.recording import recording
from footprint_cli.entering.given import Given, flag, listed

_SETTLED: dict[str, Any] = {
    "child": o.Child,
    "service": o.Service,
    "team": o.Team,
    "themes": o.Themes,
    "prompted_by": o.PromptedBy,
    "review_date": o.ReviewDate,
    "proceedings": o.Proceedings,
    "capacity": o.Capacity,
    "iro": o.Iro,
    "follows": o.Follows,
}
"""What the first step of a thread settles for the whole of it."""
_SENT: dict[str, Any] = {
    "role": o.Role,
    "to": o.To,
    "stage": o.Stage,
    "why": o.Reason,
    "respond_by": o.RespondBy,
}


@recording(**_SETTLED, **_SENT)
def challenge(given: Given) -> Ask:
    """Record a lower-level challenge: a new thread, informal.

    The codes of services, themes, roles and teams: footprint policy show vocabulary.

    footprint challenge --child 204117 --service CSC --theme PLC --role team-manager
    --words "Third placement in nine months; no disruption meeting."
    """
    return _raised(given, formal=False)


@recording(ref=o.OptionalRef, **_SETTLED, **_SENT)
def alert(given: Given) -> Ask:
    """Raise a formal alert: on a challenge, or as a new thread.

    With REF on that challenge; without it as a new thread, which takes what a challenge takes.

    footprint alert 26 --role team-manager --words "No reply to the challenge."

    footprint alert --child 204117 --service CSC --theme DEL --role team-manager
    --words "The assessment asked for in March has not begun."
    """
    return _raised(given, formal=True) if given.ref is None else _to_alert(given)


def _to_alert(given: Given) -> RaiseToAlert:
    """The alert on an existing challenge, which has settled some things already."""
    given.need("role")
    settled = [name for name in _SETTLED if given.said(name)]
    if settled:
        raise Misused(
            f"The thread {given.ref} has these already: {', '.join(map(flag, settled))}.",
            "Leave them out, or leave the reference out to begin a new thread.",
        )
    return RaiseToAlert(
        **given.common,
        role=given.role,
        stage=given.stage,
        respond_by=given.day("respond_by"),
    )


def _raised(given: Given, *, formal: bool) -> Raise:
    given.need("child", "service", "themes", "role", "words")
    return Raise(
        **given.common,
        child=listed(given.child)[0],
        service=given.service,
        themes=listed(given.themes),
        role=given.role,
        iro=given.iro or given.actor_in_use,
        formal=formal,
        stage=given.stage,
        team=given.team,
        capacity=given.capacity or "iro",
        prompted_by=given.prompted_by,
        proceedings=given.yes_or_no("proceedings"),
        respond_by=given.day("respond_by"),
    )
