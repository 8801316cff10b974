"""Where the headings of a sheet are, and what its columns mean by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from itertools import islice

from footprint.intake.fields import ANY, DAY, FIELDS, MOVES
from footprint.intake.mapping import LEFT_OUT, UNUSED, SheetMapping, heading_key, meanings
from footprint.intake.personal import says_who
from footprint.sheets.book import Merge, Sheet
from footprint.sheets.pages import Cell, Row

SAID, KNOWN, GUESSED = "said", "known", "guessed"
"""How it is known what a column means: by the mapping, by its heading, or nearly by its heading."""

REASON = "Why it was refused"
"""The heading of the column that is added to refused rows. Brought in, it is no cell of theirs: it
may repeat what was mended, such as a name. What the other rows showed, it alone still tells."""
LOOKED_THROUGH = 60
"""So many rows are looked through for the headings: titles and notes may stand above them."""
_LEAST = 3
"""Fewer known headings than this are no headings."""
_NEAR = 0.84
_LONG = 80
"""A heading that is so long is a sentence, and near none."""
_SEVERAL = frozenset({"themes", LEFT_OUT})
"""What several columns may be."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its place from 0, its heading, its field (None: none), and how that is known.

    What has no field is kept with its row, unless it is left out.
    """

    at: int
    heading: str
    field: str | None = None
    how: str = ""
    left_out: bool = False


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a sheet's columns mean.

    Args:
        header: the number of the row that holds the headings.
        headed: the places of all headings, of those that mean nothing here as well.
        columns: those with a heading, in order.
        reason: the place of why a row was refused before; None where no column says it.
    """

    header: int
    columns: tuple[Column, ...]
    headed: tuple[int, ...] = ()
    reason: int | None = None

    @cached_property
    def by_event(self) -> bool:
        """Whether a row is one event, and not a whole thread."""
        return any(column.field == "event" for column in self.columns)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The headings, and the lower parts of those that stand in two rows, as compared."""
        words = [heading_key(column.heading).split() for column in self.columns]
        return frozenset(" ".join(one[at:]) for one in words for at in range(len(one)))

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields that have a column."""
        return frozenset(column.field for column in self.columns if column.field)


def layout_of(sheet: Sheet, mapping: SheetMapping) -> Layout | None:
    """What the columns of a sheet mean; None where no row of its first holds headings."""
    best, most, header = None, _LEAST - 1, 0
    above: Row | None = None
    for row in islice(sheet.rows(), LOOKED_THROUGH):
        for headings in _readings(row, above, sheet.merged, mapping):
            known = {field for heading in headings if (field := _meant(heading, mapping)[0])}
            if len(known) > most:
                best, most, header = headings, len(known), row.number
        above = row
    if not best:
        return None
    columns = _columns(best, mapping, _days_below(sheet, header))
    headed = tuple(at for at, heading in enumerate(best) if heading)
    reason = best.index(REASON) if REASON in best else None
    return Layout(header=header, columns=tuple(columns), headed=headed, reason=reason)


def _readings(
    row: Row, above: Row | None, merged: Sequence[Merge], mapping: SheetMapping
) -> Iterator[list[str]]:
    """The headings that a row can be: by itself, or under the wider ones of the row above it."""
    own = [_heading(cell) for cell in row.cells]
    if above is None or above.number != row.number - 1:
        yield own
    else:
        merges = [m for m in merged if m.top <= above.number <= m.bottom]
        texts = [_heading(cell) for cell in above.cells]
        wide = list(_filled(texts, len(own), merges))
        if not _tells_apart(wide, own):
            yield own
        yield [
            _under(over, text, own, mapping) if text else "".join(texts[at : at + 1])
            for at, (over, text) in enumerate(zip(wide, own, strict=True))
        ]


def _filled(texts: Sequence[str], width: int, merges: Sequence[Merge]) -> Iterator[str]:
    """What stands over each column: as far as cells are merged, else up to the next."""
    last = ""
    for at in range(width):
        text = texts[at] if at < len(texts) else ""
        if merges:
            starts = (m.left for m in merges if m.left <= at <= m.right and m.left < len(texts))
            yield text or next((texts[left] for left in starts), "")
        else:
            last = text or last
            yield last


def _tells_apart(wide: Sequence[str], own: Sequence[str]) -> bool:
    """Whether what stands over them tells headings apart that are the same by themselves."""
    over: dict[str, set[str]] = {}
    for text, above in zip(own, wide, strict=True):
        if text:
            over.setdefault(text, set()).add(above)
    return any(len(aboves) > 1 for aboves in over.values())


def _under(over: str, text: str, own: Sequence[str], mapping: SheetMapping) -> str:
    """A heading with the wider one; without, where only so it is known, and the only one."""
    both = next((b for o in (over, over.split("(", maxsplit=1)[0])
                 if _meant(b := f"{o.strip()} {text}".strip(), mapping)[0]),
                f"{over} {text}".strip())  # fmt: skip
    alone = own.count(text) == 1 and _meant(text, mapping)[0] and not _meant(both, mapping)[0]
    return text if alone else both


