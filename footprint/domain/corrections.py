"""Corrections: what the entries of a thread say, once those that correct them are heard.

A correction names the position that it corrects, new facts and new words. Nothing is changed:
whoever reads a prefix of the entries reads what was known then. The last correction of a fact
stands, and a correction may itself be corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from footprint.domain.entry import Entry, Words
from footprint.domain.events import EntryCorrected
from footprint.domain.stated import Facts, Stated, restated, stated

CORRECTED = EntryCorrected.topic
NEW_WORDS = "new."
"""In the words of a correction: what stands before the name of a text that is new."""


def corrected(entries: Sequence[Stated]) -> Sequence[Stated]:
    """The entries with the facts that their corrections give them. Corrections stay in place.

    Raises:
        LookupError: a correction is of an entry that is not before it in the thread.
    """
    if CORRECTED not in [topic for _, topic, _ in entries]:
        return entries
    known: list[Stated] = []
    later: dict[int, dict[str, Any]] = {}
    # From the last to the first: what is said later stands, also about a correction.
    for position, topic, facts in reversed(entries):
        stands = _with(facts, later.pop(position, {}))
        if topic == CORRECTED:
            corrects = stands["corrects"]
            later[corrects] = stands["facts"] | later.get(corrects, {})
        known.append((position, topic, stands))
    if later:
        raise LookupError(*later)
    return known[::-1]


def _with(facts: Facts, newer: Facts) -> Facts:
    """Facts with newer ones; null takes one away, and only the day may be null."""
    kept = {name: value for name, value in {**facts, **newer}.items() if value is not None}
    return {"occurred_on": None, **kept}


def corrected_entries(entries: Sequence[Entry]) -> list[Entry]:
    """The same for entries in memory."""
    known = corrected([stated(entry) for entry in entries])
    return [restated(entry, facts) for entry, (_, _, facts) in zip(entries, known, strict=True)]


def corrected_words(
    entries: Iterable[Entry], words: Mapping[int, Words]
) -> dict[int, dict[str, str]]:
    """The words by position, with the new texts of their corrections; an empty one takes away."""
    known = {position: dict(texts) for position, texts in words.items()}
    corrections = [entry for entry in entries if isinstance(entry.event, EntryCorrected)]
    later: dict[int, dict[str, str]] = {}
    taken_back = set[int]()
    for entry in reversed(corrections):
        own = _said(known.get(entry.position, {}), later.pop(entry.position, {}))
        target = _corrects(entry)
        if entry.position in taken_back:
            own = {name: text for name, text in own.items() if not name.startswith(NEW_WORDS)}
        elif _takes_back(entry):  # by its facts: its words may be gone
            taken_back.add(target)
        new = {n.removeprefix(NEW_WORDS): t for n, t in own.items() if n.startswith(NEW_WORDS)}
        later[target] = new | later.get(target, {})
        if entry.position in known:
            known[entry.position] = own
    for position, texts in later.items():
        known[position] = _said(known.get(position, {}), texts)
    return known


def _said(texts: Words, newer: Words) -> dict[str, str]:
    """Texts with newer ones; an empty one takes one away.

    An empty text that a correction itself was recorded with stays: it is what takes one away.
    """
    taken = {name for name, text in newer.items() if not text}
    return {name: text for name, text in {**texts, **newer}.items() if name not in taken}


def plain(name: str) -> str:
    """What a text is called, be it as it was recorded or as a correction has it."""
    return name.rpartition(NEW_WORDS)[2]


def _takes_back(entry: Entry) -> bool:
    """Whether a correction of a correction leaves it nothing to say."""
    return isinstance(entry.event, EntryCorrected) and entry.event.facts.get("facts") == {}


def _corrects(entry: Entry) -> int:
    event = entry.event
    if not isinstance(event, EntryCorrected):
        raise TypeError(f"entry {entry.position} corrects nothing")
    return event.corrects
