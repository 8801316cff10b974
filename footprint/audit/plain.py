r"""The common case, proved at the least cost: an entry of a thread in which nothing is unusual.

A state is of the published format if one regular expression matches it: keys in order, each once,
without white space, each value of its type and in its only spelling. The expression for a topic is
made from the fields of its event. What is written in a rarer way (an escape in a text, a number
below 0, a leap day, a topic that other entries depend on) does not match, and is read thoroughly
(`footprint.audit.entry`); so is everything that is wrong, since only there can be said what is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from hashlib import sha256
from typing import Any

from orjson import OPT_SORT_KEYS, dumps, loads

from footprint.domain.events import TOPICS, EntryCorrected, EntryRedacted
from footprint.domain.reference import is_thread
from footprint.domain.vocabulary import SOURCES
from footprint.ledger.codec import FORMAT
from footprint.ledger.sealing import ENTRY_TAG, SALT_BYTES, WORDS_TAG

_TEXT = r'"[^"\\\x00-\x1f]*"'
_DAY = (
    r"(?:19|20|21)[0-9]{2}-(?:"
    r"(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_ID = r'"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"'
_FACTS = {
    "str": _TEXT,
    "int": r"(?:0|[1-9][0-9]{0,14})",
    "bool": r"(?:true|false)",
    "date": f'"{_DAY}"',
    "tuple[str, ...]": rf"\[(?:{_TEXT}(?:,{_TEXT})*)?\]",
}
_HEADER = {
    "format": str(FORMAT),
    "event_id": _ID,
    "command_id": _ID,
    "recorded_at": rf'"({_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{{6}}Z)"',
    "occurred_on": f'(?:"{_DAY}"|null)',
    "actor": _TEXT.replace("*", "+"),
    "source": f'"(?:{"|".join(SOURCES)})"',
    "clock": _TEXT,
    "words": r'"(.{64})"',  # what it has to be is checked against it
}
_LEAF_TAG = b"\x00" + ENTRY_TAG
_MAY_BE_ABSENT = {"clock", "words"}

_is_digest = re.compile("[0-9a-f]{64}").fullmatch
_WORTH_MAKING = 100
"""To make an expression takes as long as to read so many entries thoroughly."""

Match = Callable[[str], re.Match[str] | None]


class _Patterns(dict[str, Match]):
    """The expression for each topic that has one, made when it is asked for often enough."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: Counter[str] = Counter()

    def __missing__(self, topic: str) -> Match:
        if topic not in PLAIN_TOPICS:
            return _nothing
        self._asked[topic] += 1
        if self._asked[topic] < _WORTH_MAKING:
            return _nothing
        match = self[topic] = re.compile(pattern_of(topic)).fullmatch
        return match


def proved(row: tuple[Any, ...], threads: set[str], *, with_words: bool) -> str | None:
    """The time of an entry that is of the published format and has its leaf and its words.

    None where anything about it is wrong or unusual. `threads` are names known to be of threads.
    """
    _, stream, version, topic, state, leaf, salt, words, child = row
    try:
        match = _PATTERNS[topic](state.decode())
        known = stream in threads or _learnt(stream, threads)
        if match is None or not known or type(version) is not int:
            return None
        # `entry_leaf` and `commitment` written out: calls are a tenth of a verifier's time.
        place = f"{stream}\n{version}\n{topic}\n".encode()
        if sha256(_LEAF_TAG + place + state).digest() != leaf:
            return None
        moment, sealed = match.groups()
        if words is None:
            return moment if sealed is None or (not with_words and _is_digest(sealed)) else None
        if (
            len(salt) != SALT_BYTES
            or sha256(WORDS_TAG + place + salt + words).hexdigest() != sealed
        ):
            return None
        said = loads(words)
        "".join(said.values())  # a TypeError unless all of them are texts
        same = dumps(said, None, OPT_SORT_KEYS) == words and said["child"].encode() == child != b""
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return moment if same else None


def _learnt(stream: str, threads: set[str]) -> bool:
    if is_thread(stream):
        threads.add(stream)
    return stream in threads


def pattern_of(topic: str) -> str:
    """The one spelling of a topic's states, as a regular expression."""
    own = fields(TOPICS[topic])  # type: ignore[arg-type] # every event is a dataclass
    values = _HEADER | {f.name: _FACTS[str(f.type).removesuffix(" | None")] for f in own}
    absent = _MAY_BE_ABSENT | {f.name for f in own if f.default is None}
    first = min(values.keys() - absent)
    parts = []
    for name in sorted(values):
        pair = f'"{name}":{values[name]}'
        pair = f"{pair}," if name < first else pair if name == first else f",{pair}"
        parts.append(f"(?:{pair})?" if name in absent else pair)
    return rf"\{{{''.join(parts)}\}}"


def _nothing(_state: str) -> None:
    """The expression of a topic that has none."""


def _is_plain(topic: str) -> bool:
    """Of a thread, with facts of simple types, and nothing to other entries."""
    cls = TOPICS[topic]
    kinds = {str(f.type).removesuffix(" | None") for f in fields(cls)}  # type: ignore[arg-type]
    of_thread = topic.partition(".")[0] not in {"policy", "ledger", "signer", "report"}
    return of_thread and kinds <= _FACTS.keys() and cls not in {EntryCorrected, EntryRedacted}


PLAIN_TOPICS = frozenset(filter(_is_plain, TOPICS))
_PATTERNS = _Patterns()
