"""Entries given out and read back with the real program: the same ledger, or a refusal."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from cli_helpers import NOT_FOUND, REFUSED, USAGE, Place, concern, one_message
from verifier_helpers import FILE as SECOND

pytestmark = pytest.mark.slow  # a process for each case

VIEWS = (
    "log", "due", "times", "counts", "replay", "replay 1", "policy show", "redact",
    "log --with-words", "due --with-words", "replay --with-words", "show 1 --with-words",
)  # fmt: skip


@pytest.fixture
def put_right(poole: Place) -> Place:
    """The demonstration with redactions: of an entry, of a thread, and of one that went on."""
    other = {"FOOTPRINT_ACTOR": "bo"}
    why = ["--why", "Over."]
    poole.done("redact", "1", "--basis", "retention", *why)
    poole.done("redact", "1", "--approve", env=other)
    poole.done("redact", "2", "--basis", "wrong-child", "--right-child", "300001", *why)
    poole.done("redact", "2", "--approve", env=other)
    poole.done("redact", "4", "--basis", "retention", *why)
    poole.done("checkpoint")
    return poole


def exported(place: Place, *options: str) -> Path:
    to = place.folder / "entries.jsonl"
    place.done("export", "--entries", str(to), *options)
    return to


def there_is(place: Place) -> list[str]:
    """What is in a place, but for what SQLite leaves beside a ledger that is read."""
    names = sorted(path.name for path in place.folder.iterdir())
    return [name for name in names if not name.endswith(("-wal", "-shm"))]


def second(path: Path) -> Any:
    run = [sys.executable, str(SECOND), str(path), "--json"]
    return orjson.loads(subprocess.run(run, capture_output=True, check=False).stdout)


@pytest.mark.slow
def test_every_view_is_the_same_when_it_is_read_back(put_right: Place) -> None:
    """And both verifiers know it: the same root, on the machine of its signer and on none."""
    lines, new = exported(put_right, "--with-words"), put_right.folder / "new.db"
    made = put_right.json("init", "--from", str(lines), "--ledger", str(new))
    whole = put_right.json("verify")
    assert (made["entries"], made["root"]) == (whole["entries"], whole["root"])
    assert made["words"] is True
    assert put_right.json("verify", "--ledger", str(new)) | {"ledger": ""} == whole | {"ledger": ""}
    found = second(new)
    assert (found["root"], found["words_checked"]) == (whole["root"], True)
    assert found["verdict"] == "cannot tell"  # nothing from outside
    for view in VIEWS:
        again = put_right.json(*view.split(), "--ledger", str(new))
        assert again == put_right.json(*view.split()), view
    assert stat.S_IMODE(lines.stat().st_mode) == 0o600


@pytest.mark.slow
def test_facts_alone_are_an_audit_copy(put_right: Place) -> None:
    """Every view without words is the same, and words are refused as in a copy."""
    lines, new = exported(put_right), put_right.folder / "new.db"
    said = put_right.done("init", "--from", str(lines), "--ledger", str(new)).out
    assert "An audit copy is at" in said
    assert "pseudonymised personal data" in said
    for view in (v for v in VIEWS if "--with-words" not in v and v != "replay"):
        assert put_right.json(*view.split(), "--ledger", str(new)) == put_right.json(*view.split())
    ran = put_right.run("log", "--with-words", "--ledger", str(new))
    assert "is an audit copy" in one_message(ran, REFUSED)


def test_it_says_what_was_given_out(begun: Place) -> None:
    """How much, of which root, whether with words; as JSON too."""
    root = begun.json("verify")["root"]
    said = begun.done("export", "--entries", str(begun.folder / "a"), "--with-words").out
    for part in ("7, of the same root", "footprint init --from", "in the clear", f"Root: {root}"):
        assert part in said
    answer = begun.json("export", "--entries", str(begun.folder / "b"))
    assert (answer["entries"], answer["root"], answer["words"]) == (7, root, False)
    assert "pseudonymised" in answer["warnings"][0]


def test_recording_goes_on_where_the_signer_is(begun: Place) -> None:
    """The machine that has its home moves it; another one is told what is missing."""
    lines, new = exported(begun, "--with-words"), begun.folder / "new.db"
    begun.done("init", "--from", str(lines), "--ledger", str(new))
    elsewhere = {"FOOTPRINT_HOME": str(begun.folder / "other home")}
    more = ["note", "1", "--words", "More.", "--ledger", str(new)]
    one_message(begun.run(*more, env=elsewhere), NOT_FOUND)
    one_message(begun.run(*more), REFUSED)  # the signer signs for the other file
    begun.ledger.unlink()
    begun.done("checkpoint", "--moved", "--ledger", str(new))
    begun.done(*more)
    assert begun.json("verify", "--ledger", str(new))["verdict"] == "verified"


def test_locked_words_need_their_key(begun: Place) -> None:
    """Without the key facts are given out, and words are refused; with it they are in the clear."""
    before = exported(begun, "--with-words").read_bytes()
    begun.done("vault", "lock")
    out = str(begun.folder / "out")
    assert exported_again(begun, out, "--with-words") == before
    shut = {"FOOTPRINT_HOME": str(begun.folder / "other home")}
    ran = begun.run("export", "--entries", out, "--with-words", env=shut)
    assert "The words are locked" in one_message(ran, REFUSED)
    assert not Path(out).exists()
    assert b"Third placement" not in exported_again(begun, out, env=shut)


def exported_again(place: Place, out: str, *options: str, **more: Any) -> bytes:
    Path(out).unlink(missing_ok=True)
    place.done("export", "--entries", out, *options, **more)
    made = Path(out).read_bytes()
    Path(out).unlink()
    return made


# --- what is refused --------------------------------------------------------------------------


def test_a_file_that_was_changed_is_refused(begun: Place) -> None:
    """One message, and nothing is left behind."""
    lines, new = exported(begun, "--with-words"), begun.folder / "new.db"
    lines.write_bytes(lines.read_bytes().replace(b"Third placement", b"Fourth placement"))
    before = there_is(begun)
    said = one_message(begun.run("init", "--from", str(lines), "--ledger", str(new)), REFUSED)
    assert "line 8: its words are not those that the entry was committed to" in said
    assert there_is(begun) == before


def test_what_cannot_be_read_back_is_said(begun: Place) -> None:
    """No such file, a folder, a ledger that is there, and names that the file has itself."""
    new = ["--ledger", str(begun.folder / "new.db")]
    assert "There is no file" in one_message(begun.run("init", "--from", "x", *new), NOT_FOUND)
    assert "cannot be read" in one_message(begun.run("init", "--from", ".", *new), REFUSED)
    assert "Something is at" in one_message(begun.run("init", "--from", "x"), REFUSED)
    ran = begun.run("init", "--from", "x", "--authority", "X", *new)
    assert "Leave --authority" in one_message(ran, USAGE)
    assert "is no export" in one_message(
        begun.run("init", "--from", str(begun.ledger), *new), REFUSED
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--entries", "a", "--xlsx", "b"], "Give one of"),
        (["--with-words"], "Give one of"),
        (["--audit-copy", "a", "--with-words"], "An audit copy has no words"),
        (["--entries", "a", "--at-entry", "3"], "--at-entry is for --csv and --xlsx"),
        (["--audit-copy", "a", "--day", "today"], "--day is for --csv and --xlsx"),
    ],
    ids=str,
)
def test_options_that_do_not_go_together(begun: Place, options: list[str], said: str) -> None:
    """A usage error, and nothing is made."""
    before = there_is(begun)
    assert said in one_message(begun.run("export", *options), USAGE)
    assert there_is(begun) == before


@pytest.mark.parametrize("option", ["--entries", "--csv", "--xlsx"])
def test_what_is_there_is_left_and_a_bad_ledger_gives_nothing(begun: Place, option: str) -> None:
    """As with an audit copy."""
    there = begun.folder / "there"
    there.write_text("mine")
    assert "There is a file" in one_message(begun.run("export", option, str(there)), REFUSED)
    assert there.read_text() == "mine"
    with closing(sqlite3.connect(begun.ledger)) as ledger, ledger:
        ledger.execute("DROP TRIGGER event_no_update")
        ledger.execute("UPDATE event SET topic = 'alert.raised' WHERE position = 7")
    before = there_is(begun)
    ran = begun.run("export", option, str(begun.folder / "new"))
    assert "does not verify" in one_message(ran, REFUSED)
    assert there_is(begun) == before
    assert begun.run("export", option, str(begun.folder / "no" / "folder")).code == REFUSED


def test_what_a_child_is_called_stays_out_of_the_facts(begun: Place) -> None:
    """No word, no name and no number; hard words come back with the rest."""
    begun.done("challenge", *concern(child="777001", words="=cmd|' /C calc'!A0 \u202e é"))
    assert b"777001" not in exported(begun).read_bytes()
