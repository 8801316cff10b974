"""Adoptions in a ledger: decided on what it holds when they are recorded."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import ledger_helpers as own
import pytest

from footprint.domain import events as ev
from footprint.domain.entry import Move
from footprint.domain.proposal import Proposal
from footprint.errors import Refused
from footprint.ledger.adopting import adopt, consider_adoption
from footprint.ledger.store.queries import codes_in_use


def moved(event: ev.Event) -> Move:
    return Move(event=event, occurred_on=own.DAY, source="transcribed", words={})


@pytest.mark.usefixtures("engine")
def test_codes_are_counted_by_list(tmp_path: Path) -> None:
    """Each fact that is a code counts for its list; what a correction says or takes away too."""
    opening: dict[str, Any] = {"ladder": "authority", "ladder_version": 1, "iro": "PLC"}
    raised = ev.ChallengeRaised(
        service="CSC", themes=("DEL", "PLC"), stage=0, role="teacher", team="duty",
        prompted_by="visit", **opening,
    )  # fmt: skip
    others = [
        ev.ResponseReceived(stage=0, response="agreed", role="teacher"),
        ev.PartyTold(party="child"),
        ev.ImpactRecorded(impact="none"),
        ev.EntryCorrected(corrects=7, facts={"themes": ["SIB", "DEL"], "team": None}),
        ev.NoteAdded(),
    ]
    with closing(own.make_ledger(tmp_path)) as ledger:
        assert not codes_in_use(ledger.connection)
        ledger.append("CH-0000001", [moved(event) for event in (raised, *others)], actor="mb")
        assert codes_in_use(ledger.connection) == {
            ("services", "CSC"): 1, ("themes", "DEL"): 2, ("themes", "PLC"): 1,
            ("themes", "SIB"): 1, ("roles", "teacher"): 2, ("teams", "duty"): 1,
            ("prompts", "visit"): 1, ("parties", "child"): 1, ("impacts", "none"): 1,
        }  # fmt: skip


def no_holidays(_first: date, _last: date) -> tuple[set[date], str]:
    return set(), "nowhere"


@pytest.mark.usefixtures("engine")
def test_an_adoption_is_decided_on_the_ledger_as_it_is(tmp_path: Path) -> None:
    """What another process adopted or recorded since is in force when this one decides."""
    rules = Proposal(rules={"publish_threshold": 7})
    without = Proposal(lists={"themes": {"DEL": "Delay"}})
    with (
        closing(own.make_ledger(tmp_path)) as one,
        closing(own.reopen(tmp_path, actor="pd")) as other,
    ):
        assert one.policy().publish_threshold == 5
        assert len(consider_adoption(one, without, no_holidays)) == 1
        adopt(other, rules, no_holidays, actor="pd")
        other.record(own.challenge(), actor="pd")
        size = one.size()
        with pytest.raises(Refused, match="Nothing in it differs"):
            adopt(one, rules, no_holidays, actor="mb")
        with pytest.raises(Refused) as caught:
            adopt(one, without, no_holidays, actor="mb")
        assert caught.value.listed[0].startswith("themes: PLC ")
        assert one.size() == size
        adopted = adopt(one, Proposal(rules={"publish_threshold": 8}), no_holidays, actor="mb")
        assert [(e.position, e.version, e.actor) for e in adopted.entries] == [(size + 1, 7, "mb")]
        assert one.policy().rules_version == 3
    own.check_whole(tmp_path)
