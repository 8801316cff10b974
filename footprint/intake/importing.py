"""A file brought into a ledger: what each of its threads comes to, recorded or only said.

One way for both: a dry run decides as the recording does, and only leaves out the appending. What
is refused is decided before anything of it is written, so that one transaction can go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from footprint.domain.asks import Ask, Correct
from footprint.domain.corrections import NEW_WORDS
from footprint.domain.entry import Move
from footprint.domain.reference import shown
from footprint.errors import Refused
from footprint.intake.cells import Fault
from footprint.intake.known import (
    BY_DAY,
    BY_FACTS,
    BY_REFERENCE,
    Changed,
    Difference,
    Known,
    Match,
    difference,
)
from footprint.intake.lexicon import Lexicon
from footprint.intake.mapping import SheetMapping
from footprint.intake.origin import Origin, words_of
from footprint.intake.proving import Found, Proved
from footprint.intake.survey import digits_in
from footprint.intake.table import LeftOut, Table, table_of, threads_of
from footprint.ledger.ledger import Ledger
from footprint.sheets.book import Book
from footprint.sheets.pages import Cell

NEW, SAME, MORE, CHANGED, REFUSED = "new", "same", "more", "changed", "refused"
"""What a thread of a sheet comes to: it is new, it is here, it goes on, it was put right."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what terms a file is brought in.

    Args:
        actor: who records it.
        record: whether anything is recorded.
        guesses: whether somebody has agreed to what was guessed.
        reason: why what has changed since is corrected; None: it is refused.
        as_new: whether what resembles a thread that is here is a new one.
    """

    actor: str
    record: bool = False
    guesses: bool = False
    reason: str | None = None
    as_new: bool = False


class Outcome(NamedTuple):
    """What a thread of a sheet came to: its stream where it has one, its entries, its faults."""

    found: Found
    what: str
    stream: str = ""
    entries: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file whose columns are understood, as far as they are."""

    book: Book
    tables: tuple[Table, ...]
    left_out: tuple[LeftOut, ...]
    lexicon: Lexicon
    mapping: SheetMapping

    @property
    def digits(self) -> int:
        """How many digits a case number of the file seems to have; 0 where nobody is to ask."""
        if self.mapping.digits is not None:
            return self.mapping.digits
        numbers = Counter[Cell]()
        for table in self.tables:
            numbers.update(table.survey.numbers)
        return digits_in(numbers)


def opened(book: Book, ledger: Ledger, mapping: SheetMapping, today: date) -> Opened:
    """What the sheets of a file mean. Reads each of them once."""
    lexicon = Lexicon(ledger.policy(), mapping)
    read = [table_of(book, sheet, lexicon, mapping, today) for sheet in book.sheets]
    return Opened(
        book=book,
        tables=tuple(table for table in read if isinstance(table, Table)),
        left_out=tuple(one for one in read if isinstance(one, LeftOut)),
        lexicon=lexicon,
        mapping=mapping,
    )


def unsaid(file: Opened) -> tuple[str, ...]:
    """What some sheet has no column for, and every row needs: the source, and the kind."""
    missing = [
        name
        for name in ("source", "kind")
        if name not in file.mapping.always
        and any(not table.layout.fields & _SAYS[name] for table in file.tables)
    ]
    return tuple(missing)


_SAYS = {"source": {"source"}, "kind": {"kind", "raised.stage", "event"}}
"""The fields of which any says it."""


def brought_in(
    file: Opened, ledger: Ledger, terms: Terms, progress: Callable[[int, int], None]
) -> Iterator[Outcome | LeftOut]:
    """What each thread of a file comes to, in order; recorded as it is taken, where it is to be.

    Whoever records does it inside `ledger.writing()`, and takes all or raises.

    Raises:
        Locked: the vault is locked, and its key is not on this machine.
    """
    bringing = _Bringing(file, ledger, terms)
    rows, done = sum(table.sheet.count for table in file.tables), 0
    digits = file.digits
    for table in file.tables:
        for found in threads_of(
            table,
            file.lexicon,
            file.mapping,
            ledger.policy(),
            digits=digits,
            digest=file.book.digest,
        ):
            done += 1 if isinstance(found, LeftOut) else len(found.rows)
            progress(done, rows)
            yield found if isinstance(found, LeftOut) else bringing.bring(found)
    bringing.finish()


