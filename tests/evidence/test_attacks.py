"""Attacks on a bundle by who makes it or hands it on: found, and named, by both verifiers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from audit_helpers import TAMPERED, VERIFIED, Case
from bundles_apart import canonical, positions_of
from evidence_helpers import ask, mended

from footprint.audit.verdict import Verdict
from footprint.proof.policy import NOBODY, Policy

Bundle = dict[str, bytes]
FIRST, SECOND, THIRD, LAST = 15, 16, 17, 110
"""Positions of the thread's entries."""


def leaf(position: int) -> str:
    return f"entries/{position}.leaf"


def proof(position: int) -> str:
    return f"entries/{position}.tlog-proof"


def words(position: int) -> str:
    return f"words/{position}.json"


def salt(position: int) -> str:
    return f"words/{position}.salt"


def without(files: Bundle, *positions: int) -> Bundle:
    """The bundle of the other entries."""
    return {k: v for k, v in files.items() if not any(f"/{at}." in k for at in positions)}


def hashes(files: Bundle, position: int, change: Callable[[list[bytes]], list[bytes]]) -> Bundle:
    """Another path in the proof of an entry."""
    head, _, note = files[proof(position)].partition(b"\n\n")
    first, index, *path = head.split(b"\n")
    return files | {proof(position): b"\n".join([first, index, *change(path), b"", note])}


def reindexed(files: Bundle, position: int, index: bytes) -> Bundle:
    """Another index in the proof of an entry."""
    first, _, rest = files[proof(position)].split(b"\n", 2)
    return files | {proof(position): b"\n".join([first, b"index " + index, rest])}


def said(files: Bundle, position: int, **changes: str) -> Bundle:
    """Other words for an entry."""
    return files | {words(position): canonical(orjson.loads(files[words(position)]) | changes)}


def swapped(files: Bundle, *names: tuple[str, str]) -> Bundle:
    changed = dict(files)
    for one, other in names:
        changed[one], changed[other] = files[other], files[one]
    return changed


def test_the_table_is_about_this_thread(files: Bundle, trust: Policy, year: Case) -> None:
    """What the attacks start from is verified, and has the entries that they name."""
    assert [positions_of(files)[nth] for nth in (0, 1, 2, -1)] == [FIRST, SECOND, THIRD, LAST]
    assert ask(files, trust, [(year.folder / "kept.note").read_bytes()]).verdict.verdict == VERIFIED


