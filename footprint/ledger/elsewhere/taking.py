"""An export of entries, read back: the ledger that it holds, in a new file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from footprint.durable import making
from footprint.engine.sqlite import uri_of
from footprint.engine.sqlite_schema import STATEMENTS, WITHOUT_VAULT, tables_and_guards
from footprint.errors import Refused
from footprint.ledger.elsewhere import cloudevents as ce
from footprint.ledger.store.queries import Row
from footprint.ledger.store.sealing import commitment, entry_leaf
from footprint.progress import Progress, silent
from footprint.proof.checkpoint import parse_checkpoint
from footprint.proof.lines import NoteError
from footprint.proof.note import parse
from footprint.proof.tree import FANOUT, run_root

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of a line: an entry with its words."""
_BATCH = 1000
_OTHERWISE = "it does not have what its kind has"

_EVENT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)"
_SUBTREE = "INSERT INTO subtree VALUES (?, ?, ?)"
_VAULT = "INSERT INTO vault VALUES (?, ?, ?)"
_CHILD = "INSERT INTO vault_child VALUES (?, ?)"
_CHECKPOINT = "INSERT INTO checkpoint VALUES (?, ?)"
_HEAD = "INSERT INTO head VALUES (1, ?, ?)"


class Taken(NamedTuple):
    """What was read back: whose log, its entries and root, and whether it has words."""

    origin: str
    size: int
    root: bytes
    words: bool


def read_entries(
    file: BinaryIO, path: Path, check: Callable[[Path], None], *, progress: Progress = silent
) -> Taken:
    """Make the ledger that an export of entries holds; an audit copy, where it has no words.

    Args:
        file: open to read bytes.
        path: where nothing is yet. The file is for its owner alone, and whole or not there.
        check: is given the file before it gets its name, and raises where it does not verify: here
            only the form is checked, that lines fit together, and leaves and words their entries.
        progress: is told how many entries were read, and of how many.

    Raises:
        Refused: it is no export of entries, or not all of one as it was written.
        FileExistsError: something is there; it is as it was.
        OSError: it could not be read or written.
    """
    with making(path) as temporary:
        lines = _Lines(file)
        try:
            with closing(sqlite3.connect(uri_of(temporary, "rw"), uri=True)) as connection:
                taken = _filled(connection, lines, progress)
        except (ce.Form, NoteError, sqlite3.IntegrityError, OverflowError) as error:
            raise _refused(f"line {lines.number}: {error}") from error
        check(temporary)
    return taken


def _refused(what: str) -> Refused:
    return Refused(
        f"That is no export of entries as it was written: {what}.",
        "Nothing was made. Get it again from whoever gave it out, and leave it as it is.",
    )


@dataclass
class _Lines:
    """The lines of a file, counted, with the digest of those that were read."""

    file: BinaryIO
    number: int = 0
    digest: Any = field(default_factory=sha256)
    before: str = ""

    def next(self) -> tuple[bytes, dict[str, Any]]:
        """The next line, and what it holds. Raises `Form`."""
        self.number += 1
        line = self.file.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise ce.Form("it is too long")
        if not line.endswith(b"\n"):
            raise ce.Form("it is cut off" if line else "it is not there: the file was cut")
        self.before = self.digest.hexdigest()
        self.digest.update(line)
        return line, ce.read_line(line)


class _Begun(NamedTuple):
    """What the first line says: of which log and export, its entries, and whether with words."""

    source: str
    name: str
    size: int
    words: bool


def _begun(lines: _Lines) -> _Begun:
    line, event = lines.next()
    if event.get("type") != ce.BEGUN:
        raise ce.Form("an export begins with another line")
    data, source = event.get("data"), event.get("source")
    if type(data) is not dict or type(source) is not str:
        raise ce.Form(_OTHERWISE)
    size, words = data.get("entries"), data.get("words")
    if type(size) is not int or type(words) is not bool:
        raise ce.Form(_OTHERWISE)
    name = str(event.get("id")).removesuffix("/1")
    said = {"entries": size, "words": words}
    ce.must_be(line, ce.other_line(source, f"{name}/1", ce.BEGUN, said))
    return _Begun(source, name, size, words)


def _filled(connection: sqlite3.Connection, lines: _Lines, progress: Progress) -> Taken:
    begun = _begun(lines)
    statements = STATEMENTS if begun.words else WITHOUT_VAULT
    tables, guards = tables_and_guards(statements)
    # The file is nothing to anybody until it is whole, so no journal is written for it.
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        _execute(connection, tables)
        _take_entries(connection, lines, begun, progress)
        note = _take_others(connection, lines, begun)
        connection.execute(_HEAD, (begun.size, note))
        _execute(connection, guards)
    tree = parse_checkpoint(parse(note).text)
    said = _Begun(
        ce.source_of(tree.origin),
        ce.name_of(begun.words, tree.size, tree.root),
        tree.size,
        begun.words,
    )
    if said != begun:
        raise ce.Form("the signed note is not of what the first line says")
    if lines.file.read(1):
        raise ce.Form("something is behind it, the last line")
    return Taken(tree.origin, tree.size, tree.root, begun.words)


