"""The moves: what a person asks for, decided against the state of the thread.

`decide` is a pure function from (thread, what is asked, policy, today) to a `Move`, or it
refuses with the reason and the next legal step. The state table, as in `docs/measures.md`:

| state | legal |
| --- | --- |
| none | challenge, alert |
| informal | respond, alert, close, note |
| formal, below the top | respond, escalate, close, note |
| formal, at the top | respond, close, note |
| closed | respond (history only), note |

Order is tested on the day things happened; a day that is not known passes every such test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from footprint.domain import events as ev
from footprint.domain.asks import (
    AddNote,
    Ask,
    Close,
    Escalate,
    Raise,
    RaiseToAlert,
    RecordImpact,
    Respond,
)
from footprint.domain.checks import (
    check_day,
    code_of,
    iro_of,
    ladder_of,
    needs_text,
    not_before,
    resolve_by,
    respond_by,
    role_of,
    short,
    stage_of,
    still_open,
    text_of,
    themes_of,
)
from footprint.domain.days import spelt
from footprint.domain.entry import Move
from footprint.domain.ladder import INFORMAL, Ladder, Stage
from footprint.domain.policy import Policy
from footprint.domain.thread import Step, Thread
from footprint.domain.vocabulary import RESOLVED
from footprint.errors import Refused


def _raise(_thread: Thread | None, ask: Raise, policy: Policy) -> ev.Event:
    service = policy.code("services", ask.service)
    ladder = policy.ladder_for(service, ask.on)
    stage = _opening_stage(ask, ladder)
    facts: dict[str, Any] = {
        "service": service,
        "themes": themes_of(ask.themes, policy),
        "iro": iro_of(ask),
        "ladder": ladder.ladder,
        "ladder_version": ladder.version,
        "stage": stage.stage,
        "role": role_of(ask, policy),
        "team": policy.code("teams", ask.team) if ask.team else None,
        "capacity": policy.code("capacities", ask.capacity),
        "prompted_by": policy.code("prompts", ask.prompted_by) if ask.prompted_by else None,
        "proceedings": ask.proceedings,
        "respond_by": respond_by(ask, stage, policy),
    }
    if not ask.formal:
        return ev.ChallengeRaised(**facts)
    return ev.AlertRaised(
        **facts, resolve_by=resolve_by(ask.on, stage, ladder, facts["capacity"], policy)
    )


def _opening_stage(ask: Raise, ladder: Ladder) -> Stage:
    if ask.formal:
        return _alert_stage(ask.stage, ladder, ask.words)
    if ask.stage not in (None, INFORMAL):
        raise Refused(
            f"A challenge is raised informally, at stage {INFORMAL}; stage {ask.stage} is formal.",
            "Raise it as an alert instead.",
        )
    return stage_of(INFORMAL, ladder)


def _alert_stage(wanted: int | None, ladder: Ladder, words: Mapping[str, str]) -> Stage:
    first = ladder.first_formal
    stage = stage_of(first if wanted is None else wanted, ladder)
    if stage.stage < first:
        raise Refused(
            f"Stage {stage.stage} is informal; an alert begins at stage {first} or above.",
            "Record a challenge instead, or leave the stage out.",
        )
    if stage.stage > first and not words.get("why"):
        raise Refused(
            f"An alert that begins above stage {first} needs a reason.", "Give it with --reason."
        )
    return stage


def _alert(thread: Thread, ask: RaiseToAlert, policy: Policy) -> ev.Event:
    still_open(thread)
    if thread.step.stage != INFORMAL:
        raise Refused(
            f"{short(thread)} is a formal alert already, at stage {thread.step.stage}.",
            f"To take it higher: footprint escalate {short(thread)}.",
        )
    not_before(ask.on, thread.step.on, "the challenge was raised")
    ladder = ladder_of(thread, policy)
    stage = _alert_stage(ask.stage, ladder, ask.words)
    return ev.ThreadAlerted(
        stage=stage.stage,
        role=role_of(ask, policy),
        respond_by=respond_by(ask, stage, policy),
        resolve_by=resolve_by(ask.on, stage, ladder, thread.capacity, policy),
    )


def _escalate(thread: Thread, ask: Escalate, policy: Policy) -> ev.Event:
    still_open(thread)
    ladder, current, ref = ladder_of(thread, policy), thread.step, short(thread)
    if current.stage == INFORMAL:
        raise Refused(
            f"{ref} is still an informal challenge; only a formal alert escalates.",
            f"Raise it first: footprint alert {ref}.",
        )
    if current.stage == ladder.top:
        raise Refused(
            f"{ref} is at stage {current.stage}, the top of the {ladder.ladder} ladder.",
            "What is left is Cafcass, at any time, or to close it.",
        )
    not_before(ask.on, current.on, f"stage {current.stage} was sent")
    stage = _next_stage(ask, current, ladder)
    reason = code_of("reasons", ask.reason, ask, policy)
    if reason == "overdue":
        _must_be_overdue(current, ask.on, ref, thread.promised_by)
    # Fixed once: at the first stage that counts, even where its day was not known.
    started = thread.alert is not None
    return ev.ThreadEscalated(
        stage=stage.stage,
        reason=reason,
        role=role_of(ask, policy),
        respond_by=respond_by(ask, stage, policy),
        resolve_by=None if started else resolve_by(ask.on, stage, ladder, thread.capacity, policy),
    )


def _next_stage(ask: Escalate, current: Step, ladder: Ladder) -> Stage:
    upper = [s for s in ladder.stages if s.stage > current.stage]
    wanted = upper[0].stage if ask.stage is None else ask.stage
    if wanted <= current.stage:
        raise Refused(
            f"Stage {wanted} is not above stage {current.stage}, where the thread stands.",
            f"The next is stage {upper[0].stage}, {upper[0].label}.",
        )
    stage = stage_of(wanted, ladder)
    if stage is not upper[0] and not ask.words.get("why"):
        raise Refused(
            f"Going from stage {current.stage} to {stage.stage} skips a stage: it needs a reason.",
            "Give it with --why (IRO Handbook, chapter 6: any stage may be bypassed).",
        )
    return stage


def _must_be_overdue(current: Step, on: date | None, ref: str, promised_by: date | None) -> None:
    if promised_by is not None and on is not None and on > promised_by:
        return  # agreed is not done: an action promised for a day that has passed is due again
    answer = current.answer
    if answer and (on is None or answer.on is None or answer.on <= on):
        raise Refused(
            f"Stage {current.stage} of {ref} was answered, so it is not overdue.",
            "If the answer does not do, the reason is: unsatisfied.",
        )
    if on is not None and current.respond_by is not None and on <= current.respond_by:
        raise Refused(
            f"Stage {current.stage} of {ref} may be answered until {spelt(current.respond_by)};"
            " it is overdue from the next day.",
            "Wait for that, or give another reason: unsatisfied or serious.",
        )


def _respond(thread: Thread, ask: Respond, policy: Policy) -> ev.Event:
    stage = thread.step.stage if ask.stage is None else ask.stage
    sent = [s for s in thread.steps if s.stage == stage]
    if not sent:
        reached = ", ".join(str(s.stage) for s in thread.steps)
        raise Refused(
            f"{short(thread)} was never sent to stage {stage}, so nothing can answer it there.",
            f"Stages reached so far: {reached}.",
        )
    not_before(ask.on, sent[-1].on, f"stage {stage} was sent")
    not_before(ask.action_by, ask.on, "the answer", flag="--action-by")
    response = code_of("responses", ask.response, ask, policy)
    return ev.ResponseReceived(
        stage=stage,
        response=response,
        role=role_of(ask, policy),
        action_by=ask.action_by,
    )


def _close(thread: Thread, ask: Close, policy: Policy) -> ev.Event:
    closing, ref = thread.closing, short(thread)
    if closing:
        on = f" on {spelt(closing.on)}" if closing.on else ""
        raise Refused(
            f"{ref} is closed already ({policy.label('closures', closing.closure)}{on}).",
            f"See what was recorded: footprint show {ref}. To add to it: footprint note {ref}.",
        )
    not_before(ask.on, thread.last_day, "its last step")
    closure, by = code_of("closures", ask.closure, ask, policy), policy.code("closers", ask.by)
    if closure == "unresolved":
        _must_be_exhausted(thread, policy)
    if by == "manager" and not ask.words.get("why"):
        raise Refused("A manager closes with a reason.", "Give it with --why.")
    if ask.basis and closure not in RESOLVED:
        raise Refused(
            "A basis (done or agreed) belongs to a thread that is closed as resolved, partly"
            " resolved or explained.",
            "Leave --basis out.",
        )
    basis = policy.code("bases", ask.basis) if ask.basis else None
    return ev.ThreadClosed(closure=closure, basis=basis, by=by)


def _must_be_exhausted(thread: Thread, policy: Policy) -> None:
    ladder, ref = ladder_of(thread, policy), short(thread)
    if thread.step.stage < ladder.top:
        raise Refused(
            f"{ref} is at stage {thread.step.stage} of {ladder.top}: unresolved means that the"
            " ladder is exhausted.",
            f"Go on: footprint {'alert' if thread.step.stage == INFORMAL else 'escalate'} {ref};"
            " or close it as withdrawn or overtaken, if that is so.",
        )
    if ladder.total_days is not None and thread.cafcass is None:
        raise Refused(
            f"{ref} cannot be closed as unresolved before Cafcass was considered"
            " (Children Act 1989, s25B(3)).",
            "Record that first; having considered it is enough.",
        )


def _note(_thread: Thread, ask: AddNote, _policy: Policy) -> ev.Event:
    needs_text(ask)
    return ev.NoteAdded()


def _impact(_thread: Thread, ask: RecordImpact, policy: Policy) -> ev.Event:
    needs_text(ask)
    return ev.ImpactRecorded(impact=policy.code("impacts", ask.impact))


_DECIDE: dict[type[Ask], Callable[[Any, Any, Policy], ev.Event]] = {
    Raise: _raise,
    RaiseToAlert: _alert,
    Escalate: _escalate,
    Respond: _respond,
    Close: _close,
    AddNote: _note,
    RecordImpact: _impact,
}


def decide(thread: Thread | None, ask: Ask, policy: Policy, *, today: date) -> Move:
    """The move that was asked for, if it is legal.

    Args:
        thread: the state so far; None only for `Raise`.
        ask: what is asked.
        policy: the policy in force.
        today: the day it is recorded, in London.

    Raises:
        Refused: with the reason, and the next legal step.
    """
    if (thread is None) != isinstance(ask, Raise):
        raise Refused("A thread begins with a challenge or an alert, and only once.")
    words = {name: text_of(name, text) for name, text in ask.words.items() if text.strip()}
    ask = replace(ask, words=words)
    source = policy.code("sources", ask.source)
    check_day(ask.on, source, thread, today)
    if isinstance(ask, Raise):
        words["child"] = policy.check_case_number(ask.child)
        needs_text(ask)
    event = _DECIDE[type(ask)](thread, ask, policy)
    return Move(event=event, occurred_on=ask.on, source=source, words=words)
