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
    if refused := why_not(thread, kind, policy):
        raise refused


def why_not(thread: Thread, kind: type[Ask], policy: Policy) -> Refused | None:
    """The refusal of a kind of move by a thread as it stands; None where it takes it."""
    check = _TAKES.get(kind)
    return check(thread, policy) if check else None


def _alert(thread: Thread, _policy: Policy) -> Refused | None:
    if thread.closed:
        return _is_closed(thread)
    if thread.step.stage != INFORMAL:
        return Refused(
            f"{short(thread)} is a formal alert already, at stage {thread.step.stage}.",
            f"To take it higher: footprint escalate {short(thread)}.",
        )
    return None


def _escalate(thread: Thread, policy: Policy) -> Refused | None:
    if thread.closed:
        return _is_closed(thread)
    ladder, current, ref = ladder_of(thread, policy), thread.step, short(thread)
    if current.stage == INFORMAL:
        return Refused(
            f"{ref} is still an informal challenge; only a formal alert escalates.",
            f"Raise it first: footprint alert {ref}.",
        )
    if current.stage == ladder.top:
        return Refused(
            f"{ref} is at stage {current.stage}, the top of the {ladder.ladder} ladder.",
            f"What is left: footprint cafcass {ref}, at any time, and footprint close {ref}.",
        )
    return None


def _is_closed(thread: Thread) -> Refused:
    return Refused(
        f"{short(thread)} is closed.",
        f"Where the same concern failed again: footprint reopen {short(thread)}. A new concern"
        f" is a new challenge: footprint challenge --follows {short(thread)}. A late answer may"
        " still be recorded.",
    )


def _close(thread: Thread, policy: Policy) -> Refused | None:
    closing, ref = thread.closing, short(thread)
    if not closing:
        return None
    on = f" on {spelt(closing.on)}" if closing.on else ""
    return Refused(
        f"{ref} is closed already ({policy.label('closures', closing.closure)}{on}).",
        f"See what was recorded: footprint show {ref}. Where the same concern failed again:"
        f" footprint reopen {ref}.",
    )


def _reopen(thread: Thread, _policy: Policy) -> Refused | None:
    if thread.closed:
        return None
    return Refused(
        f"{short(thread)} is open.",
        f"Go on from where it stands: footprint show {short(thread)}. A new concern is a new"
        f" challenge: footprint challenge --follows {short(thread)}.",
    )


_TAKES: Mapping[type[Ask], Callable[[Thread, Policy], Refused | None]] = {
    RaiseToAlert: _alert, Escalate: _escalate, Close: _close, Reopen: _reopen,
}  # fmt: skip
"""The moves that not every thread takes; the others are legal at any time."""
