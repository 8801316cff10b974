"""Entries as canonical bytes, and back.

State is canonical JSON: UTF-8, keys sorted by code point, no white space, no floats (RFC 8785,
which sorts differently beyond U+FFFF). A fact that is not known is left out. The types that facts
may have are those of `_READ`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import NoneType
from typing import Any

import orjson

from footprint.domain.entry import Entry, Words
from footprint.domain.events import TOPICS, Event
from footprint.domain.stated import Stated
from footprint.domain.vocabulary import SOURCES
from footprint.errors import Refused

FORMAT = 1
"""The version of the stored format that this code writes, and the newest that it reads."""

HEADER = frozenset({
    "format", "event_id", "command_id", "recorded_at", "occurred_on", "actor", "source",
    "clock", "words",
})  # fmt: skip
_ALWAYS = HEADER - {"clock", "words"}
_COMMITMENT = re.compile("[0-9a-f]{64}")


class Unreadable(Refused):
    """The stored bytes are not an entry of the published format."""


def canonical(value: object) -> bytes:
    """The one way that a JSON value is written (values hold no floats)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def encode_words(words: Words) -> bytes:
    """The words of one entry as the vault keeps them."""
    return canonical(words if type(words) is dict else dict(words))


def decode_words(data: bytes) -> dict[str, str]:
    """The words of one entry. Raises `Unreadable`."""
    words = _loads(data, "The words")
    if not all(isinstance(text, str) for text in words.values()):
        raise Unreadable("The words hold something that is not text.")
    return words


def encode(entry: Entry) -> bytes:
    """The state of an entry: its header, and its facts."""
    header: dict[str, Any] = {
        "format": FORMAT,
        "event_id": entry.event_id,
        "command_id": entry.command_id,
        "recorded_at": entry.recorded_at,
        "occurred_on": entry.occurred_on,
        "actor": entry.actor,
        "source": entry.source,
    }
    may_lack = {"clock": entry.clock, "words": entry.words}
    header |= {name: fact for name, fact in may_lack.items() if fact is not None}
    return state_of(entry.event, header)


def state_of(event: Event, header: Mapping[str, Any]) -> bytes:
    """The state of an entry: its header as it is stored, and the facts of an event."""
    facts = {name: fact for name, fact in vars(event).items() if fact is not None}
    facts.update(header)
    return canonical(facts)


def decode(position: int, stream: str, version: int, topic: str, state: bytes) -> Entry:
    """The entry that these columns hold.

    Raises:
        Unreadable: it is of a newer format, or not of the published one: a fact is missing,
            unknown, or of another type.
    """
    facts = _loads(state, f"Entry {position}")
    _check_format(facts.get("format"), position)
    shape = _known(topic, position)
    if not shape.always <= facts.keys() <= shape.allowed:
        missing, unknown = shape.always - facts.keys(), facts.keys() - shape.allowed
        raise Unreadable(
            f"Entry {position} ({topic}) does not have the facts of its kind:"
            f" missing {sorted(missing)}, unknown {sorted(unknown)}."
        )
    try:
        for name, value in facts.items():
            if name not in shape.texts:
                facts[name] = shape.header_and_facts[name](value)
            elif type(value) is not str:  # most are: a call for each would take longer
                _text(value)
        event = shape.cls.of({name: facts[name] for name in shape.names if name in facts})
        return entry_of(position, stream, version, event, facts)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"Entry {position} ({topic}) holds a fact of another type.") from error


def check_correction(topic: str, facts: Mapping[str, Any]) -> None:
    """Refuse new facts that an entry of this topic cannot have.

    Raises:
        Unreadable: a fact is unknown, needed and taken away, or of another type.
    """
    shape = _known(topic, 0)
    for name, value in facts.items():
        read = _HEADER_FACTS.get(name) or shape.read.get(name)
        if read is None or (value is None and (name in shape.required or name == "source")):
            raise Unreadable(f"{topic} cannot have {name} so.")
        try:
            if value is not None:
                read(value)
        except (TypeError, ValueError) as error:
            raise Unreadable(f"The {name} of {topic} is of another type.") from error


def read_facts(state: bytes) -> Any:
    """The header and facts of a state as they are stored: days are ISO text. Nothing is checked.

    For folding a whole ledger, where checking every fact would cost as much as all the rest.
    """
    return orjson.loads(state)


def stated_in(rows: Iterable[tuple[int, str, int, str, bytes]]) -> list[Stated]:
    """What rows of entries state, read in the same way."""
    return [(position, topic, read_facts(state)) for position, _, _, topic, state in rows]


def entry_of(
    position: int, stream: str, version: int, event: Event, header: Mapping[str, Any]
) -> Entry:
    """The entry that has this header, which is not looked at, and its day as one."""
    entry = object.__new__(Entry)
    # A constructor call of twelve arguments costs as much as hashing the entry.
    vars(entry).update(
        position=position,
        stream=stream,
        version=version,
        event=event,
        event_id=header["event_id"],
        command_id=header["command_id"],
        recorded_at=header["recorded_at"],
        occurred_on=header["occurred_on"],
        actor=header["actor"],
        source=header["source"],
        clock=header.get("clock"),
        words=header.get("words"),
    )
    return entry


