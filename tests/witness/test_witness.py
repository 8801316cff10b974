"""The witness: the checks of the protocol, each refusal, and what it remembers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from witness_helpers import MadeLog, made_log, named

from footprint.errors import Contradicted, FootprintError, Misused, NotFound, Refused
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.cosigned import cosignatures
from footprint.proof.key import WITNESS, Signer, Verifier
from footprint.proof.policy import NOBODY, Policy
from footprint.proof.request import parse_request, request_text
from footprint.witness import witness

LOG = made_log()
NOW = 1_800_000_000


class Watching:
    """A witness in a folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.key = witness.init(home, "audit.example/w")

    def add(self, body: bytes, trust: Policy = LOG.trust, now: int = NOW) -> str:
        return witness.add(self.home, trust, body, now)

    def size(self) -> int:
        seen = witness.seen(self.home)
        return seen[0].checkpoint.size if seen else 0

    def files(self) -> dict[Path, bytes]:
        """Everything that it has, but for the lock."""
        files = (path for path in self.home.rglob("*") if path.is_file() and path.name != "lock")
        return {path: path.read_bytes() for path in files}

    @property
    def folder(self) -> Path:
        (one,) = (self.home / "witness" / "logs").iterdir()
        return one


@pytest.fixture
def watching(tmp_path: Path) -> Watching:
    return Watching(tmp_path / "home")


def refused(watching: Watching, kind: type[FootprintError], why: str, body: bytes) -> None:
    """Refused as that, in those words; what was seen stays, to the byte."""
    before = watching.files()
    with pytest.raises(kind, match=why):
        watching.add(body)
    assert watching.files() == before


def test_it_cosigns_what_extends_what_it_saw(watching: Watching) -> None:
    """The first checkpoint from nothing, then each from the last, then the same again: the line
    is good on the checkpoint, carries the time, and is remembered with the log's signature."""
    for old, size, now in ((0, 3, NOW), (3, 8, NOW + 1), (8, 8, NOW + 2), (8, 21, NOW + 3)):
        line = watching.add(LOG.request(old, size), now=now)
        note = notes.parse(LOG.note(size) + line)
        assert cosignatures(note, [watching.key]) == ((watching.key, now),)
        (seen,) = witness.seen(watching.home)
        assert (seen.checkpoint, seen.at) == (LOG.checkpoint(size), now)
        assert seen.signed == LOG.note(size) + line


def test_it_keeps_its_logs_apart(watching: Watching) -> None:
    """Each origin has a memory of its own."""
    other = MadeLog(LOG.leaves, Signer("iro.example/other", b"\x05" * 32))
    both = Policy((*other.trust.logs, *LOG.trust.lines))
    watching.add(LOG.request(0, 9), both)
    watching.add(other.request(0, 4), both)
    assert [(one.checkpoint.origin, one.checkpoint.size) for one in witness.seen(watching.home)] \
        == [("iro.example/other", 4), ("iro.example/watched", 9)]  # fmt: skip


# --- each status of the protocol as a refusal -------------------------------------------------


def test_404_a_log_that_nobody_trusts(watching: Watching) -> None:
    """An origin without a trusted key is not known, however well it is signed."""
    stranger = MadeLog(LOG.leaves, Signer("iro.example/stranger", b"\x05" * 32))
    refused(watching, NotFound, "knows no log 'iro.example/stranger'", stranger.request(0, 3))
    with pytest.raises(NotFound, match="trust add"):
        watching.add(LOG.request(0, 3), NOBODY)
    assert not witness.seen(watching.home)


def test_403_a_key_that_is_not_trusted_for_the_log(watching: Watching) -> None:
    """The true origin under another key."""
    forged = MadeLog(LOG.leaves, Signer(LOG.signer.name, b"\x05" * 32))
    refused(watching, Refused, "no key that is trusted", forged.request(0, 3))


def test_an_unknown_key_beside_a_trusted_one_is_ignored_and_not_kept(watching: Watching) -> None:
    """Signatures by unknown keys neither help nor hurt, and are not remembered."""
    other = Signer("else.example", b"\x05" * 32).sign(checkpoint_text(LOG.checkpoint(3)))
    extra = other.partition("\n\n")[2]
    line = watching.add(LOG.request(0, 3) + extra.encode())
    assert witness.seen(watching.home)[0].signed == LOG.note(3) + line


