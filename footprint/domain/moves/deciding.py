"""One road for every move: what is asked, against the entries so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from footprint.domain.asks import Ask, Attach, PuttingRight, Raise
from footprint.domain.corrections import corrected_words
from footprint.domain.entry import Entry, Move, Words
from footprint.domain.fold import State, begin, facts_of, folded, grow
from footprint.domain.moves.alongside import check_not_attached
from footprint.domain.moves.checks import check_day, said
from footprint.domain.moves.table import decided
from footprint.domain.policy import Policy
from footprint.domain.thread import seen
from footprint.errors import Refused


def decide(
    entries: Sequence[Entry],
    ask: Ask,
    policy: Policy,
    *,
    today: date,
    words: Mapping[int, Words] | None = None,
    actor: str = "",
) -> tuple[Move, ...]:
    """The moves that what was asked comes to, if it is legal: one, or several that belong together.

    Args:
        entries: those of the thread so far; none only for `Raise`.
        ask: what is asked.
        policy: the policy in force.
        today: the day it is recorded, in London.
        words: those of the entries by position, which `READS_WORDS` need.
        actor: who asks, which an approval needs.

    Raises:
        Refused: with the reason, and the next legal step.
    """
    return decide_together(entries, (ask,), policy, today=today, words=words, actor=actor)


def decide_together(
    entries: Sequence[Entry],
    asks: Sequence[Ask],
    policy: Policy,
    *,
    today: date,
    words: Mapping[int, Words] | None = None,
    actor: str = "",
) -> tuple[Move, ...]:
    """The moves that several asks come to, each decided as the thread stands after those before.

    Args and refusals are those of `decide`. What puts right stands alone: it is taken back, and
    entered again, with all that its command recorded.
    """
    moves: list[Move] = []
    state: State | None = None
    at = today.isoformat()
    for ask in asks:
        if isinstance(ask, Raise) == bool(entries or moves):
            raise Refused(
                "A thread begins with a challenge or an alert, and only once.",
                "Begin one: footprint challenge; go on with one: name its reference.",
            )
        source = policy.code("sources", ask.source)
        check_day(ask.on, source, today)
        if isinstance(ask, PuttingRight):
            _check_alone(asks)
            # It has more rules than all the others, and few commands ask for it.
            from footprint.domain.moves.putting_right import put_right  # noqa: PLC0415

            return put_right(entries, ask.but(source=source), policy, today=today,
                                  words=words or {}, actor=actor)  # fmt: skip
        texts = said(ask.words)
        if isinstance(ask, Attach):
            check_not_attached(ask, corrected_words(entries, words or {}), moves)
        same = source == ask.source and texts is ask.words  # as asked, to the letter
        if isinstance(ask, Raise):
            texts = {**texts, "child": policy.check_case_number(ask.child)}
        if not same:
            ask = ask.but(source=source, words=texts)  # noqa: PLW2901 - what was meant by it
        state = _grown(state, moves[-1], policy, at) if moves else folded(entries, policy)
        event = decided(seen(state) if state else None, ask, policy)
        moves.append(Move(event=event, occurred_on=ask.on, source=source, words=texts))
    return tuple(moves)


def _check_alone(asks: Sequence[Ask]) -> None:
    if len(asks) > 1:
        raise Refused(
            "What puts an entry right is a command of its own.",
            "Record a correction or a redaction by itself.",
        )


def _grown(state: State | None, move: Move, policy: Policy, at: str) -> State:
    """The state after a move that was decided, and will be recorded at a time."""
    topic, facts = move.event.topic, facts_of(move, at)
    if state is None:
        return begin(NEW, topic, facts, policy)
    grow(state, topic, facts, policy)
    return state


NEW = "the thread"
"""What a thread is called in a refusal before it has a reference."""
