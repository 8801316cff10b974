"""Which function decides what is asked: one row a move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from footprint.domain import asks
from footprint.domain import events as ev
from footprint.domain.moves import alongside, answering, ending, sending
from footprint.domain.moves.order import check_order
from footprint.domain.moves.taking import must_take
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread

_DECIDE: dict[type[asks.Ask], Callable[[Any, Any, Policy], ev.Event]] = {
    asks.Raise: sending.begin,
    asks.RaiseToAlert: sending.alert,
    asks.Escalate: sending.escalate,
    asks.Respond: answering.respond,
    asks.Close: ending.close,
    asks.Reopen: ending.reopen,
    asks.AddNote: alongside.note,
    asks.Attach: alongside.attach,
    asks.RecordImpact: alongside.impact,
    asks.RecordCafcass: alongside.cafcass,
    asks.Tell: alongside.tell,
    asks.File: alongside.file,
    asks.HandOver: alongside.hand_over,
}


def decided(thread: Thread | None, ask: asks.Ask, policy: Policy) -> ev.Event:
    """The event that an ask comes to, if it is legal and in order. Raises `Refused`."""
    if thread is not None:
        must_take(thread, type(ask), policy)
    event = _DECIDE[type(ask)](thread, ask, policy)
    if thread is not None:
        check_order(thread, event.topic, vars(event), ask.on)
    return event
