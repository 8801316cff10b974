"""Signed notes and checkpoints against published vectors, and every bad form by its name."""

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footprint.proof import key, note
from footprint.proof.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from footprint.proof.key import WITNESS, Signer, Verifier
from footprint.proof.lines import NoteError

VECTORS = Path(__file__).parent.parent / "vectors" / "tree_and_notes.json"
PUBLISHED = json.loads(VECTORS.read_text(encoding="utf-8"))
VKEY = PUBLISHED["signed_note"]["verifier_key"]

SIGNER = Signer("iro.example/ledger", b"\x02" * 32)
STRANGER = Signer("elsewhere.example/log", b"\x03" * 32)
TEXT = "one line\n\nand another\n"
GOOD = SIGNER.sign(TEXT)
LINE = GOOD.rpartition("\n\n")[2]
ROOT = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="

texts = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=0x20) | st.just("\n"))
names = st.text(st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"]), min_size=1)
seeds = st.binary(min_size=32, max_size=32)


def line_of(name: str, signature: bytes) -> str:
    return f"\u2014 {name} {b64encode(signature).decode()}\n"


def refused(data: bytes | str, words: str) -> None:
    with pytest.raises(NoteError, match=words):
        note.parse(data)


def test_published_note() -> None:
    """The note published with the specification is good under its published key."""
    verifier = Verifier.from_vkey(VKEY)
    parsed = note.parse(PUBLISHED["signed_note"]["note"])
    assert parsed.text == "This is an example message.\n"
    assert note.verified_by(parsed, [verifier]) == (verifier,)
    assert verifier.vkey == VKEY


def test_published_go_note() -> None:
    """The note published with Go's checksum database is good, read as bytes."""
    published = PUBLISHED["go_sumdb_note"]
    verifier = Verifier.from_vkey(published["verifier_key"])
    parsed = note.parse(f"{published['text']}\n{published['signature_line']}".encode())
    assert note.verified_by(parsed, [verifier]) == (verifier,)
    assert parsed.signatures[0].line == published["signature_line"]


def test_published_log_line() -> None:
    """A checkpoint signed from the published seed has the published line, byte for byte."""
    published = PUBLISHED["cosignature_v1"]
    signer = Signer("iro.example/ledger", bytes.fromhex(published["log_seed_hex"]))
    lines = published["log_line"] + published["witness_line"]
    assert signer.sign(published["text"]) == f"{published['text']}\n{published['log_line']}"
    parsed = note.parse(f"{published['text']}\n{lines}")
    assert note.verified_by(parsed, [signer.verifier]) == (signer.verifier,)
    assert note.joined(parsed.text, parsed.signatures) == f"{published['text']}\n{lines}"


def test_published_witness_line() -> None:
    """A cosignature made from the published seed at the published time is the published line."""
    published = PUBLISHED["cosignature_v1"]
    witness = Signer("witness.example/w1", bytes.fromhex(published["witness_seed_hex"]), WITNESS)
    assert witness.cosign(published["text"], published["time"]) == published["witness_line"]
    parsed = note.parse(f"{published['text']}\n{published['log_line']}{published['witness_line']}")
    assert note.verified_by(parsed, [witness.verifier]) == (witness.verifier,)
    assert key.cosigned_at(parsed.signatures[1].signature) == published["time"]
    assert Verifier.from_vkey(witness.verifier.vkey) == witness.verifier


@given(seed=seeds, text=texts, time=st.integers(0, 2**63 - 1), bit=st.integers(0, 72 * 8 - 1))
@settings(deadline=None)
def test_cosignature(seed: bytes, text: str, time: int, bit: int) -> None:
    """A cosignature is good for its text and time alone, and never passes for a log's signature."""
    witness, log = Signer("w", seed, WITNESS), Signer("w", seed)
    line = witness.cosign(text + "\n", time)
    signed = b64decode(line.split(" ")[2])[4:]
    assert witness.verifier.verify(text.encode() + b"\n", signed)
    spoiled = (int.from_bytes(signed) ^ 1 << bit).to_bytes(72)
    assert not witness.verifier.verify(text.encode() + b"\n", spoiled)
    assert not witness.verifier.verify(text.encode() + b"\n\n", signed)
    assert not log.verifier.verify(text.encode() + b"\n", signed[8:])
    assert log.verifier.key_id != witness.verifier.key_id


def test_cosignature_of_no_time() -> None:
    """A time beyond 2^63 - 1 is no time, and a signature too short to hold one is not good."""
    witness = Signer("w", bytes(32), WITNESS)
    message = b"cosignature/v1\ntime %d\ntext\n" % (2**63)
    signed = (2**63).to_bytes(8) + witness.signature(message)
    assert not witness.verifier.verify(b"text\n", signed)
    assert not any(witness.verifier.verify(b"text\n", signed[:length]) for length in range(72))


@given(name=names.filter(lambda name: "+" not in name), seed=seeds, text=texts)
@settings(deadline=None)
def test_round_trip(name: str, seed: bytes, text: str) -> None:
    """Any text signed under any name parses to itself and is good, from text and from bytes."""
    signer = Signer(name, seed)
    signed = signer.sign(text + "\n")
    parsed = note.parse(signed.encode())
    assert parsed == note.parse(signed)
    assert note.joined(parsed.text, parsed.signatures) == signed
    assert parsed.text == text + "\n"
    assert note.verified_by(parsed, [signer.verifier]) == (signer.verifier,)
    assert Verifier.from_vkey(signer.verifier.vkey) == signer.verifier


@st.composite
def hostile(draw: st.DrawFn) -> bytes:
    """A good note with bytes replaced, dropped or put in between."""
    whole = GOOD.encode()
    start = draw(st.integers(0, len(whole)))
    end = draw(st.integers(start, min(start + 4, len(whole))))
    pieces = st.sampled_from([b"\n\n", b"\n", b" ", b"=", b"+", b"\xff", "\u2014 ".encode()])
    return whole[:start] + draw(st.binary(max_size=4) | pieces) + whole[end:]


@given(data=st.binary() | st.text(st.characters()) | hostile())
@settings(deadline=None, max_examples=300)
def test_hostile_notes(data: bytes | str) -> None:
    """Hostile bytes and text meet a NoteError, or verify only where the text is untouched."""
    try:
        parsed = note.parse(data)
        good = note.verified_by(parsed, [SIGNER.verifier])
    except NoteError:
        return
    assert not good or parsed.text == TEXT


@settings(deadline=None)
@given(text=st.text(st.characters()) | st.text("0123456789abcdef+=\n "))
def test_hostile_keys_and_checkpoints(text: str) -> None:
    """Hostile text offered as a key or as a checkpoint meets nothing but a NoteError."""
    for changed in (text, f"name+{text}", VKEY[:20] + text):
        with pytest.raises(NoteError):
            Verifier.from_vkey(changed)
    for changed in (text, f"log\n{text}\n{ROOT}\n"):
        try:
            assert checkpoint_text(parse_checkpoint(changed)) == changed
        except NoteError:
            continue


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param("", "end in a newline", id="empty"),
        pytest.param(GOOD[:-1], "end in a newline", id="no-last-newline"),
        pytest.param(GOOD.replace("\n", "\r\n"), "carriage return", id="carriage-return"),
        pytest.param(GOOD.replace("one", "\t"), "control character", id="tab"),
        pytest.param(GOOD.replace("one", "\0"), "control character", id="null"),
        pytest.param(GOOD.encode().replace(b"one", b"\xff"), "valid UTF-8", id="not-utf-8"),
        pytest.param(GOOD.replace("one", "\ud800"), "valid UTF-8", id="half-a-surrogate-pair"),
        pytest.param("text\n" + LINE, "blank line", id="no-blank-line"),
        pytest.param("text\n\n", "1 to 100 signatures, not 0", id="no-signature"),
        pytest.param(GOOD + "\n", "not 0", id="blank-line-after-signatures"),
        pytest.param(GOOD + LINE * 100, "not 101", id="too-many-signatures"),
        pytest.param("x" * 1_000_000 + "\n\n" + LINE, "1000000 bytes", id="too-long"),
        pytest.param(GOOD + "- a AAAAAAA=\n", "signature line 2 .* em dash", id="hyphen"),
        pytest.param(GOOD + "\u2014a AAAAAAA=\n", "em dash and a space", id="no-space"),
        pytest.param("text\n\n\u2014 \n", "line 1 needs a name", id="nothing-after-the-dash"),
        pytest.param("text\n\n\u2014  AAAAAAA=\n", "line 1 needs a name", id="empty-name"),
        pytest.param("text\n\n\u2014 a+b AAAAAAA=\n", 'no "\\+"|no space', id="plus-in-name"),
        pytest.param("text\n\n\u2014 a\u3000b AAAAAAA=\n", "no space", id="unicode-space-in-name"),
        pytest.param("text\n\n\u2014 a\n", "line 1 is not base64", id="name-only"),
        pytest.param("text\n\n\u2014 a  AAAAAAA=\n", "not base64", id="two-spaces"),
        pytest.param("text\n\n\u2014 a AAAAAAA= \n", "not base64", id="space-at-the-end"),
        pytest.param("text\n\n\u2014 a AAAAAAA\n", "not base64", id="padding-missing"),
        pytest.param("text\n\n\u2014 a AAAAAAA==\n", "not base64", id="padding-too-long"),
        pytest.param("text\n\n\u2014 a AAAAAAB=\n", "canonical form", id="stray-bits"),
        pytest.param("text\n\n\u2014 a AAAA_-A=\n", "not base64", id="url-alphabet"),
        pytest.param("text\n\n\u2014 a AAAAAA==\n", "too short", id="key-id-alone"),
    ],
)
def test_bad_note(data: bytes | str, words: str) -> None:
    """What is not exactly a signed note is refused, in words that say what is wrong."""
    refused(data, words)


