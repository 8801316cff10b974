"""Random legal histories of a thread, and mistakes in the recording of one of its entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.casework import (
    Case,
    alert,
    cafcass,
    close,
    correct,
    escalate,
    file,
    hand_over,
    impact,
    march,
    raised,
    reopen,
    respond,
    tell,
    to_alert,
)
from hypothesis import reject
from hypothesis import strategies as st

from footprint.domain.asks import AddNote, Ask, Correct
from footprint.domain.thread import Thread
from footprint.errors import Refused

Draw = st.DrawFn

WHY = {"text": "No plan.", "why": "the child moves tomorrow"}
CODES: dict[str, tuple[Any, ...]] = {
    "service": ("CSC", "CHAD", "EDU", "CAMHS", "HLT"),
    "themes": (("DEL",), ("ADO",), ("ADO", "DEL")),
    "role": ("team-manager", "social-worker", "director"),
    "iro": ("ab", "cd", "ef"),
    "team": (None, "chad", "placements"),
    "capacity": ("iro", "cp-chair"),
    "prompted_by": (None, "review", "visit"),
    "proceedings": (None, True, False),
    "stage": (0, 1, 2, 3, 4),
    "reason": ("unsatisfied", "serious", "overdue"),
    "response": ("agreed", "partly", "not-agreed", "holding", "clarification"),
    "closure": ("resolved", "partly", "explained", "unresolved", "withdrawn"),
    "basis": ("done", "agreed", None),
    "by": ("iro", "manager"),
    "impact": ("plan", "none", "too-early"),
    "step": ("considered", "referred"),
    "party": ("child", "court"),
    "privileged": (False, True),
}
TEXTS = {
    "Raise": ("text", "to", "why", "review_date"),
    "RaiseToAlert": ("text", "to", "why"),
    "Escalate": ("text", "to", "why"),
    "Respond": ("text", "from"),
    "Close": ("text", "why"),
    "Tell": ("text",),
}
"""The texts that an entry may have, where it may have others than `text`."""


# --- histories ------------------------------------------------------------------------------


def _code(draw: Draw, name: str) -> Any:
    return draw(st.sampled_from(CODES[name]))


def _ahead(draw: Draw, on: date | None, *days: int | None) -> date | None:
    """A day so far ahead, or None."""
    n = draw(st.sampled_from(days))
    return None if n is None else (on or march(1)) + timedelta(days=n)


def _begin(draw: Draw, on: date | None, *, plain: bool) -> Ask:
    facts = {name: _code(draw, name) for name in ("service", "themes", "team", "capacity")}
    by = None if plain else _ahead(draw, on, None, None, 2, 30)
    if draw(st.booleans()):
        return raised(on, words=WHY, respond_by=by, **facts)
    return alert(on, words=WHY, respond_by=by, stage=draw(st.sampled_from([1, 1, 2])), **facts)


def _send(draw: Draw, thread: Thread, on: date | None, *, plain: bool) -> Ask:
    """To an alert, or to a stage above; every reason is given."""
    at = thread.step.stage
    facts: dict[str, Any] = {
        "stage": min(at + draw(st.sampled_from([1, 1, 2])), 4),
        "respond_by": None if plain else _ahead(draw, on, None, None, 2, 30),
        "words": WHY,
    }
    if at == 0:
        return to_alert(on, **facts)
    return escalate(on, reason="unsatisfied" if plain else _code(draw, "reason"), **facts)


def _answer(draw: Draw, thread: Thread, on: date | None, *, plain: bool) -> Ask:
    stage = draw(st.sampled_from([step.stage for step in thread.steps]))
    by = None if plain else _ahead(draw, on, None, None, 0, 9)
    return respond(on, stage=stage, response=_code(draw, "response"), action_by=by)


def _end(draw: Draw, thread: Thread, on: date | None, *, plain: bool) -> Ask:
    if thread.closed:
        return reopen(on)
    closure = "withdrawn" if plain else _code(draw, "closure")
    return close(on, closure=closure, words={"why": "on leave"})


def _beside(draw: Draw, on: date | None) -> Ask:
    moves = [
        AddNote(on=on, privileged=draw(st.booleans()), words=WHY),
        impact(on, code=_code(draw, "impact")),
        cafcass(on, step=_code(draw, "step")),
        tell(on, party=_code(draw, "party"), words={"view": "supports"}),
        file(on),
        hand_over(on, iro=_code(draw, "iro")),
    ]
    return draw(st.sampled_from(moves))


@st.composite
def histories(draw: Draw, *, plain: bool = False) -> list[Ask]:
    """What was asked in a legal history, each stage named.

    Plain: nothing depends on a day but the order, and the days of closing and reopening are known.
    """
    on = draw(st.sampled_from([march(1), march(1), march(3), None]))
    asks = [_recalled(_begin(draw, on, plain=plain))]
    case, day = Case(*asks), march(3)
    kinds = [_send, _send, _answer, _answer, _end, None]
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=7)):
        day += timedelta(days=draw(st.integers(0, 6)))
        known = draw(st.integers(0, 5)) or (plain and kind is _end)
        on = day if known else None
        ask = kind(draw, case.thread, on, plain=plain) if kind else _beside(draw, on)
        if happened(case, _recalled(ask)):
            asks.append(_recalled(ask))
    return asks


def _recalled(ask: Ask) -> Ask:
    return ask if ask.on else ask.but(source="recalled")


def happened(case: Case, ask: Ask) -> bool:
    """Whether a move was legal; then it was made."""
    try:
        case.do(ask)
    except Refused:
        return False
    return True


# --- mistakes -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Mistaken:
    """A history in which one move, `at` its place, was recorded wrongly.

    `between` is another mistake, to which it might be corrected at first.
    """

    asks: list[Ask]
    at: int
    wrong: Ask
    between: Ask

    @property
    def right(self) -> Ask:
        return self.asks[self.at]

    def recorded(self) -> Case | None:
        """As it was recorded, if it could be."""
        case = Case()
        asks = [*self.asks[: self.at], self.wrong, *self.asks[self.at + 1 :]]
        return case if all(happened(case, ask) for ask in asks) else None


@st.composite
def mistaken(draw: Draw) -> Mistaken:
    """A legal history and a mistake in it, with which it could be recorded as well."""
    asks = draw(histories())
    at = draw(st.integers(0, len(asks) - 1))
    for _ in range(4):
        wrong, between = _wrong(draw, asks[at]), _wrong(draw, asks[at])
        made = Mistaken(asks=asks, at=at, wrong=wrong, between=between)
        if wrong != asks[at] and made.recorded():
            return made
    return reject()


def _wrong(draw: Draw, right: Ask) -> Ask:
    """What was asked, with one to three mistakes in it."""
    facts = [name for name in right.kinds if name in CODES or name.endswith("_by")]
    ask, names = right, st.sampled_from(["on", "on", "words", *facts])
    for name in draw(st.lists(names, min_size=1, max_size=3)):
        ask = ask.but(**_mistake(draw, ask, name))
    return _recalled(ask)


def _mistake(draw: Draw, ask: Ask, name: str) -> dict[str, Any]:
    if name == "words":
        text = draw(st.sampled_from(TEXTS.get(type(ask).__name__, ("text",))))
        said = draw(st.sampled_from(["", "Misheard.", "2017-04-01"]))
        return {"words": {n: t for n, t in {**ask.words, text: said}.items() if t}}
    if name in CODES:
        return {name: _code(draw, name)}
    days: tuple[int | None, ...] = (-7, -2, -1, 1, 2, 7) if name == "on" else (1, 5, 7, 30)
    return {name: _ahead(draw, ask.on, None, *days)}


def putting_right(entry: int, wrong: Ask, right: Ask, *, keep_due: bool = False) -> Correct:
    """The correction of an entry that was asked for wrongly.

    A day to answer by that was given is given again: it might be the one that was counted.
    """
    names = [name for name in right.kinds if name not in ("words", "child", "formal")]
    facts = {n: getattr(right, n) for n in names if getattr(right, n) != getattr(wrong, n)}
    if getattr(right, "respond_by", None):
        facts |= {"respond_by": vars(right)["respond_by"]}
    texts = {n: right.words.get(n, "") for n in {*wrong.words, *right.words}}
    new = {n: text for n, text in texts.items() if text != wrong.words.get(n, "")}
    return correct(entry, keep_due=keep_due, new=new, **facts)
