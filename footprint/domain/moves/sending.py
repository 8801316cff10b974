"""The moves that send the concern to somebody: challenge, alert, escalate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from footprint.domain import events as ev
from footprint.domain.asks import Escalate, Raise, RaiseToAlert
from footprint.domain.days import spelt
from footprint.domain.ladder import INFORMAL, Ladder, Stage
from footprint.domain.moves.checks import (
    code_of,
    iro_of,
    ladder_of,
    needs_text,
    resolve_by,
    respond_by,
    role_of,
    short,
    stage_of,
    themes_of,
)
from footprint.domain.policy import Policy
from footprint.domain.thread import Step, Thread
from footprint.errors import Refused


def begin(_thread: Thread | None, ask: Raise, policy: Policy) -> ev.Event:
    """A new thread: its ladder is the one that its service follows on the day it is raised."""
    service = policy.code("services", ask.service)
    return begin_on(policy.ladder_for(service, ask.on), ask, policy)


def begin_on(ladder: Ladder, ask: Raise, policy: Policy) -> ev.Event:
    """A new thread on a ladder."""
    needs_text(ask)
    stage = _opening_stage(ask, ladder)
    facts: dict[str, Any] = {
        "service": policy.code("services", ask.service),
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
        return ev.ChallengeRaised.of(facts)
    facts["resolve_by"] = resolve_by(ask.on, stage, ladder, facts["capacity"], policy)
    return ev.AlertRaised.of(facts)


def _opening_stage(ask: Raise, ladder: Ladder) -> Stage:
    if ask.formal:
        return _alert_stage(ask.stage, ladder, ask.words)
    if ask.stage not in (None, INFORMAL):
        raise Refused(
            f"A challenge is raised informally, at stage {INFORMAL}; stage {ask.stage} is formal.",
            "Raise it as an alert instead: footprint alert.",
        )
    return stage_of(INFORMAL, ladder)


def _alert_stage(wanted: int | None, ladder: Ladder, words: Mapping[str, str]) -> Stage:
    first = ladder.first_formal
    stage = stage_of(first if wanted is None else wanted, ladder)
    if stage.stage < first:
        raise Refused(
            f"Stage {stage.stage} is informal; an alert begins at stage {first} or above.",
            "Record a challenge instead: footprint challenge; or leave the stage out.",
        )
    if stage.stage > first and not words.get("why"):
        raise Refused(
            f"An alert that begins above stage {first} needs a reason.", "Give it with --reason."
        )
    return stage


def alert(thread: Thread, ask: RaiseToAlert, policy: Policy) -> ev.Event:
    ladder = ladder_of(thread, policy)
    stage = _alert_stage(ask.stage, ladder, ask.words)
    return ev.ThreadAlerted(
        stage=stage.stage,
        role=role_of(ask, policy),
        respond_by=respond_by(ask, stage, policy),
        resolve_by=resolve_by(ask.on, stage, ladder, thread.capacity, policy),
    )


def escalate(thread: Thread, ask: Escalate, policy: Policy) -> ev.Event:
    ladder, current = ladder_of(thread, policy), thread.step
    stage = _next_stage(ask, current, ladder)
    reason = code_of("reasons", ask.reason, ask, policy)
    if reason == "overdue":
        _must_be_overdue(current, ask.on, short(thread))
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


def _must_be_overdue(current: Step, on: date | None, ref: str) -> None:
    by = current.promised_by  # what an earlier step was promised is why it was sent to this one
    if by is not None and on is not None and on > by:
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
