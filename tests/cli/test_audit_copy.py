"""A ledger without its vault, in the auditor's hands: what it proves, and that no word is in it."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from cli_helpers import (
    CANNOT_TELL,
    DONE,
    PROGRAM,
    REFUSED,
    TAMPERED,
    USAGE,
    Place,
    concern,
    on_terminal,
    one_message,
)
from verifier_helpers import FILE as SECOND

pytestmark = pytest.mark.slow  # a process for each case

PERSONAL = "one service, theme and date may be one child"
LONG = "2041170000000017"
"""A case number that stands nowhere by chance."""


def exported(place: Place, folder: Path, *options: str) -> Place:
    """The audit copy of a ledger, on the machine of somebody who holds nothing else."""
    (folder / "person").mkdir(parents=True)
    place.done("export", "--audit-copy", str(folder / "ledger.db"), *options)
    return Place(folder)


def second(path: Path, *options: str) -> tuple[int, dict[str, object]]:
    """What the second verifier says, as a process of its own."""
    done = subprocess.run([sys.executable, str(SECOND), str(path), "--json", *options],
                          capture_output=True, check=False)  # fmt: skip
    return done.returncode, orjson.loads(done.stdout)


@pytest.fixture(scope="module")
def audit(year: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demonstration in the auditor's hands."""
    return exported(year, tmp_path_factory.mktemp("audit") / "place")


# --- what it is -------------------------------------------------------------------------------


def test_it_says_what_it_is(year: Place, tmp_path: Path) -> None:
    """The same root as the ledger; what is not in it; and that it is personal data all the same."""
    said = year.done("export", "--audit-copy", str(tmp_path / "copy.db")).out
    root = year.json("verify")["root"]
    for part in ("105 entries, of the same root", "no words, no names and no case numbers",
                 PERSONAL, "Share it under agreement", f"Root: {root}"):  # fmt: skip
        assert part in said, part
    answer = year.json("export", "--audit-copy", str(tmp_path / "other.db"))
    assert (answer["entries"], answer["root"], answer["words"]) == (105, root, False)
    assert PERSONAL in answer["warnings"][0]
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


def test_status_says_so_too(audit: Place) -> None:
    """And gives no advice that could not be followed there."""
    found = audit.json("status")
    assert (found["entries"], found["words"]) == (105, "not in this copy")
    (advice,) = found["advice"]
    assert "This is an audit copy" in advice
    assert PERSONAL in advice


def test_nothing_of_the_vault_is_in_its_bytes(poole: Place, tmp_path: Path) -> None:
    """No words and no case numbers, also of what was redacted, nor in what is read beside it."""
    poole.done("challenge", *concern(child=LONG), "--to", "Rowan Ashdown-Petherick")
    why = ["--basis", "third-party", "--why", "It names his sister."]
    with closing(sqlite3.connect(poole.ledger)) as ledger:
        vault = ledger.execute("SELECT salt, words FROM vault").fetchall()
        children = ledger.execute("SELECT stream, child FROM vault_child").fetchall()
    poole.done("redact", "4", *why)
    poole.done("redact", "4", "--approve", env={"FOOTPRINT_ACTOR": "bo"})
    audit = exported(poole, tmp_path / "audit")
    for command in ("log", "due", "counts", "status", "verify"):
        audit.run(command)
    texts = {text for _, words in vault for text in orjson.loads(words).values()}
    said = {text.encode() for text in texts if len(text) > 10} | {words for _, words in vault}
    numbers = {f'"child":"{child.decode()}"'.encode() for _, child in children}
    rows = {stream.encode() + child for stream, child in children}  # side by side, as stored
    secrets = said | numbers | rows | {salt for salt, _ in vault} | {LONG.encode()}
    assert len(secrets) > 200
    files = b"".join(path.read_bytes() for path in audit.folder.rglob("*") if path.is_file())
    assert {secret for secret in secrets if secret in files} == set()
    assert poole.ledger.read_bytes().count(LONG.encode()) >= 2  # where it would be found


