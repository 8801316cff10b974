"""Words edited, swapped, removed and put back; the vault emptied and taken away."""

from __future__ import annotations

import orjson
import pytest
from audit_helpers import (
    BOTH,
    TAMPERED,
    VERIFIED,
    Case,
    assert_tampered_at,
    assert_words_at,
    canonical,
    forge_all,
    found,
    note_on,
    put_state,
    redact,
    state_at,
)

from footprint.engine.connection import Connection
from footprint.ledger.store.sealing import commitment

pytestmark = BOTH
AT = 7
"""An entry with words: the first of CH-1."""


def with_words(case: Case) -> list[int]:
    with case.raw() as connection:
        return [p for (p,) in connection.execute("SELECT position FROM vault ORDER BY position")]


@pytest.mark.parametrize("nth", [0, 3, -1])
def test_edited_words_name_the_entry(case: Case, nth: int) -> None:
    """One letter of one text changes: the commitment does not open to it."""
    at = with_words(case)[nth]
    with case.attack() as connection:
        (words,) = connection.execute(
            "SELECT words FROM vault WHERE position = ?", (at,)
        ).fetchone()
        changed = orjson.loads(words)
        changed["text"] += "!"
        connection.execute(
            "UPDATE vault SET words = ? WHERE position = ?", (orjson.dumps(changed), at)
        )
    assert_words_at(case, at)


def test_an_edited_salt_names_the_entry(case: Case) -> None:
    """Another salt opens to nothing."""
    with case.attack() as connection:
        connection.execute("UPDATE vault SET salt = ? WHERE position = ?", (bytes(32), AT))
    assert_words_at(case, AT)


def test_a_byte_moved_between_salt_and_words_names_the_entry(case: Case) -> None:
    """The border between salt and words cannot be shifted, though the hash would be the same."""
    with case.attack() as connection:
        salt, words = connection.execute(
            "SELECT salt, words FROM vault WHERE position = ?", (AT,)
        ).fetchone()
        connection.execute(
            "UPDATE vault SET salt = ?, words = ? WHERE position = ?",
            (salt + words[:1], words[1:], AT),
        )
    assert_words_at(case, AT)


@pytest.mark.parametrize("other", [8, 11, 106])
def test_words_swapped_between_two_entries_name_both(case: Case, other: int) -> None:
    """Salt and words together do not open another entry's commitment."""
    with case.attack() as connection:
        for old, new in ((AT, -1), (other, AT), (-1, other)):
            connection.execute("UPDATE vault SET position = ? WHERE position = ?", (new, old))
    for verdict in (case.by_signer(), case.by_stranger()):
        assert {AT, other} <= {finding.position for finding in found(verdict, "words")}


def test_words_removed_without_a_redaction_name_the_entry(case: Case) -> None:
    """A deleted row of the vault is 3, at the entry whose words are gone."""
    with case.attack() as connection:
        connection.execute("DELETE FROM vault WHERE position = ?", (AT,))
    assert_words_at(case, AT)


def test_an_emptied_vault_is_tampered(case: Case) -> None:
    """Empty tables are no audit copy: every commitment misses its words."""
    committed = with_words(case)
    with case.attack() as connection:
        connection.execute("DELETE FROM vault")
        connection.execute("DELETE FROM vault_child")
    for verdict in (case.by_signer(), case.by_stranger()):
        assert verdict.verdict == TAMPERED
        assert {finding.position for finding in found(verdict, "words")} == set(committed)


def test_an_extra_row_of_the_vault_is_tampered(case: Case) -> None:
    """Words for an entry that has none, and for one that is not there."""
    bare = next(p for p in range(1, 110) if p not in with_words(case))
    with case.attack() as connection:
        for position in (bare, 500, -7):
            row = (position, bytes(32), b"{}")
            connection.execute("INSERT INTO vault VALUES (?, ?, ?)", row)
    verdict = case.by_signer()
    assert_tampered_at(verdict, bare)
    messages = " ".join(finding.message for finding in found(verdict, "words"))
    assert "500" in messages
    assert "-7" in messages


# --- the child's number ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("UPDATE vault_child SET child = ? WHERE stream = 'CH-0000001'", (b"X-1",)),
        ("DELETE FROM vault_child WHERE stream = 'CH-0000001'", ()),
    ],
)
def test_a_childs_number_changed_or_removed_names_the_entries(
    case: Case, sql: str, values: tuple[bytes, ...]
) -> None:
    """The words hold the number again, so every entry with words contradicts the row."""
    with case.attack() as connection:
        connection.execute(sql, values)
    assert_words_at(case, AT)


def test_two_childrens_numbers_swapped_name_both_threads(case: Case) -> None:
    """Two threads change children: both are named."""
    with case.attack() as connection:
        numbers = dict(connection.execute("SELECT stream, child FROM vault_child"))
        first = numbers["CH-0000001"]
        stream, second = next((s, c) for s, c in numbers.items() if c != first)
        for at, child in (("CH-0000001", second), (stream, first)):
            connection.execute("UPDATE vault_child SET child = ? WHERE stream = ?", (child, at))
    named = {finding.ref for finding in found(case.by_stranger(), "words")}
    assert {"CH-1", f"CH-{int(stream[3:])}"} <= named


