"""What was doubted of a cell because of other rows, where those are no longer beside it.

Among the rows that were refused, 198850 is as long as any case number, and nothing tells whether
3/4/2024 is 3 April: why they were refused still does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from footprint.intake.days import READ_TWO_WAYS, SWAPPED
from footprint.intake.fields import CHILD, DAY, FIELDS
from footprint.intake.headings import Layout
from footprint.intake.mapping import SheetMapping

OTHERS_HAVE = "others have "
"""How the reason begins that other case numbers give."""
SAY_DIGITS = 'Say in a mapping, [reading], how many digits they have, or digits = "as-written"'
_BY_OTHERS = {DAY: (READ_TWO_WAYS, SWAPPED), CHILD: (OTHERS_HAVE,)}
_AS_BEFORE = {
    DAY: " (where it was refused); --dates day-first or --dates month-first says how it is meant",
    CHILD: f"more digits, where it was refused. {SAY_DIGITS}",
}
"""How a reason goes on where the rows that gave it are not there."""


class Doubts:
    """The columns of a sheet whose cells can be doubted so, unless somebody has said how they are.

    Args:
        layout: what its columns mean.
        mapping: how days and case numbers are to be read.
    """

    def __init__(self, layout: Layout, mapping: SheetMapping) -> None:
        said = {DAY: mapping.dates is not None, CHILD: mapping.digits is not None}
        kinds = {c.heading: FIELDS[c.field].kind for c in layout.columns if c.field}
        self._columns = {name: kind for name, kind in kinds.items() if not said.get(kind, True)}

    def left(
        self, reason: str, cells: Mapping[str, str], doubted: AbstractSet[str]
    ) -> Iterator[tuple[str, str, str]]:
        """The column, the value and the doubt, of cells that are as they were.

        Args:
            reason: why the row was refused.
            cells: of the row, by heading.
            doubted: the headings of those that are refused anyway.
        """
        for heading, kind in self._columns.items():
            text = cells.get(heading)
            for begins in _BY_OTHERS[kind] if text and heading not in doubted else ():
                if f"{heading} {text!r}: {begins}" in reason:
                    yield heading, str(text), f"{begins}{_AS_BEFORE[kind]}"
