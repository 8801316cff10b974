"""Which stage an answer is of, and in which order the moves of a row were made.

An answer without a stage is of the one where the thread stands. That is not enough where it came
late, or where its column says which stage it is of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from footprint.domain.asks import Ask, Escalate, Raise, RaiseToAlert, Respond
from footprint.domain.ladder import INFORMAL, Ladder
from footprint.domain.policy import Policy
from footprint.errors import Refused
from footprint.intake.headings import Layout

Made = tuple[str, Ask]
"""A move, by its name among the fields, and what it asks."""


def staged(first: Raise, made: Sequence[Made], layout: Layout, policy: Policy) -> Iterator[Ask]:
    """The moves of a thread, each answer with its stage where the sheet shows it.

    Args:
        first: what was raised.
        made: the moves, from that one on.
        layout: of the sheet.
        policy: the ladders.

    Raises:
        Refused: it cannot be told which stage an answer is of, or one is left out.
    """
    _check_none_left_out([move for move, _ in made])
    higher = {ask.role for _, ask in made if isinstance(ask, Escalate)}
    if not higher:
        yield from (ask for _, ask in made)
        return
    stages = _stages_of(first, made, policy)
    by_column = not layout.by_event and any(n.startswith("answered-") for n in layout.fields)
    for move, ask in made:
        if not isinstance(ask, Respond):
            yield ask
            continue
        role, stage = ask.role, ask.stage
        if stage is not None:  # its row says so
            yield ask
            continue
        if by_column:
            stage = stages[_nth(move) - 1]
        elif role and role not in higher and role == first.role:
            stage = stages[0]
        elif layout.by_event and ask.on is None:
            raise Refused(
                "An answer has no day, and it was escalated: which stage answered cannot be told.",
                "Say by whom, or on which day.",
            )
        yield ask.but(stage=stage)


def _nth(move: str) -> int:
    _, _, number = move.partition("-")
    return int(number or 1)


def _check_none_left_out(moves: Sequence[str]) -> None:
    """What is of a later stage needs the one before it."""
    for move in moves:
        kind, _, number = move.partition("-")
        before = _nth(move) - 1
        escalated = "escalated" if before == 1 else f"escalated-{before}"
        if number and escalated not in moves:
            what = "answered" if kind == "answered" else "escalated"
            raise Refused(
                f"It was {what} at a later stage, and no cell says that it came so far.",
                "Where the day is not known, write: unknown.",
            )


def _stages_of(first: Raise, made: Sequence[Made], policy: Policy) -> list[int | None]:
    """The stages that a thread came to, in order; None: the first of one that was made formal."""
    ladder = policy.ladder_for(first.service, first.on)
    begun = (ladder.first_formal if first.stage is None else first.stage) if first.formal else None
    stage = ladder.first_formal if begun is None else begun
    formal = any(isinstance(ask, RaiseToAlert) for _, ask in made)
    stages: list[int | None] = [None if formal else INFORMAL if begun is None else begun]
    for _, ask in made:
        if isinstance(ask, Escalate):
            stage = _next(ladder, stage) if ask.stage is None else ask.stage
            stages.append(stage)
    return stages


def _next(ladder: Ladder, stage: int) -> int:
    """The stage above; at the top, where the move is refused anyway, the top."""
    return min((s.stage for s in ladder.stages if s.stage > stage), default=ladder.top)


def in_order(asks: Sequence[Ask]) -> list[Ask]:
    """By their days; one whose day is not known stays behind those before it."""
    days, last = [], date.min
    for ask in asks:
        day = ask.on or last
        last = max(last, day)
        days.append(day)
    order = sorted(range(1, len(asks)), key=days.__getitem__)
    return [*asks[:1], *(asks[at] for at in order)]
