"""The second verifier as a program: what it prints, how it ends, and in what Python."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from audit_helpers import Case, make_case, put_state, raised, redact, state_at
from bundles_apart import bundle_of, canonical, files_of, write
from hypothesis import given, settings
from hypothesis import strategies as st
from verifier_helpers import BESIDE, FILE, standalone
from witness_helpers import trust_of

from footprint.proof.policy import policy_bytes

KEYS = {
    "verdict", "entries", "root", "checkpoint_size", "uncovered", "redacted", "words_checked",
    "findings", "doubts", "remarks",
}  # fmt: skip


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A year with its kept notes, a receipt, a policy of trust and a bundle beside it."""
    case = make_case(tmp_path_factory.mktemp("programme"))
    write(case.folder / "trust", policy_bytes(trust_of(case)))
    note = (case.folder / "last.note").read_bytes()
    write(case.folder / "bundle.zip", bundle_of(files_of(case, note)))
    return case


def run(*given_: str | Path, where: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The file alone in another folder, in a Python without site-packages."""
    command = [sys.executable, "-I", "-S", *map(str, given_)]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, cwd=where,
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )  # fmt: skip


def test_it_runs_anywhere_in_a_bare_python(made: Case, tmp_path: Path) -> None:
    """Copied elsewhere, nothing of ours importable: a ledger and a bundle are verified."""
    alone = shutil.copy(FILE, tmp_path / "check.py")
    for name in ("ledger.db", "bundle.zip"):
        done = run(alone, made.folder / name, "--trust", made.folder / "trust", where=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Verified: ")
    assert "alert.raised" in done.stdout
    assert "not checked" in done.stdout
    importing = "import footprint"
    assert run("-c", importing, where=tmp_path).returncode


def test_what_is_held_against_a_ledger_is_given_on_the_command_line(made: Case) -> None:
    """Notes and receipts, one or more; the exit status is the verdict."""
    kept, last = made.folder / "kept.note", made.folder / "last.note"
    line = (made.folder / "receipt").read_text()
    assert run(FILE, made.path).returncode == 5
    for given_ in (
        ["--against", kept],
        ["--against", kept, last],
        ["--against", kept, "--against", last, "--receipt", line],
        ["--receipt", line],
        ["--trust", made.folder / "trust"],
    ):
        assert run(FILE, made.path, *given_).returncode == 0
    assert run(FILE, made.path, "--receipt", line.replace("CH-3", "CH-4")).returncode == 3


def test_the_object_has_the_published_keys(made: Case) -> None:
    """One JSON object, and what was proved beside it for a bundle."""
    kept = ["--against", made.folder / "kept.note", "--json"]
    found = json.loads(run(FILE, made.path, *kept).stdout)
    assert found.keys() == KEYS
    assert (found["verdict"], found["entries"]) == ("verified", 110)
    assert (found["checkpoint_size"], found["uncovered"]) == (105, 5)
    bundle = json.loads(run(FILE, made.folder / "bundle.zip", "--json").stdout)
    assert bundle.keys() == KEYS | {"proved"}
    assert bundle["checkpoint_size"] is None


@pytest.mark.parametrize(
    "given_",
    [
        [], ["--nonsense", "x"], ["x", "y"], ["x", "--trust", "nowhere"], ["x", "--against", "."],
        ["x", "--receipt", "footprint receipt"], ["x", "--trust", str(FILE)],
        ["x", "--against", str(FILE)], ["x", "--receipt"],
    ],
)  # fmt: skip
def test_misuse_is_told_apart_from_every_verdict(given_: list[str], made: Case) -> None:
    """What is not as it has to be called is 2, with a line that says why."""
    done = run(FILE, *[str(made.path) if one == "x" else one for one in given_])
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr


@pytest.mark.parametrize("name", ["nowhere", ".", "kept.note", "/dev/null"])
def test_what_cannot_be_opened_cannot_be_told(made: Case, name: str) -> None:
    """No file, a folder, another file: 5, and why."""
    done = run(FILE, made.folder / name)
    assert (done.returncode, done.stderr) == (5, "")
    assert "Doubt: " in done.stdout


def attacked(made: Case, folder: Path) -> Case:
    shutil.copytree(made.folder, folder)
    return Case(folder)


def test_a_finding_says_what_was_expected_and_found_and_where(made: Case, tmp_path: Path) -> None:
    """An edit hashed again: the kept checkpoint, both roots, and the entries between which."""
    case = attacked(made, tmp_path / "case")
    case.rewrite(20, raised)
    given_ = (case.path, None, [case.folder / "kept.note", case.folder / "early.note"])
    found: dict[str, Any] = standalone.check(*given_)
    assert found["verdict"] == "tampered"
    (root,) = [one for one in found["findings"] if one["what"] == "root"]
    assert "kept.note" in root["message"]
    assert "between 7 and 105" in root["message"]
    assert re.search(r": expected [0-9a-f]{64}, found [0-9a-f]{64}$", root["message"])


def test_redacted_words_are_counted(made: Case, tmp_path: Path) -> None:
    """Words removed by a redaction are no contradiction."""
    case = attacked(made, tmp_path / "case")
    state = next(case.home.glob("signers/*/state"))
    remembered = json.loads(state.read_bytes()) | {"ledger": str(case.path.resolve())}
    state.write_text(json.dumps(remembered))
    with case.writing() as ledger:
        redact(ledger, "CH-0000001", (7, 8))
    found = standalone.check(case.path, None, [case.folder / "kept.note"])
    assert (found["verdict"], found["redacted"]) == ("verified", 2)


@settings(max_examples=25)
@given(st.text(max_size=40), st.text(max_size=40))
def test_hostile_text_does_not_reach_the_terminal(name: str, value: str) -> None:
    """Whatever stands in a file is shown in one line of printable text."""
    shown = [standalone.show(one) for one in (name, value, name * 100, [name], {name: value}, None)]
    assert all(len(one) < 700 for one in shown)
    assert all(c.isprintable() for one in shown for c in one)


def test_escapes_in_a_ledger_are_printed_as_such(made: Case, tmp_path: Path) -> None:
    """A title for the terminal in a fact: named, and harmless."""
    case = attacked(made, tmp_path / "case")
    with case.attack() as connection:
        facts = state_at(connection, 20) | {"source": "\x1b]0;owned\x07\u202e" + "x" * 9999}
        put_state(connection, 20, canonical(facts))
    done = run(FILE, case.path)
    assert done.returncode == 3
    assert "\x1b" not in done.stdout
    assert "\\u001b]0;owned" in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 1000


BEGINNINGS = st.sampled_from([b"", b"SQLite format 3\0", b"PK\3\4", b"PK\5\6", b"PK"])


@settings(max_examples=60)
@given(BEGINNINGS, st.binary(max_size=300), st.sampled_from([b"", b"PK\5\6" + bytes(18)]))
def test_any_file_gets_a_verdict(first: bytes, rest: bytes, last: bytes) -> None:
    """Random bytes behind any beginning: never an exception, never verified."""
    path = write(BESIDE / f"any-{os.getpid()}", first + rest + last)
    found = standalone.check(path)
    assert found["verdict"] in {"tampered", "cannot tell"}
    path.unlink()
