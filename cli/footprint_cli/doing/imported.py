"""What is said of a spreadsheet that is brought in, or would be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import typer

from footprint.domain.corrections import NEW_WORDS
from footprint.domain.entry import ORIGIN_WORDS
from footprint.domain.policy import Policy
from footprint.intake.cells import Guess
from footprint.intake.days import DAY_FIRST, MONTH_FIRST
from footprint.intake.fields import FIELDS
from footprint.intake.headings import GUESSED, Column
from footprint.intake.importing import CHANGED, MORE, NEW, REFUSED, SAME, TWICE, Outcome
from footprint.intake.inuse import mapping_in_use
from footprint.intake.opening import Opened, unsaid
from footprint.intake.origin import ORIGINAL, ROW
from footprint.intake.rejects import Rejected, said_fault
from footprint.intake.table import LeftOut, Table
from footprint.ledger.ledger import Ledger
from footprint.ledger.receipt import receipt_line
from footprint_cli.entering.caution import looks_like, warnings
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import entries_said, say_json

_MOST = 20
"""So many lines of one kind are shown on a screen; a script gets all of them with --json."""
_FEW = 4
_SAY = {
    "source": "Of rows that do not say, --source says it: transcribed, or recalled.",
    "kind": "Of rows that do not say, --kind says it: challenge, or alert.",
    "child": "Say in a mapping which does: [columns], child.",
    "service": "Where it is the same in all rows, a mapping can say so: [always], service.",
    "themes": "Where it is the same in all rows, a mapping can say so: [always], themes.",
}
_SAY_IRO = (
    "Put a code into the column; where it is the same in all rows, a mapping can say so: [always],"
    " iro."
)
_NOT_KEPT = (
    "! Left out, and kept nowhere but in the file: {}. To keep a column with the original row, say"
    " in a mapping: [columns], unused."
)
_WHAT = {
    NEW: "new", MORE: "here already, and going on", CHANGED: "here already, and put right",
    SAME: "here already", TWICE: "twice in this file", REFUSED: "refused",
}  # fmt: skip


_NOT_OF_ROWS = frozenset(ORIGIN_WORDS) | {"reason"}
"""Words that no cell says: where an entry comes from, and why all of them are corrected."""


class Report:
    """What the rows of a file came to, counted as they come.

    Args:
        name: of the file, as it was given.
        file: its columns and values.
        policy: where words are to be looked at for what could identify somebody; else None.
    """

    def __init__(self, name: str, file: Opened, policy: Policy | None) -> None:
        # A name that is no UTF-8 is no JSON either.
        self.name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self.file, self._policy = file, policy
        self.threads: Counter[str] = Counter()
        self.entries = 0
        self.refused: list[Rejected] = []
        self.left_out: list[LeftOut] = list(file.left_out)
        self.warned: list[tuple[str, int, str]] = []
        self._guesses: Counter[Guess] = Counter()
        self._without_iro = 0
        self._kept = _Kept(file)

    def take(self, one: Outcome | LeftOut) -> None:
        """Count what a row, or the rows of a thread, came to."""
        if isinstance(one, LeftOut):
            self.left_out.append(one)
            return
        self.threads[one.what] += 1
        self.entries += one.entries
        self._guesses.update(one.found.guesses)
        self._without_iro += one.what == NEW and not getattr(one.moves[0].event, "iro", None)
        if one.what == REFUSED:
            # What its cells would have proved is let go: all of a large file may be refused.
            self.refused.append(Rejected(one.found.sheet, one.found.rows, one.faults))
        elif one.what == TWICE:
            self.left_out.append(_again(one))
        elif self._policy:
            self._look(one, self._policy)

    def _look(self, one: Outcome, policy: Policy) -> None:
        for move in one.moves:
            words = {n.removeprefix(NEW_WORDS): text for n, text in move.words.items()}
            row = int(words.get(ROW, one.found.rows[0]))
            for said in warnings({n: words[n] for n in words.keys() - _NOT_OF_ROWS}, policy):
                self.warned.append((one.found.sheet, row, said))
            self._kept.look(one.found.sheet, words.get(ORIGINAL), policy)

    @property
    def to_record(self) -> str:
        """What is to be recorded, in words."""
        kinds = (NEW, MORE, CHANGED)
        threads = ", ".join(f"{self.threads[k]:,} {_WHAT[k]}" for k in kinds if self.threads[k])
        return f"{entries_said(self.entries)} (threads: {threads})"

    def mapping_in_use(self) -> dict[str, Any]:
        """The mapping by which the file was read, as tables."""
        return mapping_in_use(self.file)

    def next_step(self, *, skip_bad: bool) -> str:
        """What to do after a look at it."""
        if self.refused and not skip_bad:
            return (
                "Nothing was recorded. Mend these rows, or say what their values mean:"
                " --save-mapping FILE writes the mapping in use. To record the others: --skip-bad."
            )
        if not self.entries:
            return "Nothing is to be recorded."
        return "Nothing was recorded. To record it: --yes."

    # --- in words -------------------------------------------------------------------------------

    def say(
        self,
        *,
        recorded: bool,
        as_json: bool,
        ledger: Ledger | None = None,
        rejects: Path | None = None,
    ) -> None:
        """Say it all, for a person or a program."""
        receipt = self._receipt(ledger) if recorded and ledger else None
        if as_json:
            say_json(self._as_json(recorded=recorded, receipt=receipt, rejects=rejects))
            return
        if headings := "; ".join(dict.fromkeys(name for _, name in self._columns_left_out())):
            say(_NOT_KEPT.format(headings), err=True)
        lines = self._lines() if recorded else [*self._mapping_lines(), *self._lines()]
        for line in lines:
            say(line)
        if recorded:
            say(f"Recorded: {self.to_record}." if self.entries else "Nothing was recorded.")
        if rejects:
            say(f"The rows that were refused are in {rejects}, to be mended.")
        if receipt:
            typer.echo(receipt)

    def _receipt(self, ledger: Ledger) -> str | None:
        if not self.entries:
            return None
        last = ledger.entry(ledger.size())
        receipt = ledger.receipt(last.stream, last.position)
        return receipt_line(receipt) if receipt else None

    def _mapping_lines(self) -> Iterator[str]:
        """What each column is taken for, and each value that is no code or label."""
        dialect = self.file.book.dialect
        how = f", {dialect.encoding}, columns parted by {dialect.delimiter!r}" if dialect else ""
        yield f"{self.name}: {self.file.book.kind}{how}"
        for table in self.file.tables:
            yield ""
            yield _heading(table)
            yield from (f"  {column.heading:<30} {_meant(column, table)}"
                        for column in table.layout.columns)  # fmt: skip
        used = [(name, text, meant) for name, text, meant in self.file.lexicon.used() if meant]
        if used:
            yield ""
            yield "Values:"
        for name, text, meant in used:
            label = self.file.lexicon.label(name, meant.code) if meant.code else "nothing"
            guess = "   <- a guess" if meant.guessed else ""
            yield f"  {text:<30} {meant.code or '-'}: {label}{guess}"
        yield ""

    def _lines(self) -> Iterator[str]:
        yield from self._cut("Left out:", [said_left_out(one) for one in self.left_out])
        yield from self._cut("Worth a look:", [*self._notes()])
        yield from self._cut("Refused:", [*self._refusals()])
        counts = "; ".join(f"{self.threads[k]:,} {_WHAT[k]}" for k in _WHAT if self.threads[k])
        yield f"Threads: {counts or 'none'}. Entries to record: {self.entries:,}."

    def _cut(self, title: str, lines: list[str]) -> Iterator[str]:
        if lines:
            yield title
            yield from (f"- {line}" for line in lines[:_MOST])
            if len(lines) > _MOST:
                yield f"- and {len(lines) - _MOST:,} more; all of them: --json"
            yield ""

    def _notes(self) -> Iterator[str]:
        for name in unsaid(self.file):
            yield f"No column says {FIELDS[name].says}. {_SAY[name]}"
        for heading in self.file.not_met:
            yield f"The mapping names a heading that no sheet has: {heading}"
        for table in self.file.tables:
            yield from _of_formulas(table)
            yield from _of_days(table)
        if count := self._without_iro:
            one = "1 new thread has no IRO: --iro does not find it."
            many = f"{count:,} new threads have no IRO: --iro finds none of them."
            yield f"{one if count == 1 else many} {_SAY_IRO}"
        yield from self._kept.remarks()
        for (column, value, code), count in self._guesses.items():
            what = f"{column} {value!r}" if value else f"The heading {column!r}"
            rows = "1 row" if count == 1 else f"{count:,} rows"
            yield f"{what} is taken for {code}: a guess, in {rows}"
        for sheet, row, said in self.warned:
            yield f"{_place(sheet, row)}: {said}"

    def _columns_left_out(self) -> Iterator[tuple[str, str]]:
        """The sheet and heading of each column whose cells are not kept."""
        for table in self.file.tables:
            yield from ((table.sheet.name, c.heading) for c in table.layout.columns if c.left_out)

    def _refusals(self) -> Iterator[str]:
        """Each thing that is wrong once, with the rows that it is wrong in."""
        rows: dict[str, list[str]] = {}
        for one in self.refused:
            place = _place(one.sheet, one.rows[0])
            for fault in one.faults:
                rows.setdefault(said_fault(fault), []).append(place)
        for said, places in rows.items():
            more = f" and {len(places) - _FEW:,} more" if len(places) > _FEW else ""
            yield f"{'; '.join(places[:_FEW])}{more}: {said}"

    # --- as JSON --------------------------------------------------------------------------------

    def _as_json(
        self, *, recorded: bool, receipt: str | None, rejects: Path | None
    ) -> Mapping[str, Any]:
        return {
            "file": self.name,
            "kind": self.file.book.kind,
            "recorded": recorded,
            "entries": self.entries,
            "threads": {name: self.threads[name] for name in _WHAT},
            "refused": [_as_record(one, fault) for one in self.refused for fault in one.faults],
            "left_out": [vars(one) for one in self.left_out],
            "columns_left_out": [
                {"sheet": sheet, "heading": heading} for sheet, heading in self._columns_left_out()
            ],
            "notes": [*self._notes()],
            "mapping": self.mapping_in_use(),
            "rejects": str(rejects) if rejects else None,
            "receipt": receipt,
        }  # fmt: skip


class _Kept:
    """What seems to identify somebody in columns that are not used, and are kept all the same."""

    def __init__(self, file: Opened) -> None:
        self._unused = {
            (table.sheet.name, column.heading)
            for table in file.tables
            for column in table.layout.columns
            if column.field is None and not column.left_out
        }
        self._found: Counter[tuple[str, str, str]] = Counter()

    def look(self, sheet: str, original: str | None, policy: Policy) -> None:
        """Look through the cells that an entry is to keep."""
        if not (self._unused and original):
            return
        for heading, text in orjson.loads(original).items():
            if (sheet, heading) in self._unused:
                for what in looks_like(text, policy):
                    self._found[sheet, heading, what] += 1

    def remarks(self) -> Iterator[str]:
        """A column and a kind of thing a line: the cells themselves are nobody's to repeat."""
        for (sheet, heading, what), count in self._found.items():
            rows = "1 row" if count == 1 else f"{count:,} rows"
            where = f"{sheet}, {heading}" if sheet else heading
            yield (
                f"{where}: not used, kept, and seems to hold {what} in {rows}. A mapping leaves it"
                " out: [columns], left-out."
            )


