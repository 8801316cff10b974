"""Ladders: who is asked at each stage, how long they have, and which stages are a formal alert.

The IRO Handbook (2010), chapter 6, asks for a formal local process with levels and a time for
each, at most 20 working days in total. Ladders differ by authority and change, so each is data
with a version; these are the defaults that a new ledger starts from.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from footprint.domain.record import Record

INFORMAL = 0


class Stage(Record):
    """One rung. `days` are working days to respond; `counts` marks a formal alert."""

    stage: int
    label: str
    days: int
    counts: bool


class Ladder(Record):
    """The stages in order, and the services whose challenges climb them.

    `total_days` is the whole-case clock in working days, or None where there is none: it
    starts at the first stage that counts.
    """

    ladder: str
    version: int
    services: tuple[str, ...]
    stages: tuple[Stage, ...]
    total_days: int | None = None

    @property
    def top(self) -> int:
        return self.stages[-1].stage

    @property
    def first_formal(self) -> int:
        return next(s.stage for s in self.stages if s.stage > INFORMAL)

    def stage(self, number: int) -> Stage | None:
        return self._by_number.get(number)

    @cached_property
    def _by_number(self) -> dict[int, Stage]:
        return {stage.stage: stage for stage in self.stages}


def ladder_from(facts: Mapping[str, Any]) -> Ladder:
    """The ladder that an adoption's facts describe."""
    return Ladder(
        ladder=facts["ladder"],
        version=facts["version"],
        services=tuple(facts["services"]),
        stages=tuple(Stage(**stage) for stage in facts["stages"]),
        total_days=facts.get("total_days"),
    )


def _stages(labels: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"stage": n, "label": label, "days": 5, "counts": n > INFORMAL}
        for n, label in enumerate(labels)
    ]


DEFAULT_LADDERS: tuple[dict[str, Any], ...] = (
    {
        "ladder": "authority",
        # "Another service" climbs the authority's ladder: an untold clock would be worse.
        "services": [
            "CSC", "CHAD", "EDU", "VS", "COM", "FOS", "ADP", "LEG", "HOU", "YJS", "OTH",
        ],
        "stages": _stages((
            "Social worker or team manager",
            "Team Manager",
            "Principal Manager or Service Manager",
            "Head of Service",
            "Director of Children's Services",
        )),
        "total_days": 20,
    },
    {
        "ladder": "partner",
        "services": ["CAMHS", "HLT", "POL", "ADV", "PRV", "OLA"],
        "stages": _stages((
            "Worker",
            "Line manager",
            "Head of service",
            "Designated or named lead",
            "Partnership executive",
        )),
    },
)  # fmt: skip
