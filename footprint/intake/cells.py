"""A row, cell by cell: what each says by its field, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from footprint.domain.vocabulary import plain
from footprint.errors import Misused
from footprint.intake.days import NoDayError, day_of, is_day, promised_day_of
from footprint.intake.doubting import OTHERS_HAVE, SAY_DIGITS, Doubts
from footprint.intake.fields import FIELDS, PROSE, TEXT
from footprint.intake.headings import GUESSED, Column, Layout
from footprint.intake.lexicon import Lexicon
from footprint.intake.mapping import SheetMapping
from footprint.intake.survey import PROSE_WORDS, Survey, digits_of
from footprint.intake.wording import SETTLED, settle
from footprint.sheets.marks import UNSAVED
from footprint.sheets.pages import Cell, Row

NO_DAY = "no day"
"""What a cell for a day says where something happened, on a day that is not known."""
_NOTHING = frozenset({"-", "--", "n/a", "na", "n.a.", "tbc", "tba", "."})
_NO_WORDS = _NOTHING | {
    "n", "n/k", "nk", "no", "none", "nil", "not known", "unknown", "not yet known", "not yet",
    "not applicable",
}  # fmt: skip
_SENTENCES = frozenset(PROSE.values())
_SHORT = max(map(len, _NO_WORDS))
_REMEMBERED = 5_000
_NOT_YET = _NOTHING | {"no", "n", "none", "not yet", "open", "ongoing", "pending", "awaiting",
                       "awaited", "outstanding", "not applicable"}  # fmt: skip
_NOT_KNOWN = frozenset({"unknown", "not known", "not recorded", "n/k", "nk", "?", "yes", "y"})
_AHEAD = frozenset({"raised.respond_by", "answered.action_by", "review_date"})
_BEHIND = re.compile(r"\s+[-\u2013\u2014]\s+|[:;,.(]")
_SPLIT = re.compile(r"[;,/|\n+&]| and ")
_EXACT = 15
_NAME = (
    "it is a name: the ledger keeps an IRO's code, in the clear; say which in a mapping,"
    " [values.iro]"
)
_SAVE = "open the file in a spreadsheet program, and save it there"
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+")
_FRACTION = re.compile(r"[0-9]+\.[0-9]*")


class Fault(NamedTuple):
    """What cannot be recorded: the column, its value, and why."""

    column: str
    value: str
    reason: str


class Guess(NamedTuple):
    """What is nearly certain: the column, the value, and the code that it is taken for.

    Of a column's heading the value is empty, and it is taken for a field.
    """

    column: str
    value: str
    code: str


class Said(NamedTuple):
    """What a row says.

    `number` is the row's; `values` are by field; `cells` are the texts of its cells, by heading;
    `faults` is what could not be read, `guesses` what was taken for something near; `left_out` are
    the headings of cells that are not kept.
    """

    number: int
    values: dict[str, Any]
    cells: dict[str, str]
    faults: list[Fault]
    guesses: list[Guess]
    left_out: tuple[str, ...] = ()


class _Read(NamedTuple):
    """A cell, read: its text, and what it adds to what its row says."""

    text: str
    values: dict[str, Any]
    faults: list[Fault]
    guesses: list[Guess]


class RowReader:
    """Reads the rows of one sheet.

    Args:
        layout: what its columns mean.
        survey: what they show as a whole.
        lexicon: what their values mean.
        mapping: what is so in each row that says nothing else.
        digits: how many a case number seems to have; 0 where nothing is to be asked.
    """

    def __init__(
        self,
        layout: Layout,
        survey: Survey,
        lexicon: Lexicon,
        mapping: SheetMapping,
        digits: int,
    ) -> None:
        self._survey, self._lexicon = survey, lexicon
        self._padded, self._digits = bool(mapping.digits), digits
        self._reason, self._doubts = layout.reason, Doubts(layout, mapping)
        # What says one of a few things is read once for each of them; free text is not kept.
        self._columns: list[tuple[Column, str, dict[Cell, _Read] | None]] = [
            (c, PROSE[c.field] if c.field in survey.prose else c.field or "",
             self._memory(c))
            for c in layout.columns
            if not c.left_out
        ]  # fmt: skip
        self._of_words = {field: c.heading for c, field, _ in self._columns if field in SETTLED}
        self._left_out = tuple(c for c in layout.columns if c.left_out)
        headed = {*layout.headed}
        self._width = max(headed, default=-1) + 1
        self._gaps = tuple(at for at in range(self._width) if at not in headed)
        self._always = {name: self._fixed(name, text) for name, text in mapping.always.items()}

    def _memory(self, column: Column) -> dict[Cell, _Read] | None:
        plain = column.field is None or column.field in self._survey.prose
        return None if plain or FIELDS[column.field or ""].kind == TEXT else {}

    def read(self, row: Row) -> Said:
        """What a row says, without judging it."""
        said = Said(row.number, {}, {}, [], [], self._not_kept(row.cells) if self._left_out else ())
        values, texts, cells = said.values, said.cells, row.cells
        width = len(cells)
        for column, field, memory in self._columns:
            if column.at >= width or (cell := cells[column.at]) is None:
                continue
            if memory is None:
                if text := text_of(cell):
                    texts[column.heading] = text
                    self._take_text(column, field, text, said)
                continue
            read = memory.get(cell) if type(cell) is not bool else None  # which is 0 or 1, too
            if read is None:
                read = self._remembered(cell, column, memory)
            if read.text:
                texts[column.heading] = read.text
                _add(said, read)
        if width > self._width or self._gaps:
            said.faults.extend(self._without_heading(cells))
        if self._of_words:
            asked = settle(values, self._lexicon)
            said.faults.extend(Fault(self._of_words.get(name, ""), *why) for name, *why in asked)
        self._say_always(values)
        if self._reason is not None and self._reason < width:
            reason = text_of(cells[self._reason])
            doubted = self._doubts.left(reason, texts, {fault.column for fault in said.faults})
            said.faults.extend(Fault(*doubt) for doubt in doubted)
        return said

    def _take_text(self, column: Column, field: str, text: str, said: Said) -> None:
        """Take words; in a column of sentences, what is a code all the same is one."""
        sentences = field != (column.field or "")
        if sentences and self._lexicon.certain(FIELDS[column.field or ""].codes, text) is not None:
            _add(said, self._cell(text, column))
        elif field and text == UNSAVED:
            said.faults.append(Fault(column.heading, text, _SAVE))
        elif field and not _says_nothing(text):
            _put_words(said.values, field, text, first=sentences)
            said.guesses.extend(_of_heading(column))

    def _not_kept(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        """The headings of what stands in columns that are left out."""
        there = (c for c in self._left_out if c.at < len(cells) and cells[c.at] is not None)
        return tuple(c.heading for c in there if text_of(cells[c.at]))

    def _say_always(self, values: dict[str, Any]) -> None:
        """What is so in each row that says nothing else; a stage says the kind, too."""
        for name, value in self._always.items():
            if not (name == "kind" and "raised.stage" in values):
                values.setdefault(name, value)

    def _without_heading(self, cells: Sequence[Cell]) -> Iterator[Fault]:
        """What stands under no heading: nothing would keep it."""
        for at in (*self._gaps, *range(self._width, len(cells))):
            if at < len(cells) and cells[at] is not None and (text := text_of(cells[at])):
                yield Fault(f"column {at + 1}", text, "it stands under no heading; give it one")

    def _remembered(self, cell: Cell, column: Column, memory: dict[Cell, _Read]) -> _Read:
        read = self._cell(cell, column)
        if column.field != "child":  # which is seldom met again
            if len(memory) >= _REMEMBERED:
                memory.clear()
            memory[cell] = read
        return read

    def _cell(self, cell: Cell, column: Column) -> _Read:
        """A cell by itself, by the kind of its field."""
        read = _Read(text_of(cell), {}, [], [])
        field = column.field or ""
        if read.text == UNSAVED:
            read.faults.append(Fault(column.heading, read.text, _SAVE))
        elif read.text:
            value = getattr(self, f"_{FIELDS[field].kind}")(cell, read.text, column, read)
            if value is not None:
                read.values[field] = value
                read.guesses.extend(_of_heading(column))
        return read

    def _fixed(self, name: str, text: str) -> Any:
        """What the mapping says of every row, read as a cell would be."""
        read = self._cell(text, Column(at=0, heading=f"always, {name}", field=name))
        if read.faults or read.guesses or name not in read.values:
            reason = read.faults[0].reason if read.faults else "it says nothing"
            raise Misused(f"{name} cannot be {text!r} in every row: {reason}.")
        return read.values[name]

    # --- one function a kind ------------------------------------------------------------------

    def _day(self, cell: Cell, text: str, column: Column, said: _Read) -> date | str | None:
        small = text.casefold()
        if small in _NOT_YET:
            return None
        if small in _NOT_KNOWN:
            return NO_DAY
        read = promised_day_of if column.field in _AHEAD else day_of
        try:
            return read(cell, self._survey.habits[column.at])
        except NoDayError as error:
            said.faults.append(Fault(column.heading, text, str(error)))
            return None

    def _code(self, _cell: Cell, text: str, column: Column, said: _Read) -> str | None:
        name = FIELDS[column.field or ""].codes
        meant = self._lexicon.find(name, text)
        if meant is None:
            return self._part_of(text, name, column, said)
        if meant.guessed:
            said.guesses.append(Guess(column.heading, text, meant.code))
        if column.field in PROSE and self._says_more(text, name, meant.code):
            said.values.setdefault(PROSE[column.field], text)
        return meant.code

    def _says_more(self, text: str, name: str, code: str) -> bool:
        """Whether there is more in a cell than its code, which is then kept as words."""
        return len(text.split()) >= PROSE_WORDS and plain(text) != plain(
            self._lexicon.label(name, code)
        )

    def _part_of(self, text: str, name: str, column: Column, said: _Read) -> str | None:
        """A code with more behind it, or a sentence in its place: the words are kept as words."""
        field = column.field or ""
        asked = self._lexicon.was_asked(name, text)
        code = None if asked else self._lexicon.certain(name, _BEHIND.split(text, 1)[0])
        if not code and not asked and len(text.split()) >= PROSE_WORDS:
            code = "not-known"
        if field not in PROSE or not code:
            said.faults.append(Fault(column.heading, text, _unknown(name)))
            return None
        said.guesses.append(Guess(column.heading, text, code))
        said.values.setdefault(PROSE[field], text)
        return code

    def _codes(self, cell: Cell, text: str, column: Column, said: _Read) -> tuple[str, ...] | None:
        """Several codes in one cell; a name that has a comma in it is one."""
        parts = [part.strip() for part in _SPLIT.split(text) if part.strip()]
        whole = self._lexicon.certain("themes", text) is not None
        if whole or not any(self._lexicon.certain("themes", part) for part in parts):
            parts = [text]
        codes = [self._code(cell, part, column, said) for part in parts]
        return tuple(code for code in codes if code) or None

    def _number(self, _cell: Cell, text: str, column: Column, said: _Read) -> int | None:
        found = re.fullmatch(r"(?:stage|level|step)?\s*([0-9])(?:\.0)?", text.casefold())
        if found is None:
            said.faults.append(Fault(column.heading, text, "it is no stage: 0, 1, 2, ..."))
            return None
        return int(found[1])

    def _flag(self, _cell: Cell, text: str, column: Column, said: _Read) -> bool | None:
        code = self._lexicon.certain("flags", text)
        if code is None:
            said.faults.append(Fault(column.heading, text, "it is neither yes nor no"))
            return None
        return code == "yes"

    def _iro(self, _cell: Cell, text: str, column: Column, said: _Read) -> str | None:
        code = self._lexicon.iro(text)
        if code is None:
            said.faults.append(Fault(column.heading, text, _NAME))
        return code or None

    def _child(self, cell: Cell, text: str, column: Column, said: _Read) -> str | None:
        if reason := _no_number(cell, text):
            said.faults.append(Fault(column.heading, text, reason))
            return None
        digits = digits_of(cell)
        if not isinstance(cell, str) and len(digits) > _EXACT:
            reason = "a spreadsheet keeps no more than 15 digits of a number; look it up"
            said.faults.append(Fault(column.heading, text, reason))
            return None
        if digits and len(digits) < self._digits:
            return self._short(digits, text, column, said)
        if reason := self._lexicon.case_number(digits or text):
            said.faults.append(Fault(column.heading, text, reason))
            return None
        return digits or text

    def _short(self, digits: str, text: str, column: Column, said: _Read) -> str | None:
        if self._padded:
            return digits.zfill(self._digits)
        reason = (
            f"{OTHERS_HAVE}{self._digits} digits: a spreadsheet may have lost zeros in front."
            f" {SAY_DIGITS}"
        )
        said.faults.append(Fault(column.heading, text, reason))
        return None


def _no_number(cell: Cell, text: str) -> str:
    """Why a cell is no case number as somebody wrote it; empty where it may be one."""
    if text.isdecimal():
        return ""  # as nearly all are
    if isinstance(cell, bool | date | time) or is_day(text):
        return "it is a date, or a program has made one of it; look it up"
    if _SCIENTIFIC.fullmatch(text):
        return "a program has shortened it, and digits are lost; look it up"
    if (isinstance(cell, float) and not cell.is_integer()) or _FRACTION.fullmatch(text):
        return "it is a number with a fraction, or a program has made one of it; look it up"
    return ""


def _add(said: Said, read: _Read) -> None:
    """Add what a cell says; several columns of themes add up, and so do words."""
    values = said.values
    for name, value in read.values.items():
        if name not in values:
            values[name] = value
        elif name == "themes":
            values[name] += value
        elif name in _SENTENCES:
            _put_words(values, name, value, first=True)
    if read.faults or read.guesses:
        said.faults.extend(read.faults)
        said.guesses.extend(read.guesses)


def _put_words(values: dict[str, Any], name: str, text: str, *, first: bool) -> None:
    """Add words to those of another column: a sentence in the place of a code comes first."""
    had = values.get(name, text)
    values[name] = text if had == text else f"{text}\n{had}" if first else f"{had}\n{text}"


def _of_heading(column: Column) -> list[Guess]:
    """The guess that a column is what it is taken for, where it is one."""
    guessed = column.how == GUESSED and column.field
    return [Guess(column.heading, "", column.field or "")] if guessed else []


def _says_nothing(text: str) -> bool:
    return len(text) <= _SHORT and text.casefold() in _NO_WORDS


def _unknown(name: str) -> str:
    return f"it is none of the {name}; say which in a mapping, [values.{name}]"


def text_of(cell: Cell) -> str:
    """A cell as text, without space around it."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date | datetime) else str(cell)
