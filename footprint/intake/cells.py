"""A row, cell by cell: what each says by its field, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from footprint.domain.vocabulary import plain
from footprint.errors import Misused
from footprint.intake.days import NoDayError, day_of, promised_day_of
from footprint.intake.fields import FIELDS, PROSE
from footprint.intake.headings import Column, Layout
from footprint.intake.lexicon import Lexicon
from footprint.intake.mapping import SheetMapping
from footprint.intake.survey import PROSE_WORDS, Survey, digits_of
from footprint.sheets.pages import Cell, Row

NO_DAY = "no day"
"""What a cell for a day says where something happened, on a day that is not known."""
_NOTHING = frozenset({"-", "--", "n/a", "na", "n.a.", "tbc", "tba", "."})
_NOT_YET = _NOTHING | {"no", "n", "none", "not yet", "open", "ongoing", "pending", "awaiting",
                       "awaited", "outstanding", "not applicable"}  # fmt: skip
_NOT_KNOWN = frozenset({"unknown", "not known", "not recorded", "?", "yes", "y"})
_AHEAD = frozenset({"raised.respond_by", "answered.action_by", "review_date"})
_BEHIND = re.compile(r"\s+[-\u2013\u2014]\s+|[:;,.(]")
_SPLIT = re.compile(r"[;,/|\n+&]| and ")
_EXACT = 15
_NAME = (
    "it is a name: the ledger keeps an IRO's code, in the clear; say which in a mapping,"
    " [values.iro]"
)
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")


class Fault(NamedTuple):
    """What cannot be recorded: the column, its value, and why."""

    column: str
    value: str
    reason: str


class Guess(NamedTuple):
    """What is nearly certain: the column, the value, and the code that it is taken for."""

    column: str
    value: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a row says.

    Args:
        number: of the row.
        values: by field.
        cells: the texts of its cells, by the heading.
        faults: what could not be read.
        guesses: what was taken for something near.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)


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
        self._days: dict[tuple[int, Cell], date | NoDayError] = {}  # a year has not many
        self._columns = [(c, self._kind_of(c)) for c in layout.columns]
        self._always = {name: self._fixed(name, text) for name, text in mapping.always.items()}

    def read(self, row: Row) -> Said:
        """What a row says, without judging it."""
        said = Said(number=row.number)
        cells = row.cells
        for column, read in self._columns:
            cell = cells[column.at] if column.at < len(cells) else None
            if cell is None or (text := text_of(cell)) == "":
                continue
            said.cells[column.heading] = text
            if read is None or column.field is None:
                continue
            value = read(cell, text, column, said)
            if value is not None:
                name = self._field_of(column.field)
                if name == "themes" and name in said.values:
                    value = said.values[name] + value
                said.values[name] = value
        for name, value in self._always.items():
            said.values.setdefault(name, value)
        return said

    def _field_of(self, name: str) -> str:
        return PROSE[name] if name in self._survey.prose else name

    def _kind_of(self, column: Column) -> Callable[[Cell, str, Column, Said], Any] | None:
        if column.field is None:
            return None
        if column.field in self._survey.prose:
            return self._text
        return getattr(self, f"_{FIELDS[column.field].kind}")  # type: ignore[no-any-return]

    def _fixed(self, name: str, text: str) -> Any:
        """What the mapping says of every row, read as a cell would be."""
        said, column = Said(number=0), Column(at=0, heading=f"always, {name}", field=name)
        value = getattr(self, f"_{FIELDS[name].kind}")(text, text, column, said)
        if said.faults or said.guesses or value is None:
            reason = said.faults[0].reason if said.faults else "it says nothing"
            raise Misused(f"{name} cannot be {text!r} in every row: {reason}.")
        return value

    # --- one function a kind ------------------------------------------------------------------

    def _text(self, _cell: Cell, text: str, _column: Column, _said: Said) -> str | None:
        return None if text.casefold() in _NOTHING else text

    def _day(self, cell: Cell, text: str, column: Column, said: Said) -> date | str | None:
        small = text.casefold()
        if small in _NOT_YET:
            return None
        if small in _NOT_KNOWN:
            return NO_DAY
        key = column.at, cell
        if key not in self._days:
            self._days[key] = self._read_day(cell, column)
        day = self._days[key]
        if isinstance(day, NoDayError):
            said.faults.append(Fault(column.heading, text, str(day)))
            return None
        return day

    def _read_day(self, cell: Cell, column: Column) -> date | NoDayError:
        read = promised_day_of if column.field in _AHEAD else day_of
        try:
            return read(cell, self._survey.habits[column.at])
        except NoDayError as error:
            return error

    def _code(self, _cell: Cell, text: str, column: Column, said: Said) -> str | None:
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

    def _part_of(self, text: str, name: str, column: Column, said: Said) -> str | None:
        """A code with more behind it, or a sentence in its place: the words are kept as words."""
        field = column.field or ""
        code = self._lexicon.certain(name, _BEHIND.split(text, 1)[0])
        if not code and len(text.split()) >= PROSE_WORDS:
            code = "not-known"
        if field not in PROSE or not code:
            said.faults.append(Fault(column.heading, text, _unknown(name)))
            return None
        said.guesses.append(Guess(column.heading, text, code))
        said.values.setdefault(PROSE[field], text)
        return code

    def _codes(self, cell: Cell, text: str, column: Column, said: Said) -> tuple[str, ...] | None:
        """Several codes in one cell; a name that has a comma in it is one."""
        parts = [part.strip() for part in _SPLIT.split(text) if part.strip()]
        whole = self._lexicon.certain("themes", text) is not None
        if whole or not any(self._lexicon.certain("themes", part) for part in parts):
            parts = [text]
        codes = [self._code(cell, part, column, said) for part in parts]
        return tuple(code for code in codes if code) or None

    def _number(self, _cell: Cell, text: str, column: Column, said: Said) -> int | None:
        found = re.fullmatch(r"(?:stage|level|step)?\s*([0-9])(?:\.0)?", text.casefold())
        if found is None:
            said.faults.append(Fault(column.heading, text, "it is no stage: 0, 1, 2, ..."))
            return None
        return int(found[1])

    def _flag(self, _cell: Cell, text: str, column: Column, said: Said) -> bool | None:
        code = self._lexicon.certain("flags", text)
        if code is None:
            said.faults.append(Fault(column.heading, text, "it is neither yes nor no"))
            return None
        return code == "yes"

    def _iro(self, _cell: Cell, text: str, column: Column, said: Said) -> str | None:
        code = self._lexicon.iro(text)
        if code is None:
            said.faults.append(Fault(column.heading, text, _NAME))
        return code or None

    def _child(self, cell: Cell, text: str, column: Column, said: Said) -> str | None:
        if isinstance(cell, float) and not cell.is_integer():
            said.faults.append(Fault(column.heading, text, "it is a number with a fraction"))
            return None
        if _SCIENTIFIC.fullmatch(text):
            reason = "a program has shortened it, and digits are lost; look it up"
            said.faults.append(Fault(column.heading, text, reason))
            return None
        digits = digits_of(cell)
        if not isinstance(cell, str) and len(digits) > _EXACT:
            reason = "a spreadsheet keeps no more than 15 digits of a number; look it up"
            said.faults.append(Fault(column.heading, text, reason))
            return None
        if digits and len(digits) < self._digits:
            return self._short(digits, text, column, said)
        return digits or text

    def _short(self, digits: str, text: str, column: Column, said: Said) -> str | None:
        if self._padded:
            return digits.zfill(self._digits)
        reason = (
            f"others have {self._digits} digits: a spreadsheet may have lost zeros in front."
            ' Say in a mapping, [reading], how many digits they have, or digits = "as-written"'
        )
        said.faults.append(Fault(column.heading, text, reason))
        return None


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
