"""A command that ended before its receipt was seen, entered again: never recorded twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
import servers
from cli_helpers import CANNOT_TELL, PROGRAM, Place, concern, killed_after, one_message
from cut_line import line_to
from serving import OnServer

_KILLED_AT = """
import os, signal
from footprint_cli.commands import recording
from footprint.ledger.store.recorder_sqlite import SQLiteRecorder
def killed(*args, **more):
    os.kill(os.getpid(), signal.SIGKILL)
{}
from footprint_cli.main import run
run()
"""
BEFORE_THE_COMMIT = _KILLED_AT.format("SQLiteRecorder._commit = killed")
BEFORE_THE_RECEIPT = _KILLED_AT.format("recording.say_each_recorded = killed")
NOTE = ("note", "1", "--words", "The carer says that nobody rang.")


def kill(place: Place, program: str, *args: str) -> None:
    assert killed_after(60, place, program, *args) == -9


def notes(place: Place) -> list[Path]:
    return [path for path in (place.home / "unanswered").rglob("*") if path.is_file()]


def test_what_was_committed_is_not_recorded_twice(begun: Place) -> None:
    """It answers with the entry that is there, says so, and the next time it is meant anew."""
    before = begun.entries()
    kill(begun, BEFORE_THE_RECEIPT, *NOTE)
    assert begun.entries() == before + 1
    again = begun.done(*NOTE)
    assert "not recorded twice" in again.err
    assert f"entry {before + 1} of {before + 1}" in again.out
    assert begun.entries() == before + 1
    assert notes(begun) == []
    begun.done("verify", "--receipt", again.out.splitlines()[-1])
    assert begun.done(*NOTE).err == ""
    assert begun.entries() == before + 2


def test_what_was_not_committed_is_recorded_then(begun: Place) -> None:
    """Once, as if nothing had been tried before."""
    before = begun.entries()
    kill(begun, BEFORE_THE_COMMIT, *NOTE)
    assert begun.entries() == before
    assert begun.done(*NOTE).err == ""
    assert begun.entries() == before + 1
    assert notes(begun) == []


@pytest.mark.slow  # several processes
def test_a_new_thread_is_not_begun_twice(begun: Place) -> None:
    """Its reference is that of the first time."""
    kill(begun, BEFORE_THE_RECEIPT, "challenge", *concern(child="20417"))
    assert begun.json("challenge", *concern(child="20417"))["ref"] == "CH-2"
    assert [row["ref"] for row in begun.json("log")] == ["CH-1", "CH-2"]


@pytest.mark.slow  # several processes
@pytest.mark.parametrize(
    ("args", "env"),
    [
        (("note", "1", "--words", "Something else."), {}),
        (("impact", "1", "--impact", "plan", "--words", NOTE[-1]), {}),
        (NOTE, {"FOOTPRINT_ACTOR": "somebody"}),
    ],
    ids=["other words", "another command", "another person"],
)
def test_another_command_is_another(
    begun: Place, args: tuple[str, ...], env: dict[str, str]
) -> None:
    """It is recorded, and what was not seen is still known when it is entered again."""
    kill(begun, BEFORE_THE_RECEIPT, *NOTE)
    before = begun.entries()
    assert begun.done(*args, env=env).err == ""
    assert begun.entries() == before + 1
    assert "not recorded twice" in begun.done(*NOTE).err
    assert begun.entries() == before + 1


@pytest.mark.slow  # several processes
def test_an_old_note_is_forgotten(begun: Place) -> None:
    """After a day the same is meant anew; the digest is gone."""
    kill(begun, BEFORE_THE_RECEIPT, *NOTE)
    before, (note,) = begun.entries(), notes(begun)
    long_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(note, (long_ago, long_ago))
    begun.done(*NOTE)
    assert (begun.entries(), notes(begun)) == (before + 1, [])


@pytest.mark.slow  # several processes
def test_a_folder_that_cannot_be_written_stops_nobody(begun: Place) -> None:
    """Then a retry is not known to be one; what is entered is recorded."""
    shutil.rmtree(begun.home / "unanswered")
    (begun.home / "unanswered").write_text("in the way")
    before = begun.entries()
    begun.done(*NOTE)
    assert begun.entries() == before + 1


# --- on a server ------------------------------------------------------------------------------


@contextmanager
def recorders_place(folder: Path) -> Iterator[OnServer]:
    """A recorder's, of a ledger on a server that has one thread."""
    with servers.new_schema() as schema:
        owner = OnServer(folder / "place", schema)
        (owner.folder / "person").mkdir(parents=True)
        owner.done("init", "--authority", "Borough of Testing")
        place = owner.as_login("recorder")
        place.done("challenge", *concern(on="2025-11-03"))
        yield place