def test_a_bad_signature_of_a_trusted_key_is_refused(watching: Watching) -> None:
    """A known key's name and id over another text, beside a good signature: all of it goes."""
    bad = LOG.note(4).partition("\n\n")[2]
    refused(watching, Refused, "was altered", LOG.request(0, 3) + bad.encode())
    refused(watching, Refused, "was altered", LOG.request(0, 3).replace(b"\n3\n", b"\n4\n"))


def test_400_what_is_no_request(watching: Watching) -> None:
    """An old size above the new one, and anything that is not of the form."""
    refused(watching, Misused, "for 3 entries, after 5",
            request_text(5, [], LOG.note(3)).encode())  # fmt: skip
    for bad in (b"", b"old 0\n" + LOG.note(3).encode(), LOG.request(0, 3)[:-1], b"\xff"):
        refused(watching, Misused, "no request", bad)


def test_409_another_size_was_seen_last(watching: Watching) -> None:
    """It names the size to go on from; before anything was seen that is 0."""
    refused(watching, Refused, "saw 0 entries.*--since 0", LOG.request(3, 5))
    watching.add(LOG.request(0, 8))
    for old in (0, 3, 9):
        refused(watching, Refused, "saw 8 entries.*--since 8", LOG.request(old, 12))
    refused(watching, Refused, "saw 8 entries.*--since 8", LOG.request(3, 5))


def test_a_proof_where_none_belongs_is_refused(watching: Watching) -> None:
    """From nothing, and to the same tree: a request that is not in order accuses nobody."""
    for old in (0, 8):
        padded = request_text(old, [b"\x07" * 32], LOG.note(8)).encode()
        refused(watching, Refused, "not in order", padded)
        if not old:
            watching.add(LOG.request(0, 8))


def test_the_empty_tree_is_cosigned_and_extended(watching: Watching) -> None:
    """A checkpoint of no entries is one; with another root than that of none it is not."""
    wrong = LOG.signer.sign(checkpoint_text(Checkpoint(LOG.signer.name, 0, b"\x01" * 32)))
    refused(watching, Refused, "of no entries", request_text(0, [], wrong).encode())
    watching.add(LOG.request(0, 0))
    refused(watching, Refused, "not in order",
            request_text(0, [b"\x07" * 32], LOG.note(8)).encode())  # fmt: skip
    watching.add(LOG.request(0, 8))
    assert watching.size() == 8


# --- contradictions -----------------------------------------------------------------------------


def contradicted(watching: Watching, body: bytes) -> Contradicted:
    """Exit 3: what was seen stays, and both notes are told and kept."""
    before = (watching.folder / "seen").read_bytes()
    with pytest.raises(Contradicted) as caught:
        watching.add(body)
    assert (watching.folder / "seen").read_bytes() == before
    (kept,) = watching.folder.glob("contradiction-*")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_text("utf-8") == caught.value.proof
    assert before.decode() in caught.value.proof
    return caught.value


def test_422_a_history_that_was_rewritten(watching: Watching) -> None:
    """The true key over other leaves, with the best proof there is: both notes are the proof."""
    watching.add(LOG.request(0, 8))
    forged = LOG.rewritten(2)
    error = contradicted(watching, forged.request(8, 12))
    assert "is not shown to extend that of 8" in error.what
    assert forged.note(12) in error.proof
    again = contradicted(watching, forged.request(8, 12))
    assert again.proof == error.proof
    watching.add(LOG.request(8, 12))


@pytest.mark.parametrize("old", [0, 5, 8])
def test_409_two_roots_of_one_size(watching: Watching, old: int) -> None:
    """The same size with another root contradicts, whatever the request goes on from."""
    watching.add(LOG.request(0, 8))
    forged = LOG.rewritten(2)
    body = request_text(old, [] if old == 8 else forged.proof(old, 8), forged.note(8))
    error = contradicted(watching, body.encode())
    assert "Two roots of one size, 8" in error.what
    assert forged.note(8) in error.proof


# --- the memory ---------------------------------------------------------------------------------


def test_files_are_for_their_owner_alone(watching: Watching) -> None:
    """The seed and what was seen are nobody else's to read."""
    watching.add(LOG.request(0, 8))
    for path in (watching.home / "witness").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_machine_is_a_witness_once(watching: Watching) -> None:
    """A second one would sign under the first one's nose: refused, and nothing is left behind."""
    key = (watching.home / "witness" / "key").read_bytes()
    with pytest.raises(Refused, match="already"):
        witness.init(watching.home, "audit.example/second")
    assert (watching.home / "witness" / "key").read_bytes() == key
    assert [path.name for path in watching.home.iterdir()] == ["witness"]


