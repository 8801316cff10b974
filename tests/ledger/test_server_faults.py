"""A server that dies, a line that is cut, a client that is killed: what was acknowledged is there.

Exactly once; and what was not acknowledged is there once or not at all.
"""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ledger_helpers as own
import pytest
import servers
from cut_line import line_to

from footprint.domain.asks import AddNote
from footprint.engine.connection import ServerError
from footprint.engine.place import Server
from footprint.errors import NotKnown
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger, open_ledger

WRITER = Path(__file__).parent.parent / "server_writer.py"
THREAD = "CH-0000001"


def new_ledger(schema: str, *logins: str) -> None:
    """A ledger on a server with one thread, and logins that record in it."""
    owner = servers.address(schema, servers.OWNER)
    opened = own.LedgerOpened(authority="Example", origin=own.ORIGIN, key="none")
    policy = own.first_policy(own.DAY, {own.DAY.replace(day=4)}, "written by hand")
    made = create_ledger(owner, opened, policy, actor=servers.OWNER, sealer=None)
    made.close()
    for login in ("mb", *logins):
        servers.grant(schema, login, ["recorder"])
    with closing(opened_by(servers.address(schema, "mb"))) as ledger:
        own.record(ledger)


def opened_by(place: Server) -> Ledger:
    return open_ledger(place, sealer=lambda origin: own.signer_in(Path(origin)))


def texts(ledger: Ledger) -> Counter[str]:
    """How often each text of a note is there."""
    return Counter(words["text"] for words in ledger.vault.words(THREAD).values())


def whole(ledger: Ledger) -> None:
    """Positions and versions are dense, and leaves those of their entries."""
    rows = ledger.connection.execute(
        "SELECT position, stream, version, topic, state, leaf FROM event ORDER BY position"
    ).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    versions = Counter[str]()
    for _, stream, version, topic, state, leaf in rows:
        versions[stream] += 1
        assert version == versions[stream]
        assert leaf == own.leaf_of(stream, version, topic, state)


# --- many writers, and a server that dies under them -----------------------------------------


@dataclass
class Said:
    """What writers said: each text that they tried, where it was acknowledged, what failed."""

    tried: set[str]
    has: dict[str, int]
    failed: list[str]


def started(place: Server, name: str, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WRITER), str(place), name, str(seconds)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def said_by(writers: list[subprocess.Popen[str]], said: Said | None = None) -> Said:
    said = said or Said(set(), {}, [])
    for writer in writers:
        out, err = writer.communicate(timeout=180)
        assert not err, err
        for line in out.splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "tries":
                said.tried.add(rest)
            elif kind == "has":
                position, _, text = rest.partition(" ")
                said.has[text] = int(position)
            else:
                said.failed.append(rest)
    return said


def check(place: Server, said: Said) -> None:
    """Acknowledged: there once, where it was said to be. Otherwise: there at most once."""
    with closing(opened_by(place)) as ledger:
        whole(ledger)
        words = {at: text["text"] for at, text in ledger.vault.words(THREAD).items()}
        counts = Counter(words.values())
        for text, position in said.has.items():
            assert (words.get(position), counts[text]) == (text, 1)
        tried_in_vain = said.tried - said.has.keys()
        assert all(counts[text] <= 1 for text in tried_in_vain)
        assert counts.keys() - said.tried == {own.TEXT}


