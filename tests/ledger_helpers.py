"""Ledgers for tests: made in a folder, filled, reopened, attacked and checked from outside.

Where the folder says so (`server_ledgers`), its ledger is on a server.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import server_ledgers as servers
from eventsourcing.persistence import StoredEvent

from footprint.domain.adoption import first_policy
from footprint.domain.asks import AddNote, Raise
from footprint.domain.events import LedgerOpened
from footprint.engine import connecting
from footprint.engine.place import Place
from footprint.engine.sqlite import connect
from footprint.ledger.checkpoints.kept import issue_checkpoint
from footprint.ledger.ledger import Ledger, Recorded
from footprint.ledger.opening import create_ledger, open_ledger, recorder_of
from footprint.ledger.signing.home import folder_of
from footprint.ledger.signing.signer import LedgerSigner, create_signer
from footprint.ledger.store.recorder import Recorder
from footprint.ledger.store.recorder_sqlite import SQLiteRecorder
from footprint.ledger.words import redacting
from footprint.proof import note as notes
from footprint.vault.key import Keys

ORIGIN = "iro.example/ledger-test"
ACTOR = "mb"
DAY = date(2017, 1, 9)
CHILD = "2041170000000017"
"""So long that no digest has it by chance: it is looked for in bytes that are full of them."""
START = 6
"""The entries of a new ledger: its opening and the first policy."""
TEXT = "Sibling contact has stopped since the move."

Clock = Callable[[], str]


def path_in(folder: Path) -> Path:
    """Where the ledger of a test's folder is."""
    return folder / "ledger.db"


def place_in(folder: Path, actor: str = ACTOR) -> Place:
    """Where the folder's ledger is; on a server, for a login that has every role of it."""
    if servers.schema_of(folder) is None:
        return path_in(folder)
    return servers.address_of_all(folder, actor)


def home_in(folder: Path) -> Path:
    """Where its signers are kept."""
    return folder / "home"


def signer_in(folder: Path, path: Place | None = None) -> LedgerSigner:
    """A fresh signer for the ledger, as another process would make it."""
    return LedgerSigner(folder_of(home_in(folder), ORIGIN), ORIGIN, path or place_in(folder))


def make_ledger(folder: Path, *, signed: bool = True, clock: Clock | None = None) -> Ledger:
    """A new ledger with the first policy: `START` entries.

    On a server its owner makes it, at the server's time, and the actor goes on.
    """
    schema = servers.schema_of(folder)
    place, actor = (
        (servers.address_in(folder), servers.OWNER) if schema else (path_in(folder), ACTOR)
    )
    signer = create_signer(home_in(folder), ORIGIN, place) if signed else None
    key = signer.verifier.vkey if signer else "none"
    made = create_ledger(
        place,
        LedgerOpened(authority="Example", origin=ORIGIN, key=key),
        first_policy(DAY, {date(2017, 4, 14)}, "written by hand"),
        actor=actor,
        sealer=signer,
        clock=None if schema else clock,
    )
    if schema is None:
        return made
    made.close()
    if clock:
        at_any_time(folder)
    there = place_in(folder)
    return open_ledger(there, sealer=lambda _origin: signer_in(folder, there), clock=clock)


def at_any_time(folder: Path) -> None:
    """Let a server take entries of another time than its own, as a file does."""
    if schema := servers.schema_of(folder):
        servers.drop_guard(schema, "event_3_time")


def reopen(
    folder: Path,
    path: Path | None = None,
    *,
    clock: Clock | None = None,
    actor: str = ACTOR,
    signing: bool = False,
) -> Ledger:
    """The ledger again, for writing, as another process would open it.

    Args:
        folder: the ledger's.
        path: where it is now, if a file is somewhere else.
        clock: tells the time.
        actor: the login, on a server.
        signing: whether it signs what it records, on a server too.
    """
    where = path or place_in(folder, actor)
    return open_ledger(
        where,
        sealer=lambda _origin: signer_in(folder, where),
        signing=signing,
        clock=clock,
        keys=lambda _origin: vault_keys_in(folder),
    )


def erase_words(
    folder: Path, marked: Path, traces: Iterable[bytes] = (), actor: str = ACTOR
) -> None:
    """Erase what was deleted, under the login that may: `marked` is where the marker is."""
    login = servers.eraser(actor) if servers.schema_of(folder) else actor
    with closing(reopen(folder, actor=login)) as ledger:
        redacting.finish(ledger, marked, traces)


def sign(folder: Path) -> None:
    """What a schedule does on a server; in a file, what is recorded is signed."""
    if servers.schema_of(folder):
        with closing(reopen(folder, signing=True)) as ledger:
            issue_checkpoint(ledger)


def vault_keys_in(folder: Path) -> Keys:
    """The keys of its vault that are on its machine."""
    return Keys(home_in(folder), ORIGIN)


def challenge(text: str = TEXT, child: str = CHILD) -> Raise:
    """A formal alert about a child."""
    return Raise(
        on=DAY,
        child=child,
        service="CSC",
        themes=("PLC",),
        role="team-manager",
        iro="MB",
        formal=True,
        source="transcribed",
        words={"text": text},
    )


