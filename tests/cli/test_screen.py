"""Tables on a terminal: nothing is lost, and nothing is wider than it is."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from footprint_cli.columns import Column
from footprint_cli.screen import table
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

TEXTS = st.text("ab c\N{CJK UNIFIED IDEOGRAPH-6F22}e\N{COMBINING ACUTE ACCENT}-;", max_size=30)
FEW = st.integers(1, 5)


def drawn(columns: list[Column], rows: list[list[str]], width: int, **env: str) -> list[str]:
    with patch.dict("os.environ", {"COLUMNS": str(width), "TERM": "dumb", **env}):
        return list(table("What it is", columns, rows))


@given(data=st.data(), width=st.integers(30, 130), number=FEW)
def test_no_line_is_too_wide_and_no_letter_is_lost(
    data: st.DataObject, width: int, number: int
) -> None:
    """Whatever is in the cells: each holds its letters, in their order, under its heading."""
    columns = [
        Column(str(n), lambda _: None, data.draw(st.booleans()), data.draw(st.booleans()))
        for n in range(number)
    ]
    rows = data.draw(st.lists(st.lists(TEXTS, min_size=number, max_size=number), max_size=4))
    lines = drawn(columns, rows, width)
    assert max(map(cell_len, lines)) <= width
    given = sorted("".join(text for row in rows for text in row).replace(" ", ""))
    assert sorted("".join(lines[3:]).replace(" ", "")) == given


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (40, ["What it is", "", " n text    code", "─" * 15, " 1 one two AB", "20 three   C"]),
        (12, ["What it is", "", " n text code", "─" * 12, " 1 one  AB", "   two", "20 thre C",
              "   e"]),
    ],
)  # fmt: skip
def test_what_has_words_gives_way_first(width: int, expected: list[str]) -> None:
    """Figures stand to the right, headings above the line, words whole while there is room."""
    columns = [
        Column("\nn", lambda _: None, figure=True),
        Column("text", lambda _: None, long=True),
        Column("code", lambda _: None),
    ]
    lines = drawn(columns, [["1", "one two", "AB"], ["20", "three", "C"]], width)
    assert lines == expected


def test_headings_are_bold_where_a_terminal_has_that() -> None:
    """And no other sign is sent that a terminal acts on."""
    title, heading, line, row = drawn([Column("a", lambda _: None)], [["x"]], 80, TERM="xterm")
    assert (title, heading) == ("\x1b[1mWhat it is\x1b[0m", "\x1b[1ma\x1b[0m")
    assert (line, row) == ("─", "x")