def _as_record(one: Rejected, fault: tuple[str, str, str]) -> Mapping[str, Any]:
    column, value, reason = fault
    return {
        "sheet": one.sheet, "row": one.rows[0], "rows": list(one.rows),
        "column": column, "value": value, "reason": reason,
    }  # fmt: skip


def _again(one: Outcome) -> LeftOut:
    """A row that this very file has twice."""
    why = "; ".join(fault.reason for fault in one.faults)
    return LeftOut(sheet=one.found.sheet, row=one.found.rows[0], why=f"{why}, and is taken once")


def _heading(table: Table) -> str:
    name = f"Sheet {table.sheet.name!r}: h" if table.sheet.name else "H"
    kind = "an event" if table.layout.by_event else "a thread"
    return f"{name}eadings in row {table.layout.header}; each row below is {kind}."


_SENTENCES = "; its cells are sentences, kept as words"


def _meant(column: Column, table: Table) -> str:
    if column.left_out:
        return "left out: its cells are not kept"
    if column.field is None:
        return "not used; kept with the original row"
    prose = _SENTENCES if column.field in table.survey.prose else ""
    if prose and column.field == "closed.closure":
        prose += ", and close nothing without a day"
    guess = "   <- a guess" if column.how == GUESSED else ""
    return f"{FIELDS[column.field].says}{prose}{guess}"


