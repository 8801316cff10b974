"""Entries as flat records, for tables, pipes and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from footprint.domain.corrections import corrected_words
from footprint.domain.entry import ORIGIN_WORDS, Entry, Words
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.stated import stated
from footprint.ledger.ledger import LEDGER, Ledger
from footprint.projections.history import Happening
from footprint_cli.thread.story import told
from footprint_cli.thread.telling import known_words, outcome

if TYPE_CHECKING:  # it brings SQLAlchemy
    from footprint.projections.views import Views

_OTHER_WORDS = (
    "why", "to", "from", "review_date", "view", "follows", "together", "reason",
    "title", "type", "size", "sha256",
    *ORIGIN_WORDS,
)  # fmt: skip
WORD_FIELDS = {"child": "child", "words": "text"} | {name: name for name in _OTHER_WORDS}
"""The fields of a record that are words, and the names that the vault keeps them under."""


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
    return {field: words.get(name) for field, name in WORD_FIELDS.items()}


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


_PAGE = 2000


def recorded_rows(ledger: Ledger, after: int, end: int, *, words: bool) -> Iterator[dict[str, Any]]:
    """All that was recorded behind one position and up to another, in order. Streams.

    With `words`, those that the ledger still holds. Raises `Locked`.
    """
    policy = ledger.policy(end)
    for start in range(after, end, _PAGE):
        kept = Kept(ledger)  # of one page: what it has read it keeps
        for entry in ledger.all_entries(min(start + _PAGE, end), start):
            yield _row(entry, policy, kept) | (word_fields(kept.of(entry)) if words else {})


def _row(entry: Entry, policy: Policy, kept: Kept) -> dict[str, Any]:
    """An entry's row. What was done to the ledger itself is of no child: it is told with why."""
    row = entry_row(entry, policy)
    if entry.stream != LEDGER or not entry.words:
        return row
    why = kept.readable(entry).get("why", f"({kept.unreadable})")
    return row | {"what": f"{row['what']}: {why}"}


def thread_words(views: Views, record: dict[str, Any]) -> dict[str, Any]:
    """The record with the case number and the words that began the thread, as they now stand."""
    if not record["ref"]:
        return record | {"child": None, "words": None}
    stream = views.ledger.stream(record["ref"])
    entries = views.ledger.entries(stream, views.upto)
    began = corrected_words(entries, views.ledger.vault.words(stream)).get(entries[0].position, {})
    return record | {"child": views.ledger.vault.child(stream), "words": began.get("text")}
