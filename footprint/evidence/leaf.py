"""One entry of a bundle, by its own bytes: what its leaf is the hash of, read and checked."""

from __future__ import annotations

from typing import NamedTuple

from footprint.audit.entry import read_entry
from footprint.domain.entry import Entry
from footprint.ledger.store.sealing import ENTRY_TAG, place_of
from footprint.proof.lines import NoteError, decode_number

_FIRST = ENTRY_TAG.removesuffix(b"\n")
_LINES = 4  # what it is, the stream, the version and the topic; the state follows


class LeafError(ValueError):
    """What is no entry, or not one of the published format."""


class Leaf(NamedTuple):
    """What a leaf file holds; `entry` is None where it is `newer`: of a later format."""

    stream: str
    version: int
    topic: str
    entry: Entry | None
    newer: str


class _Place(NamedTuple):
    stream: str
    version: int
    topic: str
    state: bytes


def leaf_bytes(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """What a leaf is the hash of, behind the byte 0x00 (docs/format.md, "Leaves and the tree")."""
    return ENTRY_TAG + place_of(stream, version, topic) + state


def read_leaf(position: int, data: bytes) -> Leaf:
    """What a leaf file holds; the reverse of `leaf_bytes`.

    Raises:
        LeafError: it holds no entry, or not in the published form.
    """
    place = _place(data)
    read = read_entry(position, *place)
    if read.wrong:
        raise LeafError("; ".join(wrong.message for wrong in read.wrong))
    return Leaf(place.stream, place.version, place.topic, read.entry, read.newer)


def _place(data: bytes) -> _Place:
    first, *lines = data.split(b"\n", _LINES)
    if first != _FIRST or len(lines) != _LINES:
        raise LeafError(f"it does not begin with the lines of {_FIRST.decode()}")
    stream, version, topic, state = lines
    try:
        number = decode_number(version.decode(), "its version")
        return _Place(stream.decode(), number, topic.decode(), state)
    except (NoteError, UnicodeDecodeError) as error:
        raise LeafError(str(error)) from None