class _Bringing:
    """Brings one file in, a thread at a time."""

    def __init__(self, file: Opened, ledger: Ledger, terms: Terms) -> None:
        self._file, self._ledger, self._terms = file, ledger, terms
        self._known = Known(ledger)
        self._here: dict[int, int] = {}  # threads of this very file, and their first rows
        self._said: dict[int, int] = {}  # what threads of this file say, and their first rows
        self._begun: list[Sequence[Move]] = []

    def bring(self, found: Found) -> Outcome:
        """What a thread comes to."""
        doubts = () if self._terms.guesses else tuple(map(_doubt, found.guesses))
        if found.faults or doubts:
            return Outcome(found, REFUSED, faults=found.faults + doubts)
        try:
            return self._brought(found)
        except Refused as refused:
            return Outcome(found, REFUSED, faults=(_fault(refused),))

    def _brought(self, found: Found) -> Outcome:
        moves = self._ledger.consider_together([p.ask for p in found.proved])
        if (twice := self._twice(found, moves)) is not None:
            return Outcome(found, SAME, faults=(Fault("", "", f"row {twice} says the same"),))
        self._only_here_once(found)
        match = self._known.find(found, moves[0])
        if match is None or (self._terms.as_new and match.by != BY_REFERENCE):
            return self._new(found, moves)
        return self._compared(found, moves, match)

    def _only_here_once(self, found: Found) -> None:
        """Refuse a second row of this file that says that it is the same thread."""
        if found.reference:
            row = self._here.setdefault(hash((found.reference, found.child)), found.rows[0])
            if row != found.rows[0]:
                raise Refused(f"Row {row} has the same number and case number, and says otherwise.")

    def _twice(self, found: Found, moves: Sequence[Move]) -> int | None:
        """The row of this file that said all this before."""
        said = hash((found.child, *map(_said, moves, found.proved)))
        first = self._said.setdefault(said, found.rows[0])
        return None if first == found.rows[0] else first

    def _new(self, found: Found, moves: Sequence[Move]) -> Outcome:
        if self._terms.record:
            self._begun.append(moves)
            if len(self._begun) == _TOGETHER:
                self.finish()
        return Outcome(found, NEW, entries=len(moves))

    def finish(self) -> None:
        """Record the new threads that were not yet."""
        if self._begun:
            self._ledger.begin_all(self._begun, actor=self._terms.actor)
            self._begun = []

    # --- what is here already -----------------------------------------------------------------

    def _compared(self, found: Found, moves: Sequence[Move], match: Match) -> Outcome:
        stream = match.stream
        differs = None if match.by == BY_FACTS else difference(
            self._ledger, stream, found.proved, moves
        )  # fmt: skip
        if differs == Difference():
            return Outcome(found, SAME, stream)
        unlike = differs is None or differs.gone or differs.changed
        if differs is None or (unlike and match.by != BY_REFERENCE):
            raise Refused(_RESEMBLES[match.by].format(shown(stream)), _OR_NEW)
        if differs.gone:
            raise Refused(
                f"It was brought in as {shown(stream)}, and no longer says what entry"
                f" {differs.gone[0]} records. Nothing is ever taken away.",
                f"Put it right by hand: footprint correct {shown(stream)}.",
            )
        if differs.changed and self._terms.reason is None:
            return Outcome(found, REFUSED, stream, faults=tuple(_changes(differs, stream)))
        entries = self._put_right(found, stream, differs)
        return Outcome(found, CHANGED if differs.changed else MORE, stream, entries)

    def _put_right(self, found: Found, stream: str, differs: Difference) -> int:
        """The corrections of what has changed, then what the sheet says beyond it."""
        origin = Origin(self._file.book.digest, found.sheet)
        wanted: list[Sequence[Ask]] = [(self._correction(one, origin),) for one in differs.changed]
        if differs.more:
            wanted.append([p.ask for p in differs.more])
        entries = 0
        for together in wanted:
            if self._terms.record:
                actor = self._terms.actor
                done = self._ledger.record_together(together, actor=actor, stream=stream)
                entries += len(done.entries)
            else:
                entries += len(self._ledger.consider_together(together, stream))
        return entries

    def _correction(self, one: Changed, origin: Origin) -> Correct:
        words = {**one.words, **words_of(origin, one.proved.row, one.proved.cells)}
        new = {NEW_WORDS + name: text for name, text in words.items()}
        return Correct(
            on=self._ledger.today(),
            entry=one.position,
            facts=one.facts,
            words={"reason": self._terms.reason or "", **new},
        )


def _said(move: Move, proved: Proved) -> tuple[object, ...]:
    """All that a move says, but for where it comes from."""
    event = move.event
    words = proved.ask.words
    texts = (words.get("text"), words.get("to"), words.get("from"), words.get("why"))
    return event.topic, move.occurred_on, *vars(event).values(), *texts


_TOGETHER = 256
"""So many new threads are recorded in one go."""
_OR_NEW = "If it is a new one, bring it in with --as-new."
_RESEMBLES = {
    BY_REFERENCE: "{} has the same number and case number, and was not brought in from a file.",
    BY_DAY: "{} has the same number and day, and another case number. If that is the wrong child:"
    " footprint redact.",
    BY_FACTS: "{}, whose words were removed, says the same in its facts.",
    "child and day": "{} is of the same child and day.",
}


def _doubt(guess: tuple[str, str, str]) -> Fault:
    column, value, code = guess
    return Fault(column, value, f"the nearest is {code}; say so in a mapping, if it is meant")


def _fault(refused: Refused) -> Fault:
    return Fault("", "", f"{refused.what} {refused.next_step}".strip())


def _changes(differs: Difference, stream: str) -> Iterator[Fault]:
    for one in differs.changed:
        names = ", ".join(dict.fromkeys([*one.facts, *one.words]))
        yield Fault(
            "", "", f"it was brought in as {shown(stream)} and has changed since: entry"
            f" {one.position}, {names}. To record that as a correction, give --reason TEXT",
        )  # fmt: skip
