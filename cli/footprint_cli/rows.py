"""Entries as flat records, for tables, pipes and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from footprint.domain.entry import Entry, Words
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.stated import stated
from footprint.ledger.ledger import Ledger
from footprint.projections.history import Happening
from footprint_cli.story import told
from footprint_cli.telling import known_words, outcome

_OTHER_WORDS = (
    "why", "to", "from", "review_date", "view", "follows", "reason",
    "title", "type", "size", "sha256",
    "original", "origin_file", "origin_sheet", "origin_row", "origin_ref",
)  # fmt: skip


def entry_row(entry: Entry, policy: Policy) -> dict[str, Any]:
    """An entry as it was recorded."""
    return {
        "position": entry.position,
        "ref": shown(entry.stream),
        "topic": entry.topic,
        "occurred_on": entry.occurred_on,
        "what": told(entry.event, policy),
        "actor": entry.actor,
        "recorded_at": entry.recorded_at,
        "source": entry.source,
    }


def history_rows(
    happened: Iterable[Happening],
    words: Mapping[int, Words] | None,
    policy: Policy,
    day: date,
) -> list[dict[str, Any]]:
    """A history as records: facts as they are now known, and what was recorded first."""
    rows = []
    for happening in happened:
        row = entry_row(happening.entry, policy) | {
            "working_days": happening.since,
            "due": [outcome(due, day) for due in happening.due],
            "corrected_by": [correction.position for correction in happening.corrections],
            "recorded_as": _recorded_as(happening),
        }
        if words is not None:
            own = known_words(happening, words)
            child = words.get(happening.entry.position, {}).get("child")
            row |= word_fields({**own, "child": child} if child else own)
        rows.append(row)
    return rows


def _recorded_as(happening: Happening) -> dict[str, Any] | None:
    """The facts that were put right, as they were recorded; None where none was."""
    (_, _, was), (_, _, now) = stated(happening.recorded), stated(happening.entry)
    return {name: was[name] for name in was if was[name] != now[name]} or None


def word_fields(words: Words) -> dict[str, str | None]:
    """The words of an entry, by the names that records have."""
    fields = {"child": words.get("child"), "words": words.get("text")}
    return fields | {name: words.get(name) for name in _OTHER_WORDS}


class Kept:
    """The words that a ledger still holds, read a thread at a time. Raises `Locked`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._read: dict[str, dict[int, dict[str, str]]] = {}

    def of(self, entry: Entry) -> Words:
        """Those of one entry."""
        if entry.stream not in self._read:
            self._read[entry.stream] = self._ledger.vault.words(entry.stream)
        return self._read[entry.stream].get(entry.position, {})

    def readable(self, entry: Entry) -> Words:
        """Those of one entry, as far as they can be read."""
        return {} if self._ledger.vault.shut else self.of(entry)

    @property
    def unreadable(self) -> str:
        """Why they cannot be; empty where they can."""
        return self._ledger.vault.unreadable
