"""The lines of an export of entries: CloudEvents 1.0 in its JSON format, one a line.

docs/format.md, "An export of entries", is the specification. A line has one form, in canonical
JSON: whoever reads it makes it again from what it says and compares bytes, so that two readers
cannot see two ledgers in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from footprint.ledger.store.codec import canonical
from footprint.ledger.store.queries import Row
from footprint.ledger.store.sealing import entry_leaf

SPECVERSION = "1.0"
PREFIX = "footprint."
BEGUN, CHILD, CHECKPOINT, ENDED = (
    f"{PREFIX}export.{what}" for what in ("begun", "case-number", "checkpoint", "ended")
)
"""The types that are no entries; those of entries are topics behind the prefix."""

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


class Form(ValueError):  # noqa: N818 - what is wrong with a line, and no more
    """A line is not of the published form."""


class Sealed(NamedTuple):
    """An entry, with the salt and the words that it was committed to where they are given out."""

    row: Row
    salt: bytes | None = None
    words: bytes = b""


def source_of(origin: str) -> str:
    """The ledger's origin as a URI reference (RFC 3986): a relative path."""
    return quote(origin, safe="/")


def name_of(words: bool, size: int, root: bytes) -> str:  # noqa: FBT001 - it is data
    """What one export is called in the ids of those of its events that are no entries."""
    return f"{'words' if words else 'facts'}/{size}/{root.hex()}"


def entry_line(source: str, entry: Sealed, time: object) -> bytes:
    """An entry. Its id is its leaf; `time` is when it says that it was recorded, if it does."""
    position, stream, version, topic, state = entry.row
    data: dict[str, Any] = {"state": orjson.Fragment(state)}
    if entry.salt is not None:
        data |= {"salt": entry.salt.hex(), "words": orjson.Fragment(entry.words)}
    said = {"time": time} if isinstance(time, str) else {}
    return _line({
        "id": entry_leaf(stream, version, topic, state).hex(), "source": source,
        "type": PREFIX + topic, "subject": stream, "position": position, "version": version,
        "data": data, **said,
    })  # fmt: skip


def other_line(source: str, id_: str, type_: str, data: Mapping[str, Any], **more: str) -> bytes:
    """An event that is no entry."""
    return _line({"id": id_, "source": source, "type": type_, "data": data, **more})


def _line(event: Mapping[str, Any]) -> bytes:
    constant = {"specversion": SPECVERSION, "datacontenttype": "application/json"}
    return orjson.dumps({**event, **constant}, option=_OPTIONS)


# --- and back -----------------------------------------------------------------------------------


def read_line(line: bytes) -> dict[str, Any]:
    """The event that a line holds, which is not believed yet. Raises `Form`."""
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Form("it is not JSON") from error
    if type(event) is not dict:
        raise Form("it is no JSON object")
    if event.get("specversion") != SPECVERSION:
        raise Form(f"its specversion is {event.get('specversion')!r}, not {SPECVERSION!r}")
    return event


def read_entry(source: str, line: bytes, event: dict[str, Any]) -> Sealed:
    """The entry that a line holds. Raises `Form`."""
    entry: Sealed = _taken(lambda: _entry(event))
    _, stream, version, topic, state = entry.row
    if event.get("id") != entry_leaf(stream, version, topic, state).hex():
        raise Form("its id is not the leaf of what it says")
    time = event["data"]["state"].get("recorded_at")
    must_be(line, _taken(lambda: entry_line(source, entry, time)))
    return entry


def _entry(event: dict[str, Any]) -> Sealed:
    data = event["data"]
    if type(data["state"]) is not dict or type(event["subject"]) is not str:
        raise TypeError("not of the types that it should have")
    if type(event["position"]) is not int or type(event["version"]) is not int:
        raise TypeError("not of the types that it should have")
    topic = event["type"].removeprefix(PREFIX)
    row = event["position"], event["subject"], event["version"], topic, canonical(data["state"])
    if "words" not in data:
        return Sealed(row)
    return Sealed(row, bytes.fromhex(data["salt"]), canonical(data["words"]))


def must_be(line: bytes, expected: bytes) -> None:
    """Raise `Form` unless the line is this one."""
    if line != expected:
        raise Form("it is not written as an export writes what it says")


def _taken(take: Callable[[], Any]) -> Any:
    try:
        return take()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Form("it does not have what its kind has") from error
