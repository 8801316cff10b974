"""The vault at rest, from the command line: locked, moved to another machine, unlocked."""

from __future__ import annotations

import os
import pty
import re
import select
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cli_helpers import DONE, PROGRAM, REFUSED, USAGE, Place, concern, one_message

from footprint.engine.sqlite import files_of

pytestmark = pytest.mark.slow  # a process for each command

CHALLENGE = ["challenge", *concern(child="318204")]
LOCKED = "The words are locked; their key is not on this machine."


def in_files(place: Place) -> bytes:
    return b"".join(file.read_bytes() for file in files_of(place.ledger))


def clear_texts(place: Place) -> set[bytes]:
    """Every word of every entry, and every case number, read from the tables before they go."""
    with closing(sqlite3.connect(place.ledger)) as connection:
        words = connection.execute("SELECT CAST(words AS TEXT) FROM vault").fetchall()
        children = connection.execute("SELECT child FROM vault_child").fetchall()
    texts = {text for (row,) in words for text in re.findall(r'":"([^"]*)"', row)}
    return {text.encode() for text in texts if len(text) > 5} | {child for (child,) in children}


def code_in(printed: str) -> str:
    """The recovery code, as somebody copies it off the screen."""
    groups = re.findall(r"^    ([0-9A-Z-]{34})$", printed, re.MULTILINE)
    assert len(groups) == 2
    return "\n".join(groups)


def key_files(place: Place) -> list[Path]:
    return sorted(place.home.glob("vaults/*/*.key*"))


@pytest.mark.slow
def test_the_whole_way(poole: Place) -> None:
    """A year locked, read, left without its key, given it back, another key, and unlocked."""
    texts, shown = clear_texts(poole), poole.done("show", "1").out
    assert len(texts) > 90
    assert all(text in in_files(poole) for text in texts)
    before, counts, log = poole.done("verify").out, poole.json("counts"), poole.json("log")
    assert poole.json("status")["words"] == "kept here, in the clear"

    code = code_in(poole.done("vault", "lock").out)
    raw = in_files(poole)
    assert [text for text in texts if text in raw] == []
    assert poole.done("verify").out == before
    assert poole.done("show", "1").out == shown
    (file,) = key_files(poole)
    assert poole.json("status")["words"] == f"kept here, locked; key in {file}"

    file.rename(poole.folder / "away.key")
    ran = poole.done("show", "1")
    assert "Child      locked" in ran.out
    assert "(words locked)" in ran.out
    assert LOCKED in ran.err
    assert "vault recover" in ran.err
    without = ["show 1 --with-words --json", "casenote 1", "log --with-words",
               "evidence 1 --with-words", "replay --with-words",
               "correct 1 --entry 7 --set role=iro --reason x", "vault rekey",
               "vault unlock"]  # fmt: skip
    for command in without:
        assert one_message(poole.run(*command.split()), REFUSED).startswith(LOCKED), command
    assert one_message(poole.run(*CHALLENGE), REFUSED).startswith(LOCKED)
    assert (poole.json("counts"), poole.json("log")) == (counts, log)
    for command in ("due", "times", "counts", "replay", "replay 1", "policy show", "checkpoint"):
        poole.done(*command.split())
    verified = poole.done("verify").out
    assert verified.splitlines()[0] == before.splitlines()[0]
    assert "74 entries are locked and were not checked" in verified
    status = poole.json("status")
    assert status["words"] == "locked; the key is not on this machine"
    assert any("vault recover" in advice for advice in status["advice"])

    poole.done("vault", "recover", "--code-file", "-", stdin=code.lower())
    assert key_files(poole) == [file]
    assert poole.done("show", "1").out == shown
    poole.done(*CHALLENGE)
    assert b"318204" not in in_files(poole)
    assert poole.done("verify").err == ""

    new = code_in(poole.done("vault", "rekey").out)
    assert new != code
    assert poole.done("show", "1").out == shown
    refused = one_message(poole.run("vault", "recover", "--code-file", "-", stdin=code), REFUSED)
    assert "That is the code of key" in refused
    (poole.folder / "away.key").unlink(missing_ok=True)

    assert "102 rows are in the clear" in poole.done("vault", "unlock").out
    assert key_files(poole) == []
    assert poole.done("show", "1").out == shown
    assert clear_texts(poole) >= texts
    assert poole.done("verify").code == DONE


def test_the_key_on_another_machine(begun: Place, tmp_path: Path) -> None:
    """The file and the code are enough to read there, and the code may be typed unseen."""
    code = code_in(begun.done("vault", "lock").out)
    other = {"FOOTPRINT_HOME": str(tmp_path / "other")}
    assert LOCKED in begun.done("show", "1", env=other).err
    (tmp_path / "code").write_text(code)
    begun.done("vault", "recover", "--code-file", str(tmp_path / "code"), env=other)
    assert "204117" in begun.done("show", "1", env=other).out

    env = {**begun.env(), "FOOTPRINT_HOME": str(tmp_path / "third")}
    child, terminal = pty.fork()
    if not child:
        os.execve(PROGRAM, [PROGRAM, "vault", "recover"], env)  # noqa: S606
    told = arrived(terminal, b"Recovery code: ")
    os.write(terminal, code.replace("\n", "-").encode() + b"\n")
    told += arrived(terminal, b"can be read here")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DONE
    os.close(terminal)
    assert code[:9].encode() not in told
    assert "204117" in begun.done("show", "1", env={"FOOTPRINT_HOME": str(tmp_path / "third")}).out


