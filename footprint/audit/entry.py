"""One entry's own bytes: what they say, or what is wrong with them. Pure: no ledger is needed.

What holds among entries (order, redactions, corrections) is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from footprint.domain.entry import Entry
from footprint.domain.events import LedgerOpened
from footprint.domain.reference import is_thread
from footprint.domain.vocabulary import SOURCES
from footprint.ledger.store.codec import (
    FORMAT,
    LARGEST_NUMBER,
    Unreadable,
    canonical,
    decode,
    decode_words,
)
from footprint.ledger.store.sealing import NO_SALT, SALT_BYTES, commitment, is_locked

_RECORDED_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_STREAMS = {"policy": "policy", "ledger": "ledger", "signer": "ledger", "report": "ledger"}
"""The stream of the topics that begin so; all others are of threads."""


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One thing that is wrong with an entry: its kind, and a sentence about "it"."""

    what: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Read:
    """What reading an entry came to.

    `entry` is None where it cannot be read at all; `newer` says so where that is because its
    format is newer than this verifier, which is a doubt and not wrong.
    """

    entry: Entry | None = None
    wrong: list[Wrong] = field(default_factory=list)
    newer: str = ""


def read_entry(position: int, stream: str, version: int, topic: str, state: bytes) -> Read:
    """Read an entry and check all that its own bytes can show.

    That is: the canonical form, the facts of its topic and their types, the header, the stream
    that its topic belongs to, and that the ledger's opening is at position 1 alone.
    """
    wrong: list[Wrong] = []
    try:
        facts = orjson.loads(state)
        again = canonical(facts)
        if again != state:
            at = _first_difference(again, state)
            message = f"its state is not in the one canonical form, from byte {at} on"
            wrong.append(Wrong(what="state", message=message))
        if isinstance(facts, dict) and _newer(facts.get("format")):
            if not _is_whole(facts):
                message = "a number in its state is not whole, or beyond 2^53"
                wrong.append(Wrong(what="state", message=message))
            return Read(
                wrong=wrong,
                newer=f"is of format {facts['format']}; this verifier reads format {FORMAT}",
            )
        entry = decode(position, stream, version, topic, state)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, Unreadable, RecursionError) as error:
        message = f"it is not of the published format: {error}"
        return Read(wrong=[*wrong, Wrong(what="state", message=message)])
    found = {"time": _time(entry), "header": _header(entry), "stream": _stream(entry)}
    found["opening"] = _opening(entry)
    wrong += [Wrong(what=what, message=message) for what, message in found.items() if message]
    return Read(entry=entry, wrong=wrong)


def is_time(text: str) -> bool:
    """Whether it is a moment in the form that entries have: UTC, microseconds, `Z`."""
    if not _RECORDED_AT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def words_wrong(entry: Entry, salt: object, words: object) -> str:
    """What is wrong with the words that an entry committed to; nothing where they are right.

    Locked words are not wrong: nobody without the key can tell.
    """
    if type(salt) is not bytes or type(words) is not bytes or len(salt) != SALT_BYTES:
        found = f"{_kind(salt)} and {_kind(words)}"
        return f"a salt of {SALT_BYTES} bytes, and words in bytes, are due, and not {found}"
    if is_locked(words):
        return "" if salt == NO_SALT else "its words are locked, and a salt stands beside them"
    sealed = commitment(entry.stream, entry.version, entry.topic, salt, words)
    if sealed != entry.words:
        return (
            f"its words are not those it committed to: it says {brief(entry.words)}, and they"
            f" make {brief(sealed)}"
        )
    return _words_form(words)


def _words_form(words: bytes) -> str:
    try:
        again = canonical(decode_words(words))
    except (Unreadable, RecursionError) as error:
        return str(error)
    if again == words:
        return ""
    at = _first_difference(again, words)
    return f"its words are not in the one canonical form, from byte {at} on"


def brief(digest: object) -> str:
    """The beginning of a digest: enough to tell two apart, and to find one again."""
    text = digest.hex() if isinstance(digest, bytes) else str(digest)
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF]}..."


_BRIEF = 16


def _time(entry: Entry) -> str:
    return "" if is_time(entry.recorded_at) else f"{entry.recorded_at!r} is not a time"


def _header(entry: Entry) -> str:
    for name in ("event_id", "command_id"):
        value = getattr(entry, name)
        if not _UUID7.fullmatch(value):
            return f"its {name} is {value!r}, which is no UUIDv7"
    if not entry.actor:
        return "its actor is empty"
    if entry.source not in SOURCES:
        return f"its source is {entry.source!r}, which is none of {', '.join(SOURCES)}"
    return ""


def _stream(entry: Entry) -> str:
    belongs = _STREAMS.get(entry.topic.partition(".")[0])
    if entry.stream == belongs or (belongs is None and is_thread(entry.stream)):
        return ""
    return f"{entry.topic} belongs to {belongs or 'a thread'}, and it is of {entry.stream!r}"


def _opening(entry: Entry) -> str:
    if isinstance(entry.event, LedgerOpened) == (entry.position == 1):
        return ""
    return f"it is {entry.topic}; a ledger begins with ledger.opened, and only once"


def _newer(format_: object) -> bool:
    return type(format_) is int and FORMAT < format_ <= LARGEST_NUMBER


def _is_whole(value: object) -> bool:
    """Whether its numbers are such as a state of any format has."""
    if isinstance(value, dict | list):
        return all(map(_is_whole, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) and (
        not isinstance(value, int) or abs(value) <= LARGEST_NUMBER
    )


def _kind(value: object) -> str:
    return f"{len(value)} bytes" if isinstance(value, bytes) else type(value).__name__


def _first_difference(one: bytes, other: bytes) -> int:
    """The first byte, from 1, at which two texts differ."""
    pairs = zip(one, other, strict=False)
    shorter = min(len(one), len(other))
    return next((n for n, (a, b) in enumerate(pairs, 1) if a != b), shorter + 1)