def note(text: str = TEXT) -> AddNote:
    """A note on a thread."""
    return AddNote(on=DAY, source="transcribed", words={"text": text})


def record(ledger: Ledger, text: str = TEXT, stream: str | None = None) -> Recorded:
    """One entry: the first of a thread, or a note on the thread that is given."""
    return ledger.record(note(text) if stream else challenge(text), actor=ACTOR, stream=stream)


def record_threads(ledger: Ledger, count: int) -> list[str]:
    """New threads of one entry each, in one transaction. Returns their streams."""
    with ledger.writing():
        return [record(ledger).stream for _ in range(count)]


def new_recorder(folder: Path) -> Recorder:
    """A recorder alone, with its tables and nothing in them; they take what is no entry."""
    schema = servers.schema_of(folder)
    if schema is None:
        recorder: Recorder = SQLiteRecorder(connect(path_in(folder), create=True))
        recorder.create_table()
        return recorder
    servers.create_tables(folder)
    servers.drop_guard(schema, "event_2_check", "event_3_time", "vault_check", "vault_child_check")
    return recorder_of(connecting.connect(place_in(folder)))


def events(first: int, last: int, stream: str = "s") -> list[StoredEvent]:
    """Events that are no entries, of these versions of a stream."""
    return [
        StoredEvent(
            originator_id=stream, originator_version=n, topic="topic", state=b"state %d" % n
        )
        for n in range(first, last + 1)
    ]


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """A plain connection in autocommit mode, as any other program would have."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@contextmanager
def attacked(path: Path) -> Iterator[sqlite3.Connection]:
    """A plain connection by somebody who owns the file: no trigger is left."""
    with raw(path) as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(named).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection


def as_file(folder: Path) -> AbstractContextManager[Path]:
    """The ledger as a file, to be read: its own, or a copy of what is on the server."""
    return servers.as_file(folder) if servers.schema_of(folder) else nullcontext(path_in(folder))


@contextmanager
def stored(folder: Path) -> Iterator[sqlite3.Connection]:
    """What is stored, to be read with SQLite, on whichever engine it is."""
    with as_file(folder) as path, raw(path) as connection:
        yield connection


@contextmanager
def as_auditor(folder: Path) -> Iterator[Ledger]:
    """The ledger, to read, for whoever has no vault: a file without one, or an auditor's login."""
    if servers.schema_of(folder):
        place: Place = servers.address_in(folder, "audit", "auditor")
    else:
        place = path_in(folder)
        with raw(place) as connection:
            connection.execute("DROP TABLE vault")
            connection.execute("DROP TABLE vault_child")
    with closing(open_ledger(place)) as ledger:
        yield ledger


def seized(folder: Path) -> AbstractContextManager[Any]:
    """A connection by somebody who owns the ledger and lets no guard stand in their way."""
    return servers.unguarded(folder) if servers.schema_of(folder) else attacked(path_in(folder))


def lock_is_free(folder: Path) -> bool:
    """Whether another process could take the signer's lock at once."""
    fd = os.open(folder_of(home_in(folder), ORIGIN) / "lock", os.O_RDWR)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    return True


def leaf_of(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """The published leaf hash, written out again here."""
    place = f"footprint/event/v1\n{stream}\n{version}\n{topic}\n".encode()
    return sha256(b"\x00" + place + state).digest()


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, word for word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = naive_root(leaves[:split]), naive_root(leaves[split:])
    return sha256(b"\x01" + left + right).digest()


def check_whole(folder: Path) -> int:
    """Assert from the stored bytes alone that nothing is missing or half-written. The size.

    Dense positions and versions, leaves that are those of their entries, all words that are
    committed to present, and a head that the key signed over exactly these leaves: on a server,
    where that is done apart, it is done now.
    """
    sign(folder)
    with stored(folder) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = connection.execute(
            "SELECT position, stream, version, topic, state, leaf FROM event ORDER BY position"
        ).fetchall()
        committed = connection.execute(
            "SELECT position FROM event WHERE json_extract(CAST(state AS TEXT), '$.words')"
            " IS NOT NULL ORDER BY position"
        ).fetchall()
        kept = connection.execute("SELECT position FROM vault ORDER BY position").fetchall()
        size, text = connection.execute("SELECT size, note FROM head").fetchone()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    versions: dict[str, int] = {}
    for _position, stream, version, topic, state, leaf in rows:
        assert version == versions.get(stream, 0) + 1
        versions[stream] = version
        assert leaf == leaf_of(stream, version, topic, state)
    assert kept == committed
    assert size == len(rows)
    parsed = notes.parse(text)
    assert notes.verified_by(parsed, [signer_in(folder).verifier])
    _origin, signed_size, root, *_ = parsed.text.split("\n")
    assert int(signed_size) == size
    assert b64decode(root) == naive_root([row[5] for row in rows])
    return len(rows)