def _loads(data: bytes, what: str) -> dict[str, Any]:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"{what} is not JSON.") from error
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is not a JSON object.")
    return value


# --- the shapes of events, read off their classes -------------------------------------------

_MOST_NESTING = 8
LARGEST_NUMBER = 2**53


class _Shape:
    """What an event class allows and requires, and how each of its facts is read."""

    def __init__(self, cls: type[Event]) -> None:
        self.cls = cls
        self.names = tuple(cls.kinds)
        # What has a default is stored all the same, so that it is always there.
        self.required = cls.kinds.keys() - cls.may_be_absent()
        self.always = self.required | _ALWAYS
        self.allowed = HEADER | cls.kinds.keys()
        self.read = {n: _READ[kind.removesuffix(" | None")] for n, kind in cls.kinds.items()}
        self.header_and_facts = {**_READ_HEADER, **self.read}
        self.texts = {n for n, read in self.header_and_facts.items() if read is _text}


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is not {kind.__name__}")
        return value

    return read


_text, _flag = _exactly(str), _exactly(bool)


def _number(value: Any) -> int:
    if type(value) is not int or abs(value) > LARGEST_NUMBER:
        raise TypeError(f"{value!r} is not a whole number up to 2^53")
    return value


def _date(value: Any) -> date:
    # `fromisoformat` reads week dates and days without hyphens as well.
    if type(value) is not str or value[4:5] != "-" or value[7:8] != "-":
        raise ValueError(f"{value!r} is not a date")
    return date.fromisoformat(value)


def _day_if_known(value: Any) -> date | None:
    return None if value is None else _date(value)


def _commitment(value: str) -> str:
    if not _COMMITMENT.fullmatch(value):
        raise ValueError(f"{value!r} is no commitment")
    return value


def _source(value: Any) -> str:
    if value not in SOURCES:
        raise ValueError(f"{value!r} is no source")
    return str(value)


def _list_of(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def read_list(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise TypeError(f"{value!r} is not a list")
        return tuple(map(read, value))

    return read_list


def _plain(value: Any, depth: int = 0) -> Any:
    """JSON of texts, whole numbers, flags and nulls, in lists and objects, not nested too deep."""
    kind = type(value)
    if depth > _MOST_NESTING or (kind is int and abs(value) > LARGEST_NUMBER):
        raise ValueError("a fact is nested too deep, or is too large a number")
    if kind is list or kind is dict:
        for inner in value.values() if kind is dict else value:
            _plain(inner, depth + 1)
    elif kind not in {str, int, bool, NoneType}:
        raise TypeError(f"{value!r} is no fact")
    return value


def _objects(value: Any) -> list[dict[str, Any]]:
    if type(value) is not list or not all(type(one) is dict for one in value):
        raise TypeError("not a list of objects")
    return [_plain(one) for one in value]


def _object(value: Any) -> dict[str, Any]:
    return _exactly(dict)(_plain(value))  # type: ignore[no-any-return]


def _labels(value: Any) -> dict[str, dict[str, str]]:
    for labels in _object(value).values():
        for label in _object(labels).values():
            _text(label)
    return value  # type: ignore[no-any-return]


_READ: Mapping[str, Callable[[Any], Any]] = {
    "str": _text,
    "int": _number,
    "bool": _flag,
    "date": _date,
    "tuple[str, ...]": _list_of(_text),
    "tuple[int, ...]": _list_of(_number),
    "tuple[date, ...]": _list_of(_date),
    "list[dict[str, Any]]": _objects,
    "dict[str, Any]": _object,
    "dict[str, dict[str, str]]": _labels,
}
"""How each type that a fact may have is read; it refuses a value of another type."""

_READ_HEADER: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(HEADER, _text),
    "format": _number,
    "occurred_on": _day_if_known,
    "words": _commitment,
}
_HEADER_FACTS = {"occurred_on": _date, "source": _source}
"""What a correction may change of a header."""

_SHAPES: dict[str, _Shape] = {}


def _check_format(format_: object, position: int) -> None:
    if type(format_) is not int or format_ != FORMAT:
        raise Unreadable(
            f"Entry {position} is of format {format_!r}; this version reads format {FORMAT}.",
            "Use a newer version of footprint.",
        )


def _known(topic: str, position: int) -> _Shape:
    if topic not in TOPICS:
        raise Unreadable(f"Entry {position} is of an unknown kind, {topic!r}.")
    return _shape_of(topic)


def _shape_of(topic: str) -> _Shape:
    shape = _SHAPES.get(topic)
    if shape is None:
        shape = _SHAPES[topic] = _Shape(TOPICS[topic])
    return shape
