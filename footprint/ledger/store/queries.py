"""What is asked of a ledger's tables, apart from the library's own questions.

Plain functions over a connection, so that a reader needs nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from footprint.domain.events import EntryCorrected, EntryRedacted
from footprint.domain.policy import STREAM as POLICY
from footprint.domain.reference import PREFIX
from footprint.domain.vocabulary import CODED_FACTS
from footprint.engine.connection import Connection

Row = tuple[int, str, int, str, bytes]
"""position, stream, version, topic, state"""

VaultRow = tuple[int, str, int, str, bytes, bytes]
"""position, stream, version and topic of an entry, and its salt and words as they are stored"""

_AFTER_PREFIX = PREFIX[:-1] + chr(ord(PREFIX[-1]) + 1)
ALL_THREADS = PREFIX, _AFTER_PREFIX
"""From which stream on, and up to which, that is not in it, threads are."""


class Tail(NamedTuple):
    """The end of a ledger and of one stream: what whoever appends goes on from.

    The number of entries, the topic and state of the last; the last leaf of the policy's stream;
    the newest thread. The stream that was asked about, its last version, and its case number as
    the vault has it stored; and a value that the vault has stored, the newest words or else a case
    number. None where there is none.
    """

    size: int
    topic: str | None
    state: bytes | None
    policy: bytes | None
    newest: str | None
    stream: str
    version: int | None
    child: bytes | None
    kept: bytes | None


_TAIL = (
    "SELECT coalesce((SELECT max(position) FROM event), 0),"  # noqa: S608 - names of our own
    " (SELECT topic FROM event ORDER BY position DESC LIMIT 1),"
    " (SELECT state FROM event ORDER BY position DESC LIMIT 1),"
    f" (SELECT leaf FROM event WHERE stream = '{POLICY}' ORDER BY version DESC LIMIT 1),"
    f" (SELECT stream FROM event WHERE stream >= '{PREFIX}' AND stream < '{_AFTER_PREFIX}'"
    " ORDER BY stream DESC LIMIT 1),"
    " :stream, (SELECT max(version) FROM event WHERE stream = :stream), "
)
TAIL = _TAIL + (  # noqa: S608 - the same
    "(SELECT child FROM vault_child WHERE stream = :stream),"
    " coalesce((SELECT words FROM vault ORDER BY position DESC LIMIT 1),"
    " (SELECT child FROM vault_child LIMIT 1))"
)
"""Asks for a `Tail`, in one question; `:stream` is empty where no stream goes on."""
TAIL_WITHOUT_WORDS = f"{_TAIL} NULL, NULL"
"""The same for who may not see the vault."""


def last_thread(connection: Connection) -> str | None:
    """The stream of the newest thread. Found in the index, at any size."""
    row = connection.execute(
        "SELECT stream FROM event WHERE stream >= ? AND stream < ? ORDER BY stream DESC LIMIT 1",
        (PREFIX, _AFTER_PREFIX),
    ).fetchone()
    return row[0] if row else None


def last_version(connection: Connection, stream: str) -> int:
    """The version of a stream's last entry, 0 where it has none."""
    row = connection.execute(
        "SELECT max(version) FROM event WHERE stream = ?", (stream,)
    ).fetchone()
    return row[0] or 0


def last_leaf(connection: Connection, stream: str) -> bytes:
    """The leaf of a stream's last entry, empty where it has none."""
    row = connection.execute(
        "SELECT leaf FROM event WHERE stream = ? ORDER BY version DESC LIMIT 1", (stream,)
    ).fetchone()
    return row[0] if row else b""


def leaf_at(connection: Connection, position: int) -> bytes:
    """The stored leaf of the entry at a position, empty where there is none."""
    row = connection.execute("SELECT leaf FROM event WHERE position = ?", (position,)).fetchone()
    return row[0] if row else b""


def row_at(connection: Connection, position: int) -> Row | None:
    """The entry at a position."""
    row: Row | None = connection.execute(
        "SELECT position, stream, version, topic, state FROM event WHERE position = ?", (position,)
    ).fetchone()
    return row


def row_of(connection: Connection, stream: str, version: int) -> Row | None:
    """The entry that has this version of a stream."""
    row: Row | None = connection.execute(
        "SELECT position, stream, version, topic, state FROM event"
        " WHERE stream = ? AND version = ?",
        (stream, version),
    ).fetchone()
    return row


def last_row(connection: Connection) -> Row | None:
    """The entry behind which the next one goes."""
    row: Row | None = connection.execute(
        "SELECT position, stream, version, topic, state FROM event ORDER BY position DESC LIMIT 1"
    ).fetchone()
    return row


def last_states(connection: Connection, most: int) -> Iterator[tuple[str, str, bytes]]:
    """Stream, topic and state of entries, the last first, so many at the most."""
    return connection.stream(
        "SELECT stream, topic, state FROM event ORDER BY position DESC LIMIT ?", (most,)
    )


