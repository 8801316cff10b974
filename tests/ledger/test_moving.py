"""A ledger moved from a file to a server and back: the same leaves, whatever is cut short."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import ledger_helpers as own
import pytest
import servers
from verifier_helpers import second_opinion

from footprint.audit.verify import verify_ledger
from footprint.engine.connection import Connection, ServerError
from footprint.engine.place import Place, Server, located
from footprint.errors import FootprintError, Refused
from footprint.ledger.checkpoints.kept import issue_checkpoint
from footprint.ledger.elsewhere import moving
from footprint.ledger.elsewhere.moving import Moved, move
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.home import folder_of, load_state
from footprint.ledger.signing.signer import LedgerSigner
from footprint.ledger.store.rows import tree_of
from footprint.ledger.words.locking import lock
from footprint.proof.checkpoint import parse_checkpoint
from footprint.proof.note import parse
from footprint.proof.tree import root

TABLES = ("event", "subtree", "checkpoint", "vault", "vault_child")


@pytest.fixture
def server() -> Iterator[Server]:
    """A place on a server where nothing is yet, for its owner."""
    with servers.new_schema() as schema:
        yield servers.address(schema, servers.OWNER)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A ledger in a file, with a complete run, words and a checkpoint."""
    with closing(own.make_ledger(tmp_path)) as ledger:
        own.record_threads(ledger, 260)
        issue_checkpoint(ledger)
    return tmp_path


def opened(folder: Path, place: Place, *, leaving: bool = False, signing: bool = False) -> Ledger:
    """The ledger at a place, to write, with the signer of a folder."""
    home = own.home_in(folder)
    return open_ledger(
        place,
        sealer=lambda origin: LedgerSigner(folder_of(home, origin), origin, place),
        signing=leaving or signing,
        leaving=leaving,
        keys=lambda _origin: own.vault_keys_in(folder),
    )


def moved(folder: Path, source: Place, target: Place) -> Moved:
    """Move a ledger, or go on with that."""
    actor = servers.OWNER if isinstance(source, Server) else own.ACTOR
    with closing(opened(folder, source, leaving=True)) as ledger:
        return move(ledger, target, lambda: None, actor=actor)


def rows(place: Place) -> dict[str, list[Any]]:
    """All that is stored at a place."""
    queries = {table: f"SELECT * FROM {table} ORDER BY 1, 2" for table in TABLES}
    with closing(open_ledger(place)) as ledger:
        ask = ledger.connection.execute
        return {table: [tuple(row) for row in ask(query)] for table, query in queries.items()}


def leaves(place: Place) -> list[bytes]:
    return [row[-1] for row in rows(place)["event"]]


def kept(folder: Path) -> str:
    """Where the signer says that the ledger is."""
    state = load_state(folder_of(own.home_in(folder), own.ORIGIN))
    assert state
    return state.ledger


def test_there_and_back_is_the_same_ledger(made: Path, server: Server) -> None:
    """From a file to a server and to a file: the same rows, and the entries that say so.

    A checkpoint that was kept before is one of all of them, and both verifiers agree.
    """
    before = rows(own.path_in(made))
    there = moved(made, own.path_in(made), server)
    assert rows(own.path_in(made)) == rows(server)
    back = made / "back.db"
    again = moved(made, server, back)
    assert rows(back) == rows(server)
    assert leaves(back)[: len(before["event"])] == [row[-1] for row in before["event"]]
    assert [row[3] for row in rows(back)["event"][len(before["event"]) :]] == ["ledger.moved"] * 2
    assert again.size == there.size + 1 == len(before["event"]) + 2
    ((size, note),) = before["checkpoint"]
    with closing(open_ledger(back)) as ledger:
        assert root(tree_of(ledger.connection, size)) == parse_checkpoint(parse(note).text).root
        assert root(tree_of(ledger.connection, again.size)) == again.root
        assert ledger.size() == (ledger.head() or (0,))[0]
    assert own.naive_root(leaves(back)) == again.root
    assert verify_ledger(back, own.home_in(made)).verdict == "verified"
    assert second_opinion(back, own.home_in(made))["verdict"] == "verified"


def test_the_new_place_goes_on(made: Path, server: Server) -> None:
    """On the server and then in the file: entries are recorded, and read with their words."""
    moved(made, own.path_in(made), server)
    servers.grant(server.schema, own.ACTOR, ["recorder"])
    with closing(opened(made, servers.address(server.schema, own.ACTOR))) as ledger:
        stream = own.record(ledger).stream
        own.record(ledger, "On a server.", stream)
    assert kept(made) == located(server)
    moved(made, server, made / "back.db")
    with closing(opened(made, made / "back.db")) as ledger:
        own.record(ledger, "In a file again.", stream)
        words = [said["text"] for said in ledger.vault.words(stream).values()]
        assert words == [own.TEXT, "On a server.", "In a file again."]
        assert ledger.vault.child(stream) == own.CHILD
    assert kept(made) == str((made / "back.db").resolve())


