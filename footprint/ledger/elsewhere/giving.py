"""An export of entries: all that a ledger holds, as lines that others can read."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from typing import BinaryIO

from footprint.errors import Refused
from footprint.ledger.elsewhere.cloudevents import (
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
from footprint.ledger.ledger import Ledger
from footprint.ledger.store import queries
from footprint.ledger.store.codec import read_facts
from footprint.progress import Progress, silent
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.note import parse

NOT_SIGNED = (
    "Entries that are not in it, since they are not signed yet: {count}. To have them in it:"
    " footprint checkpoint, under the login that signs; then make it again."
)
"""What is said of entries on a server that are newer than the tree that is given out."""
_TELL_EACH = 1000


def write_entries(
    ledger: Ledger, file: BinaryIO, *, words: bool, progress: Progress = silent
) -> Checkpoint:
    """Write a ledger as it is at one moment, a line at a time (docs/format.md).

    On a server the newest entries may not be signed yet: they are left out.

    Args:
        ledger: open to read; what it stores is believed.
        file: open to write bytes.
        words: whether the words and case numbers go along, in the clear, without what was
            redacted.
        progress: is told how many entries were written, and of how many.

    Returns:
        The tree that was written.

    Raises:
        Refused: nothing was signed; the words are locked, and the key is not here; or words are
            gone by a redaction that is not signed yet.
        OSError: it could not be written.
    """
    with ledger.connection.one_moment():
        tree, note = signed_tree(ledger)
        digest = sha256()
        for line in _lines(ledger, tree, words=words, progress=progress):
            digest.update(line)
            file.write(line)
        ended = {"note": note, "sha256": digest.hexdigest()}
        source, name = source_of(tree.origin), name_of(words, tree.size, tree.root)
        file.write(other_line(source, f"{name}/ended", ENDED, ended))
    return tree


def signed_tree(ledger: Ledger) -> tuple[Checkpoint, str]:
    """The newest tree that was signed, and its note: what can be given out.

    Raises:
        Refused: there is none, or it is not of all entries, where they are signed as they come.
    """
    size, note = ledger.head() or (0, "")
    if not size or not (ledger.connection.signs_apart or size == ledger.size()):
        raise Refused("The head is not of all entries.", "Find out why: footprint verify.")
    return parse_checkpoint(parse(note).text), note


def _lines(ledger: Ledger, tree: Checkpoint, *, words: bool, progress: Progress) -> Iterator[bytes]:
    """All lines but the last."""
    source, name = source_of(tree.origin), name_of(words, tree.size, tree.root)
    numbers = count(1)

    def other(type_: str, data: dict[str, object], **more: str) -> bytes:
        return other_line(source, f"{name}/{next(numbers)}", type_, data, **more)

    yield other(BEGUN, {"entries": tree.size, "words": words})
    for entry in _entries(ledger, tree.size, words=words):
        position, *_, state = entry.row
        yield entry_line(source, entry, read_facts(state).get("recorded_at"))
        if position % _TELL_EACH == 0 or position == tree.size:
            progress(position, tree.size)
    for stream in queries.streams_with_child(ledger.connection, tree.size) if words else ():
        if (child := ledger.vault.child(stream)) is not None:
            yield other(CHILD, {"child": child}, subject=stream)
    for size, note in queries.checkpoints(ledger.connection, tree.size):
        yield other(CHECKPOINT, {"note": note, "size": size})


def _entries(ledger: Ledger, size: int, *, words: bool) -> Iterator[Sealed]:
    if not words:
        yield from (Sealed(row) for row in queries.first_rows(ledger.connection, size))
        return
    gone = _redacted(ledger, size)
    for stored in queries.first_with_words(ledger.connection, size):
        row = stored[:5]
        if stored[6] is None or stored[0] in gone:
            yield Sealed(row)
        else:
            yield Sealed(row, *ledger.vault.opened((*stored[:4], *stored[5:])))


def _redacted(ledger: Ledger, size: int) -> set[int]:
    """The positions whose words are gone, each by a redaction that goes along."""
    gone = set[int]()
    for position, *_, state in queries.redactions(ledger.connection):
        gone.update(read_facts(state)["positions"])
        if position > size and min(gone, default=position) <= size:
            raise Refused(
                f"Entry {position}, a redaction, is not signed yet: without it the words that it"
                " removed would be missing unexplained.",
                "Have it signed, and try again: footprint checkpoint.",
            )
    return gone
