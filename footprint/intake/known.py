"""What the ledger knows of a sheet's rows already, by the words that it can open.

Rows are never recognised by anything that stands in the clear. A thread may be a row's where two
of them agree: the sheet's own number, the case number, the words, the day. What it says is then
compared (see `comparing`), so that neither the name of the file nor its order, form or headings
matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from footprint.domain.corrections import NEW_WORDS
from footprint.domain.entry import Move, Words
from footprint.domain.reference import number_of, stream_name
from footprint.domain.stated import Facts, as_stored, own_facts
from footprint.intake.origin import REFERENCE
from footprint.intake.proving import Found
from footprint.intake.seen import First, Seen
from footprint.intake.spelling import ODD, how_written, plain_number, written
from footprint.ledger.ledger import Ledger

BY_REFERENCE, BY_WORDS, BY_CHILD, BY_REMOVED, BY_DAY, BY_FACTS = (
    "number", "words", "child and day", "child", "number and day", "facts",
)  # fmt: skip
"""The sheet's number, the words, and the day, each with the case number; and without it: the
number and the day, which are then of another child, and facts whose words were removed."""

Key = tuple[Any, ...]


class Match(NamedTuple):
    """A thread that a row may be of, and by what; and whether its own number is another one."""

    stream: str
    by: frozenset[str]
    other: bool = False


class Known:
    """The threads of a ledger, by what a sheet's row can be recognised by.

    Args:
        ledger: every thread's first entry and its words are read.
        seen: what was met of the file.

    Raises:
        Locked: the words are locked, and the key is not on this machine.
    """

    def __init__(self, ledger: Ledger, seen: Seen) -> None:
        # Only the numbers of keys are kept: a hundred thousand threads fit in little memory, and
        # what is found is compared word by word.
        self._streams: dict[int, int | tuple[int, ...]] = {}
        self._references: dict[int, int] = {}
        self._seen = seen
        self._spelt: dict[int, int] = {}  # how each case number of the ledger is written
        self._odd: dict[int, str] = {}
        self._padded = 0  # the digits of the longest that begins with a zero
        for stream, topic, facts, words, child in ledger.vault.firsts():
            removed = "words" in facts and not words
            reference = _reference(ledger.vault.words(stream) if removed else {0: words})
            keys = _keys(reference, child, facts["occurred_on"], words.get("text"))
            if removed:
                keys = [*keys, _of_facts(topic, facts), (BY_REMOVED, child)]
            for key in keys:
                self._add(hash(key), number_of(stream))
            if reference:
                self._references[number_of(stream)] = hash(reference)
            if child:
                self._take(child)

    @property
    def empty(self) -> bool:
        """Whether there is nothing that a row can be recognised by."""
        return not self._streams

    def _take(self, child: str) -> None:
        if child.isdecimal() and child.startswith("0"):
            self._padded = max(self._padded, len(child))
        plain = plain_number(child)
        if self._spelt.setdefault(hash(plain), how_written(child, plain)) == ODD:
            self._odd.setdefault(hash(plain), child)

    def spelt(self, child: str) -> str:
        """How a case number was written first: another way to write it may be a mistake."""
        plain = plain_number(child)
        how = how_written(child, plain)
        first = self._spelt.get(hash(plain))
        if first is None:
            first = self._seen.first(plain, First(how)).at
        if first == how != ODD:
            return child
        return self._odd.setdefault(hash(plain), child) if first == ODD else written(plain, first)

    def is_short(self, child: str) -> bool:
        """Whether a case number is shorter than one of the ledger's that begins with a zero."""
        return child.isdecimal() and len(child) < self._padded

    def _add(self, key: int, number: int) -> None:
        had = self._streams.setdefault(key, number)
        if had != number:
            self._streams[key] = (*((had,) if isinstance(had, int) else had), number)

    def find(self, found: Found, first: Move) -> Iterator[Match]:
        """The threads that a row may be of, the likeliest first.

        Args:
            found: the row.
            first: what its first move would record.
        """
        if self.empty:
            return
        on = as_stored(first.occurred_on)
        keys = _keys(found.reference, found.child, on, first.words.get("text"))
        by: dict[int, set[str]] = {}
        removed = (BY_REMOVED, found.child)
        for key in [*keys, removed, _of_facts(first.event.topic, _facts_of(first))]:
            had = self._streams.get(hash(key), ())
            for number in (had,) if isinstance(had, int) else had:
                by.setdefault(number, set()).add(key[0])
        reference = hash(found.reference) if found.reference else None
        for number in sorted(by, key=lambda one: self._references.get(one) != reference):
            known = self._references.get(number)
            other = None not in (known, reference) and known != reference
            yield Match(stream_name(number), frozenset(by[number]), other)


def _reference(words: Mapping[int, Words]) -> str:
    """The sheet's number, by any entry of a thread that has one."""
    names = (REFERENCE, NEW_WORDS + REFERENCE)
    return next((said[name] for said in words.values() for name in names if name in said), "")


def _keys(reference: str, child: str, on: str | None, text: str | None) -> list[Key]:
    """What two rows of one thread have in common; a day that is not known is one, too."""
    keys: list[Key] = [(BY_REFERENCE, reference, child)] if reference and child else []
    if child:
        keys += [(BY_WORDS, child, text)] if text else []
        keys += [(BY_CHILD, child, on)]
    return [*keys, (BY_DAY, reference, on)] if reference and on else keys


def _of_facts(topic: str, facts: Facts) -> Key:
    said = (topic, facts.get("occurred_on"), facts.get("service"), *facts.get("themes", ()))
    return (BY_FACTS, *said, facts.get("iro"), facts.get("team"), facts.get("role"))


def _facts_of(move: Move) -> Facts:
    return {**own_facts(move), "occurred_on": as_stored(move.occurred_on)}  # type: ignore[arg-type]