# --- what it proves ---------------------------------------------------------------------------


def test_both_verifiers_prove_it_by_an_older_checkpoint(begun: Place, tmp_path: Path) -> None:
    """To the same root; to who holds nothing, they cannot tell; and they count what is redacted."""
    kept = str(begun.folder / "kept.txt")
    begun.done("checkpoint", "--output", kept)
    begun.done("note", "1", "--words", "It names his sister.")
    begun.done("redact", "1", "--entry", "8", "--basis", "third-party", "--why", "His sister.")
    begun.done("redact", "1", "--approve", env={"FOOTPRINT_ACTOR": "bo"})
    audit = exported(begun, tmp_path / "audit")
    whole = begun.json("verify")
    assert whole["redacted"] == 1
    for options, verdict, code in ((["--against", kept], "verified", DONE),
                                   ([], "cannot tell", CANNOT_TELL)):  # fmt: skip
        first = audit.run("verify", "--json", *options)
        other, found = second(audit.ledger, *options)
        assert (first.code, other) == (code, code)
        for answer in (first.json, found):
            assert answer["verdict"] == verdict
            assert (answer["root"], answer["entries"]) == (whole["root"], whole["entries"])
            assert (answer["redacted"], answer["words_checked"]) == (1, False)
    assert begun.json("verify", "--ledger", str(audit.ledger))["verdict"] == "verified"


def test_a_ledger_that_does_not_verify_is_not_given_out(begun: Place, tmp_path: Path) -> None:
    """As no bundle of it would be: the first finding is named, and no file is there."""
    with closing(sqlite3.connect(begun.ledger)) as ledger, ledger:
        ledger.execute("DROP TRIGGER event_no_update")
        ledger.execute("UPDATE event SET topic = 'alert.raised' WHERE position = 7")
    ran = begun.run("export", "--audit-copy", str(tmp_path / "copy.db"))
    said = one_message(ran, REFUSED)
    assert "The ledger does not verify" in said
    assert list(tmp_path.glob("*copy.db*")) == []


def test_a_bundle_from_a_copy_proves_its_thread(year: Place, audit: Place, tmp_path: Path) -> None:
    """The auditor's copy gives the evidence of one thread, without words."""
    bundle = str(tmp_path / "bundle.zip")
    audit.done("evidence", "4", "--output", bundle)
    assert year.run("verify-bundle", bundle).code == CANNOT_TELL  # nobody is trusted there
    (key,) = year.home.glob("signers/*/key")
    trust = tmp_path / "trust"
    trust.write_text(f"log {key.read_text('utf-8').strip()}\nquorum none\n", "utf-8")
    assert "Verified" in audit.done("verify-bundle", bundle, "--trust", str(trust)).out


# --- what is read in it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", ["due", "log", "times", "counts", "replay", "replay 16", "show 16", "policy show"]
)
def test_what_is_counted_in_it_is_what_the_ledger_counts(
    year: Place, audit: Place, command: str
) -> None:
    """Each record, to the character."""
    assert audit.json(*command.split()) == year.json(*command.split())


def test_where_words_would_be_it_says_that_there_are_none(year: Place, audit: Place) -> None:
    """In a pipe there is no column for them, and that is said; on a terminal, at each entry."""
    piped = audit.done("replay", "16")
    assert "no words and no case numbers" in piped.err
    header, whole = (ran.out.splitlines()[0].split("\t")
                     for ran in (piped, year.done("replay", "16")))  # fmt: skip
    assert {"child", "words"} == {"child", "words"} & {*whole}
    assert {"child", "words"} & {*header} == set()
    for command in ("show", "replay"):
        _, told = on_terminal(audit, command, "16")
        assert "(words not in this copy)" in told
    for command in ("show", "casenote"):
        assert re.search("Child +not in this copy", audit.done(command, "16").out)


def test_why_the_ledger_itself_was_changed_is_not_there_either(
    begun: Place, tmp_path: Path
) -> None:
    """The reason is among the words: the copy says that it has none."""
    begun.done("checkpoint", "--new-key", "The machine was stolen.")
    audit = exported(begun, tmp_path / "audit")
    (told,) = [row["what"] for row in audit.json("replay") if row["topic"] == "signer.changed"]
    assert told.endswith(": (not in this copy)")