@pytest.mark.parametrize("from_server", [False, True])
def test_the_old_place_takes_nothing(made: Path, server: Server, from_server: bool) -> None:  # noqa: FBT001
    """Whoever wants to record there is told where the ledger is now; under the lock, too."""
    source, target = own.path_in(made), made / "back.db"
    moved(made, source, server)
    old, new = (server, target) if from_server else (source, server)
    servers.grant(server.schema, own.ACTOR, ["recorder"])
    login = servers.address(server.schema, own.ACTOR) if from_server else old
    with closing(opened(made, login, leaving=not from_server)) as late:
        if from_server:
            moved(made, server, target)
        with pytest.raises((Refused, ServerError), match=r"moved|elsewhere"):
            own.record(late)
    with pytest.raises(Refused, match="goes on at") as refused:
        opened(made, login).close()
    assert located(new) in str(refused.value)
    with closing(open_ledger(old)) as ledger:
        assert ledger.entry(ledger.size()).event.topic == "ledger.moved"


def test_an_address_is_in_no_fact(made: Path, server: Server) -> None:
    """Where a ledger goes stands among the words: an audit copy says the engine alone."""
    moved(made, own.path_in(made), server)
    with closing(open_ledger(server)) as ledger:
        entry = ledger.entry(ledger.size())
        assert vars(entry.event) == {"engine": "postgresql"}
        assert ledger.vault.words("ledger")[entry.position] == {"to": located(server)}
        assert "@" not in located(server)


def test_the_old_place_is_explained(made: Path) -> None:
    """To whoever holds more than it has, it says that the ledger went on elsewhere."""
    moved(made, own.path_in(made), made / "new.db")
    with closing(opened(made, made / "new.db")) as ledger:
        own.record(ledger)
    (found,) = verify_ledger(own.path_in(made), own.home_in(made)).findings
    assert "are gone. Entry" in found.message
    assert "ledger.moved, says that the ledger goes on under sqlite" in found.message
    assert verify_ledger(made / "new.db", own.home_in(made)).verdict == "verified"


def test_from_a_file_to_a_file(made: Path) -> None:
    """The new one takes entries, and the old one none."""
    moved(made, own.path_in(made), made / "new.db")
    with closing(opened(made, made / "new.db")) as ledger:
        own.record(ledger)
    with pytest.raises(Refused, match="goes on at"):
        opened(made, own.path_in(made)).close()


def test_it_does_not_go_back_to_where_it_was(made: Path, server: Server) -> None:
    """A place that says that it has left is not written over, and nothing is recorded."""
    moved(made, own.path_in(made), server)
    before = rows(server)
    with pytest.raises(Refused, match=r"is at .* already"):
        moved(made, server, own.path_in(made))
    assert rows(server) == before


@pytest.mark.parametrize("there", ["file", "server", "itself", "server to server", "elsewhere"])
def test_what_cannot_be_moved_stays(made: Path, server: Server, there: str) -> None:
    """Where something is, or it goes somewhere else already, nothing is recorded."""
    source: Place = own.path_in(made)
    target: Place = made / "there.db"
    if there == "file":
        (made / "there.db").write_text("mine")
    elif there == "server":
        with servers.superuser() as connection:
            connection.execute(f'CREATE SCHEMA "{server.schema}"')  # type: ignore[arg-type]
        target = server
    elif there == "itself":
        target = source
    else:
        moved(made, source, server)
        if there == "server to server":
            source, target = server, servers.address(f"{server.schema}x", servers.OWNER)
    before = rows(source)
    with pytest.raises(Refused):
        moved(made, source, target)
    assert rows(source) == before


def test_who_may_not_make_it_has_not_left(made: Path) -> None:
    """A login that may make no schema there is told before anything is recorded."""
    servers.login("nobody_there")
    before = rows(own.path_in(made))
    with pytest.raises(Refused, match="may not make a ledger"):
        moved(made, own.path_in(made), servers.address("nowhere", "nobody_there"))
    assert rows(own.path_in(made)) == before


def test_a_ledger_that_does_not_verify_has_not_left(made: Path) -> None:
    """It is checked before anything is recorded."""

    def fails() -> None:
        raise Refused("It does not verify.")

    before = rows(own.path_in(made))
    with (
        closing(opened(made, own.path_in(made), leaving=True)) as ledger,
        pytest.raises(Refused, match="does not verify"),
    ):
        move(ledger, made / "new.db", fails, actor=own.ACTOR)
    assert rows(own.path_in(made)) == before
    assert not (made / "new.db").exists()