@pytest.mark.parametrize("name", ["", "two words", "a+b", "new\nline", "\udcff", "a\u2003b"])
def test_a_name_that_no_key_can_have_is_refused(tmp_path: Path, name: str) -> None:
    """Before anything is made."""
    with pytest.raises(Misused, match="name of a witness"):
        witness.init(tmp_path / "home", name)
    assert not (tmp_path / "home").exists()


def test_no_witness_here(tmp_path: Path) -> None:
    """Neither adding nor looking makes one."""
    with pytest.raises(NotFound, match="witness init"):
        witness.add(tmp_path, LOG.trust, LOG.request(0, 3), NOW)
    with pytest.raises(NotFound, match="witness init"):
        witness.seen(tmp_path)
    assert not [*tmp_path.iterdir()]


def _swap(watching: Watching) -> None:
    other = MadeLog(LOG.leaves, Signer("iro.example/other", b"\x05" * 32))
    here = watching.folder / "seen"
    watching.add(other.request(0, 4), other.trust)
    there = next(p for p in (watching.home / "witness" / "logs").glob("*/seen") if p != here)
    there.replace(here)
    there.parent.rmdir()


LOSSES = {
    "seen is gone": lambda w: (w.folder / "seen").unlink(),
    "all folders are gone": lambda w: shutil.rmtree(w.home / "witness" / "logs"),
    "seen is empty": lambda w: (w.folder / "seen").write_bytes(b""),
    "seen is another's": lambda w: (w.folder / "seen").write_text(LOG.note(2), "utf-8"),
    "seen was altered": lambda w: (w.folder / "seen").write_text(
        LOG.note(8) + named("audit.example/w").cosign(LOG.note(8), NOW), "utf-8"
    ),
    "seen is of another log": _swap,
    "seen is no text": lambda w: (w.folder / "seen").write_bytes(b"\xff"),
}


@pytest.mark.parametrize("how", LOSSES)
def test_a_lost_memory_is_not_begun_again(watching: Watching, how: str) -> None:
    """A witness that has forgotten says so, for a checkpoint and for its status."""
    watching.add(LOG.request(0, 8))
    LOSSES[how](watching)
    for old in (0, 8):
        with pytest.raises(Refused, match="lost or was altered"):
            watching.add(LOG.request(old, 12))
    with pytest.raises(Refused, match="lost or was altered"):
        witness.seen(watching.home)


@pytest.mark.parametrize("broken", ["seed", "key"])
def test_a_lost_key_is_said(watching: Watching, broken: str) -> None:
    """A seed that is not that of the key signs nothing."""
    path = watching.home / "witness" / broken
    path.write_text("00" * 32 if broken == "seed" else named("else").verifier.vkey)
    with pytest.raises(Refused, match="cannot be read"):
        watching.add(LOG.request(0, 8))
    path.unlink()
    with pytest.raises(NotFound):
        watching.add(LOG.request(0, 8))


def test_a_full_disk_gives_no_cosignature(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be remembered is not cosigned: the error comes instead of the line."""
    watching.add(LOG.request(0, 8))

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        watching.add(LOG.request(8, 12))
    monkeypatch.undo()
    assert watching.size() == 8


@settings(max_examples=40)
@given(st.data())
def test_whatever_is_sent_is_refused_or_extends(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Fuzz: requests with bytes changed. A line is given only for the log's own checkpoint."""
    watching = Watching(tmp_path_factory.mktemp("fuzz") / "home")
    watching.add(LOG.request(0, 8))
    text = LOG.request(8, 12)
    at = data.draw(st.integers(0, len(text)))
    put = data.draw(st.sampled_from([b"", b"\n", b" ", b"0", b"\xff"]) | st.binary(max_size=3))
    body = text[:at] + put + text[at + data.draw(st.integers(0, 40)) :]
    try:
        watching.add(body)
    except FootprintError:
        assert watching.size() == 8
        return
    assert parse_request(body).note.text == notes.parse(LOG.note(12)).text
    assert watching.size() == 12


def test_a_witnesss_key_is_of_its_type(watching: Watching) -> None:
    """What is printed is a verifier key of type 4."""
    assert Verifier.from_vkey(watching.key.vkey).kind == WITNESS