def test_hundred_signatures() -> None:
    """A note may have as many as 100 signatures, and a key that signed them all counts once."""
    parsed = note.parse(GOOD + LINE * 99)
    assert len(parsed.signatures) == 100
    assert note.verified_by(parsed, [SIGNER.verifier] * 2) == (SIGNER.verifier,)


def test_last_blank_line_separates() -> None:
    """A text that looks signed itself is text: only what follows the last blank line signs."""
    inner = STRANGER.sign("inner\n")
    parsed = note.parse(SIGNER.sign(inner))
    assert parsed.text == inner
    assert note.verified_by(parsed, [STRANGER.verifier]) == ()


def test_unknown_key_beside_a_good_one() -> None:
    """A signature by an unknown key, of any length and good or not, does not matter."""
    parsed = note.parse(GOOD + line_of("unknown", bytes(5)) + STRANGER.sign(TEXT)[len(TEXT) + 1 :])
    assert note.verified_by(parsed, [SIGNER.verifier]) == (SIGNER.verifier,)
    both = [STRANGER.verifier, SIGNER.verifier]
    assert note.verified_by(parsed, both) == (SIGNER.verifier, STRANGER.verifier)
    assert note.verified_by(parsed, []) == ()


def test_known_name_or_id_alone() -> None:
    """A bad signature that shares only its name or only its id with a known key is ignored."""
    key_id = SIGNER.verifier.key_id
    other = line_of(SIGNER.name, bytes(68)) + line_of("another", key_id + bytes(64))
    assert note.verified_by(note.parse(GOOD + other), [SIGNER.verifier]) == (SIGNER.verifier,)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_bad_signature_by_a_known_key(length: int) -> None:
    """A signature in a known key's name and id that is not good spoils even a good note."""
    bad = line_of(SIGNER.name, SIGNER.verifier.key_id + bytes(length))
    with pytest.raises(NoteError, match="ledger' on the note is not good"):
        note.verified_by(note.parse(GOOD + bad), [SIGNER.verifier])


