"""A policy under test: what is proposed is decided against it, without a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import strategies as own

from footprint.domain.adopting import decide_adoption
from footprint.domain.policy import Policy, policy_after
from footprint.domain.proposal import Proposal, ProposedCalendar, proposal_of, tables_of
from footprint.errors import Refused

TODAY, APRIL = date(2027, 2, 1), date(2027, 4, 1)
CHRISTMAS_EVE = date(2027, 12, 24)  # a Friday; the 25th is a Saturday, and the 27th a bank holiday
Tables = dict[str, Any]
STAGES = [
    {"stage": 0, "label": "Social worker", "days": 10, "counts": False},
    {"stage": 2, "label": "Head of Service", "days": 20, "counts": True},
]


def bank_holidays(first: date, last: date) -> tuple[set[date], str]:
    days = own.england(2010, last.year)
    return {day for day in days if first <= day <= last}, "worked out in the tests"


def printed(policy: Policy | None = None, on: date = TODAY) -> Tables:
    """The policy in force as tables, to be changed."""
    return deepcopy(tables_of(policy or own.policy(), on))


def decided(
    proposal: Tables | Proposal,
    policy: Policy | None = None,
    in_use: Mapping[tuple[str, str], int] | None = None,
    starts_on: date | None = None,
) -> list[Any]:
    """The events that a proposal comes to."""
    if not isinstance(proposal, Proposal):
        proposal = proposal_of(proposal)
    if starts_on:
        proposal = replace(proposal, starts_on=starts_on)
    moves = decide_adoption(policy or own.policy(), proposal, in_use or {}, TODAY, bank_holidays)
    assert all((m.occurred_on, m.source, m.words) == (TODAY, "at-the-time", {}) for m in moves)
    return [move.event for move in moves]


def after(proposal: Tables | Proposal, policy: Policy | None = None, **more: Any) -> Policy:
    """The policy after what a proposal comes to."""
    return policy_after(policy or own.policy(), decided(proposal, policy, **more))


def wrong(proposal: Tables | Proposal, policy: Policy | None = None, **more: Any) -> str:
    """All that a refusal listed."""
    with pytest.raises(Refused, match="cannot be adopted") as caught:
        decided(proposal, policy, **more)
    assert caught.value.next_step
    return "\n".join(caught.value.listed)


def nothing_differs(proposal: Tables | Proposal, policy: Policy | None = None) -> Refused:
    with pytest.raises(Refused, match="Nothing in it differs") as caught:
        decided(proposal, policy)
    return caught.value


def closing(*days: date, **more: Any) -> Proposal:
    return Proposal(calendar=ProposedCalendar(closure_days=days, **more))


def ladder(**changes: Any) -> Tables:
    """The authority's ladder, with other stages, changed as given."""
    table = printed()["ladder"][0] | {"stage": deepcopy(STAGES)} | changes
    return {"ladder": [{name: value for name, value in table.items() if value is not None}]}
