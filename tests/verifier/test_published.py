"""The second verifier against what is published: the page, the vectors, and the first codec."""

from __future__ import annotations

import ast
import json
import re
import sys
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from verifier_helpers import FILE, standalone

ROOT = Path(__file__).parent.parent.parent
VECTORS = ROOT / "tests" / "vectors"
NOTES = json.loads((VECTORS / "tree_and_notes.json").read_text("utf-8"))
PROBES = json.loads((VECTORS / "merkle_proof_probes.json").read_text("utf-8"))
FORMAT = (ROOT / "docs" / "format.md").read_text("utf-8")
MOST_LINES = 850


# --- the file -------------------------------------------------------------------------------


def test_it_imports_only_the_standard_library() -> None:
    """Nothing of ours, and nothing that has to be installed."""
    tree = ast.parse(FILE.read_text("utf-8"))
    names = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    froms = {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names | froms} <= sys.stdlib_module_names
    assert not {"importlib", "ctypes", "pickle", "subprocess", "socket"} & (names | froms)


def test_it_can_be_read_in_one_sitting() -> None:
    """It does not grow unseen."""
    assert len(FILE.read_text("utf-8").splitlines()) <= MOST_LINES


# --- the page -------------------------------------------------------------------------------


def schema_on_the_page() -> list[str]:
    found = re.search(r"<!-- example: schema -->\n```sql\n(.*?)\n```", FORMAT, re.DOTALL)
    assert found
    return [one.removesuffix(";") for one in re.split(r"(?<=;)\n(?=CREATE)", found[1])]


def test_its_schema_is_that_of_the_page() -> None:
    """The digests of the statements of the page, each under its name, and no other."""
    digests = {}
    for statement in schema_on_the_page():
        kind, name = re.findall(r"\w+", statement)[1:3]
        on = re.search(r" ON (\w+)", statement)
        table = on[1] if kind == "TRIGGER" and on else name
        text = f"{kind.lower()} {name} {table} {statement}"
        digests[name] = sha256(text.encode()).hexdigest()[:32]
    assert len(digests) > 10
    assert digests == standalone.SCHEMA


def topics_on_the_page() -> dict[str, dict[str, bool]]:
    """The facts of each topic as the tables of the page give them, and which are always there."""
    found: dict[str, dict[str, bool]] = {}
    for line in FORMAT.splitlines():
        row = re.fullmatch(r"\| (?:\*later:\* )?`([a-z]+[.][a-z-]+)` \| ([^|]*)\|.*", line)
        if row and not row[1].endswith((".json", ".txt")):
            always = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"\*\*(.*?)\*\*", row[2]))))
            names = re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", row[2]))
            found[row[1]] = {name: name in always for name in names}
            if row[1].startswith("policy."):
                found[row[1]] |= {"version": True, "starts_on": True}
    found["alert.raised"] |= found["challenge.raised"]
    return found


def test_its_topics_and_facts_are_those_of_the_page() -> None:
    """Every topic of the page and its facts, those of later commands too, and no other."""
    header = set(standalone.HEADER.replace("!", "").split())
    own = {
        topic: {name: always for name, always in facts.items() if name not in header}
        for (_, topic), facts in standalone.FACTS.items()
    }
    assert own == topics_on_the_page()
    assert len(own) > 20


def example_of(name: str) -> bytes:
    found = re.search(rf"<!-- example: {name} -->\n```\w+\n(.*?)\n```", FORMAT, re.DOTALL)
    assert found
    return found[1].encode()


def test_the_example_of_the_page_is_right() -> None:
    """Its state has the facts of its topic, and its leaf and commitment are those shown."""
    place = ("CH-0000001", 1, "challenge.raised")
    facts = standalone.read_state(*place[::2], example_of("state"))
    hashes = example_of("hashes").decode().split()
    head = standalone.place("words", *place)
    assert sha256(head + b"\7" * 32 + example_of("words")).hexdigest() == facts["words"]
    leaf = sha256(b"\0" + standalone.place("event", *place) + example_of("state")).hexdigest()
    assert hashes == ["commitment", facts["words"], "leaf", leaf]


# --- the tree -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_published(size: int) -> None:
    """The eight leaves that all implementations know."""
    peaks: list[tuple[int, bytes]] = []
    for leaf in NOTES["tree_leaves_hex"][:size]:
        standalone.grow(peaks, sha256(b"\0" + bytes.fromhex(leaf)).digest())
    assert standalone.root_of(peaks).hex() == NOTES["tree_roots_hex_by_size"][str(size)]


def hashes(probe: dict[str, Any], name: str) -> list[bytes]:
    return [b64decode(one) for one in probe[name] or []]


@pytest.mark.parametrize("probe", PROBES["inclusion"], ids=lambda probe: probe["case"])
def test_inclusion_proofs_are_judged_as_published(probe: dict[str, Any]) -> None:
    """98 proofs, good and bad."""
    leaf, root = b64decode(probe["leafHash"]), b64decode(probe["root"])
    found = standalone.inclusion(probe["leafIdx"], probe["treeSize"], leaf, hashes(probe, "proof"))
    assert (found == root) != probe["wantErr"]


@pytest.mark.parametrize("probe", PROBES["consistency"], ids=lambda probe: probe["case"])
def test_consistency_proofs_are_judged_as_published(probe: dict[str, Any]) -> None:
    """98 proofs, good and bad; one from the empty tree is none."""
    old, new = b64decode(probe["root1"]), b64decode(probe["root2"])
    proof = hashes(probe, "proof")
    found = standalone.consistency(probe["size1"], probe["size2"], old, proof)
    assert (found == (old, new)) != probe["wantErr"]


