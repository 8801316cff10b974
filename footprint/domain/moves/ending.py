"""The moves that end a thread and open it again: close, reopen."""

from __future__ import annotations

from footprint.domain import events as ev
from footprint.domain.asks import Close, Reopen
from footprint.domain.ladder import INFORMAL
from footprint.domain.moves.checks import code_of, ladder_of, may_be_unknown, short
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.domain.vocabulary import RESOLVED, RESTS_ON_A_BASIS
from footprint.errors import Refused


def close(thread: Thread, ask: Close, policy: Policy) -> ev.Event:
    closure, by = code_of("closures", ask.closure, ask, policy), policy.code("closers", ask.by)
    if closure == "unresolved":
        _must_be_exhausted(thread, ask, policy)
    if by == "manager" and not ask.words.get("why"):
        raise Refused("A manager closes with a reason.", "Give it with --why.")
    return ev.ThreadClosed(closure=closure, basis=_basis(ask, closure, policy), by=by)


def _basis(ask: Close, closure: str, policy: Policy) -> str | None:
    if ask.basis is None:
        if closure in RESTS_ON_A_BASIS:
            may_be_unknown("basis (--basis done or agreed)", ask.source)
        return None
    if closure not in RESOLVED:
        raise Refused(
            "A basis (done or agreed) belongs to a thread that is closed as resolved, partly"
            " resolved or explained.",
            "Leave --basis out.",
        )
    return policy.code("bases", ask.basis)


def _must_be_exhausted(thread: Thread, ask: Close, policy: Policy) -> None:
    ladder, ref = ladder_of(thread, policy), short(thread)
    if thread.step.stage < ladder.top:
        referred = any(mark.code == "referred" for mark in thread.cafcass)
        raise Refused(
            f"{ref} is at stage {thread.step.stage} of {ladder.top}: unresolved means that the"
            " ladder is exhausted.",
            f"Go on: footprint {'alert' if thread.step.stage == INFORMAL else 'escalate'} {ref};"
            f" or close it as withdrawn or overtaken, if that is so.{_WITH_CAFCASS * referred}",
        )
    by_then = [
        mark for mark in thread.cafcass if mark.on is None or ask.on is None or mark.on <= ask.on
    ]
    if ladder.total_days is not None and not by_then:
        raise Refused(
            f"{ref} cannot be closed as unresolved before Cafcass was considered"
            " (Children Act 1989, s25B(3)).",
            f"Having considered it is enough: footprint cafcass {ref} --step considered.",
        )


_WITH_CAFCASS = " While Cafcass has it, it can stay open as it is."


def reopen(_thread: Thread, _ask: Reopen, _policy: Policy) -> ev.Event:
    """The total clock resumes as if it had never stopped; so does an answer still owed."""
    return ev.ThreadReopened()