@pytest.mark.slow  # it waits for a server that does not come back
def test_a_line_that_is_cut_leaves_it_open_until_it_is_entered_again(tmp_path: Path) -> None:
    """The commit went through and nobody heard: that is said; the same again answers with it."""
    with recorders_place(tmp_path) as place:
        before = place.entries()
        with line_to(servers.address(place.schema, place.login), tmp_path) as (line, by_line):
            line.cut_for_good()
            ran = place.run(*NOTE, env={"FOOTPRINT_LEDGER": str(by_line)})
        assert "may be recorded" in one_message(ran, CANNOT_TELL)
        assert place.entries() == before + 1
        assert "not recorded twice" in place.done(*NOTE).err
        assert place.entries() == before + 1


@pytest.mark.slow  # several processes
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_command_that_is_killed_while_it_waits_may_still_be_recorded(
    tmp_path: Path, how: signal.Signals
) -> None:
    """The server has it and waits for the lock: the same again waits behind it, and sees it."""
    with recorders_place(tmp_path) as place, closing(psycopg.connect(servers.running())) as holder:
        before = place.entries()
        lock = f"footprint/{place.schema}"
        holder.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))
        killed = started(place, *NOTE)
        until_waiting(1)
        killed.send_signal(how)
        killed.communicate(timeout=20)
        again = started(place, *NOTE)
        until_waiting(2)
        holder.rollback()
        _, said = again.communicate(timeout=60)
        assert "not recorded twice" in said
        assert place.entries() == before + 1


@pytest.mark.slow  # several processes
def test_a_line_lost_behind_the_commit_is_no_reason_to_record_twice(tmp_path: Path) -> None:
    """The receipt could not be made: it is said that it is recorded, and the same again tells."""
    with recorders_place(tmp_path) as place:
        before = place.entries()
        code = _ENDED_AT.format(address=servers.running())
        ran = subprocess.run(
            [sys.executable, "-c", code, *NOTE],
            env=place.env(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == CANNOT_TELL, ran
        assert "it is recorded" in ran.stderr
        assert "not recorded twice" in place.done(*NOTE).err
        assert place.entries() == before + 1


_ENDED_AT = """
import psycopg
from footprint.ledger import ledger
taken = ledger.as_taken
def cut(connection, sent):
    with psycopg.connect("{address}", autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.driver.info.backend_pid])
    return taken(connection, sent)
ledger.as_taken = cut
from footprint_cli.main import run
run()
"""
"""The program, with its line cut as soon as it is recorded."""


def started(place: OnServer, *args: str) -> subprocess.Popen[str]:
    """The program, at work."""
    return subprocess.Popen(
        [PROGRAM, *args], env=place.env(), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def until_waiting(count: int) -> None:
    """Until so many wait for a lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with servers.superuser() as connection:
        for _ in range(200):
            if connection.execute(asked).fetchone() == (count,):
                return
            time.sleep(0.1)
    raise AssertionError(f"{count} do not come to wait")


def test_threads_of_several_children_are_not_recorded_twice(fresh: Place) -> None:
    """The command that began them, entered again, gives all of their receipts."""
    line = ("challenge", "--child", "204118", *concern())
    kill(fresh, BEFORE_THE_RECEIPT, *line)
    again = fresh.done(*line)
    assert "not recorded twice" in " ".join(again.err.split())
    assert again.out.count("footprint receipt CH-") == 2
    assert [row["ref"] for row in fresh.json("log")] == ["CH-1", "CH-2"]
    kill(fresh, BEFORE_THE_COMMIT, *line)
    assert len(fresh.json("log")) == 2


def test_where_not_all_of_it_is_there_it_is_recorded(fresh: Place) -> None:
    """As where a backup was put back: what is there of it is no answer to the whole command."""
    line = ("challenge", "--child", "204118", *concern())
    kill(fresh, BEFORE_THE_RECEIPT, *line)
    (path,) = notes(fresh)
    note = json.loads(path.read_bytes())
    note["threads"][1][1] = ["0" * 32]
    path.write_text(json.dumps(note), "utf-8")
    again = fresh.done(*line)
    assert "not recorded twice" not in " ".join(again.err.split())
    assert again.out.count("footprint receipt CH-") == 2
    assert [row["ref"] for row in fresh.json("log")] == ["CH-1", "CH-2", "CH-3", "CH-4"]