def arrived(terminal: int, awaited: bytes) -> bytes:
    """What a terminal shows, up to what is awaited."""
    shown = b""
    while awaited not in shown:
        assert select.select([terminal], [], [], 30)[0], shown
        shown += os.read(terminal, 1000)
    return shown


def test_bad_input_is_one_message(begun: Place) -> None:
    """And nothing changed: there is no key, or it is the one that was."""
    recover = ["vault", "recover", "--code-file"]
    assert "no key to bring" in one_message(begun.run(*recover, "-"), REFUSED)
    assert "is not locked" in one_message(begun.run("vault", "unlock"), REFUSED)
    assert "is not locked" in one_message(begun.run("vault", "rekey"), REFUSED)
    assert key_files(begun) == []
    code = code_in(begun.done("vault", "lock").out)
    assert "locked already" in one_message(begun.run("vault", "lock"), REFUSED)
    (file,) = key_files(begun)
    for typed in ("ABC", code[:-1] + ("0" if code[-1] != "0" else "1"), "é" * 56):
        message = one_message(begun.run(*recover, "-", stdin=typed), USAGE)
        assert "recovery code" in message
        assert code[:9] not in message
    assert "cannot be read" in one_message(begun.run(*recover, "nowhere"), USAGE)
    assert "--code-file FILE" in one_message(begun.run("vault", "recover"), USAGE)
    assert key_files(begun) == [file]
    begun.done("verify")


def test_the_key_in_the_keyring(begun: Place) -> None:
    """In no file of ours; through rekey, another way of keeping it, and recovery."""
    ring = begun.folder / "ring.json"
    env = {"PYTHON_KEYRING_BACKEND": "ring.Ring", "RING": str(ring),
           "PYTHONPATH": str(Path(__file__).parent)}  # fmt: skip
    code = code_in(begun.done("vault", "lock", "--keyring", env=env).out)
    assert code.replace("\n", "-") in ring.read_text()
    assert [file.read_text() for file in key_files(begun)] == ["keyring\n"]
    assert begun.json("status", env=env)["words"] == "kept here, locked; key in the keyring"
    begun.done("note", "1", "--words", "Spoke to the carer.", env=env)
    assert "Spoke to the carer." in begun.done("show", "1", env=env).out
    ring.rename(begun.folder / "lost.json")
    assert "the key is not in it" in begun.done("show", "1", env=env).err
    assert "the key is not in it" in begun.done("verify", env=env).out
    begun.done("vault", "recover", "--code-file", "-", "--key-file", stdin=code, env=env)
    assert not ring.exists()
    assert "Spoke to the carer." in begun.done("show", "1").out


def test_without_a_keyring_it_is_said(begun: Place) -> None:
    """And nothing is locked."""
    env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    message = one_message(begun.run("vault", "lock", "--keyring", env=env), REFUSED)
    assert "--key-file" in message
    assert key_files(begun) == []
    assert b"204117" in in_files(begun)


def test_a_vault_that_is_locked_before_anything_is_in_it(fresh: Place) -> None:
    """What is recorded first was never in the clear."""
    fresh.done("vault", "lock")
    assert fresh.json("status")["words"].startswith("none yet; locked, key in ")
    fresh.done(*CHALLENGE)
    assert b"318204" not in in_files(fresh)
    assert "318204" in fresh.done("show", "1").out


def test_a_copy_in_the_clear_that_was_put_back_is_noticed(begun: Place) -> None:
    """Status says so, as long as the key is here."""
    with closing(sqlite3.connect(begun.ledger)) as one:
        one.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    backup = begun.ledger.read_bytes()
    begun.done("vault", "lock")
    for file in files_of(begun.ledger):
        file.unlink()
    begun.ledger.write_bytes(backup)
    status = begun.json("status")
    assert status["words"] == "kept here, in the clear"
    assert any("footprint vault lock" in advice for advice in status["advice"])
    begun.done("vault", "lock")
    assert len(key_files(begun)) == 1
    assert b"204117" not in in_files(begun)


def test_a_bundle_of_a_locked_ledger_is_in_the_clear(begun: Place) -> None:
    """Its receiver has no key; the words are given where they are asked for."""
    begun.done("vault", "lock")
    begun.done("checkpoint", "--output", str(begun.folder / "kept.txt"))
    begun.done("evidence", "1", "--with-words", "--output", str(begun.folder / "b.zip"))
    kept = ["--against", str(begun.folder / "kept.txt")]
    told = begun.done("verify-bundle", str(begun.folder / "b.zip"), *kept).out
    assert "204117" in told


_WATCHED = """
import sys
from footprint_cli.main import run
try:
    run()
except SystemExit as end:
    assert not end.code
print(*sorted(name for name in sys.modules if name.startswith("footprint.vault")))
"""


@pytest.mark.parametrize("args", [CHALLENGE, ["note", "1", "--words", "x"], ["show", "1"]], ids=str)
def test_what_is_not_locked_pays_nothing(begun: Place, args: list[str]) -> None:
    """Neither the cipher's module nor that of the keys is imported."""
    ran = subprocess.run(
        [sys.executable, "-c", _WATCHED, *args], env=begun.env(), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert ran.stdout.splitlines()[-1] == ""
