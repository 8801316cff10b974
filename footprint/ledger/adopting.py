"""Adopting a policy: what of a proposal differs is decided under the write lock, and recorded."""

from __future__ import annotations

from footprint.domain.adopting import Holidays, decide_adoption
from footprint.domain.days import london_day
from footprint.domain.entry import Move
from footprint.domain.policy import STREAM as POLICY
from footprint.domain.proposal import Proposal
from footprint.ledger.ledger import Ledger, Recorded
from footprint.ledger.store import queries


def consider_adoption(ledger: Ledger, proposal: Proposal, bank_holidays: Holidays) -> list[Move]:
    """What would be adopted of a proposal now. Nothing is. Raises `Refused`."""
    in_use = queries.codes_in_use(ledger.connection) if proposal.lists else {}
    today = london_day(ledger.clock())
    return decide_adoption(ledger.policy(), proposal, in_use, today, bank_holidays)


def adopt(ledger: Ledger, proposal: Proposal, bank_holidays: Holidays, *, actor: str) -> Recorded:
    """Decide under the write lock what of a proposal is to be adopted, and record it.

    Raises:
        Refused: something is wrong with it, or nothing in it differs. Nothing is recorded.
    """
    with ledger.writing():
        moves = consider_adoption(ledger, proposal, bank_holidays)
        return ledger.append(POLICY, moves, actor=actor)