def _execute(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.execute(statement)


# --- entries ------------------------------------------------------------------------------------


def _take_entries(
    connection: sqlite3.Connection,
    lines: _Lines,
    begun: _Begun,
    progress: Progress,
) -> None:
    size = begun.size
    runs: list[list[bytes]] = []
    entries = (_entry(lines, begun, at) for at in range(1, size + 1))
    done = 0
    while batch := list(islice(entries, _BATCH)):
        leaves = [entry_leaf(*entry.row[1:]) for entry in batch]
        rows = [(*entry.row, leaf) for entry, leaf in zip(batch, leaves, strict=True)]
        connection.executemany(_EVENT, rows)
        connection.executemany(_SUBTREE, _complete(runs, leaves, done))
        said = [(e.row[0], e.salt, e.words) for e in batch if e.salt is not None]
        if said:  # an audit copy has no such table
            connection.executemany(_VAULT, said)
        done += len(batch)
        progress(done, size)


def _entry(lines: _Lines, begun: _Begun, position: int) -> ce.Sealed:
    line, event = lines.next()
    if event.get("position") != position:
        raise ce.Form(f"entry {position} should be here")
    entry = ce.read_entry(begun.source, line, event)
    if entry.salt is not None:
        if not begun.words:
            raise ce.Form("it has words, where the first line says that there are none")
        _must_be_committed(entry.row, entry, event["data"]["state"])
    return entry


def _must_be_committed(row: Row, entry: ce.Sealed, state: dict[str, Any]) -> None:
    _, stream, version, topic, _ = row
    made = commitment(stream, version, topic, entry.salt or b"", entry.words)
    if state.get("words") != made:
        raise ce.Form("its words are not those that the entry was committed to")


def _complete(
    runs: list[list[bytes]], leaves: list[bytes], before: int
) -> Iterator[tuple[int, int, bytes]]:
    """The rows of `subtree` that more leaves complete; `runs` holds what is not complete."""
    for size, leaf in enumerate(leaves, before + 1):
        level, added, nth = 0, leaf, size
        while True:
            if level == len(runs):
                runs.append([])
            runs[level].append(added)
            if len(runs[level]) < FANOUT:
                break
            added = run_root(runs[level])
            runs[level].clear()
            level, nth = level + 1, nth // FANOUT
            yield level, nth - 1, added


# --- what is behind them ------------------------------------------------------------------------


def _take_others(connection: sqlite3.Connection, lines: _Lines, begun: _Begun) -> str:
    """Take the case numbers, the checkpoints and the last line: the head's note."""
    source, name = begun.source, begun.name
    number, before = 1, _FIRST
    while True:
        line, event = lines.next()
        data, number = event.get("data"), number + 1
        if type(data) is not dict:
            raise ce.Form(_OTHERWISE)
        if event.get("type") == ce.ENDED:
            _must_end(line, lines, begun, data)
            return str(data["note"])
        place = _place(event, data)
        if place <= before or (place[0] == ce.CHILD and not begun.words):
            raise ce.Form("it is not where its kind should be")
        before, id_ = place, f"{name}/{number}"
        if place[0] == ce.CHILD:
            stream, child = event["subject"], data["child"]
            said = ce.other_line(source, id_, ce.CHILD, {"child": child}, subject=stream)
            ce.must_be(line, said)
            connection.execute(_CHILD, (stream, child.encode()))
        else:
            size, note = data["size"], data["note"]
            said = ce.other_line(source, id_, ce.CHECKPOINT, {"note": note, "size": size})
            ce.must_be(line, said)
            connection.execute(_CHECKPOINT, (size, note))


_FIRST: tuple[str, Any] = ("", "")
"""Before all places: they sort by type, which is how the types are named."""


def _place(event: dict[str, Any], data: dict[str, Any]) -> tuple[str, Any]:
    """Where a line goes: case numbers by thread, then checkpoints by their size and note."""
    if event.get("type") == ce.CHILD:
        stream, child = event.get("subject"), data.get("child")
        if type(stream) is str and type(child) is str and child:
            return ce.CHILD, stream
    elif event.get("type") == ce.CHECKPOINT:
        size, note = data.get("size"), data.get("note")
        if type(size) is int and type(note) is str:
            return ce.CHECKPOINT, (size, note)
    raise ce.Form(f"{_OTHERWISE}, or its kind does not go here")


def _must_end(line: bytes, lines: _Lines, begun: _Begun, data: dict[str, Any]) -> None:
    if data.get("sha256") != lines.before:
        raise ce.Form("the lines before it are not those that were written")
    if type(data.get("note")) is not str:
        raise ce.Form(_OTHERWISE)
    kept = {"note": data["note"], "sha256": lines.before}
    ce.must_be(line, ce.other_line(begun.source, f"{begun.name}/ended", ce.ENDED, kept))
