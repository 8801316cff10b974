"""A file brought into a ledger: what each of its threads comes to, recorded or only said.

One way for both: a dry run decides as the recording does, and only leaves out the appending. What
is refused is decided before anything of it is written, so that one transaction can go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from footprint.domain.asks import Ask, Correct, Respond
from footprint.domain.corrections import NEW_WORDS
from footprint.domain.entry import ORIGIN_WORDS, Move
from footprint.domain.reference import shown
from footprint.errors import Refused
from footprint.intake.cells import Fault
from footprint.intake.comparing import Changed, Difference, difference
from footprint.intake.considering import TOGETHER, Considered, Task, considered
from footprint.intake.doubting import SAY_DIGITS
from footprint.intake.known import Known
from footprint.intake.opening import Opened
from footprint.intake.proving import Found
from footprint.intake.resembling import (
    OF_THE_CHILD,
    OR_NEW,
    Beginnings,
    Best,
    is_it,
    may_be_reworded,
    or_else,
    resembles,
)
from footprint.intake.righting import put_right
from footprint.intake.seen import First, Seen
from footprint.intake.table import LeftOut
from footprint.ledger.ledger import Ledger
from footprint.progress import Progress

NEW, SAME, TWICE, MORE, CHANGED, REFUSED = "new", "same", "twice", "more", "changed", "refused"
"""What a thread of a sheet comes to: it is new, it is here, this file has it before, it goes on, it
was put right."""


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
    """What a thread of a sheet came to: where it is here, what is recorded of it, its faults."""

    found: Found
    what: str
    stream: str = ""
    moves: Sequence[Move] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def entries(self) -> int:
        """How many entries are recorded."""
        return len(self.moves)


def brought_in(
    file: Opened, ledger: Ledger, terms: Terms, progress: Progress
) -> Iterator[Outcome | LeftOut]:
    """What each thread of a file comes to, in order; recorded as it is taken, where it is to be.

    Whoever records does it inside `ledger.writing()`, and takes all or raises.

    Raises:
        Locked: the vault is locked, and its key is not on this machine.
        Refused: the process that considers a long file was ended, or the file was changed.
        OSError: there is no room for what is kept of a long file meanwhile.
    """
    rows = sum(table.sheet.count for table in file.tables)
    with closing(Seen()) as seen:
        bringing = _Bringing(ledger, terms, seen, asks=file.mapping.digits is None)
        # Under the write lock nobody adopts another policy.
        task = Task(file, ledger.policy(), ledger.today(), alone=bringing.is_alone)
        looks = terms.reason is not None and not bringing.is_alone
        if looks:  # at all rows, before the first of them is put right
            for one in _counted(considered(task), progress, 0, 2 * rows):
                if not isinstance(one, LeftOut):
                    bringing.look_at(one)
        begun, of = (rows, 2 * rows) if looks else (0, rows)
        for one in _counted(considered(task), progress, begun, of):
            yield one if isinstance(one, LeftOut) else bringing.bring(one)
        bringing.finish()


def _counted(
    each: Iterator[Considered | LeftOut], progress: Progress, done: int, rows: int
) -> Iterator[Considered | LeftOut]:
    """Each of them, and how far that is is told."""
    for one in each:
        done += 1 if isinstance(one, LeftOut) else len(one.found.rows)
        progress(done, rows)
        yield one


class _Bringing:
    """Brings one file in, a thread at a time."""

    def __init__(self, ledger: Ledger, terms: Terms, seen: Seen, *, asks: bool) -> None:
        self._ledger, self._terms = ledger, terms
        self._asks = asks  # whether nobody has said how many digits a case number has
        self._known, self._seen = Known(ledger, seen), seen
        self._places = _Places()
        self._apart: dict[int, int] = {}  # what rows say that are of no thread of their own
        self._refused: set[int] = set()
        self._claimed: dict[str, int] = {}  # threads that are here, and the rows that are theirs
        self._begun: list[Sequence[Move]] = []
        self._beginnings = Beginnings(seen)

    @property
    def is_alone(self) -> bool:
        """Whether no thread is here that one of the file might be."""
        return self._known.empty

    def look_at(self, one: Considered) -> None:
        """See what a row is before any is put right: one that is reworded has to be alone."""
        if not one.moves or one.found.faults or one.refused:
            return
        place, best = self._places.number(one.found), self._best(one)
        if best is not None and best.differs == Difference():
            self._claimed.setdefault(best.match.stream, place)
        else:
            self._beginnings.take(one, place)

    def bring(self, one: Considered) -> Outcome:
        """What a thread comes to."""
        found = one.found
        doubts = () if self._terms.guesses else tuple(map(_doubt, found.guesses))
        if found.faults or doubts:
            return Outcome(found, REFUSED, faults=found.faults + doubts)
        try:
            if one.refused:
                raise one.refused
            outcome = self._brought(one)
        except Refused as refused:
            outcome = Outcome(found, REFUSED, faults=(_fault(refused),))
        if outcome.what == REFUSED:
            self._refused.add(self._places.number(found))
        return outcome

    def _brought(self, one: Considered) -> Outcome:
        found, moves = one.found, one.moves
        if (first := self._first_alike(one)) is not None:
            return self._twice(found, first)
        best = self._best(one)
        if best is None:
            if self._asks and self._known.is_short(found.child):
                raise _OfSheetError(
                    f"The case number {found.child!r} has fewer digits than one here that begins"
                    " with a zero: a spreadsheet may have lost zeros in front.",
                    SAY_DIGITS,
                )
            return self._new(found, moves)
        match, differs, _ = best
        if differs == Difference():
            self._claim(found, match.stream)
            return Outcome(found, SAME, match.stream)
        if differs is None or not (is_it(match, differs) or self._is_put_right(one, best)):
            if self._terms.as_new:
                return self._new(found, moves)
            advice = or_else(best, reason=self._terms.reason is not None)
            raise _OfSheetError(resembles(match, differs), advice)
        self._claim(found, match.stream)
        return self._compared(one, match.stream, differs)

    def _is_put_right(self, one: Considered, best: Best) -> bool:
        """Whether a row is the thread with other words, and somebody has said why."""
        told = self._terms.reason is not None and not self._terms.as_new
        return told and best.reworded and self._beginnings.is_only(one)

    def _claim(self, found: Found, stream: str) -> None:
        """A thread that is here is of one row."""
        place = self._places.number(found)
        first = self._claimed.setdefault(stream, place)
        if first != place:
            row = self._places.row(first, found)
            raise _OfSheetError(f"{row} is {shown(stream)} already.", OR_NEW)

    def _twice(self, found: Found, first: int) -> Outcome:
        """What a row comes to that a row of this file was like."""
        row = self._places.row(first, found)
        if first in self._refused:
            fault = Fault("", "", f"{row} says the same, and was refused")
            return Outcome(found, REFUSED, faults=(fault,))
        return Outcome(found, TWICE, faults=(Fault("", "", f"{row} says the same"),))

    def _first_alike(self, row: Considered) -> int | None:
        """Where this file says the same before; None where it does not.

        Raises:
            Refused: it says otherwise of the same number, or of a child's same words and day; or
                it writes the case number otherwise.
        """
        found, said = row.found, row.said
        place = self._places.number(found)
        spelt = self._known.spelt(found.child)
        if spelt != found.child:
            if (first := self._apart.setdefault(said, place)) != place:
                return first
            raise _OfSheetError(
                f"The case number is written {found.child!r} here and {spelt!r} elsewhere: a"
                " spreadsheet may have lost zeros in front.",
                "Write it one way; how many digits it has, a mapping can say, [reading].",
            )
        begun = row.moves[0]
        one = (found.reference,) if found.reference else (begun.occurred_on, begun.words["text"])
        thread = self._seen.first((*one, found.child), First(place, said))
        if thread.at == place:
            return None
        if thread.said == said:
            return thread.at
        if (first := self._apart.setdefault(said, place)) != place:
            return first
        same = "number" if found.reference else "day, the same words"
        raise _OfSheetError(
            f"{self._places.row(thread.at, found)} has the same {same} and case number, and says"
            " otherwise.",
            "Make one row of them, or mend what is wrong.",
        )

    def _new(self, found: Found, moves: Sequence[Move]) -> Outcome:
        if self._terms.record:
            self._begun.append(moves)
            if len(self._begun) == TOGETHER:
                self.finish()
        return Outcome(found, NEW, moves=moves)

    def finish(self) -> None:
        """Record the new threads that were not yet."""
        if self._begun:
            self._ledger.record_decided(self._begun, actor=self._terms.actor)
            self._begun = []

    # --- what is here already -----------------------------------------------------------------

    def _best(self, one: Considered) -> Best | None:
        """The thread that says the same, else the one that it is, else the likeliest."""
        compared: list[Best] = []
        found, moves, place = one.found, one.moves, self._places.number(one.found)
        for match in self._known.find(found, moves[0]):
            ours = match.by & OF_THE_CHILD
            differs = difference(self._ledger, match.stream, found.asks, moves) if ours else None
            if differs == Difference() and self._claimed.get(match.stream, place) == place:
                return Best(match, differs)
            compared.append(Best(match, differs))
        if sure := [one for one in compared if one.differs and is_it(one.match, one.differs)]:
            return sure[0]
        reworded = [one for one in compared if may_be_reworded(one.match, one.differs)]
        left = [one for one in reworded if one.match.stream not in self._claimed]
        if len(left) == 1:
            return left[0]._replace(reworded=True)
        return next(iter([*left, *compared]), None)

    def _compared(self, one: Considered, stream: str, differs: Difference) -> Outcome:
        _check_puts_right(differs, stream)
        if differs.changed and self._terms.reason is None:
            return Outcome(one.found, REFUSED, stream, faults=tuple(_changes(differs, stream)))
        more = [_at_its_stage(ask, move) for ask, move in differs.more]
        corrections = [*map(self._correction, differs.changed)]
        decided = put_right(self._ledger, stream, corrections, more)
        if self._terms.record:
            for together in decided:
                self._ledger.append(stream, together, actor=self._terms.actor)
        what = CHANGED if differs.changed else MORE
        return Outcome(one.found, what, stream, [*chain.from_iterable(decided)])

    def _correction(self, one: Changed) -> Correct:
        said = one.ask.words
        words = {**one.words, **{name: said[name] for name in ORIGIN_WORDS if name in said}}
        new = {NEW_WORDS + name: text for name, text in words.items()}
        return Correct(
            on=self._ledger.today(),
            entry=one.position,
            facts=one.facts,
            words={"reason": self._terms.reason or "", **new},
        )


class _Places:
    """Where the threads of a file begin, as numbers: the sheet and the row."""

    def __init__(self) -> None:
        self._sheets: list[str] = []

    def number(self, found: Found) -> int:
        """Of the place where a thread begins."""
        if found.sheet not in self._sheets:
            self._sheets.append(found.sheet)
        return self._sheets.index(found.sheet) << 32 | found.rows[0]

    def row(self, place: int, beside: Found) -> str:
        """A place as it is said beside another thread."""
        at, row = divmod(place, 1 << 32)
        sheet = self._sheets[at]
        return f"Row {row}" if sheet == beside.sheet else f"Row {row} of {sheet!r}"


def _check_puts_right(differs: Difference, stream: str) -> None:
    """Nothing is taken away, brought back, or said twice. Raises `Refused`."""
    ref = shown(stream)
    for positions, what in (
        (differs.gone, "no longer says what entry {} records. Nothing is ever taken away."),
        (differs.removed, "says otherwise than entry {}, whose words were removed."),
        (differs.beside, "says otherwise than entry {}, which was recorded by hand."),
    ):
        if positions:
            raise _OfSheetError(
                f"It was brought in as {ref}, and {what.format(positions[0])}",
                f"Put it right by hand: footprint correct {ref}. What happened since has its own"
                " command: footprint alert, footprint reopen.",
            )


def _at_its_stage(ask: Ask, move: Move) -> Ask:
    """An answer that a sheet gains is of the stage that it is of in the whole of its row."""
    if not isinstance(ask, Respond):
        return ask
    return ask.but(stage=vars(move.event)["stage"])


def _doubt(guess: tuple[str, str, str]) -> Fault:
    column, value, code = guess
    return Fault(column, value, f"the nearest is {code}; say so in a mapping, if it is meant")


class _OfSheetError(Refused):
    """A refusal whose advice is for whoever brings a file in."""


def _fault(refused: Refused) -> Fault:
    """A refusal; what it advises to type is said in the terms of a sheet."""
    advice = refused.next_step
    if not isinstance(refused, _OfSheetError) and ("--" in advice or "footprint " in advice):
        advice = next((to for option, to in _IN_A_SHEET.items() if option in advice), "")
    return Fault("", "", f"{refused.what} {advice}".strip())


_IN_A_SHEET = {
    "--words": "A column has to say what it was about: raised.words, impact.words, note.words.",
    "--respond-by": "Map that column as unused, or the reason for it as raised.why.",
    "--why": "Map the column that says why as raised.why or escalated.why.",
    "--reason": "Map the column that says why as raised.why.",
    "Go on: ": 'Where it is still open, say so in a mapping, [values.closures]: that value is "".',
    "--iro": "Say the IRO's code in a mapping, [values.iro].",
}
"""What is advised for a row, by the option or command that is advised at the keyboard."""


_CALLED = {"on": "the day", "text": "the words", "iro": "the IRO", "why": "the reason"}


def _changes(differs: Difference, stream: str) -> Iterator[Fault]:
    for one in differs.changed:
        names = ", ".join(dict.fromkeys(_CALLED.get(n, n) for n in [*one.facts, *one.words]))
        yield Fault(
            "", "", f"it was brought in as {shown(stream)} and has changed since: entry"
            f" {one.position}, {names}. To record that as a correction, give --reason TEXT",
        )  # fmt: skip
