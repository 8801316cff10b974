"""Records on a narrow terminal: no reference and no figure is cut, and no word is broken."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from unittest.mock import patch

from footprint_cli.screen.columns import LOG, TIMES, Column
from footprint_cli.screen.laying import widths
from footprint_cli.screen.output import say_records
from hypothesis import given
from hypothesis import strategies as st

WIDTHS = st.integers(20, 200)
CODES = st.text("ABCM0123456789-./", min_size=1, max_size=24)
WORDS = st.lists(st.text("abcdefgh;,'", min_size=1, max_size=18), max_size=8).map(" ".join)
FIGURES = st.one_of(
    st.integers(0, 10**7).map(str),
    st.tuples(st.integers(0, 999), st.integers(0, 999)).map("{0[0]} of {0[1]}".format),
)
HEADINGS = ("ref", "answer\ndue", "re-\nsolved", "within 20", "")
_STYLE = re.compile("\x1b\\[[0-9;]*m")


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def shown(
    records: Sequence[dict[str, str]], columns: Sequence[Column], wide: int, title: str = "T"
) -> list[str]:
    """The lines that a terminal of that width is sent."""
    with (
        patch.dict(os.environ, {"COLUMNS": str(wide), "TERM": "xterm"}),
        redirect_stdout(_Terminal()) as sent,
    ):
        say_records(records, columns=columns, title=title, as_json=False, as_csv=False)
    return _STYLE.sub("", sent.getvalue()).splitlines()


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Column], list[dict[str, str]]]:
    """Columns of codes, figures and words, and records with something in each."""
    kinds = draw(st.lists(st.sampled_from(["code", "figure", "long"]), min_size=1, max_size=10))
    values = {"code": CODES, "figure": FIGURES, "long": WORDS}
    columns = [
        Column(
            draw(st.sampled_from(HEADINGS if at else HEADINGS[:1])),
            lambda record, at=at: record[str(at)],  # type: ignore[misc]
            figure=kind == "figure",
            long=kind == "long",
        )
        for at, kind in enumerate(kinds)
    ]
    rows = st.fixed_dictionaries({str(at): values[kind] for at, kind in enumerate(kinds)})
    return columns, draw(st.lists(rows, max_size=4))


@given(tables(), WIDTHS)
def test_no_reference_and_no_figure_is_cut(
    table: tuple[list[Column], list[dict[str, str]]], wide: int
) -> None:
    """At any width each stands on one line, whole; and of what is long, each word does."""
    columns, records = table
    lines = shown(records, columns, wide)
    text = "\n".join(lines)
    for record in records:
        for column in columns:
            value = str(column.of(record))
            for whole in value.split() if column.long else [value]:
                assert re.search(rf"(?<!\S){re.escape(whole)}(?!\S)", text), (whole, text)


@given(tables(), WIDTHS)
def test_a_table_is_no_wider_than_the_terminal(
    table: tuple[list[Column], list[dict[str, str]]], wide: int
) -> None:
    """Only a word that is wider by itself goes over the edge."""
    columns, records = table
    for line in shown(records, columns, wide):
        assert len(line) <= wide or len(line.split(": ")[-1].strip()) > wide - len("resolved: ") - 4


@given(tables(), st.integers(0, 200))
def test_what_is_left_over_goes_where_it_is_wanted(
    table: tuple[list[Column], list[dict[str, str]]], room: int
) -> None:
    """All columns together fit, and none is wider than it wants while another wants more."""
    columns, records = table
    rows = [[str(column.of(record)) for column in columns] for record in records]
    wide = widths(columns, rows, room, 12)
    if wide is None:
        return
    assert sum(wide) <= room
    most = [max([*map(len, texts)], default=0) for texts in zip(*rows, strict=True)]
    if sum(wide) < room:
        assert all(got >= wanted for got, wanted in zip(wide, most, strict=False))


def test_where_there_is_no_table_each_record_is_a_few_lines() -> None:
    """A heading of two lines is one, what has no heading goes on with the value before it."""
    record = {
        "by": "service", "key": "CSC", "kind": "alert", "resolved": 17, "open": 1,
        "median_working_days": 18, "mean_working_days": 16.7, "longest_working_days": 29,
        "within_20": 13, "within_20_base": 17, "responses_on_time": 13, "responses_due": 18,
    }  # fmt: skip
    assert shown([record, record | {"within_20_base": 0}], TIMES, 40) == [
        "T",
        "by: service CSC   kind: alert",
        "  resolved: 17   median: 18   mean: 16.7",
        "  longest: 29   open: 1",
        "  within 20: 13 of 17",
        "  answered in time: 13 of 18",
        "",
        "by: service CSC   kind: alert",
        "  resolved: 17   median: 18   mean: 16.7",
        "  longest: 29   open: 1",
        "  answered in time: 13 of 18",
    ]


def test_what_is_to_be_read_keeps_a_sensible_width() -> None:
    """A login in the place of initials does not squeeze what is beside it to a word a line."""
    row = dict.fromkeys(("raised_on", "respond_by", "closed_on"))
    record = row | {
        "ref": "CH-1", "kind": "alert", "stage": 1, "service": "CAMHS", "themes": ["EMH"],
        "iro": "margaret.brown", "working_days_open": 441, "corrected": 0, "status": "open",
        "late": ["response"], "waiting_for": "service",
    }  # fmt: skip
    for wide in range(40, 120):
        lines = shown([record], LOG, wide)
        assert len(lines) <= 8, lines
