"""Bundles, honest and altered, as the second verifier sees them: docs/format.md, "A bundle"."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audit_helpers import (
    CANNOT_TELL,
    FORGER,
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    append,
    make_case,
)
from bundles_apart import (
    STREAM,
    bundle_of,
    canonical,
    files_of,
    manifest_of,
    positions_of,
    write,
)
from verifier_helpers import both_on_a_bundle, standalone
from witness_helpers import LATE, ONE, TWO, cosigned, trust_of

from footprint.domain.events import EntryCorrected
from footprint.proof.policy import policy_bytes


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A year, of which others kept checkpoints and a receipt."""
    return make_case(tmp_path_factory.mktemp("bundled"))


@pytest.fixture
def files(made: Case) -> dict[str, bytes]:
    return files_of(made, last_of(made), old=105)


def last_of(case: Case) -> bytes:
    return (case.folder / "last.note").read_bytes()


@pytest.fixture
def says(made: Case, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """What the verifier says of a bundle, by default to somebody who trusts the log's key."""

    def check(data: bytes, *against: str, trust: bytes | None = b"own", **more: Any) -> Any:
        path = write(tmp_path / "bundle.zip", data)
        policy = policy_bytes(trust_of(made)) if trust == b"own" else trust
        trusted = None if policy is None else write(tmp_path / "trust", policy)
        kept = [made.folder / f"{name}.note" for name in against]
        found = both_on_a_bundle(path, trusted, kept, **more)
        assert json.loads(json.dumps(found)) == found
        told = "\n".join(standalone.told(found))
        assert all(c.isprintable() or c == "\n" for c in told)
        return found

    return check


Says = Callable[..., dict[str, Any]]


# --- honest ---------------------------------------------------------------------------------


def test_an_honest_bundle_is_verified_by_who_trusts_the_key(
    says: Says, files: dict[str, bytes]
) -> None:
    """0, with what was proved: each entry, its facts and its words."""
    found = says(bundle_of(files))
    assert (found["verdict"], found["findings"], found["doubts"]) == (VERIFIED, [], [])
    assert [one["position"] for one in found["proved"]] == positions_of(files)
    assert (found["entries"], found["checkpoint_size"], found["uncovered"]) == (9, 110, 0)
    first = found["proved"][0]
    assert (first["topic"], first["facts"]["format"]) == ("alert.raised", 1)
    assert first["words"]["child"]
    assert found["words_checked"] is True


def test_a_bundle_without_words_is_verified(says: Says, made: Case) -> None:
    """0, and it says that the words were not checked."""
    found = says(bundle_of(files_of(made, last_of(made), words=False)))
    assert (found["verdict"], found["words_checked"]) == (VERIFIED, False)
    assert {one["words"] for one in found["proved"]} == {None}


def test_other_software_reads_the_archives_of_these_tests(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    """The maker of these tests makes zip archives, and one made by `zipfile` is as good."""
    with zipfile.ZipFile(write(tmp_path / "a.zip", bundle_of(files))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in files} == files


def test_a_bundle_made_by_zipfile_is_verified(
    says: Says, tmp_path: Path, files: dict[str, bytes]
) -> None:
    """Stored or deflated."""
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(tmp_path / "b.zip", "w", method) as archive:
            for name, data in {"manifest.json": manifest_of(files), **files}.items():
                archive.writestr(name, data)
        assert says((tmp_path / "b.zip").read_bytes())["verdict"] == VERIFIED


def test_who_vouches_for_a_bundle(says: Says, made: Case, files: dict[str, bytes]) -> None:
    """Nobody: 5. A checkpoint of its size: 0. An older one by its proof: only what is below it."""
    whole = bundle_of(files)
    assert says(whole, trust=None)["verdict"] == CANNOT_TELL
    assert says(whole, "last", trust=None)["verdict"] == VERIFIED
    older = says(whole, "kept", trust=None)
    assert (older["verdict"], older["checkpoint_size"]) == (CANNOT_TELL, 105)
    assert older["uncovered"] == sum(position > 105 for position in positions_of(files)) == 5
    assert says(whole, "kept", "last", trust=None)["verdict"] == VERIFIED
    assert says(whole, "kept")["verdict"] == VERIFIED
    # A checkpoint that nothing leads from cannot be compared.
    assert says(whole, "early")["verdict"] == CANNOT_TELL
    stopped = files_of(made, (made.folder / "kept.note").read_bytes())
    stopped = {name: data for name, data in stopped.items() if name != "consistency"}
    assert says(bundle_of(stopped), "kept", trust=None)["verdict"] == VERIFIED
    assert says(bundle_of(stopped), "last")["verdict"] == CANNOT_TELL


def test_an_older_checkpoint_vouches_for_entries_below_it(says: Says, made: Case) -> None:
    """All entries of the thread are older than what was kept, and the proof leads from that: 0."""
    other = "CH-0000005"
    files = files_of(made, last_of(made), old=105, stream=other)
    manifest = manifest_of(files, stream=other)
    found = says(bundle_of(files, manifest), "kept", trust=None)
    assert (found["verdict"], found["checkpoint_size"]) == (VERIFIED, 105)


def test_receipts_and_roots_are_held_against_a_bundle(
    says: Says, made: Case, files: dict[str, bytes]
) -> None:
    """A receipt of its size vouches; one of an entry that the bundle leaves out contradicts."""
    line = (made.folder / "receipt").read_text()
    whole = bundle_of(files)
    assert says(whole, trust=None, receipts=[line])["verdict"] == VERIFIED
    assert says(whole, trust=None, receipts=[line.replace("CH-3", "CH-4")])["verdict"] == TAMPERED
    short = {name: data for name, data in files.items() if "/110." not in name}
    assert says(bundle_of(short), trust=None, receipts=[line])["verdict"] == TAMPERED
    assert says(whole, trust=None, roots=[("mine", "", 110, bytes(32))])["verdict"] == TAMPERED
    assert says(whole, roots=[("mine", "elsewhere", 50, bytes(32))])["verdict"] == TAMPERED
    assert says(whole, roots=[("mine", ORIGIN, 0, bytes(32))])["verdict"] == VERIFIED


def test_the_quorum_has_to_have_cosigned(says: Says, made: Case) -> None:
    """The lines of the witnesses count, good; a bad line of a trusted one is 3."""
    trust = policy_bytes(trust_of(made, [ONE, TWO], 2))
    plain = last_of(made).decode()
    for text, verdict in (
        (plain, CANNOT_TELL),
        (cosigned(plain, (ONE, LATE)), CANNOT_TELL),
        (cosigned(plain, (ONE, LATE), (TWO, LATE)), VERIFIED),
        (cosigned(plain, (ONE, LATE), (TWO, LATE)).replace(ORIGIN + " ", ORIGIN + "2 "), TAMPERED),
        (bad_line(cosigned(plain, (ONE, LATE), (TWO, LATE))), TAMPERED),
    ):
        assert says(bundle_of(files_of(made, text.encode())), trust=trust)["verdict"] == verdict


def bad_line(text: str) -> str:
    """The same with the last signature changed in its middle."""
    head, _, last = text.rstrip("\n").rpartition(" ")
    return f"{head} {last[:40]}{'A' if last[40] != 'A' else 'B'}{last[41:]}\n"


def test_a_checkpoint_of_an_unknown_key_is_tampered(says: Says, made: Case) -> None:
    """All of it right, and signed by nobody who is trusted."""
    text = last_of(made).decode().partition("\n\n")[0] + "\n"
    files = files_of(made, FORGER.sign(text).encode())
    assert says(bundle_of(files))["verdict"] == TAMPERED
    assert says(bundle_of(files), trust=None)["verdict"] == CANNOT_TELL
    assert says(bundle_of(files), trust=b"quorum none\n")["verdict"] == CANNOT_TELL
    assert (
        says(bundle_of(files_of(made, bad_line(last_of(made).decode()).encode())))["verdict"]
        == TAMPERED
    )


# --- altered --------------------------------------------------------------------------------


def leaf_name(files: dict[str, bytes], nth: int = 1) -> str:
    return f"entries/{positions_of(files)[nth]}.leaf"


ALTERED: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "a leaf": lambda f: f | {leaf_name(f): f[leaf_name(f)].replace(b'"demo"', b'"else"')},
    "a leaf that is no entry": lambda f: f | {leaf_name(f): b"nothing"},
    "an empty leaf": lambda f: f | {leaf_name(f): b""},
    "two leaves swapped": lambda f: f | {leaf_name(f, 1): f[leaf_name(f, 2)],
                                         leaf_name(f, 2): f[leaf_name(f, 1)]},
    "a leaf of another stream": lambda f: f | {leaf_name(f): f[leaf_name(f)].replace(
        STREAM.encode(), b"CH-0000004")},
    "a proof of another entry": lambda f: f | {
        leaf_name(f)[:-5] + ".tlog-proof": f[leaf_name(f, 2)[:-5] + ".tlog-proof"]},
    "a proof cut": lambda f: changed_proof(f, lambda lines: [*lines[:2], *lines[3:]]),
    "a proof lengthened": lambda f: changed_proof(f, lambda lines: [*lines[:3], *lines[2:]]),
    "another index": lambda f: changed_proof(f, lambda lines: [lines[0], "index 0", *lines[2:]]),
    "an index of 08": lambda f: changed_proof(f, lambda lines: [
        lines[0], lines[1].replace("index ", "index 0"), *lines[2:]]),
    "extra data": lambda f: changed_proof(f, lambda lines: [lines[0], "extra QQ==", *lines[1:]]),
    "another version of proofs": lambda f: changed_proof(f, lambda lines: [
        "c2sp.org/tlog-proof@v2", *lines[1:]]),
    "a hash of 31 bytes": lambda f: changed_proof(f, lambda lines: [
        *lines[:2], "A" * 40 + "AA==", *lines[3:]]),
    "CR in a proof": lambda f: changed_proof(f, lambda lines: [one + "\r" for one in lines]),
    "another checkpoint": lambda f: f | {
        "checkpoint": f["checkpoint"] + b"\xe2\x80\x94 x AAAAAAA=\n"},
    "no checkpoint": lambda f: f | {"checkpoint": b""},
    "a word": lambda f: with_words(f, lambda words: words | {"text": "Other words."}),
    "another child": lambda f: with_words(f, lambda words: words | {"child": "X-1"}),
    "words that are a list": lambda f: with_words(f, lambda words: [words]),
    "words locked": lambda f: f | {words_name(f): b"\0" + f[words_name(f)]},
    "a salt of 31 bytes": lambda f: f | {words_name(f)[:-4] + "salt": bytes(31)},
    "a salt of 33 bytes": lambda f: f | {words_name(f)[:-4] + "salt": bytes(33)},
    "words without salt": lambda f: {k: v for k, v in f.items()
                                     if k != words_name(f)[:-4] + "salt"},
    "salt without words": lambda f: {k: v for k, v in f.items() if k != words_name(f)},
    "consistency from nothing": lambda f: f | {
        "consistency": b"old 0\n\n" + f["checkpoint"]},
    "consistency from the same": lambda f: f | {
        "consistency": b"old 110\n\n" + f["checkpoint"]},
    "consistency to another": lambda f: f | {"consistency": f["consistency"] + b"x"},
    "consistency of 64 hashes": lambda f: f | {
        "consistency": b"old 105\n" + b"A" * 43 + b"=\n" + (b"A" * 43 + b"=\n") * 63 + b"\n"
        + f["checkpoint"]},
    "consistency empty": lambda f: f | {"consistency": b""},
    "a file too many": lambda f: f | {"more.txt": b""},
    "a folder": lambda f: f | {"entries/": b""},
    "no statement": lambda f: {k: v for k, v in f.items() if k != "statement.txt"},
    "no proof": lambda f: {k: v for k, v in f.items() if k != leaf_name(f)[:-5] + ".tlog-proof"},
    "words of no entry": lambda f: f | {"words/5.json": b"{}", "words/5.salt": bytes(32)},
    "the first entry left out": lambda f: {
        k: v for k, v in f.items() if f"/{positions_of(f)[0]}." not in k},
    "an entry in the middle left out": lambda f: {
        k: v for k, v in f.items() if f"/{positions_of(f)[3]}." not in k},
}  # fmt: skip


def changed_proof(
    files: dict[str, bytes], change: Callable[[list[str]], list[str]]
) -> dict[str, bytes]:
    name = leaf_name(files)[:-5] + ".tlog-proof"
    head, _, rest = files[name].partition(b"\n\n")
    return files | {name: "\n".join(change(head.decode().split("\n"))).encode() + b"\n\n" + rest}


def words_name(files: dict[str, bytes]) -> str:
    return next(name for name in sorted(files) if name.endswith(".json"))


def with_words(files: dict[str, bytes], change: Callable[[Any], Any]) -> dict[str, bytes]:
    name = words_name(files)
    return files | {name: canonical(change(json.loads(files[name])))}


@pytest.mark.parametrize("how", ALTERED)
def test_an_altered_file_is_tampered(says: Says, files: dict[str, bytes], how: str) -> None:
    """Each file changed, its digest made right: 3, whoever vouches."""
    changed = ALTERED[how](files)
    assert changed != files
    for trust in (b"own", None):
        found = says(bundle_of(changed), "last", "kept", trust=trust)
        assert (found["verdict"], bool(found["findings"])) == (TAMPERED, True)


def test_a_consistency_proof_that_leads_nowhere_is_tampered(
    says: Says, files: dict[str, bytes]
) -> None:
    """A hash changed: 3 to who holds the older checkpoint; nothing to who does not."""
    lines = files["consistency"].split(b"\n")
    lines[1] = b"A" * 43 + b"="
    changed = bundle_of(files | {"consistency": b"\n".join(lines)})
    assert says(changed, "kept")["verdict"] == TAMPERED
    assert says(changed)["verdict"] == VERIFIED
    other = files["consistency"].replace(b"old 105\n", b"old 104\n")
    assert says(bundle_of(files | {"consistency": other}), "kept")["verdict"] == CANNOT_TELL


MANIFESTS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "another format": lambda f: manifest_of(f, format="footprint/bundle/v2"),
    "another origin": lambda f: manifest_of(f, origin="example.org/other"),
    "another stream": lambda f: manifest_of(f, stream="CH-0000004"),
    "the policy": lambda f: manifest_of(f, stream="policy"),
    "no positions": lambda f: manifest_of(f, positions=[]),
    "positions twice": lambda f: manifest_of(f, positions=[*positions_of(f), 110]),
    "positions reversed": lambda f: manifest_of(f, positions=positions_of(f)[::-1]),
    "positions as text": lambda f: manifest_of(f, positions=[*map(str, positions_of(f))]),
    "a true position": lambda f: manifest_of(f, positions=[True, *positions_of(f)]),
    "position 0": lambda f: manifest_of(f, positions=[0, *positions_of(f)]),
    "a key too many": lambda f: manifest_of(f, more=1),
    "no digests": lambda f: manifest_of(f, files={}),
    "a digest too many": lambda f: manifest_of(f | {"more.txt": b""}),
    "a wrong digest": lambda f: manifest_of(f | {"statement.txt": b"Other."}),
    "not canonical": lambda f: manifest_of(f) + b"\n",
    "a list": lambda f: b"[" + manifest_of(f) + b"]",
    "nothing": lambda _f: b"",
    "deep": lambda _f: b"[" * 100_000,
}


@pytest.mark.parametrize("how", MANIFESTS)
def test_another_manifest_is_tampered(says: Says, files: dict[str, bytes], how: str) -> None:
    """Whatever the manifest says that is not so."""
    found = says(bundle_of(files, MANIFESTS[how](files)), "last")
    assert found["verdict"] == TAMPERED


def test_a_correction_in_a_bundle_is_held_to_its_form(says: Says, tmp_path: Path) -> None:
    """One that nobody could have recorded is 3, one of the published form is 0."""
    for facts, verdict in (({"role": None}, VERIFIED), ({"colour": "red"}, TAMPERED)):
        case = make_case(tmp_path / verdict.replace(" ", "-"))
        with case.writing() as ledger:
            first = positions_of(files_of(case, last_of(case)))[0]
            append(ledger, STREAM, EntryCorrected(corrects=first, facts=facts))
            note = (ledger.head() or (0, ""))[1].encode()
        found = says(bundle_of(files_of(case, note)), trust=policy_bytes(trust_of(case)))
        assert found["verdict"] == verdict, found
