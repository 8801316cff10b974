"""Bytes that were lost or changed: a book or a refusal comes of them, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheets_helpers import (
    BYTES,
    altered,
    csv_bytes,
    ods_bytes,
    ole_bytes,
    reads_or_refuses,
    xlsx_bytes,
)

ROWS = [["Day", "Why", "No"], [date(2023, 3, 15), "café; x", 7], [date(2023, 3, 16), "=1", 0.5]]
WHOLE = {kind: make(ROWS) for kind, make in BYTES.items()}
WHOLE["csv"] = csv_bytes(ROWS, "utf-16", "\t")
CHANGES = st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=4)


def changed(data: bytes, changes: list[tuple[int, int]], cut: int | None) -> bytes:
    made = bytearray(data)
    for at, byte in changes:
        made[at % len(made)] = byte
    return bytes(made if cut is None else made[: cut % len(made)])


def stream_of_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet")
    sheet.write(0, 0, "x")
    sheet.write(1, 1, xlwt.Formula("1+1"))
    sheet.write(2, 2, 5)
    stream: bytes = book.get_biff_data()
    return stream


STREAM = stream_of_xls()
INSIDE: dict[str, Callable[[Callable[[bytes], bytes]], bytes]] = {
    "xlsx": lambda change: altered(xlsx_bytes(ROWS), **{"sheet1.xml": change}),
    "xlsx-book": lambda change: altered(xlsx_bytes(ROWS), **{"workbook.xml": change}),
    "ods": lambda change: altered(ods_bytes(ROWS), **{"content.xml": change}),
    "xls": lambda change: ole_bytes(change(STREAM)),
}


def try_whole(kind: str, changes: list[tuple[int, int]], cut: int | None) -> None:
    with TemporaryDirectory() as folder:
        reads_or_refuses(Path(folder), f"a.{kind}", changed(WHOLE[kind], changes, cut))


def try_inside(kind: str, changes: list[tuple[int, int]], cut: int | None) -> None:
    data = INSIDE[kind](lambda member: changed(member, changes, cut))
    with TemporaryDirectory() as folder:
        reads_or_refuses(Path(folder), f"a.{kind.partition('-')[0]}", data)


CUTS = st.none() | st.integers(0)
few = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
whole = pytest.mark.parametrize("kind", WHOLE)
inside = pytest.mark.parametrize("kind", INSIDE)


@whole
@given(changes=CHANGES, cut=CUTS)
@few
def test_a_file(kind: str, changes: list[tuple[int, int]], cut: int | None) -> None:
    """Cut off, or with bytes changed."""
    try_whole(kind, changes, cut)


@inside
@given(changes=CHANGES, cut=CUTS)
@few
def test_what_is_in_it(kind: str, changes: list[tuple[int, int]], cut: int | None) -> None:
    """The same where the archive around it is sound."""
    try_inside(kind, changes, cut)


@pytest.mark.slow
@whole
@given(changes=CHANGES, cut=CUTS)
@many
def test_a_file_often(kind: str, changes: list[tuple[int, int]], cut: int | None) -> None:
    """Cut off, or with bytes changed."""
    try_whole(kind, changes, cut)


@pytest.mark.slow
@inside
@given(changes=CHANGES, cut=CUTS)
@many
def test_what_is_in_it_often(kind: str, changes: list[tuple[int, int]], cut: int | None) -> None:
    """The same where the archive around it is sound."""
    try_inside(kind, changes, cut)
