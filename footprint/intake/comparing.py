"""What a sheet says now, beside what it said when a thread was brought in from it.

An entry is what the sheet says if it was brought in so, or stands so: what somebody put right by
hand stays, whichever of the two the sheet says. Where words were removed, the facts decide, and
nothing brings the words back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from unicodedata import normalize

from footprint.domain.asks import Ask, Raise
from footprint.domain.corrections import CORRECTED, corrected_entries, corrected_words
from footprint.domain.entry import Entry, Move, Words
from footprint.domain.events import ThreadHandedOver
from footprint.domain.stated import Facts, as_stored, own_facts
from footprint.intake.origin import is_brought_in, said_itself
from footprint.ledger.ledger import Ledger

_DERIVED = frozenset({"ladder", "ladder_version", "stage", "respond_by", "resolve_by", "capacity"})
"""Facts that follow from the policy, where a sheet does not say them."""
_ABOUT_ENTRIES = frozenset({CORRECTED, "redaction.requested", "entry.redacted"})
_MANY = frozenset({"note.added"})
"""What a thread has many of: another one is not the same once more."""

BROUGHT, BY_HAND, REMOVED = "brought in", "by hand", "removed"
"""How an entry came to be, as far as its words tell."""


class Changed(NamedTuple):
    """An entry that the sheet has said otherwise since; what it says now, and its words then."""

    position: int
    facts: Mapping[str, Any]
    words: Words
    ask: Ask
    was: Words


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a sheet says of a thread that was brought in from it, beside what it said then.

    Args:
        changed: entries that it says otherwise now.
        more: what it did not say then, and what that comes to.
        gone: positions of entries that it no longer says.
        beside: of entries recorded by hand that may be what it says.
        removed: of entries whose words were removed, and that it says otherwise now.
        another: whether neither the day nor the words of the first entry are the same.
    """

    changed: tuple[Changed, ...] = ()
    more: tuple[tuple[Ask, Move], ...] = ()
    gone: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    another: bool = False


class _Meaning(NamedTuple):
    topic: str
    facts: Facts
    words: Words


class _Old(NamedTuple):
    position: int
    how: str
    meant: tuple[_Meaning, ...]  # as it was brought in, and as it stands


class _New(NamedTuple):
    ask: Ask
    move: Move
    meaning: _Meaning


def difference(
    ledger: Ledger, stream: str, asks: Sequence[Ask], moves: Sequence[Move]
) -> Difference | None:
    """What has changed since a thread was brought in; None where it was not.

    Args:
        ledger: holds the thread.
        stream: of the thread.
        asks: what the rows prove now.
        moves: what that comes to.
    """
    entries = ledger.entries(stream)
    old = _as_it_is(entries, ledger.vault.words(stream))
    if all(one.how == BY_HAND for one in old):
        return None
    handed = (_whoever(e.event.iro) for e in entries if isinstance(e.event, ThreadHandedOver))
    holders = frozenset(handed)
    new = [
        _New(ask, m, _still_raised_by(old[0], _meaning(m, m.words, ask), holders))
        for ask, m in zip(asks, moves, strict=True)
    ]
    for how, same in _SAME.items():
        new = _without(old, new, how, same)
    return _paired(old, new)


# --- what is there ----------------------------------------------------------------------------


def _as_it_is(entries: Sequence[Entry], words: Mapping[int, Words]) -> list[_Old]:
    removed = {e.position for e in entries if e.words and not words.get(e.position)}
    removed |= {_target(e) for e in entries if e.topic == CORRECTED and e.position in removed}
    sheets = [
        e for e in entries if e.topic != CORRECTED or is_brought_in(words.get(e.position, {}))
    ]
    brought, stands = _meanings(sheets, words), _meanings(entries, words)
    said = corrected_words(sheets, words)
    old = []
    for position, meaning in brought.items():
        # What was entered again under another case number is there, whatever was removed.
        how = BROUGHT if is_brought_in(said.get(position, {})) else BY_HAND
        how = REMOVED if how == BY_HAND and position in removed else how
        old.append(_Old(position, how, (meaning, stands[position])))
    return old


def _whoever(iro: str) -> str:
    """An IRO's code as it is compared: mb is MB, as wherever somebody looks for it."""
    return iro.casefold()


def _target(entry: Entry) -> int:
    return int(getattr(entry.event, "corrects", 0))


def _meanings(entries: Sequence[Entry], words: Mapping[int, Words]) -> dict[int, _Meaning]:
    said = corrected_words(entries, words)
    return {
        e.position: _meaning(e, said.get(e.position, {}))
        for e in corrected_entries(entries)
        if e.topic not in _ABOUT_ENTRIES
    }


