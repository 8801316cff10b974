"""What a ledger sends to a witness, and what it makes of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from ledger_helpers import START, make_ledger, record, reopen, seized
from witness_helpers import ONE, TWO

from footprint.errors import Misused, Refused
from footprint.ledger.checkpoints.kept import (
    issue_checkpoint,
    last_cosigned,
    newest_witnessed,
    request_after,
    sign_what_is_new,
    take_cosignatures,
)
from footprint.ledger.ledger import Ledger
from footprint.proof import note as notes
from footprint.proof.cosigned import cosignatures
from footprint.proof.key import Signer
from footprint.proof.policy import NONE, Policy, Quorum, Witness
from footprint.proof.request import Request, check_extends, parse_request

KNOWN = Policy(
    (Witness("one", ONE.verifier), Witness("two", TWO.verifier), Quorum("one"))
)  # fmt: skip
AT = 1_800_000_000


@pytest.fixture
def ledger(engine: str, tmp_path: Path) -> Iterator[Ledger]:  # noqa: ARG001 - it comes first
    """A new ledger, for a login that records and signs."""
    make_ledger(tmp_path).close()
    with closing(reopen(tmp_path, signing=True)) as ledger:
        yield ledger


def test_signing_what_is_new_gives_nothing_out(ledger: Ledger, tmp_path: Path) -> None:
    """The head is of all that others have recorded since; none is kept among those issued."""
    with closing(reopen(tmp_path)) as other:
        record(other)
    size, note = sign_what_is_new(ledger)
    assert (size, note) == ledger.head()
    assert (size, stored(ledger)) == (START + 1, [])
    assert sign_what_is_new(ledger) == (size, note)


def asked(ledger: Ledger, old: int) -> Request:
    return parse_request(request_after(ledger, old).encode())


def answer(request: Request, *who: Signer, at: int = AT) -> bytes:
    return "".join(one.cosign(request.note.text, at) for one in who).encode()


def stored(ledger: Ledger) -> list[tuple[int, str]]:
    return ledger.connection.execute("SELECT size, note FROM checkpoint ORDER BY 1, 2").fetchall()


def lines_at(ledger: Ledger, size: int) -> list[Sequence[tuple[str, int]]]:
    """The witnesses' lines on each row of a size."""
    return [
        [(key.name, at) for key, at in cosignatures(notes.parse(text), KNOWN.witness_keys)]
        for at_size, text in stored(ledger)
        if at_size == size
    ]


def test_a_request_shows_that_the_newest_tree_extends_any_older(ledger: Ledger) -> None:
    """From each size there was, with a proof that leads there; what is sent counts as issued."""
    notes_by_size = {0: b""}
    for _ in range(4):
        root = parse_request(request_after(ledger, 0).encode()).checkpoint.root
        notes_by_size[ledger.size()] = root
        for old, old_root in notes_by_size.items():
            check_extends(asked(ledger, old), old_root)
        record(ledger)
    assert [size for size, _ in stored(ledger)] == [START, START + 1, START + 2, START + 3]


def test_more_than_there_is_cannot_be_gone_on_from(ledger: Ledger) -> None:
    """The witness saw more: the ledger was put back, and nothing is issued."""
    with pytest.raises(Refused, match="older copy"):
        request_after(ledger, START + 1)
    assert not stored(ledger)


def test_a_changed_ledger_gives_out_no_request(ledger: Ledger, tmp_path: Path) -> None:
    """Hashes that do not lead to the signed root: nothing is issued."""
    record(ledger)
    with seized(tmp_path) as connection:
        connection.execute("UPDATE event SET leaf = ? WHERE position = 3", (bytes(32),))
    with pytest.raises(Refused, match="footprint verify"):
        request_after(ledger, START)
    assert not stored(ledger)


def test_an_answer_is_kept_beside_what_was_issued(ledger: Ledger) -> None:
    """The cosigned note is a row of its own; the next request goes on from there."""
    request = asked(ledger, 0)
    assert last_cosigned(ledger, ONE.verifier) == 0
    taken = take_cosignatures(ledger, answer(request, ONE), KNOWN)
    assert (taken.checkpoint.size, taken.witnesses, taken.unknown) == (START, (ONE.verifier,), ())
    assert lines_at(ledger, START) == [[], [(ONE.name, AT)]]
    assert last_cosigned(ledger, ONE.verifier) == request.checkpoint
    assert last_cosigned(ledger, TWO.verifier) == 0
    assert newest_witnessed(ledger.connection, KNOWN) == (START, AT)