@pytest.fixture
def read_only(year: Place) -> Iterator[Path]:
    """A folder with a copy in it in which nobody may write."""
    with tempfile.TemporaryDirectory() as folder:
        disc = Path(folder) / "disc"
        exported(year, disc)
        everything = [Path(folder), disc, *disc.rglob("*")]
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield disc
        for path in everything:
            path.chmod(0o755)


def test_a_copy_on_media_to_read_only_is_read_all_the_same(
    read_only: Path, year: Place, tmp_path: Path
) -> None:
    """The views are folded in memory, where they cannot be kept beside it."""
    env = Place(read_only).env(FOOTPRINT_HOME=str(tmp_path / "none"))

    def run(*args: str) -> tuple[int, str, str]:
        done = subprocess.run([*powerless(), PROGRAM, *args], capture_output=True, text=True,
                              check=False, env=env, cwd=tmp_path)  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    code, log, _ = run("log", "--json")
    assert (code, orjson.loads(log)) == (DONE, year.json("log"))
    assert run("verify")[0] == CANNOT_TELL
    code, out, said = run("rebuild")
    assert (code, out, "cannot be" in said) == (REFUSED, "", True), said
    assert [path.name for path in read_only.iterdir() if path.is_file()] == ["ledger.db"]


def powerless() -> list[str]:
    """What takes from root the right to write where nobody may; nothing for anybody else."""
    if os.geteuid():
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root may write everywhere")
    return [setpriv, "--inh-caps=-all", "--bounding-set=-all"]


# --- what is refused ----------------------------------------------------------------------------


def test_without_a_kind_it_says_what_can_be_exported(year: Place) -> None:
    """A usage error."""
    assert "--audit-copy" in one_message(year.run("export"), USAGE)


@pytest.mark.parametrize("beside", ["", "-wal", "-journal"])
def test_what_is_there_already_is_left(year: Place, tmp_path: Path, beside: str) -> None:
    """Also a log of a file that was: SQLite would take it for the new one's."""
    (tmp_path / f"copy.db{beside}").write_text("mine")
    ran = year.run("export", "--audit-copy", str(tmp_path / "copy.db"))
    assert f"There is a file at {tmp_path}/copy.db{beside}" in one_message(ran, REFUSED)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_a_place_that_is_not_there_is_said(year: Place, tmp_path: Path) -> None:
    """One message, with the system's own reason."""
    ran = year.run("export", "--audit-copy", str(tmp_path / "nowhere" / "copy.db"))
    assert "No such file or directory" in one_message(ran, REFUSED)


def test_an_older_copy_on_the_signer_s_machine_is_older_than_it_knows(
    begun: Place, tmp_path: Path
) -> None:
    """The signer remembers more entries: for that machine they are missing, as in any old copy.

    For everybody else the copy stands as it was made.
    """
    kept = str(begun.folder / "kept.txt")
    begun.done("checkpoint", "--output", kept)
    audit = exported(begun, tmp_path / "audit")
    begun.done("note", "1", "--words", "Later.")
    assert begun.run("verify", "--ledger", str(audit.ledger)).code == TAMPERED
    assert audit.run("verify", "--against", kept).code == DONE


def test_a_copy_in_the_ledger_s_own_place_takes_nothing(begun: Place, tmp_path: Path) -> None:
    """Even where the key is at hand: nothing is recorded, and the copy is as it was."""
    audit = exported(begun, tmp_path / "audit")
    shutil.copy(audit.ledger, begun.ledger)
    for beside in begun.folder.glob("ledger.db-*"):
        beside.unlink()
    before = begun.ledger.read_bytes()
    said = one_message(begun.run("note", "1", "--words", "More."), REFUSED)
    assert "is an audit copy: nothing is recorded in it" in said
    assert begun.ledger.read_bytes() == before
