"""The move that puts an entry right: correct.

A correction is the entry decided again, as it should have been, against the thread as it was
before it. So a corrected entry is always one that could have been recorded, codes and rules
included, and a due date moves with the day that it was counted from. What was decided later on
the strength of the mistake stands; only its order is tested again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from footprint.domain import asks
from footprint.domain import events as ev
from footprint.domain.corrections import (
    CORRECTED,
    NEW_WORDS,
    corrected_entries,
    corrected_words,
)
from footprint.domain.entry import ORIGIN_WORDS, TOGETHER, Entry, Move, Words
from footprint.domain.fold import fold
from footprint.domain.ladder import Ladder
from footprint.domain.moves.afterwards import check_what_follows
from footprint.domain.moves.amending import amend
from footprint.domain.moves.checks import (
    check_day,
    ladder_of,
    needs_reason,
    said,
    says_already,
    text_of,
)
from footprint.domain.moves.recount import moved_with_the_ladder, recounted
from footprint.domain.moves.sending import begin_on
from footprint.domain.moves.table import decided
from footprint.domain.nearest import did_you_mean
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.stated import Facts, stated
from footprint.domain.thread import Thread
from footprint.errors import Refused


class _Kind(NamedTuple):
    """What asks for a kind of entry, and the texts that it may have.

    One that a sheet's row can make may have the words that say from where.
    """

    ask: type[asks.Ask]
    own: tuple[str, ...] = ("text",)
    imported: bool = True

    @property
    def texts(self) -> tuple[str, ...]:
        return self.own + (ORIGIN_WORDS if self.imported else ())


_RAISED = _Kind(asks.Raise, ("text", "to", "why", "review_date", "follows", TOGETHER))
_SENT = ("text", "to", "why")
_KINDS = {
    "challenge.raised": _RAISED,
    "alert.raised": _RAISED,
    "thread.alerted": _Kind(asks.RaiseToAlert, _SENT),
    "thread.escalated": _Kind(asks.Escalate, _SENT),
    "response.received": _Kind(asks.Respond, ("text", "from")),
    "thread.closed": _Kind(asks.Close, ("text", "why")),
    "thread.reopened": _Kind(asks.Reopen, imported=False),
    "note.added": _Kind(asks.AddNote),
    "document.attached": _Kind(
        asks.Attach, ("title", "sha256", "size", "type", "text"), imported=False
    ),
    "impact.recorded": _Kind(asks.RecordImpact),
    "cafcass.recorded": _Kind(asks.RecordCafcass),
    "party.told": _Kind(asks.Tell, ("text", "view"), imported=False),
    "thread.filed": _Kind(asks.File),
    "thread.handed-over": _Kind(asks.HandOver, imported=False),
}
"""The entries that are decided again, by topic; others are put right as they stand."""


def correct(
    entries: Sequence[Entry],
    ask: asks.Correct,
    policy: Policy,
    *,
    today: date,
    words: Mapping[int, Words],
) -> tuple[Move, ...]:
    """The correction that was asked for; then those of later due dates that follow from it.

    What no ask makes (a correction itself, a redaction and its request) is not decided again: see
    `amending`.

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
    if entries[at].topic not in _KINDS:
        return amend(entries, at, ask, policy, today=today, words=words)
    if ask.take_back:
        raise Refused(
            f"Entry {ask.entry} is no correction, and cannot be taken back.",
            "Say what it should have been: --set.",
        )
    known = corrected_entries(entries)
    target = known[at]
    new = _new_texts(target, ask)
    old = corrected_words(entries, words).get(target.position, {})
    again = _again(known, at, ask, _texts(target, old, new), policy, today)
    changes = {target.position: _difference(target, again)}
    if not changes[target.position] and all(old.get(n, "") == text for n, text in new.items()):
        raise says_already(target)
    if not ask.keep_due:
        changes |= moved_with_the_ladder(target, again, known[at + 1 :], policy)
    check_what_follows(entries, changes, at, policy)
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
    can = ", ".join(str(entry.position) for entry in entries)
    if position not in at:
        raise Refused(f"Entry {position} is not of {ref}.", f"Those that can be corrected: {can}.")
    return at[position]


def _new_texts(target: Entry, ask: asks.Correct) -> dict[str, str]:
    """The new texts by their plain names; an empty one takes a text away."""
    needs_reason(ask)
    texts = _KINDS[target.topic].texts
    new = {}
    for name, text in ask.words.items():
        plain = text_of(name, name.removeprefix(NEW_WORDS))
        if name != "reason" and plain not in texts:
            raise Refused(
                f"Entry {target.position} has no {plain} among its words.",
                f"It may have: {', '.join(_KINDS[target.topic].own)}.",
            )
        if name != "reason":
            new[plain] = text_of(plain, text)
    return new


def _texts(target: Entry, old: Words, new: Words) -> Words:
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
    again = target.but(event=event, occurred_on=asked.on, source=asked.source)
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
    return re.sub(_OPTION, lambda found: f"--set {_SET.get(found[1], found[1])}=VALUE", advice)


_ELSEWHERE = {
    "child": "Where it was the wrong child: footprint redact {ref} --basis wrong-child"
    " --right-child NUMBER --why TEXT.",
}
"""What is put right by another command."""
_OPTION = r"--([a-z-]+)"
_SET = {"reason": "why"}


def _asked(target: Entry, ask: asks.Correct, texts: Words, policy: Policy) -> asks.Ask:
    """What should have been asked."""
    cls = _KINDS[target.topic].ask
    facts = {name: kind for name, kind in cls.kinds.items() if name not in _NO_FACTS}
    for name, value in ask.facts.items():
        if name not in facts:
            there = f"{did_you_mean(name, [*facts])} It has: {', '.join(sorted(facts))}."
            elsewhere = _ELSEWHERE.get(name, "").format(ref=shown(target.stream))
            raise Refused(f"Entry {target.position} has no {name}.", elsewhere or there.lstrip())
        if value is None and not facts[name].endswith("| None"):
            raise Refused(
                f"The {name} of entry {target.position} is needed.",
                f"Say what it was: --set {name}=VALUE.",
            )
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