@pytest.mark.slow  # it goes on for as long as a server takes to be killed and started, thrice
def test_a_server_that_is_killed_under_load_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three times without warning under six writers: what they were told is there, once."""
    names = [f"w{n}" for n in range(6)]
    with servers.own_server(monkeypatch) as server, servers.new_schema() as schema:
        new_ledger(schema, *names)
        writers = [started(servers.address(schema, name), name, 20) for name in names]
        chance = random.Random(8)  # noqa: S311 - a repeatable choice of moments
        for _ in range(3):
            time.sleep(chance.uniform(2.5, 4))
            server.kill()
            time.sleep(chance.uniform(0, 1))
            server.start()
        said = said_by(writers)
        check(servers.address(schema, "mb"), said)
    assert said.failed  # it was felt
    assert len(said.has) > 100


@pytest.mark.slow  # sixteen processes
def test_sixteen_writers_at_once_see_no_error() -> None:
    """Each of their notes is there, once, and nothing else; nobody waits in vain."""
    names = [f"w{n}" for n in range(16)]
    with servers.new_schema() as schema:
        new_ledger(schema, *names)
        said = said_by([started(servers.address(schema, name), name, 8) for name in names])
        check(servers.address(schema, "mb"), said)
    assert said.failed == []
    assert said.tried == said.has.keys()


@pytest.mark.slow  # a process for each moment
def test_a_client_that_is_killed_leaves_nothing_half_done() -> None:
    """At any moment; the lock goes with it, and the next writer does not wait."""
    chance = random.Random(18)  # noqa: S311 - a repeatable choice of moments
    with servers.new_schema() as schema:
        new_ledger(schema)
        place = servers.address(schema, "mb")
        said = None
        for _ in range(12):
            writer = started(place, "mb", 60)
            time.sleep(chance.uniform(0.7, 1.3))
            writer.kill()
            said = said_by([writer], said)
            check(place, said)
            began = time.monotonic()
            with closing(opened_by(place)) as ledger:
                own.record(ledger)
            assert time.monotonic() - began < 5


# --- a line that is cut ------------------------------------------------------------------------


@pytest.fixture
def schema() -> Iterator[str]:
    with servers.new_schema() as name:
        new_ledger(name)
        yield name


@pytest.mark.parametrize(("cut", "there"), [("before", 0), ("after", 1)])
def test_a_line_that_is_cut_in_the_commit(
    schema: str, tmp_path: Path, cut: str, there: int
) -> None:
    """The server is asked what became of it: refused where it was not, recorded where it was."""
    note = AddNote(on=own.DAY, source="transcribed", words={"text": "Cut."})
    with (
        line_to(servers.address(schema, "mb"), tmp_path) as (line, place),
        closing(opened_by(place)) as ledger,
    ):
        line.cut = cut
        if there:
            (entry,) = ledger.record(note, actor="mb", stream=THREAD).entries
            assert ledger.entry(entry.position).event_id == entry.event_id
        else:
            with pytest.raises(ServerError, match="nothing was recorded"):
                ledger.record(note, actor="mb", stream=THREAD)
        assert texts(ledger)["Cut."] == there
        ledger.record(note, actor="mb", stream=THREAD)
        assert texts(ledger)["Cut."] == there + 1
        whole(ledger)


def test_a_server_that_does_not_come_back_leaves_it_open(
    schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is not known whether it was recorded, and that is what is said."""
    monkeypatch.setattr("footprint.ledger.store.recorder_postgres._BACK_SECONDS", 0.5)
    note = AddNote(on=own.DAY, source="transcribed", words={"text": "Cut."})
    with (
        line_to(servers.address(schema, "mb"), tmp_path) as (line, place),
        closing(opened_by(place)) as ledger,
    ):
        line.cut_for_good()
        with pytest.raises(NotKnown, match="may be recorded"):
            ledger.record(note, actor="mb", stream=THREAD)
    with closing(opened_by(servers.address(schema, "mb"))) as ledger:
        assert texts(ledger)["Cut."] == 1


def test_an_error_in_a_commit_leaves_nothing(schema: str) -> None:
    """What the server finds wrong only then (the words are written with it) undoes all of it."""
    with closing(opened_by(servers.address(schema, "mb"))) as ledger:
        before = ledger.size()
        with pytest.raises(ServerError, match="cannot record as"):
            ledger.record(own.note(), actor="somebody", stream=THREAD)
        assert ledger.size() == before
        own.record(ledger, stream=THREAD)
        assert ledger.size() == before + 1
        whole(ledger)


def test_a_server_that_is_down_is_said_soon(tmp_path: Path) -> None:
    """Within five seconds, whether nobody is there or nobody answers."""
    silent = socket.socket(socket.AF_UNIX)
    with closing(silent):
        silent.bind(str(tmp_path / ".s.PGSQL.5432"))
        silent.listen()
        for folder in (tmp_path, tmp_path / "nobody"):
            place: Any = Server(f"postgresql:///postgres?host={folder}", "some")
            began = time.monotonic()
            with pytest.raises(ServerError):
                open_ledger(place)
            assert time.monotonic() - began < 5
