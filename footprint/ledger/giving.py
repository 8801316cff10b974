"""An export of entries: all that a ledger holds, as lines that others can read."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from typing import BinaryIO

from footprint.errors import Refused
from footprint.ledger import queries
from footprint.ledger.cloudevents import (
    BEGUN,
    CHECKPOINT,
    CHILD,
    ENDED,
    Sealed,
    entry_line,
    name_of,
    other_line,
    source_of,
)
from footprint.ledger.codec import read_facts
from footprint.ledger.ledger import Ledger
from footprint.progress import Progress, silent
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.note import parse

_TELL_EACH = 1000


def write_entries(
    ledger: Ledger, file: BinaryIO, *, words: bool, progress: Progress = silent
) -> Checkpoint:
    """Write a ledger as it is at one moment, a line at a time (docs/format.md).

    Args:
        ledger: open to read; what it stores is believed.
        file: open to write bytes.
        words: whether the words and case numbers go along, in the clear, without what was
            redacted.
        progress: is told how many entries were written, and of how many.

    Returns:
        The tree that was written.

    Raises:
        Refused: nothing was signed; or the words are locked, and the key is not here.
        OSError: it could not be written.
    """
    with ledger.connection.one_moment():
        size, note = ledger.head() or (0, "")
        if size != ledger.size() or not size:
            raise Refused("The head is not of all entries.", "Find out why: footprint verify.")
        tree = parse_checkpoint(parse(note).text)
        digest = sha256()
        for line in _lines(ledger, tree, words=words, progress=progress):
            digest.update(line)
            file.write(line)
        ended = {"note": note, "sha256": digest.hexdigest()}
        source, name = source_of(tree.origin), name_of(words, size, tree.root)
        file.write(other_line(source, f"{name}/ended", ENDED, ended))
    return tree


def _lines(ledger: Ledger, tree: Checkpoint, *, words: bool, progress: Progress) -> Iterator[bytes]:
    """All lines but the last."""
    source, name = source_of(tree.origin), name_of(words, tree.size, tree.root)
    numbers = count(1)

    def other(type_: str, data: dict[str, object], **more: str) -> bytes:
        return other_line(source, f"{name}/{next(numbers)}", type_, data, **more)

    yield other(BEGUN, {"entries": tree.size, "words": words})
    for entry in _entries(ledger, words=words):
        position, *_, state = entry.row
        yield entry_line(source, entry, read_facts(state).get("recorded_at"))
        if position % _TELL_EACH == 0 or position == tree.size:
            progress(position, tree.size)
    for stream in queries.streams_with_child(ledger.connection) if words else ():
        if (child := ledger.vault.child(stream)) is not None:
            yield other(CHILD, {"child": child}, subject=stream)
    for size, note in queries.checkpoints(ledger.connection):
        yield other(CHECKPOINT, {"note": note, "size": size})


def _entries(ledger: Ledger, *, words: bool) -> Iterator[Sealed]:
    if not words:
        yield from (Sealed(row) for row in queries.all_rows(ledger.connection))
        return
    gone = queries.all_redacted(ledger.connection)
    for stored in queries.all_with_words(ledger.connection):
        row = stored[:5]
        if stored[6] is None or stored[0] in gone:
            yield Sealed(row)
        else:
            yield Sealed(row, *ledger.vault.opened((*stored[:4], *stored[5:])))