def _meaning(said: Entry | Move, words: Words, ask: Ask | None = None) -> _Meaning:
    """The topic, and the facts and words that come from a sheet; of an entry, all of its facts."""
    left_out = {n for n in _DERIVED if ask and getattr(ask, n, None) is None}
    facts = {n: v for n, v in own_facts(said).items() if n not in left_out}  # type: ignore[arg-type]
    facts |= {"on": as_stored(said.occurred_on), "source": said.source}
    plain = {name: list(v) if isinstance(v, tuple) else v for name, v in facts.items()}
    if iro := facts.get("iro"):
        plain["iro"] = _whoever(iro)
    return _Meaning(said.event.topic, plain, said_itself(words))


# --- what is the same -------------------------------------------------------------------------


def _of_sheet(old: Facts, new: Facts) -> Facts:
    """What an entry says of what a sheet can say, and this one does."""
    return {name: v for name, v in old.items() if name not in _DERIVED or name in new}


def _same_facts(old: _Meaning, new: _Meaning, but: str = "") -> bool:
    facts = _of_sheet(old.facts, new.facts)
    return old.topic == new.topic and all(
        facts.get(n) == new.facts.get(n) for n in {*facts, *new.facts} - {but}
    )


def _same(old: _Meaning, new: _Meaning) -> bool:
    return _plain(old.words) == _plain(new.words) and _same_facts(old, new)


def _plain(words: Words) -> Words:
    """Words without what programs change on their way: forms of characters, and white space."""
    return {n: " ".join(normalize("NFC", text).split()) for n, text in words.items()}


def _still_raised_by(first: _Old, new: _Meaning, holders: frozenset[str]) -> _Meaning:
    """An IRO to whom a thread was handed over has it now, and did not raise it."""
    if new.topic != first.meant[0].topic or new.facts.get("iro") not in holders:
        return new
    return new._replace(facts={**new.facts, "iro": first.meant[-1].facts.get("iro")})


def _same_but_source(old: _Meaning, new: _Meaning) -> bool:
    return _same_facts(old, new, "source")


_SAME: Mapping[str, Callable[[_Meaning, _Meaning], bool]] = {
    BROUGHT: _same, REMOVED: _same_facts, BY_HAND: _same_but_source,
}  # fmt: skip


def _without(
    old: list[_Old], new: Sequence[_New], how: str, same: Callable[[_Meaning, _Meaning], bool]
) -> list[_New]:
    """What is new without what is there; what is there is taken out of the old as well."""
    left = []
    for one in new:
        there = (o for o in old if o.how == how and any(same(m, one.meaning) for m in o.meant))
        if (found := next(there, None)) is None:
            left.append(one)
        else:
            old.remove(found)
    return left


# --- what is not ------------------------------------------------------------------------------


def _paired(old: Sequence[_Old], new: Sequence[_New]) -> Difference:
    """What is left, paired by topic in the order in which it stands."""
    left = list(old)
    changed, more = [], []
    unlike: dict[str, list[int]] = {BY_HAND: [], REMOVED: []}
    for one in new:
        was = _counterpart(left, one.meaning.topic)
        if was is None:
            more.append((one.ask, one.move))
            continue
        left.remove(was)
        if was.how == BROUGHT:
            changed.append(_change(was, one))
        else:
            unlike[was.how].append(was.position)
    return Difference(
        changed=tuple(changed),
        more=tuple(more),
        gone=tuple(o.position for o in left if o.how == BROUGHT),
        beside=tuple(unlike[BY_HAND]),
        removed=tuple(unlike[REMOVED]),
        another=any(map(_is_another, changed)),
    )


def _is_another(changed: Changed) -> bool:
    """Whether a first entry has neither its day nor its words any more."""
    first = isinstance(changed.ask, Raise)
    return first and "on" in changed.facts and "text" in changed.words


def _counterpart(old: Sequence[_Old], topic: str) -> _Old | None:
    """What may be the same entry: brought in, else with its words removed, else by hand."""
    hows = (BROUGHT, REMOVED) if topic in _MANY else (BROUGHT, REMOVED, BY_HAND)
    same = [o for how in hows for o in old if o.how == how and o.meant[0].topic == topic]
    return next(iter(same), None)


def _change(was: _Old, now: _New) -> Changed:
    facts, words = _of_sheet(was.meant[0].facts, now.meaning.facts), was.meant[0].words
    values = {"on": now.move.occurred_on, "source": now.move.source, **vars(now.move.event)}
    return Changed(
        position=was.position,
        facts={n: values.get(n) for n in _differing(facts, now.meaning.facts)},
        words={
            n: now.meaning.words.get(n, "")
            for n in _differing(_plain(words), _plain(now.meaning.words))
        },
        ask=now.ask,
        was=words,
    )


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in {**old, **new} if old.get(name) != new.get(name))
