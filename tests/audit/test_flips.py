"""Any byte of any column of any row, and any byte of the file: found, and never a crash."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audit_helpers import VERIFIED, Case, copy_case, entries_of, positions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow  # a verification for each flip

COLUMNS = {
    "event": ("position", "stream", "version", "topic", "state", "leaf"),
    "vault": ("position", "salt", "words"),
    "vault_child": ("stream", "child"),
    "subtree": ("level", "nth", "hash"),
    "head": ("size", "note"),
    "checkpoint": ("size", "note"),
}
CELLS = [(table, column) for table, columns in COLUMNS.items() for column in columns]


@pytest.fixture(scope="module")
def target(years: Case, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A longer ledger without its triggers' protection, to flip bytes in and put back."""
    case = copy_case(years, tmp_path_factory.mktemp("flips"))
    with case.raw() as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return case


def flipped(value: Any, where: int, bit: int) -> Any:
    """The value with one bit changed, in the type that it has."""
    if isinstance(value, int):
        changed = value ^ 1 << where % 62
        return -changed if where % 3 == 2 else changed
    data = bytearray(value)
    data[where % len(data)] ^= 1 << bit
    return bytes(data)


def change(case: Case, table: str, column: str, row: int, where: int, bit: int) -> int | None:
    """Flip a bit of one cell; the schema is as published. Returns the entry's position."""
    with case.attack() as connection:
        connection.text_factory = bytes
        rows = connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
        names = [one[1].decode() for one in connection.execute(f"PRAGMA table_info({table})")]
        chosen = dict(zip(names, rows[row % len(rows)], strict=True))
        value = flipped(chosen[column], where, bit)
        same = " AND ".join(f"{name} IS CAST(? AS {_kind(name)})" for name in names)
        text = _kind(column)
        try:
            done = connection.execute(
                f"UPDATE {table} SET {column} = CAST(? AS {text}) WHERE {same}",
                (value, *chosen.values()),
            )
            assert done.rowcount == 1
        except sqlite3.IntegrityError:
            return None  # it collides with another row: the database itself says no
        return int(chosen.get("position", 0))


def _kind(column: str) -> str:
    if column in {"position", "version", "level", "nth", "size", "one"}:
        return "INTEGER"
    return "TEXT" if column in {"stream", "topic", "note"} else "BLOB"


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    cell=st.sampled_from(CELLS),
    row=st.integers(0, 10_000),
    where=st.integers(0, 100_000),
    bit=st.integers(0, 7),
)
def test_any_flipped_bit_of_any_cell_is_found(
    target: Case, cell: tuple[str, str], row: int, where: int, bit: int
) -> None:
    """One bit of one cell: never verified, and a changed entry is named by its position."""
    table, column = cell
    original = target.path.with_suffix(".original")
    shutil.copy(target.path, original)
    try:
        at = change(target, table, column, row, where, bit)
        if at is None:
            return
        verdict = target.by_signer()
        alone = target.by_stranger()
        assert verdict.verdict != VERIFIED
        assert alone.verdict != VERIFIED
        # An entry that was moved leaves a gap, and stands before or behind all others.
        if table in {"event", "vault"} and column != "position":
            assert at in positions(verdict), verdict.findings
            assert at in positions(alone)
    finally:
        original.replace(target.path)


@pytest.mark.slow
@settings(max_examples=5000, suppress_health_check=list(HealthCheck))
@given(
    cell=st.sampled_from(CELLS),
    row=st.integers(0, 10_000),
    where=st.integers(0, 100_000),
    bit=st.integers(0, 7),
)
def test_any_flipped_bit_of_any_cell_is_found_at_length(
    target: Case, cell: tuple[str, str], row: int, where: int, bit: int
) -> None:
    """The same, many more times."""
    test_any_flipped_bit_of_any_cell_is_found.hypothesis.inner_test(target, cell, row, where, bit)


# --- the raw file ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bare(years: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, bytes]:
    """A ledger in one file with nothing beside it, and its bytes."""
    case = copy_case(years, tmp_path_factory.mktemp("bare"))
    with case.raw() as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return case, case.path.read_bytes()


def read_apart(path: Path) -> list[tuple[Any, ...]] | None:
    """The entries as another program reads them, or None where it cannot."""
    try:
        with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
            connection.text_factory = bytes
            return entries_of(connection)
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def mutated(case: Case, data: bytes, chance: random.Random) -> None:
    """Change some bytes of the file, verify, and compare with what another program reads."""
    case.path.write_bytes(data)
    honest = read_apart(case.path)
    assert honest
    changed = bytearray(data)
    kind = chance.randrange(5)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        # The first page holds the schema: it is worth more of our time than its size.
        at = chance.randrange(len(data) if chance.random() < 0.7 else 4096)
        if kind == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            changed[at] = chance.randrange(256)
        elif kind == 2:
            length = chance.randrange(1, 300)
            changed[at : at + length] = bytes(len(changed[at : at + length]))
        elif kind == 3:
            other, length = chance.randrange(len(data)), chance.randrange(1, 600)
            piece = data[other : other + length][: len(data) - at]
            changed[at : at + len(piece)] = piece
        else:
            page, other = at // 4096 * 4096, chance.randrange(len(data)) // 4096 * 4096
            changed[page : page + 4096] = data[other : other + 4096]
    case.path.write_bytes(changed)
    verdict = case.by_signer()
    if verdict.verdict == VERIFIED:
        assert read_apart(case.path) == honest
    for beside in ("-wal", "-shm", "-journal"):
        case.path.with_name(case.path.name + beside).unlink(missing_ok=True)


@pytest.mark.parametrize("seed", range(10))
def test_random_bytes_of_the_file_never_crash_or_deceive(
    bare: tuple[Case, bytes], seed: int
) -> None:
    """Bytes changed anywhere in the file: a verdict, and never 0 where an entry reads otherwise."""
    chance = random.Random(seed)  # noqa: S311 - not for a secret
    for _ in range(40):
        mutated(*bare, chance)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1020))
def test_random_bytes_of_the_file_never_crash_or_deceive_at_length(
    bare: tuple[Case, bytes], seed: int
) -> None:
    """The same, many more times."""
    chance = random.Random(seed)  # noqa: S311 - not for a secret
    for _ in range(500):
        mutated(*bare, chance)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(at=st.integers(0, 4095), value=st.integers(0, 255))
def test_any_byte_of_the_first_page_never_crashes_or_deceives(
    bare: tuple[Case, bytes], at: int, value: int
) -> None:
    """The header and the schema, byte by byte."""
    case, data = bare
    changed = bytearray(data)
    changed[at] = value
    case.path.write_bytes(changed)
    if case.by_signer().verdict == VERIFIED:
        read = read_apart(case.path)
        case.path.write_bytes(data)
        assert read == read_apart(case.path)
