"""Putting right what put something right: a correction, a redaction or the request for one.

None of these is decided again, since no rule of the field decided it. A correction can be taken
back, as if it had not been made; and of each, who reads it can be told another day, source or
reason. What a redaction removed stays removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from footprint.domain import events as ev
from footprint.domain.asks import Correct
from footprint.domain.corrections import NEW_WORDS, corrected_entries, corrected_words
from footprint.domain.entry import Entry, Move, Words
from footprint.domain.moves.afterwards import check_what_follows
from footprint.domain.moves.checks import check_day, needs_reason, says_already, text_of
from footprint.domain.policy import Policy
from footprint.domain.redactions import open_requests
from footprint.domain.reference import shown
from footprint.domain.stated import Facts, as_stored
from footprint.errors import Refused

_TEXTS = {
    ev.EntryCorrected.topic: ("reason",),
    ev.RedactionRequested.topic: ("why",),
    ev.EntryRedacted.topic: (),
}
"""The texts that each of them may be given anew."""


def amend(
    entries: Sequence[Entry],
    at: int,
    ask: Correct,
    policy: Policy,
    *,
    today: date,
    words: Mapping[int, Words],
) -> tuple[Move, ...]:
    """The correction of an entry that is not decided again; with `take_back`, of all it did.

    Raises:
        Refused: there is nothing to put right so, or something later would be out of order.
    """
    needs_reason(ask)
    if ask.take_back:
        return _taken_back(entries, at, ask, policy, words)
    target = corrected_entries(entries)[at]
    said = corrected_words(entries, words).get(target.position, {})
    texts = _new_texts(target, ask)
    facts = _new_facts(target, ask, policy, today)
    if not facts and all(said.get(name, "") == text for name, text in texts.items()):
        raise says_already(target)
    new = {NEW_WORDS + name: text for name, text in texts.items()}
    return (_move(ask, target.position, facts, {"reason": ask.words["reason"], **new}),)


def _move(ask: Correct, position: int, facts: Facts, words: Words) -> Move:
    event = ev.EntryCorrected(corrects=position, facts=dict(facts))
    return Move(event=event, occurred_on=ask.on, source=ask.source, words=words)


# --- another reason, day or source ------------------------------------------------------------


def _new_texts(target: Entry, ask: Correct) -> dict[str, str]:
    can = _TEXTS[target.topic]
    texts = {n.removeprefix(NEW_WORDS): text for n, text in ask.words.items() if n != "reason"}
    texts |= {name: ask.facts[name] or "" for name in ask.facts.keys() & {*can}}
    for name, text in texts.items():
        if name not in can:
            raise _not_so(target, name)
        if not text_of(name, text).strip():
            raise Refused(
                f"The {name} of entry {target.position} is needed.",
                f"Say what it was: --set {name}=VALUE.",
            )
    return texts


def _new_facts(target: Entry, ask: Correct, policy: Policy, today: date) -> dict[str, Any]:
    """The day and the source, where they differ."""
    for name in ask.facts.keys() - {"on", "source", *_TEXTS[target.topic]}:
        raise _not_so(target, name)
    on = ask.facts.get("on", target.occurred_on)
    source = policy.code("sources", ask.facts.get("source", target.source))
    check_day(on, source, today)
    new = {"occurred_on": on, "source": source}
    return {n: as_stored(v) for n, v in new.items() if v != getattr(target, n)}


def _not_so(target: Entry, name: str) -> Refused:
    can = ", ".join(("on", "source", *_TEXTS[target.topic]))
    if not isinstance(target.event, ev.EntryCorrected):
        return Refused(f"The {name} of entry {target.position} stays.", f"It may have: {can}.")
    return Refused(
        f"Entry {target.position} is itself a correction, of entry {target.event.corrects}.",
        f"Correct entry {target.event.corrects} again: the last correction stands. Or take this"
        f" one back: --take-back. Of its own it may have: {can}.",
    )


# --- as if it had not been made ---------------------------------------------------------------


def _taken_back(
    entries: Sequence[Entry], at: int, ask: Correct, policy: Policy, words: Mapping[int, Words]
) -> tuple[Move, ...]:
    """A correction, and those of later due dates that followed from it, say nothing any more."""
    target = entries[at]
    if not isinstance(target.event, ev.EntryCorrected):
        raise _no_correction(entries, target)
    if ask.facts or ask.words.keys() - {"reason"}:
        raise Refused("A correction that is taken back says nothing new.", "Leave --set out.")
    known, said = corrected_entries(entries), corrected_words(entries, words)
    texts = {NEW_WORDS + name: "" for name in said.get(target.position, {})
             if name.startswith(NEW_WORDS)}  # fmt: skip
    if not _facts(known[at]) and not texts:
        raise Refused(
            f"Entry {target.position} says nothing that could be taken back.",
            f"See how it stands: footprint show {shown(target.stream)}.",
        )
    together = [e for e in known if e.command_id == target.command_id and _facts(e)]
    positions = dict.fromkeys([target.position, *(entry.position for entry in together)])
    changes: dict[int, Facts] = {position: {"facts": {}} for position in positions}
    check_what_follows(entries, changes, _corrected_at(entries, target), policy)
    follows = {"reason": f"Follows from taking back entry {target.position}."}
    own = {"reason": ask.words["reason"], **texts}
    return tuple(
        _move(ask, position, facts, own if position == target.position else follows)
        for position, facts in changes.items()
    )


def _no_correction(entries: Sequence[Entry], target: Entry) -> Refused:
    """Why a redaction, or the request for one, is not taken back; and what can be done instead."""
    at = target.position
    if at not in [request.position for request in open_requests(entries)]:
        return Refused(
            f"Entry {at} is no correction, and cannot be taken back.",
            "What is removed is removed for good.",
        )
    return Refused(
        f"Entry {at} asks for words to be removed, and a request cannot be taken back. It removes"
        " nothing unless somebody else approves it; until then whoever reads this ledger sees that"
        " it waits.",
        _NOT_MEANT.format(ref=shown(target.stream), at=at),
    )


_NOT_MEANT = (
    "Say so in its reason, which whoever approves is shown: footprint correct {ref} --entry {at}"
    ' --set "why=Not meant, do not approve" --reason TEXT; or have its own words removed, by two'
    " people too, which withdraws it: footprint redact {ref} --entry {at} --basis CODE --why TEXT."
)


def _facts(entry: Entry) -> Facts:
    """The new facts of a correction; none of another entry."""
    return entry.event.facts if isinstance(entry.event, ev.EntryCorrected) else {}


def _corrected_at(entries: Sequence[Entry], correction: Entry) -> int:
    """Where the entry is that a correction, or one of a correction, is of in the end."""
    at = {entry.position: index for index, entry in enumerate(entries)}
    event = correction.event
    while isinstance(event, ev.EntryCorrected):
        index = at[event.corrects]
        event = entries[index].event
    return index