def test_locked_words_go_along_locked(made: Path, server: Server) -> None:
    """Rows of the vault are carried as they are; the key stays in its home."""
    keys = own.vault_keys_in(made)
    with closing(own.reopen(made)) as ledger:
        lock(ledger, keys, own.signer_in(made).folder, keyring=False)
    moved(made, own.path_in(made), server)
    assert rows(server)["vault"] == rows(own.path_in(made))["vault"]
    with closing(opened(made, server)) as ledger:
        assert ledger.vault.key_id
        assert ledger.vault.child("CH-0000001") == own.CHILD


# --- cut short --------------------------------------------------------------------------------

_KILLED = """
import os, signal, sys
from contextlib import closing
from pathlib import Path
import ledger_helpers as own
from footprint.engine.place import Server, place_of
from footprint.ledger.elsewhere import moving
from test_moving import opened, servers

folder, source, target, at = sys.argv[1:]
source, name = place_of(source), at.removesuffix("!")
real = getattr(moving, name, None)

def here(*given, **named):
    if at.endswith("!"):
        real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)

if real:
    setattr(moving, name, here)
actor = servers.OWNER if isinstance(source, Server) else own.ACTOR
with closing(opened(Path(folder), source, leaving=True)) as ledger:
    print("open", flush=True)
    moving.move(ledger, place_of(target), lambda: None, actor=actor)
"""
_POINTS = [
    "_depart",
    "_depart!",
    "copy_rows",
    "copy_rows!",
    "_copied!",
    "save_state",
    "save_state!",
]


def killed(
    folder: Path, source: Place, target: Place, at: str = "", *, after: float | None = None
) -> bool:
    """A process that moves a ledger, and is killed when, or behind, it does something.

    Or so many seconds after it began, where it is not done by then. Whether it was killed.
    """
    here = Path(__file__).parent
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(folder), str(source), str(target), at],
        env={**os.environ, "PYTHONPATH": f"{here}:{here.parent}:{os.environ.get('PYTHONPATH', '')}",
             "FOOTPRINT_TEST_SERVER": servers.running()},
        stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        process.stdout.readline()
        with suppress(subprocess.TimeoutExpired):
            process.wait(after or 100)
        process.kill()
    return process.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("at", _POINTS)
def test_a_kill_is_gone_on_from(made: Path, server: Server, at: str) -> None:
    """The same again ends as if nothing had been: there once, whole, and the signer with it."""
    for source, target in ((own.path_in(made), server), (server, made / "back.db")):
        size = len(rows(source)["event"])
        assert killed(made, source, target, at)
        moved(made, source, target)
        assert rows(target) == rows(source)
        assert len(rows(target)["event"]) == size + 1
        assert kept(made) == located(target)
    with closing(opened(made, made / "back.db")) as ledger:
        own.record(ledger)


@pytest.mark.slow
@pytest.mark.parametrize("at", _POINTS[1:4])
def test_half_a_ledger_is_none(made: Path, server: Server, at: str) -> None:
    """Until it is whole, there is nothing at the new place, and nothing is recorded at the old."""
    for source, target in ((own.path_in(made), server), (server, made / "back.db")):
        assert killed(made, source, target, at)
        with pytest.raises(FootprintError):
            open_ledger(target).close()
        with pytest.raises(Refused, match="goes on at"):
            opened(made, source).close()
        moved(made, source, target)


@pytest.mark.slow
def test_killed_again_and_again_it_arrives(made: Path, server: Server) -> None:
    """Whenever it is killed, a little later each time: in the end all of it is there, once."""
    with closing(own.reopen(made)) as ledger:
        own.record_threads(ledger, 2_000)
    for source, target in ((own.path_in(made), server), (server, made / "back.db")):
        before, after = leaves(source), 0.03
        while killed(made, source, target, after=after):
            after *= 1.7
        assert leaves(target)[:-1] == before
        assert rows(target) == rows(source)
        assert kept(made) == located(target)


@pytest.mark.parametrize("to", ["file", "server"])
def test_a_copy_that_differs_is_none(
    made: Path, server: Server, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    """Where the entries there do not make the signed tree, there is nothing; the signer stays."""
    target = server if to == "server" else made / "new.db"
    real = moving.copy_rows

    def altered(source: Connection, there: Connection, *given: Any, **named: Any) -> None:
        real(source, there, *given, **named)
        there.execute("UPDATE event SET state = ? WHERE position = 9", (b"{}",))

    with monkeypatch.context() as patched:
        patched.setattr(moving, "copy_rows", altered)
        with pytest.raises(Refused, match="do not make the tree"):
            moved(made, own.path_in(made), target)
    assert kept(made) == str(own.path_in(made).resolve())
    with pytest.raises(FootprintError):
        open_ledger(target).close()
    moved(made, own.path_in(made), target)
    assert rows(target) == rows(own.path_in(made))
