"""What a file says twice, and how it writes a case number: as found with all of it in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_helpers import bring, make, one_sheet, whats, why

from footprint.intake import seen
from footprint.intake.seen import First, Seen
from footprint.intake.spelling import ODD, how_written, plain_number, written
from footprint.ledger.ledger import Ledger

CHILDREN = ("204117", "0204117", "00204117", "AB204", "ab204", "0AB204", "Ab204", "aB204")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["7", "8", None]),
        st.sampled_from(CHILDREN),
        st.sampled_from(["No plan.", "No review."]),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """One into which nothing is recorded."""
    with make(tmp_path_factory.mktemp("seen")) as made:
        yield made


def expected(rows: list[tuple[str | None, str, str]]) -> Iterator[tuple[str, str]]:
    """What each row comes to, and a part of why."""
    said: dict[object, int] = {}
    one: dict[object, int] = {}
    spelt: dict[str, str] = {}
    refused: set[int] = set()
    for row, (reference, child, text) in enumerate(rows, 2):
        first = said.setdefault((reference, child, text), row)
        if first in refused:
            yield "refused", f"Row {first} says the same, and was refused"
        elif first != row:
            yield "twice", f"Row {first} says the same"
        elif (other := spelt.setdefault(child.casefold().lstrip("0"), child)) != child:
            refused.add(row)
            yield "refused", f"is written {child!r} here and {other!r} elsewhere"
        elif (first := one.setdefault((reference or text, child), row)) != row:
            refused.add(row)
            yield "refused", f"Row {first} has the same number and case number, and says otherwise"
        else:
            yield "new", ""


@given(rows=ROWS)
@settings(deadline=None)
def test_rows_that_say_the_same_or_otherwise(
    ledger: Ledger, rows: list[tuple[str | None, str, str]]
) -> None:
    """Each is held against all before it, whatever came of those."""
    changes = ({"Ref": r, "Child ID": child, "Concern": text} for r, child, text in rows)
    dry, digits = {"record": False}, {"digits": "as-written"}
    outcomes = bring(ledger, one_sheet(*changes), dry, reading=digits)
    told = [*expected(rows)]
    assert whats(outcomes) == [what for what, _ in told]
    assert all(part in why(one) for one, (_, part) in zip(outcomes, told, strict=True))


@pytest.mark.parametrize("first", CHILDREN)
def test_how_a_case_number_is_written_in_the_ledger(tmp_path: Path, first: str) -> None:
    """Each other way is refused, with the one that is there."""
    digits = {"digits": "as-written"}
    children = [child for child in CHILDREN if plain_number(child) == plain_number(first)]
    with make(tmp_path) as own:
        bring(own, one_sheet({"Child ID": first}), reading=digits)
        rows = ({"Child ID": child, "Ref": f"1{n}", "Date raised": "15/04/2016", "Concern": f"{n}"}
                for n, child in enumerate(children))  # fmt: skip
        outcomes = bring(own, one_sheet(*rows), {"record": False}, reading=digits)
    assert [(one.what, f"and {first!r} elsewhere" in why(one)) for one in outcomes] == [
        ("new", False) if child == first else ("refused", True) for child in children
    ]


@given(st.text() | st.from_regex(r"0{0,3}([A-Z]{0,3}|[a-z]{0,3})[0-9]{0,4}", fullmatch=True))
def test_a_case_number_is_what_it_was(child: str) -> None:
    """By its plain form and how it is written, unless that is odd."""
    how = how_written(child, plain_number(child))
    assert how == ODD or written(plain_number(child), how) == child
    assert how != ODD or child not in {child.casefold(), child.casefold().upper()}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 99), st.integers(-9, 9))))
def test_what_was_met_first_is_kept(met: list[tuple[int, int, int]]) -> None:
    """As a dictionary would."""
    firsts: dict[int, First] = {}
    kept = Seen()
    for what, at, said in met:
        assert kept.first(what, First(at, said)) == firsts.setdefault(what, First(at, said))
    kept.close()


def test_what_does_not_fit_in_memory_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the disk."""
    monkeypatch.setattr(seen, "_MEMORY", 16)
    kept = Seen()
    for n in range(5_000):
        assert kept.first((n, "x"), First(n, -n)) == (n, -n)
    assert all(kept.first((n, "x"), First(-1)) == (n, -n) for n in range(5_000))
    kept.close()


def test_nobody_else_can_read_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has them, and knows what somebody may have said, comes to others."""
    opened: list[sqlite3.Connection] = []

    def connect(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(real(*args, **options))
        return opened[-1]

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", connect)
    two = [Seen(), Seen()]
    for one in two:
        one.first("204117", First(1, hash("No plan.")))
    kept = [set(each.execute("SELECT what, said FROM seen").fetchone()) for each in opened]
    assert not kept[0] & kept[1]
    assert not (kept[0] | kept[1]) & {hash("204117"), hash("No plan.")}
    for one in two:
        one.close()


def test_where_nothing_can_be_kept() -> None:
    """It is no fault of a row."""
    kept = Seen()
    kept.close()
    with pytest.raises(OSError, match="Temporary files cannot be written"):
        kept.first("x", First(1))
