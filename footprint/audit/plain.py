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
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from orjson import OPT_SORT_KEYS, dumps, loads

from footprint.domain.events import TOPICS, EntryCorrected, EntryRedacted
from footprint.domain.reference import is_thread
from footprint.domain.vocabulary import SOURCES
from footprint.ledger.store.codec import FORMAT
from footprint.ledger.store.sealing import ENTRY_TAG, SALT_BYTES, WORDS_TAG

_TEXT = r'"[^"\\\x00-\x1f]*+"'
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
    "tuple[str, ...]": rf"\[(?:{_TEXT}(?:,{_TEXT})*|)\]",
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
UNREAD = b"locked"
"""Stands for the salt, beside no words, where words are locked and their key is not at hand."""
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


def proved(
    rows: Iterable[tuple[Any, ...]], last: int, moment: str, threads: set[str], *, with_words: bool
) -> tuple[int, str]:
    """How many rows from the first on are of entries in which nothing is wrong or unusual.

    Args:
        rows: position, stream, version, topic, state, leaf, and salt, words and child of each.
        last: the position before the first of them.
        moment: the time of that entry.
        threads: names that are known to be of threads; grows.
        with_words: whether there is a vault.

    Returns:
        Their number, and the time of the last of them.
    """
    count = 0
    try:
        # One loop without a call of ours: calls would be a tenth of a verifier's time.
        for position, stream, version, topic, state, leaf, salt, words, child in rows:
            match = _PATTERNS[topic](state.decode())
            known = stream in threads or _learnt(stream, threads)
            if match is None or not known or type(version) is not int or position != last + 1:
                break
            place = f"{stream}\n{version}\n{topic}\n".encode()
            recorded_at, sealed = match.groups()
            if sha256(_LEAF_TAG + place + state).digest() != leaf or recorded_at < moment:
                break
            if words is not None:
                sealing = sha256(WORDS_TAG + place + salt + words).hexdigest()
                said = loads(words)
                "".join(said.values())  # a TypeError unless all of them are texts
                same = dumps(said, None, OPT_SORT_KEYS) == words and sealing == sealed
                if not (same and child and said["child"].encode() == child):
                    break
                if len(salt) != SALT_BYTES:
                    break
            elif not (sealed is salt is None) and (
                (with_words and salt is not UNREAD) or not _is_digest(sealed or "")
            ):
                break
            last, moment = position, recorded_at
            count += 1
    except (AttributeError, KeyError, TypeError, ValueError):
        pass  # of another type, no text, or not JSON: that is said by whoever reads it thoroughly
    return count, moment


def _learnt(stream: str, threads: set[str]) -> bool:
    if is_thread(stream):
        threads.add(stream)
    return stream in threads


def pattern_of(topic: str) -> str:
    """The one spelling of a topic's states, as a regular expression."""
    cls = TOPICS[topic]
    values = _HEADER | {n: _FACTS[kind.removesuffix(" | None")] for n, kind in cls.kinds.items()}
    absent = _MAY_BE_ABSENT | cls.may_be_absent()
    first = min(values.keys() - absent)
    parts = []
    for name in sorted(values):
        pair = f'"{name}":{values[name]}'
        pair = f"{pair}," if name < first else pair if name == first else f",{pair}"
        # "or nothing" is tried in half the time of "once or not at all"
        parts.append(f"(?:{pair}|)" if name in absent else pair)
    return rf"\{{{''.join(parts)}\}}"


def _nothing(_state: str) -> None:
    """The expression of a topic that has none."""


def _is_plain(topic: str) -> bool:
    """Of a thread, with facts of simple types, and nothing to other entries."""
    cls = TOPICS[topic]
    kinds = {kind.removesuffix(" | None") for kind in cls.kinds.values()}
    of_thread = topic.partition(".")[0] not in {"policy", "ledger", "signer", "report"}
    return of_thread and kinds <= _FACTS.keys() and cls not in {EntryCorrected, EntryRedacted}


PLAIN_TOPICS = frozenset(filter(_is_plain, TOPICS))
_PATTERNS = _Patterns()