ATTACKS: dict[str, tuple[Callable[[Bundle], Bundle], int | None, str]] = {
    "an entry in the middle left out": (
        lambda f: without(f, SECOND), THIRD, "it is entry 3 of its thread, and should be 2"),
    "the first entry left out": (
        lambda f: without(f, FIRST), SECOND, "it is entry 2 of its thread, and should be 1"),
    "a leaf changed": (
        lambda f: f | {leaf(SECOND): f[leaf(SECOND)].replace(b'"actor":"demo"', b'"actor":"x"')},
        SECOND, "it is not what the bundle's checkpoint of 110 entries has there"),
    "a leaf of another thread": (
        lambda f: f | {leaf(SECOND): f[leaf(SECOND)].replace(b"CH-0000003", b"CH-0000004")},
        SECOND, "it is of CH-4, and the bundle of CH-3"),
    "a leaf with another version": (
        lambda f: f | {leaf(SECOND): f[leaf(SECOND)].replace(b"\n2\n", b"\n3\n", 1)},
        SECOND, "it is entry 3 of its thread, and should be 2"),
    "a leaf with a version of 02": (
        lambda f: f | {leaf(SECOND): f[leaf(SECOND)].replace(b"\n2\n", b"\n02\n", 1)},
        SECOND, "its version must be digits, without a leading zero"),
    "a leaf with another topic": (
        lambda f: f | {leaf(LAST): f[leaf(LAST)].replace(b"note.added", b"thread.filed")},
        LAST, "it is not what the bundle's checkpoint of 110 entries has there"),
    "a leaf of nothing": (
        lambda f: f | {leaf(SECOND): b""}, SECOND, "does not begin with the lines of footprint/"),
    "two leaves swapped": (
        lambda f: swapped(f, (leaf(SECOND), leaf(THIRD))), SECOND,
        "it is not what the bundle's checkpoint"),
    "two entries swapped": (
        lambda f: swapped(f, (leaf(SECOND), leaf(THIRD)), (proof(SECOND), proof(THIRD))), SECOND,
        f"its proof is of leaf {THIRD - 1}, and should be of {SECOND - 1}"),
    "the proof of another index": (
        lambda f: f | {proof(SECOND): f[proof(THIRD)]}, SECOND,
        f"its proof is of leaf {THIRD - 1}, and should be of {SECOND - 1}"),
    "the index of another": (
        lambda f: reindexed(f, SECOND, b"16"), SECOND, "its proof is of leaf 16"),
    "an index with a zero in front": (
        lambda f: reindexed(f, SECOND, b"015"), SECOND, "must be digits, without a leading zero"),
    "an index beyond the tree": (
        lambda f: reindexed(f, SECOND, b"4294967311"), SECOND, "its proof is of leaf 4294967311"),
    "a proof cut": (
        lambda f: hashes(f, SECOND, lambda path: path[:-1]), SECOND, "it is not what"),
    "a proof lengthened": (
        lambda f: hashes(f, SECOND, lambda path: [*path, path[-1]]), SECOND, "it is not what"),
    "a proof turned round": (
        lambda f: hashes(f, SECOND, lambda path: path[::-1]), SECOND, "it is not what"),
    "a proof of nothing": (
        lambda f: hashes(f, SECOND, lambda _: []), SECOND, "it is not what"),
    "a proof that is none": (
        lambda f: f | {proof(SECOND): b"\xff"}, SECOND, "its proof is none"),
    "words swapped between entries": (
        lambda f: swapped(f, (words(107), words(108))), 107,
        "its words are not those it committed to"),
    "words and salts swapped between entries": (
        lambda f: swapped(f, (words(107), words(108)), (salt(107), salt(108))), 107,
        "its words are not those it committed to"),
    "a salt changed": (
        lambda f: f | {salt(107): bytes(32)}, 107, "its words are not those it committed to"),
    "a salt cut": (
        lambda f: f | {salt(107): f[salt(107)][:-1]}, 107, "are due, and not 31 bytes and"),
    "words changed": (
        lambda f: said(f, 107, text="x"), 107, "its words are not those it committed to"),
    "words of another child": (
        lambda f: said(f, 107, child="99"), 107, "its words are not those it committed to"),
    "words without a case number": (
        lambda f: f | {words(107): b'{"text":"x"}'}, 107, "not those it committed to"),
    "words in another form": (
        lambda f: f | {words(107): f[words(107)] + b" "}, 107, "not those it committed to"),
    "words of an entry without a commitment": (
        lambda f: f | {words(THIRD): f[words(107)], salt(THIRD): f[salt(107)]}, THIRD,
        "there are words for it, and it committed to none"),
    "words without their salt": (
        lambda f: {k: v for k, v in f.items() if k != salt(107)}, None, "107.salt is missing"),
    "a salt without its words": (
        lambda f: {k: v for k, v in f.items() if k != words(107)}, None,
        "words/107.json is missing"),
    "no leaf of an entry": (
        lambda f: {k: v for k, v in f.items() if k != leaf(SECOND)}, None,
        f"entries/{SECOND}.tlog-proof has no place in a bundle of these"),
    "a file that nobody knows": (
        lambda f: f | {"read-me-first.txt": b"x"}, None,
        "read-me-first.txt has no place in a bundle of these entries"),
    "words of an entry that is not there": (
        lambda f: f | {words(14): b"{}", salt(14): bytes(32)}, None,
        "words/14.json has no place in a bundle of these entries"),
    "no statement": (
        lambda f: {k: v for k, v in f.items() if k != "statement.txt"}, None,
        "statement.txt is missing"),
    "no proof of an entry": (
        lambda f: {k: v for k, v in f.items() if k != proof(SECOND)}, None,
        f"entries/{SECOND}.tlog-proof is missing"),
    "a checkpoint of nothing": (
        lambda f: f | {"checkpoint": b""}, None, "the checkpoint is none"),
    "another checkpoint beside the proofs": (
        lambda f: f | {"checkpoint": f["checkpoint"] + b"\xe2\x80\x94 x AAAAAAA=\n"}, SECOND,
        "its proof is against another checkpoint than the bundle's"),
    "another checkpoint inside a proof": (
        lambda f: f | {proof(SECOND): f[proof(SECOND)] + b"\xe2\x80\x94 x AAAAAAA=\n"}, SECOND,
        "its proof is against another checkpoint than the bundle's"),
    "a consistency proof to another checkpoint": (
        lambda f: f | {"consistency": f["consistency"] + b"\xe2\x80\x94 x AAAAAAA=\n"}, None,
        "the consistency proof is to another checkpoint than the bundle's"),
    "a consistency proof from nothing": (
        lambda f: f | {"consistency": b"old 0\n\n" + f["checkpoint"]}, None,
        "begins at 0 entries, and not at 1 or more below 110"),
    "a consistency proof from the same": (
        lambda f: f | {"consistency": b"old 110\n\n" + f["checkpoint"]}, None,
        "begins at 110 entries, and not at 1 or more below 110"),
    "a consistency proof that is none": (
        lambda f: f | {"consistency": b"old"}, None, "the consistency proof is none"),
}  # fmt: skip


@pytest.mark.parametrize("how", ATTACKS)
def test_an_attack_with_the_manifest_made_right_is_named(
    files: Bundle, trust: Policy, how: str
) -> None:
    """3 whoever is trusted, at the entry where it was done, with what is wrong there."""
    attack, position, message = ATTACKS[how]
    changed = attack(files)
    assert changed != files
    for whom in (trust, NOBODY):
        verdict = ask(mended(changed), whom).verdict
        assert_found(verdict, position, message)
        assert all(
            finding.ref == "CH-3" or finding.position is None for finding in verdict.findings
        )