def first_rows(connection: Connection, size: int) -> Iterator[Row]:
    """The first entries, so many, in order. Streams."""
    return connection.stream(
        "SELECT position, stream, version, topic, state FROM event WHERE position <= ?"
        " ORDER BY position",
        (size,),
    )


def first_with_words(connection: Connection, size: int) -> Iterator[tuple[Any, ...]]:
    """The first entries with salt and words as they are stored, both null where there are none."""
    return connection.stream(
        "SELECT position, stream, version, topic, state, salt, words FROM event"
        " LEFT JOIN vault USING (position) WHERE position <= ? ORDER BY position",
        (size,),
    )


def streams_with_child(connection: Connection, size: int) -> Iterator[str]:
    """The threads among the first entries whose case number the vault holds, in order.

    A page at a time, since other questions may be asked between them.
    """
    query = (
        "SELECT stream FROM vault_child JOIN event USING (stream)"
        " WHERE version = 1 AND position <= ? AND stream > ? ORDER BY stream LIMIT 1000"
    )
    last = ""
    while page := connection.execute(query, (size, last)).fetchall():
        yield from (stream for (stream,) in page)
        last = page[-1][0]


def checkpoints(connection: Connection, size: int) -> Iterator[tuple[int, str]]:
    """The notes that were issued of so many entries or fewer, by size and text."""
    return connection.stream(
        "SELECT size, note FROM checkpoint WHERE size <= ? ORDER BY size, note", (size,)
    )


def newest_checkpoint(connection: Connection) -> int:
    """The size of the largest tree of which a checkpoint was issued; 0 where none was."""
    row = connection.execute("SELECT max(size) FROM checkpoint").fetchone()
    return row[0] or 0 if row else 0


def has_vault(connection: Connection) -> bool:
    """Whether the vault is there to be read: not in an audit copy, nor for an auditor's login."""
    return connection.may_read("vault")


def rows_of(connection: Connection, stream: str, upto: int | None = None) -> list[Row]:
    """The entries of a stream, in order, up to a position where one is given."""
    rows: list[Row] = connection.execute(
        "SELECT position, stream, version, topic, state FROM event WHERE stream = ?"
        " ORDER BY version",
        (stream,),
    ).fetchall()
    return rows if upto is None else [row for row in rows if row[0] <= upto]


def vault_of(connection: Connection, stream: str) -> list[VaultRow]:
    """What the vault still holds for the entries of a stream."""
    return connection.execute(
        "SELECT position, stream, version, topic, salt, words FROM event"
        " JOIN vault USING (position) WHERE stream = ?",
        (stream,),
    ).fetchall()


def vault_after(connection: Connection, position: int, most: int) -> list[VaultRow]:
    """Rows of the vault behind a position, in order; those of no entry have no stream."""
    return connection.execute(
        "SELECT position, stream, version, topic, salt, words FROM vault"
        " LEFT JOIN event USING (position) WHERE position > ? ORDER BY position LIMIT ?",
        (position, most),
    ).fetchall()


def first_entries(
    connection: Connection,
) -> Iterator[tuple[VaultRow, bytes, bytes | None]]:
    """Each thread's first entry: its row of the vault, its state, and the thread's case number.

    What is gone from the vault is null.
    """
    rows = connection.stream(
        "SELECT position, event.stream, version, topic, salt, words, state, child FROM event"
        " LEFT JOIN vault USING (position)"
        " LEFT JOIN vault_child ON vault_child.stream = event.stream"
        " WHERE event.stream >= ? AND event.stream < ? AND version = 1",
        (PREFIX, _AFTER_PREFIX),
    )
    return ((row[:6], row[6], row[7]) for row in rows)


def children_after(connection: Connection, stream: str, most: int) -> list[tuple[str, bytes]]:
    """Case numbers of the threads behind a stream, in order."""
    return connection.execute(
        "SELECT stream, child FROM vault_child WHERE stream > ? ORDER BY stream LIMIT ?",
        (stream, most),
    ).fetchall()


def vault_edges(connection: Connection) -> list[bytes]:
    """The first and the last words and case number of the vault, as they are stored."""
    rows = connection.execute(
        "SELECT words FROM vault WHERE position IN"
        " ((SELECT min(position) FROM vault), (SELECT max(position) FROM vault))"
        " UNION ALL SELECT child FROM vault_child WHERE stream IN"
        " ((SELECT min(stream) FROM vault_child), (SELECT max(stream) FROM vault_child))"
    )
    return [stored for (stored,) in rows]


def vault_row(connection: Connection, position: int) -> tuple[bytes, ...]:
    """The salt and words of one entry, while the vault holds them; nothing where it does not."""
    row = connection.execute("SELECT salt, words FROM vault WHERE position = ?", (position,))
    return row.fetchone() or ()


