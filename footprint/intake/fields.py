"""The fields that a column can be: `MOVE.PART`, or what is of the thread as a whole.

A row proves one move for each group of its cells. An escalation can be answered in turn, so those
moves come again with a number: the answer to the first escalation is `answered-2`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Field(NamedTuple):
    """What a field holds: a kind of value, the list that its codes are of, what people call it."""

    kind: str
    says: str
    codes: str = ""


TEXT, DAY, CODE, CODES, NUMBER, FLAG, IRO, CHILD = (
    "text", "day", "code", "codes", "number", "flag", "iro", "child",
)  # fmt: skip

_WHOLE: dict[str, Field] = {
    "reference": Field(TEXT, "the sheet's own number"),
    "kind": Field(CODE, "challenge or alert", "kinds"),
    "event": Field(CODE, "what happened", "events"),
    "source": Field(CODE, "the source", "sources"),
    "child": Field(CHILD, "the child's case number"),
    "iro": Field(IRO, "the IRO"),
    "service": Field(CODE, "the service", "services"),
    "team": Field(CODE, "the team", "teams"),
    "themes": Field(CODES, "the themes", "themes"),
    "prompted_by": Field(CODE, "what prompted it", "prompts"),
    "review_date": Field(DAY, "the review"),
    "proceedings": Field(FLAG, "court proceedings", "flags"),
}
_ROLE, _STAGE = Field(CODE, "role", "roles"), Field(NUMBER, "stage")
_ON, _WORDS, _NAME = Field(DAY, "day"), Field(TEXT, "words"), Field(TEXT, "name")
_ANSWERED = {
    "on": _ON, "response": Field(CODE, "what it said", "responses"), "role": _ROLE, "from": _NAME,
    "words": _WORDS, "action_by": Field(DAY, "promised for"),
}  # fmt: skip
_ESCALATED = {
    "on": _ON, "role": _ROLE, "to": _NAME, "reason": Field(CODE, "reason", "reasons"),
    "stage": _STAGE, "why": _WORDS,
}  # fmt: skip
_MOVES: dict[str, Mapping[str, Field]] = {
    "raised": {
        "on": _ON, "role": _ROLE, "to": _NAME, "words": _WORDS, "stage": _STAGE, "why": _WORDS,
        "respond_by": Field(DAY, "answer due"),
    },
    "alerted": {"on": _ON, "role": _ROLE, "to": _NAME, "words": _WORDS},
    "answered": _ANSWERED,
    "escalated": _ESCALATED,
    "answered-2": _ANSWERED,
    "escalated-2": _ESCALATED,
    "answered-3": _ANSWERED,
    "escalated-3": _ESCALATED,
    "answered-4": _ANSWERED,
    "cafcass": {"on": _ON, "step": Field(CODE, "step", "cafcass"), "words": _WORDS},
    "closed": {
        "on": _ON, "closure": Field(CODE, "how", "closures"), "words": _WORDS,
        "basis": Field(CODE, "on what basis", "bases"),
    },
    "impact": {"on": _ON, "impact": Field(CODE, "kind", "impacts"), "words": _WORDS},
    "filed": {"on": _ON},
    "note": {"on": _ON, "words": _WORDS},
}  # fmt: skip
ANY = "any"
"""The move whose fields are of whichever move a row says, else of what was raised."""

MOVES = tuple(_MOVES)
"""The moves that a row can prove, in the order in which they come where days do not tell."""

_EVENT = {"on": _ON, "role": _ROLE, "words": _WORDS, "stage": _STAGE}

FIELDS: Mapping[str, Field] = {
    **_WHOLE,
    **{
        f"{move}.{part}": field._replace(says=f"{move}: {field.says}")
        for move, parts in _MOVES.items()
        for part, field in parts.items()
    },
    **{f"{ANY}.{part}": field._replace(says=f"its {field.says}") for part, field in _EVENT.items()},
}

PROSE = {
    f"{move}.{part}": f"{move}.words"
    for move in MOVES
    for part in ("response", "closure", "impact")
    if f"{move}.{part}" in FIELDS
}
"""Fields of a code under which many write a sentence, and the field that the sentence is."""

EVENTS: Mapping[str, str] = {
    "challenge": "challenge raised", "alert": "alert raised", "raised": "raised",
    "alerted": "made formal", "answered": "answered", "escalated": "escalated",
    "cafcass": "Cafcass", "closed": "closed", "impact": "impact", "filed": "filed", "note": "note",
}  # fmt: skip
KINDS = {"challenge": "lower-level challenge", "alert": "formal alert"}
FLAGS = {"yes": "yes", "no": "no"}


def base_of(move: str) -> str:
    """The kind of a move, without its number."""
    return move.rstrip("-0123456789")