# --- notes and keys -------------------------------------------------------------------------


def test_the_published_keys_are_read() -> None:
    """A vkey with its id; another id, type or name is refused."""
    for name in ("signed_note", "go_sumdb_note"):
        vkey = NOTES[name]["verifier_key"]
        assert standalone.read_key(vkey, 1)[0] == vkey.partition("+")[0]
        for bad in (vkey.replace("+", "+0", 1), vkey + "=", vkey[:-4], "x" + vkey, "", "a+b", "++"):
            with pytest.raises(ValueError, match=r"expected|Incorrect|Invalid"):
                standalone.read_key(bad, 1)
        with pytest.raises(ValueError, match="expected"):
            standalone.read_key(vkey, 4)


@pytest.mark.parametrize("name", ["signed_note", "go_sumdb_note"])
def test_the_published_notes_are_good(name: str) -> None:
    """Signatures over texts that are no checkpoints: the bytes that are signed are the same."""
    found = NOTES[name]
    text, _, lines = found["note"].rpartition("\n\n") if "note" in found else ("", "", "")
    text = found.get("text", text + "\n")
    _, name_, encoded = found.get("signature_line", lines).strip().split(" ")
    key, signature = standalone.read_key(found["verifier_key"], 1), b64decode(encoded)
    note = standalone.Note("", 0, b"", text.encode(), [(name_, signature[:4], signature[4:])])
    assert standalone.times(note, key) == [0]
    assert standalone.times(note._replace(text=text.encode() + b"x"), key) is None
    assert standalone.times(note, (name_ + "2", *key[1:])) == []


def test_a_checkpoint_with_a_cosignature_is_good() -> None:
    """The log's line and the witness's, with its time; another text or time is bad."""
    found = NOTES["cosignature_v1"]
    whole = found["text"] + "\n" + found["log_line"] + found["witness_line"]
    note = standalone.read_note(whole.encode())
    keys = []
    for kind, seed in ((1, found["log_seed_hex"]), (4, found["witness_seed_hex"])):
        public = public_of(bytes.fromhex(seed))
        name, id_, _ = note.lines[len(keys)]
        assert id_ == sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]
        keys.append((name, id_, kind, public))
    assert [standalone.times(note, key) for key in keys] == [[0], [found["time"]]]
    other = note._replace(text=note.text.replace(b"\n8\n", b"\n9\n"))
    assert [standalone.times(other, key) for key in keys] == [None, None]


def public_of(seed: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - only here
        Ed25519PrivateKey,
    )

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


# --- canonical JSON -------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["\u2028", "\x7f", "\ud7ff", "\ue000", "\U0001f600", '\0\x1f"\\/', "e\u0301"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_the_first_codec_writes_is_canonical(value: dict[str, Any]) -> None:
    """Two encoders, one form."""
    written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    assert standalone.from_canonical(written) == value
    assert standalone.write_json(value).encode() == written


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3), st.data())
def test_one_byte_more_or_less_is_canonical_to_both_or_to_neither(
    value: dict[str, Any], data: st.DataObject
) -> None:
    """Bytes changed, taken out and put in: the two read the same as canonical."""
    written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    at = data.draw(st.integers(0, len(written)))
    more = data.draw(st.sampled_from([b"", b" ", b"\0", b"0", b"9" * 17, b"\xff", b'"', b".0"]))
    changed = written[:at] + more + written[at + data.draw(st.integers(0, 2)) :]
    assert is_canonical(changed) == is_canonical_to_the_first(changed)


@given(st.binary(max_size=60))
@example(b'{"a":1,"a":1}')
@example(b'{"b":1,"a":1}')
@example(b'{"a":9007199254740993}')
@example(b'{"a":-9007199254740992}')
@example(b'{"a":1e5}')
@example(b'{"a":-0}')
@example(b'{"a":NaN}')
@example(b'{"a":-Infinity}')
@example(b'{"a":"\\ud800"}')
@example(b'{"a":"\\u00e9"}')
@example(b'{"a":"\xed\xa0\x80"}')
@example(b"\xef\xbb\xbf{}")
@example(b"[]")
@example(b"{}\n")
@example(b'{"a":' * 200 + b"1" + b"}" * 200)
def test_any_bytes_are_canonical_to_both_or_to_neither(data: bytes) -> None:
    """No exception but the one that is said, whatever the bytes."""
    assert is_canonical(data) == is_canonical_to_the_first(data)


@pytest.mark.parametrize("deep", [10**3, 10**5, 10**6])
@pytest.mark.parametrize("open_", [b"[", b'{"a":'])
def test_deep_nesting_is_refused(deep: int, open_: bytes) -> None:
    """Too deep for Python's own stack: refused, not a crash."""
    assert not is_canonical(b'{"a":' + open_ * deep)
    assert not is_canonical(b'{"a":' + b"[" * deep + b"]" * deep + b"}" * 2)


def is_canonical(data: bytes) -> bool:
    try:
        standalone.from_canonical(data)
    except ValueError:
        return False
    return True


def is_canonical_to_the_first(data: bytes) -> bool:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    if not isinstance(value, dict) or not numbers_in_reach(value):
        return False
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == data


def numbers_in_reach(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, float) or (type(value) is int and abs(value) > 2**53):
        return False
    return all(map(numbers_in_reach, inner))
