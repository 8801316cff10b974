"""Entries as canonical bytes, and back.

State is RFC 8785 canonical JSON: UTF-8, keys sorted, no white space, no floats. A fact that is
not known is left out. The types that facts may have are those of `_READ`: text, whole numbers,
true and false, ISO dates, lists of them, and plain JSON objects in the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any

import orjson

from footprint.domain.entry import Entry, Words
from footprint.domain.events import TOPICS, Event
from footprint.errors import FootprintError

FORMAT = 1
"""The version of the stored format that this code writes, and the newest that it reads."""

HEADER = frozenset({
    "format", "event_id", "command_id", "recorded_at", "occurred_on", "actor", "source",
    "clock", "words",
})  # fmt: skip
_ALWAYS = HEADER - {"clock", "words"}


class Unreadable(FootprintError):  # noqa: N818 - the word that people read
    """The stored bytes are not an entry of the published format."""


def canonical(value: object) -> bytes:
    """The one way that a JSON value is written (RFC 8785, for values without floats)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def encode_words(words: Words) -> bytes:
    """The words of one entry as the vault keeps them."""
    return canonical(dict(words))


def decode_words(data: bytes) -> dict[str, str]:
    """The words of one entry. Raises `Unreadable`."""
    words = _loads(data, "The words")
    if not all(isinstance(text, str) for text in words.values()):
        raise Unreadable("The words hold something that is not text.")
    return words


def encode(entry: Entry) -> bytes:
    """The state of an entry: its header, then its facts."""
    state: dict[str, object] = {
        "format": FORMAT,
        "event_id": entry.event_id,
        "command_id": entry.command_id,
        "recorded_at": entry.recorded_at,
        "occurred_on": entry.occurred_on,
        "actor": entry.actor,
        "source": entry.source,
    }
    if entry.clock is not None:
        state["clock"] = entry.clock
    if entry.words is not None:
        state["words"] = entry.words
    facts = {name: value for name, value in vars(entry.event).items() if value is not None}
    return canonical(state | facts)


def decode(position: int, stream: str, version: int, topic: str, state: bytes) -> Entry:
    """The entry that these columns hold.

    Raises:
        Unreadable: it is of a newer format, or not of the published one.
    """
    facts = _loads(state, f"Entry {position}")
    shape = _shape(topic, facts.get("format"), position)
    missing = (shape.required | _ALWAYS) - facts.keys()
    unknown = facts.keys() - shape.allowed
    if missing or unknown:
        raise Unreadable(
            f"Entry {position} ({topic}) does not have the facts of its kind:"
            f" missing {sorted(missing)}, unknown {sorted(unknown)}."
        )
    try:
        event = _event(shape, facts)
        happened = facts["occurred_on"]
        happened = None if happened is None else date.fromisoformat(happened)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"Entry {position} ({topic}) holds a fact of another type.") from error
    entry = object.__new__(Entry)
    # The decoded values are adopted as they are: a constructor call costs four times as much.
    vars(entry).update(
        position=position, stream=stream, version=version, event=event,
        event_id=facts["event_id"], command_id=facts["command_id"],
        recorded_at=facts["recorded_at"], occurred_on=happened,
        actor=facts["actor"], source=facts["source"],
        clock=facts.get("clock"), words=facts.get("words"),
    )  # fmt: skip
    return entry


def _loads(data: bytes, what: str) -> dict[str, Any]:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"{what} is not JSON.") from error
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is not a JSON object.")
    return value


# --- the shapes of events, read off their dataclasses ---------------------------------------


class _Shape:
    """What an event class allows, requires, and has to be converted from JSON."""

    def __init__(self, cls: type[Event]) -> None:
        self.cls = cls
        own = fields(cls)  # type: ignore[arg-type] # every event is a dataclass
        self.required = frozenset(f.name for f in own if f.default is MISSING)
        self.allowed = HEADER | {f.name for f in own}
        self.read = {f.name: _READ[str(f.type)] for f in own if _READ[str(f.type)]}


def _date(value: Any) -> date:
    return date.fromisoformat(value)


def _texts(value: Any) -> tuple[Any, ...]:
    return tuple(value)


def _dates(value: Any) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, value))


_READ: Mapping[str, Callable[[Any], Any] | None] = {
    "str": None,
    "str | None": None,
    "int": None,
    "int | None": None,
    "bool | None": None,
    "date": _date,
    "date | None": _date,
    "tuple[str, ...]": _texts,
    "tuple[int, ...]": _texts,
    "tuple[date, ...]": _dates,
    "list[dict[str, Any]]": None,
    "dict[str, Any]": None,
    "dict[str, dict[str, str]]": None,
    "dict[str, dict[str, str]] | None": None,
}

_SHAPES: dict[str, _Shape] = {}


def _shape(topic: str, format_: object, position: int) -> _Shape:
    if format_ != FORMAT:
        raise Unreadable(
            f"Entry {position} is of format {format_!r}; this version reads format {FORMAT}.",
            "Use a newer version of footprint.",
        )
    shape = _SHAPES.get(topic)
    if shape is None:
        cls = TOPICS.get(topic)
        if cls is None:
            raise Unreadable(f"Entry {position} is of an unknown kind, {topic!r}.")
        shape = _SHAPES[topic] = _Shape(cls)
    return shape


def _event(shape: _Shape, facts: Mapping[str, Any]) -> Event:
    event = object.__new__(shape.cls)
    values = {name: value for name, value in facts.items() if name not in HEADER}
    for name, read in shape.read.items():
        if name in values and read is not None:
            values[name] = read(values[name])
    vars(event).update(values)
    return event
