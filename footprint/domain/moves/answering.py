"""The move that records what came back: respond."""

from __future__ import annotations

from footprint.domain import events as ev
from footprint.domain.asks import Respond
from footprint.domain.moves.checks import code_of, role_of
from footprint.domain.moves.order import not_before
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread


def respond(thread: Thread, ask: Respond, policy: Policy) -> ev.Event:
    """An answer to the current step, or to one before: learned of late, it is still its own."""
    not_before(ask.action_by, ask.on, "the answer", flag="--action-by")
    return ev.ResponseReceived(
        stage=thread.step.stage if ask.stage is None else ask.stage,
        response=code_of("responses", ask.response, ask, policy),
        role=role_of(ask, policy),
        action_by=ask.action_by,
    )
