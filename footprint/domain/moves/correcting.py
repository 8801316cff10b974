"""The move that puts an entry right: correct.

A correction is the entry decided again, as it should have been, against the thread as it was
before it. So a corrected entry is always one that could have been recorded, codes and rules
included, and a due date moves with the day that it was counted from. What was decided later on
the strength of the mistake stands; only its order is tested again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from footprint.domain import asks
from footprint.domain import events as ev
from footprint.domain.corrections import (
    CORRECTED,
    NEW_WORDS,
    corrected,
    corrected_entries,
    corrected_words,
)
from footprint.domain.days import from_iso
from footprint.domain.entry import Entry, Move, Words
from footprint.domain.fold import fold, fold_stated
from footprint.domain.ladder import Ladder
from footprint.domain.moves.checks import check_day, ladder_of, said, text_of
from footprint.domain.moves.order import check_order
from footprint.domain.moves.recount import moved_with_the_ladder, recounted
from footprint.domain.moves.sending import begin_on
from footprint.domain.moves.table import decided
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.stated import Facts, Stated, stated
from footprint.domain.thread import Thread, with_days
from footprint.errors import Refused


@dataclass(frozen=True)
class _Kind:
    """What asks for a kind of entry, and the texts that it may have."""

    ask: type[asks.Ask]
    texts: tuple[str, ...] = ("text",)


_RAISED = _Kind(asks.Raise, ("text", "to", "why", "review_date"))
_SENT = ("text", "to", "why")
_KINDS = {
    "challenge.raised": _RAISED,
    "alert.raised": _RAISED,
    "thread.alerted": _Kind(asks.RaiseToAlert, _SENT),
    "thread.escalated": _Kind(asks.Escalate, _SENT),
    "response.received": _Kind(asks.Respond, ("text", "from")),
    "thread.closed": _Kind(asks.Close, ("text", "why")),
    "thread.reopened": _Kind(asks.Reopen),
    "note.added": _Kind(asks.AddNote),
    "impact.recorded": _Kind(asks.RecordImpact),
    "cafcass.recorded": _Kind(asks.RecordCafcass),
    "party.told": _Kind(asks.Tell, ("text", "view")),
    "thread.filed": _Kind(asks.File),
    "thread.handed-over": _Kind(asks.HandOver),
}
"""The entries that can be corrected, by topic."""


def correct(
    entries: Sequence[Entry],
    ask: asks.Correct,
    policy: Policy,
    *,
    today: date,
    words: Mapping[int, Words],
) -> tuple[Move, ...]:
    """The correction that was asked for; then those of later due dates that follow from it.

    Args:
        entries: those of the thread.
        ask: what is to be put right.
        policy: the policy in force.
        today: the day it is recorded, in London.
        words: those of the entries by position.

    Raises:
        Refused: the entry could not have been recorded so, or it says so already.
    """
    at = _index(entries, ask.entry)
    known = corrected_entries(entries)
    target = known[at]
    new = _new_texts(target, ask)
    old = corrected_words(entries, words).get(target.position, {})
    again = _again(known, at, ask, _texts(target, old, new), policy, today)
    changes = {target.position: _difference(target, again)}
    if not changes[target.position] and all(old.get(n, "") == text for n, text in new.items()):
        raise Refused(
            f"Entry {target.position} says that already.",
            f"See how it stands: footprint show {shown(target.stream)}.",
        )
    if not ask.keep_due:
        changes |= moved_with_the_ladder(target, again, known[at + 1 :], policy)
    _check_what_follows(entries, changes, at, policy)
    return tuple(_move(ask, position, facts) for position, facts in changes.items())


def _move(ask: asks.Correct, position: int, facts: Facts) -> Move:
    follows = {"reason": f"Follows from the correction of entry {ask.entry}."}
    return Move(
        event=ev.EntryCorrected(corrects=position, facts=dict(facts)),
        occurred_on=ask.on,
        source=ask.source,
        words=ask.words if position == ask.entry else follows,
    )


# --- what is corrected, and with what ---------------------------------------------------------


def _index(entries: Sequence[Entry], position: int) -> int:
    """Where the entry is that is to be corrected."""
    ref = shown(entries[0].stream)
    at = {entry.position: index for index, entry in enumerate(entries)}
    can = ", ".join(str(entry.position) for entry in entries if entry.topic in _KINDS)
    if position not in at:
        raise Refused(f"Entry {position} is not of {ref}.", f"Those that can be corrected: {can}.")
    event = entries[at[position]].event
    if isinstance(event, ev.EntryCorrected):
        raise Refused(
            f"Entry {position} is itself a correction, of entry {event.corrects}.",
            f"Correct entry {event.corrects} again: the last correction stands.",
        )
    if event.topic not in _KINDS:
        raise Refused(
            f"Entry {position} ({event.topic}) is not one that is corrected.",
            f"Those that can be: {can}.",
        )
    return at[position]


def _new_texts(target: Entry, ask: asks.Correct) -> dict[str, str]:
    """The new texts by their plain names; an empty one takes a text away."""
    if not ask.words.get("reason", "").strip():
        raise Refused("A correction needs a reason.", "Give it with --reason.")
    texts = _KINDS[target.topic].texts
    new = {}
    for name, text in ask.words.items():
        plain = text_of(name, name.removeprefix(NEW_WORDS))
        if name != "reason" and plain not in texts:
            raise Refused(
                f"Entry {target.position} has no {plain} among its words.",
                f"It may have: {', '.join(texts)}.",
            )
        if name != "reason":
            new[plain] = text_of(plain, text)
    return new


def _texts(target: Entry, old: Words, new: Words) -> dict[str, str]:
    """The words that the entry will have; words that are gone for good count as said."""
    gone = {} if old or not target.words else dict.fromkeys(("text", "why"), "(removed)")
    return said({**gone, **old, **new})


# --- the entry, decided again -----------------------------------------------------------------


def _again(
    known: Sequence[Entry],
    at: int,
    ask: asks.Correct,
    texts: Words,
    policy: Policy,
    today: date,
) -> Entry:
    """The entry decided again; its place, who recorded it and when stay as they are."""
    target = known[at]
    asked = _asked(target, ask, texts, policy)
    before = fold([e for e in known[:at] if e.topic != CORRECTED], policy)
    try:
        event = _decided(target, asked, before, policy, today)
    except Refused as refused:
        raise Refused(refused.what, _as_set(refused.next_step), refused.listed) from None
    again = replace(target, event=event, occurred_on=asked.on, source=asked.source)
    return recounted(
        target,
        again,
        _ladder_before(target, before, policy),
        policy,
        given="respond_by" in ask.facts,
        keep=ask.keep_due,
    )


def _decided(
    target: Entry, asked: asks.Ask, before: Thread | None, policy: Policy, today: date
) -> ev.Event:
    check_day(asked.on, asked.source, today)
    if isinstance(asked, asks.Raise):
        return begin_on(_ladder(target, asked, policy), asked, policy)
    return decided(before, asked, policy)


def _as_set(advice: str) -> str:
    """Advice for the command that recorded the entry, for the one that corrects it.

    There the same option is of the correction itself: its own day, its own reason.
    """
    if "footprint " in advice:  # another command, to be typed as it is
        return advice
    return _OPTION.sub(lambda found: f"--set {_SET.get(found[1], found[1])}=VALUE", advice)


_OPTION = re.compile(r"--([a-z-]+)")
_SET = {"reason": "why"}


def _asked(target: Entry, ask: asks.Correct, texts: Words, policy: Policy) -> asks.Ask:
    """What should have been asked."""
    cls = _KINDS[target.topic].ask
    facts = {f.name: str(f.type) for f in fields(cls) if f.name not in _NO_FACTS}
    for name, value in ask.facts.items():
        if name not in facts:
            raise Refused(
                f"Entry {target.position} has no {name}.", f"It has: {', '.join(sorted(facts))}."
            )
        if value is None and not facts[name].endswith("| None"):
            raise Refused(f"The {name} of entry {target.position} is needed.", "Say what it was.")
    stood: dict[str, Any] = {name: getattr(target.event, name, None) for name in facts}
    stood |= {"on": target.occurred_on, "source": target.source, "respond_by": None}
    asked = {name: value for name, value in (stood | dict(ask.facts)).items() if name in facts}
    asked["source"] = policy.code("sources", asked["source"])
    if cls is asks.Raise:
        asked |= {"formal": target.topic == ev.AlertRaised.topic, "child": ""}
    return cls(**asked, words=texts)


_NO_FACTS = frozenset({"words", "child", "formal"})


def _ladder(target: Entry, asked: asks.Raise, policy: Policy) -> Ladder:
    """The ladder that the thread began under, unless its service climbs another."""
    stood, service = _ladder_before(target, None, policy), policy.code("services", asked.service)
    return stood if service in stood.services else policy.ladder_for(service, asked.on)


def _ladder_before(target: Entry, before: Thread | None, policy: Policy) -> Ladder:
    if before:
        return ladder_of(before, policy)
    facts: Any = target.event
    return policy.ladder(facts.ladder, facts.ladder_version)


def _difference(old: Entry, new: Entry) -> Facts:
    """The facts that a correction states: those that differ, null for one taken away."""
    (_, _, was), (_, _, now) = stated(old), stated(new)
    return {name: value for name, value in now.items() if value != was.get(name)}


# --- what was recorded after it ---------------------------------------------------------------


def _check_what_follows(
    entries: Sequence[Entry], changes: Mapping[int, Facts], at: int, policy: Policy
) -> None:
    """Refuse a correction that would bring disorder into what was recorded after the entry."""
    was = [stated(entry) for entry in entries]
    tail = entries[-1].position
    new: list[Stated] = [
        (tail + n, CORRECTED, {"corrects": position, "facts": facts})
        for n, (position, facts) in enumerate(changes.items(), start=1)
    ]
    ref, now = entries[0].stream, corrected([*was, *new])
    was = list(corrected(was))
    for index in range(at + 1, len(was)):
        wrong = _disorder(ref, now[: index + 1], policy)
        if wrong and not _disorder(ref, was[: index + 1], policy):
            raise Refused(
                f"Entry {was[index][0]}, which was recorded after it, would be out of order:"
                f" {wrong}",
                "Mend the date, or correct that entry first.",
            )


def _disorder(ref: str, history: Sequence[Stated], policy: Policy) -> str | None:
    """What is out of order in the last of these entries, if anything is."""
    *earlier, (_, topic, facts) = history
    if topic == CORRECTED:
        return None
    before = fold_stated(ref, [entry for entry in earlier if entry[1] != CORRECTED], policy)
    try:
        check_order(with_days(before), topic, facts, from_iso(facts["occurred_on"]))
    except Refused as refused:
        return refused.what
    return None