def test_two_known_keys_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two known keys of one name whose short ids collide are refused, not confused."""
    monkeypatch.setattr(key, "_key_id", lambda _name, _public, _kind: bytes(4))
    alike = [Verifier.of("a", bytes([nth]) * 32) for nth in (1, 2)]
    with pytest.raises(NoteError, match="share the name 'a'"):
        note.verified_by(note.parse(GOOD), alike)


@pytest.mark.parametrize(
    ("vkey", "words"),
    [
        pytest.param(VKEY.replace("+5", "+6", 1), "8 hex digits that fit", id="hash-mismatch"),
        pytest.param(VKEY.replace("foo", "bar"), "8 hex digits that fit", id="other-name"),
        pytest.param(VKEY.replace("530d903a", "530D903A"), "8 hex digits", id="upper-case"),
        pytest.param(VKEY[15:], "needs a name", id="no-name"),
        pytest.param("a b" + VKEY, "no space", id="space-in-name"),
        pytest.param("name", "not base64", id="name-alone"),
        pytest.param(VKEY + "=", "not base64", id="padding"),
        pytest.param(VKEY[:-4], "32 bytes, not 29", id="short-key"),
        pytest.param("a+00000000+" + b64encode(b"\x02" * 33).decode(), "Ed25519", id="ecdsa"),
    ],
)
def test_bad_verifier_key(vkey: str, words: str) -> None:
    """A verifier key that is not exactly its own name, id and key is refused."""
    with pytest.raises(NoteError, match=words):
        Verifier.from_vkey(vkey)


def test_bad_keys() -> None:
    """Keys made with a wrong id, a short seed or a name that no note can hold are refused."""
    with pytest.raises(NoteError, match="key id does not belong"):
        Verifier("a", bytes(4), bytes(32))
    with pytest.raises(NoteError, match="32 bytes, not 31"):
        Signer("a", bytes(31))
    with pytest.raises(NoteError, match="control character"):
        Signer("a\0", bytes(32))


def test_seed_is_not_shown() -> None:
    """A signer can be printed without giving its seed away, and cannot be altered."""
    assert repr(SIGNER) == "Signer(name='iro.example/ledger')"
    with pytest.raises(FrozenInstanceError):
        SIGNER.name = "another"  # type: ignore[misc]


@pytest.mark.parametrize("text", ["", "no newline", "a\r\n", "\ud800\n", "x" * 999_950 + "\n"])
def test_text_that_cannot_be_signed(text: str) -> None:
    """What would not parse as a note again is not signed."""
    with pytest.raises(NoteError):
        SIGNER.sign(text)


@pytest.mark.parametrize("size", [0, 8, 2**63 - 1])
@pytest.mark.parametrize("extensions", [(), ("more", "\u2014 and more")])
def test_checkpoint_round_trip(size: int, extensions: tuple[str, ...]) -> None:
    """A checkpoint is written as the specification shows it, and read back the same."""
    checkpoint = Checkpoint("iro.example/ledger", size, b64decode(ROOT), extensions)
    text = checkpoint_text(checkpoint)
    assert text == "\n".join(["iro.example/ledger", str(size), ROOT, *extensions, ""])
    assert parse_checkpoint(text) == checkpoint


SIZES = ["08", "00", "", "-1", "+1", "1 ", "1_0", "\u0661", "1e3", str(2**63), "9" * 5000]


@pytest.mark.parametrize(
    "text",
    [
        *[pytest.param(f"log\n{size}\n{ROOT}\n", id=f"size {size:.20}") for size in SIZES],
        pytest.param(f"log\n8\n{ROOT}", id="no-last-newline"),
        pytest.param(f"log\n8\n{ROOT}\nmore", id="no-last-newline-after-extension"),
        pytest.param(f"log\r\n8\n{ROOT}\n", id="carriage-return"),
        pytest.param(f"\n8\n{ROOT}\n", id="empty-origin"),
        pytest.param(f"log\n8\n{ROOT}\n\n", id="empty-extension"),
        pytest.param("log\n8\n", id="no-root"),
        pytest.param(f"log\n8\n{ROOT[:-1]}\n", id="root-padding"),
        pytest.param(f"log\n8\n{ROOT[:-2]}h=\n", id="root-stray-bits"),
        pytest.param(f"log\n8\n{ROOT[:40]}\n", id="short-root"),
    ],
)
def test_bad_checkpoint(text: str) -> None:
    """A checkpoint that is not written in the one way it can be is refused."""
    with pytest.raises(NoteError):
        parse_checkpoint(text)


@pytest.mark.parametrize("line", ["", "two\nlines", "a\r", "\ud800"])
def test_checkpoint_line_that_is_none(line: str) -> None:
    """An origin or an extension that could pass for other lines of a checkpoint is refused."""
    for parts in ((line, 8, bytes(32)), ("log", 8, bytes(32), (line,))):
        with pytest.raises(NoteError):
            Checkpoint(*parts)


def test_start_up_without_cryptography() -> None:
    """Reading a note and hashing a tree do not import cryptography."""
    program = "import sys; from footprint.proof import note, tree; note.parse(sys.argv[1])"
    check = "; sys.exit('cryptography' in sys.modules)"
    root = Path(__file__).parent.parent.parent
    subprocess.run([sys.executable, "-c", program + check, GOOD], cwd=root, check=True)
