"""One entry of a bundle, by its own bytes: what its leaf is the hash of, read and checked."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

import orjson

from footprint.domain.entry import Entry
from footprint.domain.vocabulary import SOURCES
from footprint.ledger.codec import Unreadable, canonical, decode, decode_words
from footprint.proof.lines import NoteError, decode_number

_FIRST = b"footprint/event/v1"
_LINES = 4  # what it is, the stream, the version and the topic; the state follows
_RECORDED_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NOT_OF_THREADS = frozenset({"policy", "ledger", "signer", "report"})
"""What the topics begin with that are of no thread."""


class LeafError(ValueError):
    """What is no entry of a thread, or not one of the published format."""


class _Place(NamedTuple):
    stream: str
    version: int
    topic: str
    state: bytes


def leaf_bytes(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """What a leaf is the hash of, behind the byte 0x00 (docs/format.md, "Leaves and the tree")."""
    return f"{_FIRST.decode()}\n{stream}\n{version}\n{topic}\n".encode() + state


def read_leaf(position: int, data: bytes) -> Entry:
    """The entry that a leaf file holds; the reverse of `leaf_bytes`.

    Raises:
        LeafError: it holds none of a thread, or not in the published form.
    """
    place = _place(data)
    try:
        entry = decode(position, *place)
        if canonical(orjson.loads(place.state)) != place.state:
            raise LeafError("its state is not in the one canonical form")
    except (Unreadable, orjson.JSONEncodeError, RecursionError) as error:
        raise LeafError(f"it is not of the published format: {error}") from None
    _check_header(entry)
    return entry


def read_words(data: bytes) -> dict[str, str]:
    """The words of one entry. Raises `LeafError`."""
    try:
        words = decode_words(data)
        if canonical(words) != data:
            raise LeafError("its words are not in the one canonical form")
    except (Unreadable, orjson.JSONEncodeError, RecursionError) as error:
        raise LeafError(str(error)) from None
    return words


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


def _check_header(entry: Entry) -> None:
    ids = _UUID7.fullmatch(entry.event_id) and _UUID7.fullmatch(entry.command_id)
    if not (ids and entry.actor and entry.source in SOURCES):
        raise LeafError("an id, the actor or the source is not of the published form")
    if not is_time(entry.recorded_at):
        raise LeafError(f"{entry.recorded_at!r} is not a time")
    if entry.topic.partition(".")[0] in _NOT_OF_THREADS:
        raise LeafError(f"{entry.topic} is of no thread")


def is_time(text: str) -> bool:
    """Whether it is a recorded time: UTC, with microseconds and `Z`."""
    if not _RECORDED_AT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
