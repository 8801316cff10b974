"""What is sent to witnesses and what is handed to courts: C2SP requests and proofs as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.proof import logged, request
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer
from footprint.proof.lines import NoteError
from footprint.proof.paths import ProofError
from footprint.proof.tree import EMPTY, extend_all, leaf_hash, root

SIGNER = Signer("iro.example/ledger", b"\x02" * 32)
hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=63)
sizes = st.integers(0, 2**63 - 1)


def signed(size: int = 8, root: bytes = b"\x01" * 32) -> str:
    return SIGNER.sign(checkpoint_text(Checkpoint(SIGNER.name, size, root)))


GOOD = request.request_text(3, [b"\x07" * 32], signed())
PROOF = logged.proof_text(3, [b"\x07" * 32], signed())


@given(sizes, hashes, sizes)
def test_a_request_is_read_as_it_was_written(old: int, path: list[bytes], size: int) -> None:
    """`parse_request` is the inverse of `request_text`, and what is read is written the same."""
    text = request.request_text(old, path, signed(size))
    read = request.parse_request(text.encode())
    assert (read.old, list(read.proof), read.checkpoint.size) == (old, path, size)
    assert request.request_text(read.old, read.proof, read.signed.decode()) == text


@given(sizes, hashes, sizes)
def test_a_proof_is_read_as_it_was_written(index: int, path: list[bytes], size: int) -> None:
    """`parse_proof` is the inverse of `proof_text`, and what is read is written the same."""
    text = logged.proof_text(index, path, signed(size))
    read = logged.parse_proof(text.encode())
    assert (read.index, list(read.path), read.checkpoint.size) == (index, path, size)
    assert logged.proof_text(read.index, read.path, read.signed.decode()) == text


@given(st.data())
def test_a_changed_text_is_another_or_none(data: st.DataObject) -> None:
    """Whatever byte is changed, cut or added: another value is read, or it is refused as no such
    text; nothing else is raised, and no two texts are read as one."""
    text = data.draw(st.sampled_from([GOOD, PROOF])).encode()
    at = data.draw(st.integers(0, len(text)))
    put = data.draw(st.sampled_from([b"", b"\n", b"\r", b"=", b" ", b"0", b"\xff"]) | st.binary())
    changed = text[:at] + put + text[at + data.draw(st.integers(0, 40)) :]
    read = request.parse_request if text == GOOD.encode() else logged.parse_proof
    try:
        one = read(changed)
    except NoteError:
        return
    assert (one == read(text)) == (changed == text)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (GOOD.replace("old 3", "old 03"), "leading zero"),
        (GOOD.replace("old 3", "old  3"), "digits"),
        (GOOD.replace("old 3\n", ""), '"old"'),
        (GOOD.replace("old 3", "old 9223372036854775808"), "digits"),
        (GOOD.replace("\n\niro", "\niro", 1), "blank line"),
        (request.request_text(3, [b"\x07" * 31], signed()), "32 bytes"),
        (request.request_text(3, [b"\x07" * 32] * 64, signed()), "63 lines"),
        (request.request_text(3, [], "nothing"), "note"),
    ],
)
def test_a_bad_request_is_refused(bad: str, why: str) -> None:
    """Each way in which a request can be badly formed has its reason."""
    with pytest.raises(NoteError, match=why):
        request.parse_request(bad.encode())


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (PROOF.replace("@v1", "@v2"), "begins with"),
        (PROOF.replace("index 3", "index 03"), "leading zero"),
        (PROOF.replace("index 3", "extra AAAA\nindex 3"), "begins with"),
        (PROOF.replace("index 3\n", ""), "begins with"),
        ("c2sp.org/tlog-proof@v1\n\n" + signed(), "begins with"),
        (logged.proof_text(3, [b"\x07" * 33], signed()), "32 bytes"),
        (PROOF.rstrip("\n"), "newline"),
    ],
)
def test_a_bad_proof_is_refused(bad: str, why: str) -> None:
    """Each way in which a proof can be badly formed has its reason."""
    with pytest.raises(NoteError, match=why):
        logged.parse_proof(bad.encode())


def test_every_tree_extends_the_empty_one_with_an_empty_proof() -> None:
    """A witness that has seen nothing takes any tree, and no hash beside it."""
    first = request.parse_request(request.request_text(0, [], signed()).encode())
    request.check_extends(first, b"")
    more = request.parse_request(request.request_text(0, [b"\x07" * 32], signed()).encode())
    with pytest.raises(ProofError, match="needs no proof"):
        request.check_extends(more, b"")


def test_a_request_has_to_extend_what_was_seen() -> None:
    """The same size needs the same root; a proof that does not lead there is refused."""
    seen = root(extend_all(EMPTY, [leaf_hash(b"a")]))
    grown = root(extend_all(EMPTY, [leaf_hash(b"a"), leaf_hash(b"b")]))
    good = request.request_text(1, [leaf_hash(b"b")], signed(2, grown))
    request.check_extends(request.parse_request(good.encode()), seen)
    with pytest.raises(ProofError):
        request.check_extends(request.parse_request(good.encode()), grown)
    same = request.parse_request(request.request_text(1, [], signed(1, seen)).encode())
    request.check_extends(same, seen)
    with pytest.raises(ProofError, match="two different roots"):
        request.check_extends(same, grown)
