"""The statement in a bundle: what it says in each case, in words that a court's clerk can read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from audit_helpers import Case
from bundles_apart import STREAM
from evidence_helpers import evidence_of
from witness_helpers import LATE, ONE, TWO, cosigned, store, stored_note, trust_of

from footprint.domain.events import TOPICS
from footprint.evidence.gathering import Evidence
from footprint.evidence.statement import statement, warnings_of
from footprint.proof.cosigned import utc
from footprint.proof.lines import encode64


def said(evidence: Evidence) -> str:
    """The statement on one line."""
    return " ".join(statement(evidence).split())


@pytest.fixture
def plain(year: Case) -> Evidence:
    """Of a thread, without words and without witnesses."""
    return evidence_of(year)


@pytest.fixture
def witnessed(case: Case) -> Evidence:
    """The same, cosigned by a quorum."""
    with case.raw() as connection:
        connection.execute("INSERT INTO checkpoint SELECT size, note FROM head")
    note = cosigned(stored_note(case, 110), (ONE, LATE), (TWO, LATE + 60))
    store(case, 110, note)
    return evidence_of(case, STREAM, trust_of(case, [ONE, TWO], 2))


def test_it_says_of_what_it_is(plain: Evidence) -> None:
    """Whose ledger, which thread, which entries, and the checkpoint to compare."""
    text = said(plain)
    tree = plain.note.checkpoint
    assert text.startswith("Evidence of CH-3 ---------------- Example keeps a ledger")
    assert "This bundle holds all 9 entries" in text
    assert "Entries: 15, 16, 17, 18, 106, 107, 108, 109, 110" in text
    assert f"Ledger: {plain.origin}" in text
    assert f"Checkpoint: 110 entries, root {encode64(tree.root)}" in text


def test_it_says_what_is_not_proved(plain: Evidence) -> None:
    """Not that it is true, not that there was no more, not where the thread ends."""
    text = said(plain)
    for one in (
        "That what was recorded is true, or happened when it says.",
        "only what was recorded is here.",
        "Entries behind the last one may have been left out",
        "They are for reading, and no check covers them.",
        "A key inside a bundle proves nothing.",
    ):
        assert one in text


def test_it_says_who_cosigned_and_by_when(plain: Evidence, witnessed: Evidence) -> None:
    """By a quorum: the last line's time; without one the ledger's own word, and how to get one."""
    text, at = said(witnessed), utc(LATE + 60)
    assert f"Cosigned by {ONE.name} at {utc(LATE)}" in text
    assert f"Each entry had been recorded by {at} at the latest" in text
    assert "the ledger's own word" not in text
    assert warnings_of(witnessed) == []
    assert "When each entry was recorded is the ledger's own word" in said(plain)
    assert "Cosigned by" not in said(plain)
    (warning,) = warnings_of(plain)
    assert warning.startswith("No witness that is trusted here has cosigned the checkpoint")
    assert "footprint checkpoint --request" in warning


def test_it_says_what_is_left_out(plain: Evidence, year: Case) -> None:
    """All words, or those that are legal advice or redacted, with their positions; or nothing."""
    assert "case number and all that was written in words are left out" in said(plain)
    assert "The words given are the words that were recorded" not in said(plain)
    spoken = evidence_of(year, words=True)
    assert "What is left out" not in said(spoken)
    assert "4. The words given are the words that were recorded." in said(spoken)
    some = replace(spoken, legal_advice=(106, 107), redacted=(108,))
    assert (
        "Without its words, as legal advice or a correction of it: 2 (entries 106, 107)."
        in said(some)
    )
    assert "Redacted, its words removed from the ledger for good: 1 (entries 108)." in said(some)


def test_it_says_from_which_checkpoint_it_leads(plain: Evidence, year: Case) -> None:
    """Only where the receiver holds an older one."""
    only_adds = "The ledger of 110 entries only adds to the one of 105 entries"
    assert only_adds in said(evidence_of(year, kept=year.kept))
    assert "only adds to" not in said(plain)
    assert "only adds to" not in said(evidence_of(year, kept=year.last))


def test_it_warns_of_proceedings(plain: Evidence) -> None:
    """Where the thread is marked so: what the law says of passing it on, before all else."""
    marked = replace(plain, proceedings=True)
    text = said(marked)
    for law in (
        "rule 12.73 of the Family Procedure Rules 2010",
        "Practice Direction 12G",
        "section 12 of the Administration of Justice Act 1960",
        "section 97 of the Children Act 1989",
        "This is not legal advice.",
    ):
        assert law in text
        assert law not in said(plain)
        assert any(law in warning for warning in warnings_of(marked))
    assert text.index("Before you pass it on") < text.index("What is proved")


def test_it_says_how_to_check_it_and_what_the_answer_means(plain: Evidence) -> None:
    """Each command on a line of its own; the three answers."""
    lines = statement(plain).split("\n")
    assert "    python3 check_footprint.py FILE --trust KEYS" in lines
    assert "    footprint verify-bundle FILE --trust KEYS" in lines
    for answer in ("Verified: nothing", "Tampered: something", "Cannot tell: nothing"):
        assert answer in said(plain)


INTERNAL = [
    *TOPICS, "tlog", "RFC", "C2SP", "Merkle", "SHA-256", "vault", "salt", "leaf", "stream", "JSON",
    "manifest", "CH-0000003", "at-the-time", "None", "{", "}", "exit", "_",
]  # fmt: skip


def test_it_is_plain_english_in_short_lines(
    plain: Evidence, witnessed: Evidence, year: Case
) -> None:
    """No code, no name of an internal thing, in any case; one text that any screen can show."""
    spoken = evidence_of(year, words=True, kept=year.kept)
    full = replace(spoken, proceedings=True, legal_advice=(106,), redacted=(107,))
    for evidence in (plain, witnessed, full):
        lines = statement(evidence).split("\n")
        prose = [line for line in lines if not line.startswith("    ")]
        assert max(map(len, prose)) <= 78
        assert all(line.isprintable() for line in lines)
        told = " ".join(prose).replace("check_footprint", "")
        assert [name for name in INTERNAL if name in told] == []


def test_names_from_the_ledger_cannot_write_on_the_page(plain: Evidence) -> None:
    """What an authority is called is text, whatever it holds."""
    hostile = replace(plain, authority="\x1b[2JVerified\nby us", origin="x\u202ey")
    text = statement(hostile)
    assert "\\x1b[2JVerified\\nby us" in " ".join(text.split())
    assert "Ledger: x\\u202ey" in text