def _heading(cell: Cell) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def _columns(
    headings: Sequence[str], mapping: SheetMapping, days: Mapping[int, int]
) -> Iterator[Column]:
    """What each heading means; no field is meant twice, but for those that may be.

    Of two, the one that the mapping names, or names first; of two for a day, the one that has more
    days.
    """
    labelled: list[Column] = []
    for at, heading in enumerate(headings):
        if heading and heading != REASON:
            label = _unlike(heading, labelled)
            field, how = _said(label, mapping) or _meant(heading, mapping)
            labelled.append(Column(at=at, heading=label, field=field, how=how))
    said = {key: nth for nth, key in enumerate(mapping.columns)}
    best = sorted(labelled, key=lambda c: (
        c.how != SAID, said.get(heading_key(c.heading), len(said)), -_days_of(c, days)
    ))  # fmt: skip
    taken = {c.field: c.at for c in reversed(best) if c.field}
    found = [c if c.field in _SEVERAL or taken.get(c.field or "") == c.at
             else Column(at=c.at, heading=c.heading, how=SAID if c.how == SAID else "")
             for c in labelled]  # fmt: skip
    fields, by_event = set(taken), "event" in taken
    for column in found:
        meant = _settled(_guessed(column, mapping, fields), fields, by_event=by_event)
        yield _without_who(meant)


def _days_of(column: Column, days: Mapping[int, int]) -> int:
    field = FIELDS.get(column.field or "")
    return days.get(column.at, 0) if field and field.kind == DAY else 0


def _days_below(sheet: Sheet, header: int) -> dict[int, int]:
    """How many of the first cells of each column could be days."""
    days: Counter[int] = Counter()
    below = (row for row in sheet.rows() if row.number > header)
    for row in islice(below, LOOKED_THROUGH):
        for at, cell in enumerate(row.cells):
            days[at] += isinstance(cell, date) or (
                isinstance(cell, str) and any(map(str.isdigit, cell))
            )
    return days


def _unlike(heading: str, others: Sequence[Column]) -> str:
    """The heading, numbered where another column has the same."""
    same = sum(heading_key(other.heading.rsplit(" (", 1)[0]) == heading_key(heading)
               for other in others)  # fmt: skip
    return f"{heading} ({same + 1})" if same else heading


def _said(heading: str, mapping: SheetMapping) -> tuple[str | None, str] | None:
    """What the mapping says that a heading means; None where it says nothing."""
    said = mapping.columns.get(heading_key(heading))
    return said and (None if said == UNUSED else said, SAID)  # type: ignore[return-value]


def _meant(heading: str, mapping: SheetMapping) -> tuple[str | None, str]:
    """By a heading as it is, or without what stands in brackets; one of several may be numbered."""
    for text in (heading, heading.split("(", maxsplit=1)[0]):
        if said := _said(text, mapping):
            return said
        if (key := heading_key(text)) in meanings().columns:
            return meanings().columns[key], KNOWN
    field = meanings().columns.get(heading_key(heading).rstrip(" 0123456789"))
    return (field, KNOWN) if field in _SEVERAL else (None, "")


def _guessed(column: Column, mapping: SheetMapping, taken: set[str]) -> Column:
    """The column with the field of the nearest heading, where it has none and one is near."""
    if column.field or column.how or _meant(column.heading, mapping)[0]:
        return column
    if says_who(column.heading):
        return column
    key = heading_key(column.heading)
    near = get_close_matches(key, meanings().columns, 1, _NEAR) if len(key) < _LONG else ()
    field = meanings().columns[near[0]] if near and _numbers(near[0]) == _numbers(key) else None
    if field is None or field in taken:
        return column
    taken.add(field)
    return Column(at=column.at, heading=column.heading, field=field, how=GUESSED)


def _without_who(column: Column) -> Column:
    """The column; left out where somebody says so, or nobody what it is and it says who one is."""
    if column.field == LEFT_OUT or not (column.field or column.how or not says_who(column.heading)):
        return Column(at=column.at, heading=column.heading, how=column.how, left_out=True)
    return column


def _numbers(key: str) -> list[str]:
    return [char for char in key if char.isdigit()]


def _settled(column: Column, taken: set[str], *, by_event: bool) -> Column:
    """What is of any move is of what was raised, where a row is a thread.

    Where a row is an event, notes are what it says, unless another column is.
    """
    field, to = column.field or "", column.field
    if not by_event and field.startswith(ANY + "."):
        to = field.replace(ANY, MOVES[0], 1)
    elif by_event and field == _NOTES and column.how != SAID:
        to = _ITS_WORDS
    if to == column.field:
        return column
    if to in taken:
        return column if by_event else Column(at=column.at, heading=column.heading)
    taken.add(to or "")
    return Column(at=column.at, heading=column.heading, field=to, how=column.how)


_NOTES, _ITS_WORDS = "note.words", f"{ANY}.words"
