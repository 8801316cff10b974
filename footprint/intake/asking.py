"""From what a row says of a move to what is asked: one function a move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from footprint.domain.asks import (
    AddNote,
    Ask,
    Close,
    Escalate,
    File,
    Raise,
    RaiseToAlert,
    RecordCafcass,
    RecordImpact,
    Respond,
)
from footprint.domain.entry import Words
from footprint.domain.ladder import INFORMAL
from footprint.errors import Refused
from footprint.intake.cells import NO_DAY, Fault

Parts = Mapping[str, Any]
"""What a row says of one move, by the part of the field behind the dot."""

_TEXTS = {"words": "text", "to": "to", "from": "from", "why": "why"}


SOURCES = ("transcribed", "recalled")
"""What is brought in was not recorded here at the time."""
NO_SOURCE = Fault(
    "", "", "it does not say its source: transcribed (from a record made then) or recalled. Of all"
    " rows that do not say, --source says it",
)  # fmt: skip


def asked(move: str, parts: Parts, whole: Parts, source: str | None, origin: Words) -> Ask | None:
    """What is asked by these parts of a move; None where they say that it was not made.

    Args:
        move: its kind, without a number.
        parts: what the row says of it.
        whole: what is said of the thread as a whole.
        source: what the row says of its source.
        origin: where it comes from, to be kept with its words.

    Raises:
        Refused: something is missing, or contradicts itself.
    """
    if source not in SOURCES:
        raise Refused(NO_SOURCE.reason)
    on = parts.get("on")
    words = {to: parts[part] for part, to in _TEXTS.items() if part in parts}
    words.update(origin)
    common = {"on": None if on == NO_DAY else on, "source": source, "words": words}
    return _ASK[move](parts, whole, common)


def _raise(parts: Parts, whole: Parts, common: Parts) -> Ask:
    missing = [name for name in ("child", "service", "themes") if not whole.get(name)]
    kind, stage = _kind(whole.get("kind"), parts.get("stage"))
    if kind is None:
        missing.append("challenge or alert")
    if missing:
        raise Refused(
            f"Not said: {', '.join(missing)}.",
            "What is the same in all rows can be said in a mapping, [always].",
        )
    review = whole.get("review_date")
    if review:
        common["words"]["review_date"] = review.isoformat()
    return Raise(
        **common,
        child=whole["child"],
        service=whole["service"],
        themes=tuple(dict.fromkeys(whole["themes"])),
        role=parts.get("role") or None,
        iro=whole.get("iro"),
        formal=kind == "alert",
        stage=stage,
        team=whole.get("team") or None,
        prompted_by=whole.get("prompted_by") or None,
        proceedings=whole.get("proceedings"),
        respond_by=parts.get("respond_by"),
    )


def _kind(kind: str | None, stage: int | None) -> tuple[str | None, int | None]:
    """Challenge or alert, and the stage that an alert began at; a stage alone says which.

    Raises:
        Refused: the two contradict each other.
    """
    by_stage = None if stage is None else "challenge" if stage == INFORMAL else "alert"
    if None not in (kind, by_stage) and kind != by_stage:
        raise Refused(f"It says that it is a {kind}, and stage {stage}, which is none.")
    kind = kind or by_stage
    return kind, stage if kind == "alert" and stage else None


def _respond(parts: Parts, _whole: Parts, common: Parts) -> Ask | None:
    if parts.get("response") == "":
        _must_not(parts, common, "there was no answer")
        return None
    response = parts.get("response") or "not-known"
    action_by = parts.get("action_by")
    return Respond(
        **common, response=response, role=parts.get("role") or None,
        action_by=None if action_by == NO_DAY else action_by, stage=parts.get("stage"),
    )  # fmt: skip


def _close(parts: Parts, _whole: Parts, common: Parts) -> Ask | None:
    if parts.get("closure") == "":
        _must_not(parts, common, "it is open")
        return None
    return Close(
        **common, closure=parts.get("closure") or "not-known", basis=parts.get("basis") or None
    )


def _must_not(parts: Parts, common: Parts, says: str) -> None:
    if common["on"]:
        raise Refused(f"One cell says that {says}, and another a day on which it was not so.")
    if "text" in common["words"] and parts.get("response") == "":
        raise Refused("One cell says that there was no answer, and another what it said.")


def _escalate(parts: Parts, _whole: Parts, common: Parts) -> Ask | None:
    if parts.get("role") == "" and not common["on"]:
        return None
    return Escalate(
        **common, role=parts.get("role") or None, reason=parts.get("reason") or "not-known",
        stage=parts.get("stage"),
    )  # fmt: skip


def _alert(parts: Parts, _whole: Parts, common: Parts) -> Ask:
    return RaiseToAlert(**common, role=parts.get("role") or None)


def _cafcass(parts: Parts, _whole: Parts, common: Parts) -> Ask | None:
    if parts.get("step") == "" and not common["on"]:
        return None
    if not parts.get("step"):
        raise Refused("It does not say which step towards Cafcass it was.")
    return RecordCafcass(**common, step=parts["step"])


def _impact(parts: Parts, _whole: Parts, common: Parts) -> Ask:
    return RecordImpact(**common, impact=parts.get("impact") or "unclassified")


def _file(_parts: Parts, _whole: Parts, common: Parts) -> Ask:
    return File(**common)


def _note(_parts: Parts, _whole: Parts, common: Parts) -> Ask:
    return AddNote(**common)


_ASK: Mapping[str, Callable[[Parts, Parts, Parts], Ask | None]] = {
    "raised": _raise, "alerted": _alert, "answered": _respond, "escalated": _escalate,
    "cafcass": _cafcass, "closed": _close, "impact": _impact, "filed": _file, "note": _note,
}  # fmt: skip