def test_a_childs_number_for_no_thread_is_tampered(case: Case) -> None:
    """A row for a thread that is not there."""
    with case.attack() as connection:
        connection.execute("INSERT INTO vault_child VALUES ('CH-0009999', ?)", (b"X",))
    assert any("CH-9999" in finding.message for finding in found(case.by_signer(), "words"))


# --- redactions -----------------------------------------------------------------------------


def test_words_removed_by_a_redaction_are_counted(case: Case) -> None:
    """0, with the redacted counted, for everyone who holds something."""
    with case.writing() as ledger:
        redact(ledger, "CH-0000001", (7, 8))
    for verdict in (case.by_signer(), case.by_stranger(case.kept)):
        assert (verdict.verdict, verdict.redacted, verdict.findings) == (VERIFIED, 2, [])


def test_redacted_words_put_back_are_a_remark(case: Case) -> None:
    """An old vault put back: 0, with a remark that says where."""
    with case.raw() as connection:
        old = connection.execute("SELECT * FROM vault WHERE position IN (7, 8)").fetchall()
    with case.writing() as ledger:
        redact(ledger, "CH-0000001", (7, 8))
    with case.attack() as connection:
        connection.executemany("INSERT INTO vault VALUES (?, ?, ?)", old)
    verdict = case.by_signer()
    assert (verdict.verdict, verdict.findings) == (VERIFIED, [])
    assert any("7" in remark and "8" in remark for remark in verdict.remarks)


def test_redacted_words_put_back_edited_name_the_entry(case: Case) -> None:
    """Other words than the redacted ones do not come back."""
    with case.writing() as ledger:
        redact(ledger, "CH-0000001", (7,))
    with case.attack() as connection:
        connection.execute("INSERT INTO vault VALUES (7, ?, ?)", (bytes(32), b"{}"))
    assert_words_at(case, AT)


def test_a_redaction_excuses_only_what_it_lists(case: Case) -> None:
    """Words beside the redacted ones that are gone too are 3, at their entry."""
    with case.writing() as ledger:
        redact(ledger, "CH-0000001", (8,))
    with case.attack() as connection:
        connection.execute("DELETE FROM vault WHERE position = 7")
    assert_words_at(case, AT)


def test_a_redaction_excuses_nothing_in_another_thread(case: Case) -> None:
    """The positions of another thread are not its to redact."""
    with case.writing() as ledger:
        redact(ledger, "CH-0000002", (7,))
    assert_words_at(case, AT)


def test_a_redaction_excuses_nothing_after_it(case: Case) -> None:
    """Positions that were not there yet cannot have been meant."""
    with case.writing() as ledger:
        redact(ledger, "CH-0000003", (113,))
        note_on(ledger, "CH-0000003")
    with case.attack() as connection:
        connection.execute("DELETE FROM vault WHERE position = 113")
    assert_words_at(case, 113)


@pytest.mark.parametrize(
    "bad",
    [
        b'{"child":"%s","text":"one","text":"two"}',
        b'{"text":"one","child":"%s"}',
        b'{"child":"%s", "text":"one"}',
        b'{"child":"%s","text":1}',
        b'["%s"]',
        b"%s\xff",
        b'{"text":"without the number"}',
    ],
)
def test_words_that_are_not_of_the_format_name_the_entry(case: Case, bad: bytes) -> None:
    """Words that two readers could read in two ways: 3, though the commitment is to them."""
    with case.attack() as connection:
        (child,) = connection.execute(
            "SELECT child FROM vault_child WHERE stream = 'CH-0000001'"
        ).fetchone()
        commit_to(connection, AT, bad.replace(b"%s", child))
        forge_all(connection)
    verdict = case.by_stranger()
    assert_tampered_at(verdict, AT)
    found(verdict, "words")


def commit_to(connection: Connection, position: int, words: bytes) -> None:
    """Let an entry commit to other words."""
    stream, version, topic = connection.execute(
        "SELECT stream, version, topic FROM event WHERE position = ?", (position,)
    ).fetchone()
    sealed = commitment(stream, version, topic, bytes(32), words)
    put_state(connection, position, canonical(state_at(connection, position) | {"words": sealed}))
    connection.execute(
        "UPDATE vault SET salt = ?, words = ? WHERE position = ?", (bytes(32), words, position)
    )


@pytest.mark.parametrize(
    "positions",
    [[[7]], [{}], [2**63], [2**64 - 1], [-(2**63)], ["7", 8], [7.0], [True], [None], "78", {"7": 1},
     7, None],
    ids=repr,
)  # fmt: skip
def test_hostile_positions_in_a_redaction_are_survived(case: Case, positions: object) -> None:
    """Positions that are no whole numbers: said to be so, at the entry, without a crash."""
    with case.writing() as ledger:
        redact(ledger, "CH-0000001", (9,))
    with case.attack() as connection:
        put_state(connection, 112, canonical(state_at(connection, 112) | {"positions": positions}))
        forge_all(connection)
    verdict = case.by_stranger()
    if positions not in ([2**64 - 1], [2**63], [-(2**63)]):
        assert_tampered_at(verdict, 112)