def test_an_answer_that_comes_late_is_kept_where_it_belongs(ledger: Ledger) -> None:
    """The ledger went on, and another checkpoint was issued: the line is on the older one."""
    early = asked(ledger, 0)
    record(ledger)
    issue_checkpoint(ledger)
    taken = take_cosignatures(ledger, answer(early, ONE), KNOWN)
    assert taken.checkpoint.size == START
    assert newest_witnessed(ledger.connection, KNOWN) == (START, AT)


def test_lines_gather_on_the_newest_row(ledger: Ledger) -> None:
    """Each witness's newest line, behind the ledger's own; the same answer twice is one row."""
    request = asked(ledger, 0)
    for who, at in ((ONE, AT), (TWO, AT + 5), (ONE, AT + 9), (ONE, AT + 9), (ONE, AT + 2)):
        take_cosignatures(ledger, answer(request, who, at=at), KNOWN)
    rows = lines_at(ledger, START)
    assert [(ONE.name, AT + 9), (TWO.name, AT + 5)] in rows
    assert len(rows) == 4
    assert newest_witnessed(ledger.connection, KNOWN) == (START, AT + 9)
    assert all(note.startswith(request.signed.decode()) for _, note in stored(ledger))


def test_lines_of_unknown_keys_are_left_out_and_said(ledger: Ledger) -> None:
    """Beside a known one they are ignored; alone they are refused, with what to do."""
    request = asked(ledger, 0)
    stranger = Signer("else.example/w", bytes(32), ONE.kind)
    both = answer(request, stranger, ONE)
    taken = take_cosignatures(ledger, both, KNOWN)
    assert taken.unknown == ("else.example/w",)
    assert "else.example" not in "".join(note for _, note in stored(ledger))
    with pytest.raises(Refused, match="trust add"):
        take_cosignatures(ledger, answer(request, stranger), KNOWN)
    with pytest.raises(Refused, match="trust add"):
        take_cosignatures(ledger, answer(request, ONE), Policy((Quorum(NONE),)))


def test_a_line_that_is_good_on_nothing_is_refused(ledger: Ledger) -> None:
    """Damaged, for another tree, or beside a bad one: nothing is kept."""
    request = asked(ledger, 0)
    before = stored(ledger)
    text = request.note.text
    other = ONE.cosign(text.replace(f"\n{START}\n", "\n5\n"), AT).encode()
    for bad in (other, answer(request, TWO) + other):
        with pytest.raises(Refused, match="not good on any"):
            take_cosignatures(ledger, bad, KNOWN)
    assert stored(ledger) == before


@pytest.mark.parametrize("bad", [b"", b"\n", b"hello", b"\xff", b"\x00", "\u2014 x".encode(),
                                 b"text\n\n\xe2\x80\x94 x AAAAAAA=\n"])  # fmt: skip
def test_what_is_no_answer_is_refused(ledger: Ledger, bad: bytes) -> None:
    """Anything but lines."""
    asked(ledger, 0)
    with pytest.raises((Misused, Refused)):
        take_cosignatures(ledger, bad, KNOWN)


def test_what_mail_does_to_an_answer_does_not_matter(ledger: Ledger) -> None:
    """Other ends of lines, space around it: the signature is the same."""
    line = answer(asked(ledger, 0), ONE)
    take_cosignatures(ledger, b"\r\n  " + line.replace(b"\n", b"\r\n") + b"\r\n\r\n", KNOWN)
    assert newest_witnessed(ledger.connection, KNOWN) == (START, AT)


def test_a_stored_note_that_was_altered_is_said(ledger: Ledger) -> None:
    """Neither a request nor an answer is made from it, in words."""
    request = asked(ledger, 0)
    bad = request.signed.decode() + ONE.cosign("another text\n", AT)
    ledger.connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (START, bad))
    ledger.connection.execute("INSERT INTO checkpoint VALUES (?, 'no note')", (START + 1,))
    with pytest.raises(Refused, match="altered"):
        last_cosigned(ledger, ONE.verifier)
    with pytest.raises(Refused, match="altered"):
        take_cosignatures(ledger, answer(request, ONE), KNOWN)
    assert newest_witnessed(ledger.connection, KNOWN) is None


def test_witnessed_is_what_the_quorum_has_cosigned(ledger: Ledger) -> None:
    """A line of a trusted witness is not enough where another is needed; any is where none is."""
    take_cosignatures(ledger, answer(asked(ledger, 0), TWO), KNOWN)
    assert newest_witnessed(ledger.connection, KNOWN) is None
    nobody = Policy((*KNOWN.lines[:2], Quorum(NONE)))
    assert newest_witnessed(ledger.connection, nobody) == (START, AT)