def _place(sheet: str, row: int | None) -> str:
    of_sheet = f"{sheet}, " if sheet else ""
    return f"{of_sheet}row {row}" if row else sheet or "the file"


def said_left_out(one: LeftOut) -> str:
    """A row that is no record, or a sheet that holds none, as a sentence."""
    return f"{_place(one.sheet, one.row)}: {one.why}"


def _of_formulas(table: Table) -> Iterator[str]:
    count = table.sheet.formula_count
    if count:
        cells = ", ".join(table.sheet.formulas[:5])
        more = ", ..." if count > 5 else ""  # noqa: PLR2004
        where = f"{table.sheet.name}: " if table.sheet.name else ""
        many = f"{count:,} cells are formulas, and their values are"
        what = "1 cell is a formula, and its value is" if count == 1 else many
        yield f"{where}{what} taken: {cells}{more}"


def _of_days(table: Table) -> Iterator[str]:
    for heading, count, example in table.survey.two_ways:
        many = f"{count:,} dates could be read two ways, and are"
        what = "1 date could be read two ways, and is" if count == 1 else many
        yield f"{heading}: {what} read day first ({example}); --dates says otherwise"
    for heading, examples in table.survey.unlike:
        each = " and ".join(f"{_FIRST[how]} first ({text})" for how, text in examples.items())
        yield f"{heading}: there are dates with {each}, which can be read no other way"


_FIRST = {DAY_FIRST: "the day", MONTH_FIRST: "the month"}