def redactions(connection: Connection) -> list[Row]:
    """Every redaction that was recorded. Reads all topics."""
    return connection.execute(
        "SELECT position, stream, version, topic, state FROM event WHERE topic = ?"
        " ORDER BY position",
        (EntryRedacted.topic,),
    ).fetchall()


def notes_from(connection: Connection, least: int) -> list[tuple[int, str]]:
    """The signed notes that are stored, the head too, of trees of so many entries or more."""
    return connection.execute(
        "SELECT size, note FROM checkpoint WHERE size >= :least"
        " UNION SELECT size, note FROM head WHERE size >= :least",
        {"least": least},
    ).fetchall()


def child_of(connection: Connection, stream: str) -> bytes | None:
    """The child's local case number for a thread, while the vault holds it."""
    row = connection.execute("SELECT child FROM vault_child WHERE stream = ?", (stream,)).fetchone()
    return row[0] if row else None


def children(connection: Connection) -> Iterator[tuple[str, bytes]]:
    """Each thread whose case number the vault holds, with it, in the order of the threads."""
    return connection.stream("SELECT stream, child FROM vault_child ORDER BY stream")


def redacted_in(connection: Connection, stream: str) -> set[int]:
    """The positions whose words were redacted, by what a stream's entries say."""
    rows = connection.execute(
        "SELECT state FROM event WHERE stream = ? AND topic = ?", (stream, EntryRedacted.topic)
    )
    return {position for (state,) in rows for position in orjson.loads(state)["positions"]}


def redactions_from(
    connection: Connection, stream: str, version: int
) -> list[tuple[int, int, bytes, bytes | None]]:
    """Version, position, leaf, and of a redaction the state, of a stream's entries from one on."""
    return connection.execute(
        "SELECT version, position, leaf, CASE topic WHEN ? THEN state END FROM event"
        " WHERE stream = ? AND version >= ? ORDER BY version",
        (EntryRedacted.topic, stream, version),
    ).fetchall()


def went_on(connection: Connection, redaction: int, command_id: str) -> bool:
    """Whether the command that redacted a thread entered its words again, right behind it."""
    after = row_at(connection, redaction + 1)
    return bool(after and orjson.loads(after[4]).get("command_id") == command_id)


def threads_touched(
    connection: Connection, after: int, upto: int, part: tuple[str, str] = ALL_THREADS
) -> Iterator[tuple[str, list[Row]]]:
    """Each thread with an entry after one position and up to another, whole up to there.

    Of the streams from one on, up to another that is not in it. Streams: one thread is held at a
    time, in the order of their streams.
    """
    touched = (
        "" if after == 0
        else "stream IN (SELECT DISTINCT stream FROM event WHERE position > :after) AND "
    )  # fmt: skip
    rows = connection.stream(
        "SELECT position, stream, version, topic, state FROM event"  # noqa: S608 - no value in it
        f" WHERE {touched}position <= :upto AND stream >= :low AND stream < :high"
        " ORDER BY stream, version",
        {"after": after, "upto": upto, "low": part[0], "high": part[1]},
    )
    for stream, entries in groupby(rows, key=itemgetter(1)):
        yield stream, list(entries)


def streams_with(connection: Connection, topic: str) -> list[str]:
    """The streams that have an entry of this topic. Reads all topics."""
    rows = connection.execute(
        "SELECT DISTINCT stream FROM event WHERE topic = ? ORDER BY stream", (topic,)
    )
    return [stream for (stream,) in rows]


def any_with(connection: Connection, topics: Sequence[str]) -> bool:
    """Whether there is an entry of one of these topics. Reads all topics where there is none."""
    asked = ", ".join("?" * len(topics))
    query = f"SELECT EXISTS (SELECT 1 FROM event WHERE topic IN ({asked}))"  # noqa: S608
    return bool(connection.execute(query, [*topics]).fetchone()[0])


def codes_in_use(connection: Connection) -> Counter[tuple[str, str]]:
    """How many entries of threads hold each code of an authority's lists, as (list, code).

    What a correction took away counts as well: the entry that it corrects still says it.
    """
    rows = connection.stream(
        "SELECT topic, state FROM event WHERE stream >= ? AND stream < ?", (PREFIX, _AFTER_PREFIX)
    )
    in_use: Counter[tuple[str, str]] = Counter()
    for topic, state in rows:
        facts = orjson.loads(state)
        if topic == EntryCorrected.topic:
            facts = facts["facts"]
        for fact in CODED_FACTS.keys() & facts.keys():
            codes = facts[fact] if isinstance(facts[fact], list) else [facts[fact]]
            in_use.update((CODED_FACTS[fact], code) for code in codes if code is not None)
    return in_use