def assert_found(verdict: Verdict, position: int | None, message: str) -> None:
    assert verdict.verdict == TAMPERED
    where = [one for one in verdict.findings if one.position == position and message in one.message]
    assert where, verdict.findings


def test_what_is_wrong_with_an_entry_is_not_shown_as_proved(files: Bundle, trust: Policy) -> None:
    """Neither the entry nor its words; the others are."""
    found = ask(mended(ATTACKS["a leaf changed"][0](files)), trust)
    proved = [entry.position for entry in found.entries]
    assert proved == [at for at in positions_of(files) if at != SECOND]
    found = ask(mended(ATTACKS["words changed"][0](files)), trust)
    assert 107 not in found.words
    assert 108 in found.words
    assert len(found.entries) == 9


def test_the_end_of_a_thread_can_be_left_out(files: Bundle, trust: Policy) -> None:
    """Nothing in a bundle can show it: 0, and the statement says so. A verifier counts what is
    there.
    """
    verdict = ask(mended(without(files, LAST)), trust).verdict
    assert (verdict.verdict, verdict.entries) == (VERIFIED, 8)
    assert b"Entries behind the last one may have been left out" in b" ".join(
        files["statement.txt"].split()
    )


MANIFESTS: dict[str, tuple[dict[str, Any], str]] = {
    "another format": ({"format": "footprint/bundle/v2"}, "its format is not footprint/bundle/v1"),
    "another origin": ({"origin": "example.org/other"}, "and the bundle of example.org/other"),
    "no origin": ({"origin": None}, "its origin and stream are not texts"),
    "another thread": ({"stream": "CH-0000004"}, "it is of CH-3, and the bundle of CH-4"),
    "the policy": ({"stream": "policy"}, "'policy' is no thread"),
    "a thread with a newline": ({"stream": "CH-0000003\n"}, r"'CH-0000003\n' is no thread"),
    "no positions": ({"positions": []}, "its positions are none, or do not ascend"),
    "positions turned round": ({"positions": [16, 15]}, "its positions are none, or do not ascend"),
    "a position twice": ({"positions": [15, 15]}, "its positions are none, or do not ascend"),
    "position 0": ({"positions": [0, 15]}, "its positions are not a list of positions"),
    "positions in text": ({"positions": ["15"]}, "its positions are not a list of positions"),
    "a position that is true": ({"positions": [True]}, "its positions are not a list of positions"),
    "a position beyond 2^53": ({"positions": [2**53 + 1]}, "its positions are beyond 2^53"),
    "more positions than files": ({"positions": [*range(1, 1000)]}, "fewer than two files for"),
    "fewer positions": ({"positions": [15]}, "has no place in a bundle of these entries"),
    "another position": ({"positions": [14, 16]}, "entries/14.leaf is missing"),
    "no files": ({"files": {}}, "it lists fewer than two files for each position"),
    "a key too many": ({"more": 1}, "it has not the keys format, origin, stream, positions, files"),
}  # fmt: skip


@pytest.mark.parametrize("how", MANIFESTS)
def test_a_manifest_that_lies_is_named(files: Bundle, trust: Policy, how: str) -> None:
    """3, whichever field it is that lies."""
    changes, message = MANIFESTS[how]
    verdict = ask(mended(files, **changes), trust).verdict
    assert verdict.verdict == TAMPERED
    assert any(message in finding.message for finding in verdict.findings), verdict.findings


@pytest.mark.parametrize("name", ["checkpoint", leaf(SECOND), words(107), "statement.txt"])
def test_a_digest_that_is_not_the_files_is_named(files: Bundle, trust: Policy, name: str) -> None:
    """3, for what is proved and for what is only read; so too for a digest of nothing there."""
    verdict = ask(mended(files) | {name: files[name] + b" "}, trust).verdict
    assert_found(verdict, None, f"{name}: the manifest lists the digest")
    listed = mended(files | {"more": b""})
    del listed["more"]
    assert_found(ask(listed, trust).verdict, None, "more: the manifest lists the digest")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"a":1}'])
def test_a_manifest_that_is_none_is_named(files: Bundle, trust: Policy, data: bytes) -> None:
    """3, and so where it is missing, or written in another way."""
    verdict = ask(mended(files) | {"manifest.json": data}, trust).verdict
    assert_found(verdict, None, "manifest.json is no manifest")
    spaced = mended(files)["manifest.json"] + b"\n"
    verdict = ask(mended(files) | {"manifest.json": spaced}, trust).verdict
    assert_found(verdict, None, "it is not in the one canonical form")
    gone = {name: data for name, data in mended(files).items() if name != "manifest.json"}
    assert_found(ask(gone, trust).verdict, None, "manifest.json is missing")
