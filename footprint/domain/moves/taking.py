"""Whether a thread, as it stands, takes a move at all, whatever is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from footprint.domain.asks import Ask, Close, Escalate, RaiseToAlert, Reopen
from footprint.domain.days import spelt
from footprint.domain.ladder import INFORMAL
from footprint.domain.moves.checks import ladder_of, short
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.errors import Refused


def must_take(thread: Thread, kind: type[Ask], policy: Policy) -> None:
    """See that a thread takes a kind of move as it stands.

    Raises:
        Refused: it does not; with the reason, and the next legal step.
    """
    check = _TAKES.get(kind)
    if check:
        check(thread, policy)


def _alert(thread: Thread, _policy: Policy) -> None:
    _still_open(thread)
    if thread.step.stage != INFORMAL:
        raise Refused(
            f"{short(thread)} is a formal alert already, at stage {thread.step.stage}.",
            f"To take it higher: footprint escalate {short(thread)}.",
        )


def _escalate(thread: Thread, policy: Policy) -> None:
    _still_open(thread)
    ladder, current, ref = ladder_of(thread, policy), thread.step, short(thread)
    if current.stage == INFORMAL:
        raise Refused(
            f"{ref} is still an informal challenge; only a formal alert escalates.",
            f"Raise it first: footprint alert {ref}.",
        )
    if current.stage == ladder.top:
        raise Refused(
            f"{ref} is at stage {current.stage}, the top of the {ladder.ladder} ladder.",
            f"What is left: footprint cafcass {ref}, at any time, and footprint close {ref}.",
        )


def _still_open(thread: Thread) -> None:
    if thread.closed:
        raise Refused(
            f"{short(thread)} is closed.",
            f"Where the same concern failed again: footprint reopen {short(thread)}. A new concern"
            f" is a new challenge: footprint challenge --follows {short(thread)}. A late answer may"
            " still be recorded.",
        )


def _close(thread: Thread, policy: Policy) -> None:
    closing, ref = thread.closing, short(thread)
    if closing:
        on = f" on {spelt(closing.on)}" if closing.on else ""
        raise Refused(
            f"{ref} is closed already ({policy.label('closures', closing.closure)}{on}).",
            f"See what was recorded: footprint show {ref}. Where the same concern failed again:"
            f" footprint reopen {ref}.",
        )


def _reopen(thread: Thread, _policy: Policy) -> None:
    if not thread.closed:
        raise Refused(
            f"{short(thread)} is open.",
            f"Go on from where it stands: footprint show {short(thread)}. A new concern is a new"
            f" challenge: footprint challenge --follows {short(thread)}.",
        )


_TAKES: Mapping[type[Ask], Callable[[Thread, Policy], None]] = {
    RaiseToAlert: _alert, Escalate: _escalate, Close: _close, Reopen: _reopen,
}  # fmt: skip
"""The moves that not every thread takes; the others are legal at any time."""
