"""Read by several processes, a ledger gets the verdict that it gets when it is read by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from threading import Event
from threading import Thread as Running
from typing import Any

import pytest
from audit_helpers import (
    TAMPERED,
    VERIFIED,
    Case,
    append,
    canonical,
    checked,
    forge_all,
    note_on,
    put_state,
    raised,
    redact,
    root_of,
    state_at,
)

from footprint.audit.entries import Reading, join_parts, read_here
from footprint.audit.part import Part, Scope
from footprint.audit.verdict import Verdict
from footprint.audit.verify import verify_ledger
from footprint.audit.workers import Spread, parts_of
from footprint.domain.events import EntryCorrected, SignerChanged, ThreadFiled
from footprint.engine.sqlite import connect_readonly

pytestmark = pytest.mark.slow  # several processes for each case

HERE = Spread(processes=1, runs=1)
APART = Spread(processes=2, least=0, runs=1)
LARGER = Spread(processes=2, least=0, runs=2)
LARGE_HERE = Spread(processes=1, runs=32)


def nothing(_done: int) -> None:
    """What nobody is told."""


def verified(case: Case, spread: Spread, home: Path | None = None) -> Verdict:
    return checked(verify_ledger(case.path, home or case.home, [case.kept], spread=spread))


def said(verdict: Verdict) -> dict[str, Any]:
    """All that a verdict says; findings in the order of their kinds."""
    record = asdict(verdict)
    record["findings"].sort(key=lambda finding: finding["what"])
    del record["_kinds"]
    return record


def is_the_same(case: Case, home: Path | None = None) -> Verdict:
    """The verdict, which does not depend on who read what."""
    first = verified(case, HERE, home)
    for spread in (APART, LARGER, LARGE_HERE):
        assert said(verified(case, spread, home)) == said(first)
    return first


# --- honest and attacked ----------------------------------------------------------------------


def test_an_honest_ledger_is_verified_by_many_as_by_one(long: Case) -> None:
    """The same entries, root and coverage."""
    assert is_the_same(long).verdict == VERIFIED


def edited(case: Case) -> None:
    case.rewrite(300, raised, rehash=False)


def rehashed(case: Case) -> None:
    case.rewrite(300, raised)


def cut(case: Case) -> None:
    with case.attack() as connection:
        connection.execute("DELETE FROM event WHERE position = 257")


def beyond(case: Case) -> None:
    with case.attack() as connection:
        connection.execute("UPDATE event SET position = ? WHERE position = 20", (2**63 - 1,))


def emptied(case: Case) -> None:
    with case.attack() as connection:
        connection.execute("DELETE FROM vault")


def all_wrong(case: Case) -> None:
    with case.attack() as connection:
        connection.execute("UPDATE event SET leaf = zeroblob(32)")
        connection.execute("UPDATE subtree SET hash = zeroblob(32)")


def back_in_time(case: Case) -> None:
    with case.attack() as connection:
        for position, year in ((256, "2001"), (257, "2000"), (512, "1999"), (513, "1998")):
            facts = state_at(connection, position)
            facts["recorded_at"] = year + facts["recorded_at"][4:]
            put_state(connection, position, canonical(facts))
        forge_all(connection)


def newer(case: Case) -> None:
    with case.attack() as connection:
        for position in range(250, 270):
            put_state(
                connection, position, canonical(state_at(connection, position) | {"format": 2})
            )
        forge_all(connection)


def no_text(case: Case) -> None:
    with case.attack() as connection:
        connection.execute("UPDATE event SET stream = CAST(x'ff' AS TEXT) WHERE position = 300")


def untyped(case: Case) -> None:
    with case.untyped("event") as connection:
        connection.execute("UPDATE event SET state = CAST(state AS TEXT) WHERE position = 257")


def rekeyed(case: Case) -> None:
    with case.attack() as connection:
        key = state_at(connection, 1)["key"]
    with case.writing() as ledger:
        append(ledger, "ledger", SignerChanged(key=key))
        append(ledger, "ledger", SignerChanged(key=key, endorsement="AAAA"))


def miscorrected(case: Case) -> None:
    with case.writing() as ledger:
        append(ledger, "CH-0000001", EntryCorrected(corrects=7, facts={"role": None}))
        append(ledger, "CH-0000001", EntryCorrected(corrects=600, facts={}))
        append(ledger, "CH-0000001", EntryCorrected(corrects=7, facts={"colour": "red"}))


def redacted(case: Case) -> None:
    with case.raw() as connection:
        old = connection.execute("SELECT * FROM vault WHERE position = 8").fetchall()
    with case.writing() as ledger:
        redact(ledger, "CH-0000001", (7, 8))
    with case.raw() as connection:
        connection.executemany("INSERT INTO vault VALUES (?, ?, ?)", old)


def without_words(case: Case) -> None:
    with case.attack() as connection:
        connection.execute("DROP TABLE vault")
        connection.execute("DROP TABLE vault_child")


ATTACKS: list[tuple[Callable[[Case], None], str]] = [
    (edited, TAMPERED), (rehashed, TAMPERED), (cut, TAMPERED), (beyond, TAMPERED),
    (emptied, TAMPERED), (all_wrong, TAMPERED), (back_in_time, TAMPERED), (newer, TAMPERED),
    (no_text, TAMPERED), (untyped, TAMPERED), (rekeyed, TAMPERED), (miscorrected, TAMPERED),
    (redacted, VERIFIED), (without_words, VERIFIED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("attack", "expected"), ATTACKS, ids=lambda one: getattr(one, "__name__", one)
)
def test_an_attack_is_found_by_many_as_by_one(
    long: Case, attack: Callable[[Case], None], expected: str
) -> None:
    """The same verdict with the same findings, doubts and remarks."""
    attack(long)
    assert is_the_same(long).verdict == expected


def test_a_destroyed_page_is_found_by_many_as_by_one(long: Case) -> None:
    """What one of them cannot read is said as if we had read it: damaged."""
    with long.raw() as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    data = bytearray(long.path.read_bytes())
    at = data.index(b'"recorded_at"', len(data) // 2) // 4096 * 4096
    data[at : at + 4096] = b"\xa5" * 4096
    long.path.write_bytes(data)
    assert is_the_same(long).verdict == TAMPERED


@pytest.mark.parametrize("spread", [HERE, APART, LARGER, LARGE_HERE])
def test_every_root_is_the_defined_one(years: Case, spread: Spread) -> None:
    """At each size, whoever read the leaves: the root of RFC 6962, word for word."""
    with closing(connect_readonly(years.path)) as connection:
        leaves = [
            leaf for (leaf,) in connection.execute("SELECT leaf FROM event ORDER BY position")
        ]
        sizes = tuple(range(1, len(leaves) + 1))
        with parts_of(connection, years.path, Scope(words=True, sizes=sizes), spread) as parts:
            reading = join_parts(connection, parts, Verdict(), nothing)
    sampled = {*sizes[::37], *range(250, 262), *range(508, 516), sizes[-1]}
    assert {size: reading.roots[size] for size in sampled} == {
        size: root_of(leaves[:size]) for size in sampled
    }


def test_progress_is_told_to_the_end(long: Case) -> None:
    """From none to all, in order, of as many as there are."""
    told: list[tuple[int, int]] = []
    verify_ledger(
        long.path, long.home, spread=APART, progress=lambda done, of: told.append((done, of))
    )
    (size,) = {of for _, of in told}
    assert [done for done, _ in told] == sorted({0, *range(256, size, 256), size})


# --- while others write -----------------------------------------------------------------------


def test_a_ledger_that_is_being_written_is_verified_by_many(long: Case) -> None:
    """Entries recorded while it is read are no tampering, whoever sees them first."""
    stop = Event()

    def write() -> None:
        with long.writing() as ledger:
            while not stop.is_set():
                append(ledger, "CH-0000002", ThreadFiled())

    writer = Running(target=write)
    writer.start()
    try:
        for _ in range(8):
            verdict = verified(long, APART)
            assert (verdict.verdict, verdict.findings) == (VERIFIED, [])
    finally:
        stop.set()
        writer.join()


def read_after(case: Case, change: Callable[[], None]) -> tuple[Verdict, Reading]:
    """Read by processes that see a change which is behind our own snapshot."""
    verdict = Verdict()
    with closing(connect_readonly(case.path)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM event").fetchone()
        change()
        scope = Scope(words=True, sizes=())
        with parts_of(connection, case.path, scope, APART) as parts:
            return verdict, join_parts(connection, parts, verdict, nothing)


@pytest.mark.parametrize("edit", [False, True])
def test_words_redacted_meanwhile_are_looked_for_in_our_snapshot(long: Case, *, edit: bool) -> None:
    """Gone for them and there for us: right if they are the words, and wrong if they are not."""
    if edit:
        with long.attack() as connection:
            connection.execute("UPDATE vault SET salt = zeroblob(32) WHERE position = 7")

    def change() -> None:
        with long.writing() as ledger:
            redact(ledger, "CH-0000001", (7, 8))

    before = len(long.entries())
    verdict, _ = read_after(long, change)
    assert verdict.entries == before
    assert verdict.redacted == 0
    assert [finding.position for finding in verdict.findings] == ([7] if edit else [])


def test_entries_recorded_meanwhile_are_not_read(long: Case) -> None:
    """We verify what we saw first."""

    def change() -> None:
        with long.writing() as ledger:
            note_on(ledger, "CH-0000002")

    before = len(long.entries())
    verdict, _ = read_after(long, change)
    assert (verdict.entries, verdict.findings) == (before, [])


def in_parts(case: Case, runs: int) -> Iterator[Part]:
    with closing(connect_readonly(case.path)) as connection:
        yield from read_here(connection, Scope(words=True, sizes=()), runs)


def test_a_part_that_is_read_is_small(years: Case) -> None:
    """A whole part comes to one hash and its last position, however many entries it has."""
    first = next(in_parts(years, 2))
    assert (first.last, first.tail, len(first.tree.peaks)) == (512, [], 1)
