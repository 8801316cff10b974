"""What the ledger knows of a sheet's rows already, by the words that it can open.

Rows are never recognised by anything that stands in the clear. A thread is found by the sheet's
own number and the case number, or by the case number and the day; what it says is then compared
as it was brought in, so that neither the name of the file nor its order, form or headings matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from footprint.domain.corrections import CORRECTED, corrected_entries, corrected_words
from footprint.domain.entry import Entry, Move, Words
from footprint.domain.reference import number_of, stream_name
from footprint.domain.stated import Facts, as_stored, own_facts
from footprint.intake.origin import REFERENCE, is_brought_in, said_itself
from footprint.intake.proving import Found, Proved
from footprint.ledger.ledger import Ledger

_DERIVED = frozenset({"ladder", "ladder_version", "stage", "respond_by", "resolve_by", "capacity"})
"""Facts that follow from the policy, and not from the sheet."""

BY_REFERENCE, BY_DAY, BY_CHILD, BY_FACTS = "number", "number and day", "child and day", "facts"


class Match(NamedTuple):
    """A thread that a row may be of, and by what."""

    stream: str
    by: str


class Known:
    """The threads of a ledger, by what a sheet's row can be recognised by.

    Args:
        ledger: every thread's first entry and its words are read.

    Raises:
        Locked: the words are locked, and the key is not on this machine.
    """

    def __init__(self, ledger: Ledger) -> None:
        # Only the numbers of keys are kept: a hundred thousand threads fit in little memory, and
        # what is found is compared word by word.
        self._streams: dict[int, int] = {}
        for stream, topic, facts, words, child in ledger.vault.firsts():
            number, on = number_of(stream), facts["occurred_on"]
            reference = words.get(REFERENCE, "")
            if "words" in facts and not words:
                self._add(_of_facts(topic, facts), number)
            if reference:
                self._add((BY_REFERENCE, reference, child), number)
                self._add((BY_DAY, reference, on), number)
            if child and on:
                self._add((BY_CHILD, child, on), number)

    def _add(self, key: tuple[Any, ...], number: int) -> None:
        self._streams.setdefault(hash(key), number)

    def find(self, found: Found, first: Move) -> Match | None:
        """The thread that a row may be of; None where it is of none.

        Args:
            found: the row.
            first: what its first move would record.
        """
        for key in self._keys(found, first) if self._streams else ():
            number = self._streams.get(hash(key))
            if number is not None:
                return Match(stream_name(number), key[0])
        return None

    def _keys(self, found: Found, first: Move) -> Iterator[tuple[Any, ...]]:
        reference, child = found.reference, found.child
        on = as_stored(first.occurred_on)
        if reference:
            yield BY_REFERENCE, reference, child
            yield BY_DAY, reference, on
        if child and on:
            yield BY_CHILD, child, on
        yield _of_facts(first.event.topic, _facts_of(first))


def _of_facts(topic: str, facts: Facts) -> tuple[Any, ...]:
    said = (topic, facts.get("occurred_on"), facts.get("service"), *facts.get("themes", ()))
    return (BY_FACTS, *said, facts.get("iro"), facts.get("team"), facts.get("role"))


def _facts_of(move: Move) -> Facts:
    return {**own_facts(move), "occurred_on": as_stored(move.occurred_on)}  # type: ignore[arg-type]


# --- what differs -----------------------------------------------------------------------------


class Changed(NamedTuple):
    """An entry that the sheet has said otherwise since; what it says now."""

    position: int
    facts: Mapping[str, Any]
    words: Words
    proved: Proved


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a sheet says of a thread that was brought in from it, beside what it said then.

    Args:
        changed: entries that it says otherwise now.
        more: what it did not say then.
        gone: positions of entries that it no longer says.
    """

    changed: tuple[Changed, ...] = ()
    more: tuple[Proved, ...] = ()
    gone: tuple[int, ...] = ()


def difference(
    ledger: Ledger, stream: str, proved: Sequence[Proved], moves: Sequence[Move]
) -> Difference | None:
    """What has changed since a thread was brought in; None where it was not.

    Args:
        ledger: holds the thread.
        stream: of the thread.
        proved: what the rows prove now.
        moves: what that comes to.
    """
    words = ledger.vault.words(stream)
    entries = [e for e in ledger.entries(stream) if _counts(e, words)]
    brought = [e for e in corrected_entries(entries) if e.topic != CORRECTED]
    if not brought:
        return None
    said = corrected_words(entries, words)
    old = [(e.position, _meaning(e, said.get(e.position, {}))) for e in brought]
    new = [(p, m, _meaning(m, m.words)) for p, m in zip(proved, moves, strict=True)]
    old, new = _unequal(old, new)
    return _paired(old, new)


def _counts(entry: Entry, words: Mapping[int, Words]) -> bool:
    return is_brought_in(words.get(entry.position, {}))


Meaning = tuple[str, Facts, Words]
_Old = tuple[int, Meaning]
_New = tuple[Proved, Move, Meaning]


def _meaning(said: Entry | Move, words: Words) -> Meaning:
    """The topic, and the facts and words that come from a sheet."""
    facts = {n: v for n, v in own_facts(said).items() if n not in _DERIVED}  # type: ignore[arg-type]
    facts |= {"on": as_stored(said.occurred_on), "source": said.source}
    return said.event.topic, _plain(facts), said_itself(words)


def _plain(facts: Facts) -> Facts:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in facts.items()}


def _unequal(old: Iterable[_Old], new: Iterable[_New]) -> tuple[list[_Old], list[_New]]:
    """Both without what is the same in both."""
    left, later = list(old), []
    for one in new:
        same = next((o for o in left if o[1] == one[2]), None)
        if same:
            left.remove(same)
        else:
            later.append(one)
    return left, later


def _paired(old: Sequence[_Old], new: Sequence[_New]) -> Difference:
    """What is left, paired by topic in the order in which it stands."""
    left = list(old)
    changed, more = [], []
    for proved, move, meaning in new:
        was = next((o for o in left if o[1][0] == meaning[0]), None)
        if was is None:
            more.append(proved)
        else:
            left.remove(was)
            changed.append(_change(was, proved, move, meaning))
    return Difference(
        changed=tuple(changed), more=tuple(more), gone=tuple(position for position, _ in left)
    )


def _change(was: _Old, proved: Proved, move: Move, now: Meaning) -> Changed:
    position, (_, facts, words) = was
    _, new_facts, new_words = now
    values = {"on": move.occurred_on, "source": move.source, **vars(move.event)}
    return Changed(
        position=position,
        facts={n: values.get(n) for n in _differing(facts, new_facts)},
        words={n: new_words.get(n, "") for n in _differing(words, new_words)},
        proved=proved,
    )


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in {**old, **new} if old.get(name) != new.get(name))
