"""One entry of a bundle, by its own bytes: what its leaf is the hash of, read and checked."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from footprint.domain.entry import Entry
from footprint.domain.vocabulary import SOURCES
from footprint.ledger.codec import FORMAT, Unreadable, canonical, decode, decode_words
from footprint.proof.lines import NoteError, decode_number

_FIRST = b"footprint/event/v1"
_LINES = 4  # what it is, the stream, the version and the topic; the state follows
_RECORDED_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NOT_OF_THREADS = frozenset({"policy", "ledger", "signer", "report"})
"""What the topics begin with that are of no thread."""
_NOT_JSON = orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError


class LeafError(ValueError):
    """What is no entry of a thread, or not one of the published format."""


class Leaf(NamedTuple):
    """What a leaf file holds; `entry` is None where it is of a later format than is read here."""

    stream: str
    version: int
    topic: str
    entry: Entry | None


class _Place(NamedTuple):
    stream: str
    version: int
    topic: str
    state: bytes


def leaf_bytes(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """What a leaf is the hash of, behind the byte 0x00 (docs/format.md, "Leaves and the tree")."""
    return f"{_FIRST.decode()}\n{stream}\n{version}\n{topic}\n".encode() + state


def read_leaf(position: int, data: bytes) -> Leaf:
    """What a leaf file holds; the reverse of `leaf_bytes`.

    Raises:
        LeafError: it holds none of a thread, or not in the published form.
    """
    place = _place(data)
    try:
        facts = orjson.loads(place.state)
        if canonical(facts) != place.state or not _is_plain(facts):
            raise LeafError("its state is not in the one canonical form")
        if _is_later(facts):
            return Leaf(*place[:3], None)
        entry = decode(position, *place)
    except (Unreadable, *_NOT_JSON) as error:
        raise LeafError(f"it is not of the published format: {error}") from None
    _check_header(entry)
    return Leaf(*place[:3], entry)


def read_words(data: bytes) -> dict[str, str]:
    """The words of one entry. Raises `LeafError`."""
    try:
        words = decode_words(data)
        if canonical(words) != data:
            raise LeafError("its words are not in the one canonical form")
    except (Unreadable, *_NOT_JSON) as error:
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


def _is_plain(value: Any) -> bool:
    """Whether its numbers are whole and not too large, as those of any format are."""
    if isinstance(value, dict | list):
        return all(map(_is_plain, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) and (not isinstance(value, int) or abs(value) <= 2**53)


def _is_later(facts: Any) -> bool:
    """Whether it is of a later format: nothing that it says is judged here."""
    number = facts.get("format") if isinstance(facts, dict) else None
    return type(number) is int and number > FORMAT


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
