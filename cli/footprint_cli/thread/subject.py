"""Subject access: all that is held about one child, as a page to read and as JSON.

UK GDPR, Article 15. It is a draft: what the Data Protection Act 2018 keeps back from an answer
(Schedules 2 and 3), and what Article 15 asks for beside the records, no ledger can know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from footprint.domain.corrections import corrected_entries, corrected_words, plain
from footprint.domain.days import london_day, spelt
from footprint.domain.entry import TOGETHER, Entry
from footprint.domain.events import PartyTold
from footprint.domain.moves.redacting import RIGHT_CHILD
from footprint.domain.policy import Policy
from footprint.domain.redactions import open_requests, redactions
from footprint.domain.stated import own_facts
from footprint.domain.thread import Thread
from footprint.evidence.gathering import Evidence, Item
from footprint.ledger.store.codec import decode_words, encode_words
from footprint.projections import history, log
from footprint.proof.checkpoint import Checkpoint
from footprint.proof.lines import encode64
from footprint_cli.screen.pages import page
from footprint_cli.screen.text import entries_said, visible
from footprint_cli.thread.readingcopy import Told, told_thread
from footprint_cli.thread.rows import history_rows
from footprint_cli.thread.telling import Gone

TITLE = "Subject access: what is held about one child"
LEFT_OPEN = (
    "Article 15 of the UK GDPR asks for more than the records themselves, and the ledger does not"
    " know all of it. The data protection officer completes it here."
)


class Open(NamedTuple):
    """What Article 15(1) or (2) asks for beside the data, and what the ledger knows of it."""

    name: str
    known: str = ""


_OPEN = (
    Open("The purposes"),
    Open("The categories of data", "What is in the entries below."),
    Open("The recipients, and any transfer abroad", "Told, as these entries say: {told}."),
    Open(
        "How long it is kept",
        "Words and case numbers can be removed for good; what is counted stays.",
    ),
    Open(
        "The source, where it was not the child",
        "Each entry says who recorded it, and from what: {sources}.",
    ),
    Open("Any automated decisions", "The ledger takes none: it counts working days."),
    Open("The rights to have it put right, erased or restricted, and to object"),
    Open("The right to complain to the Information Commissioner"),
)
PROOF = (
    "Beside this the ledger has, for each entry, a digest that is part of what it signs, and for"
    " its words a digest of them with a random number: nothing can be read from either. Receipts"
    " may be on the child's own file."
)


class Held(NamedTuple):
    """All that is held about one child, of one moment.

    Args:
        child: the local case number.
        threads: what is given out of each, with words, and how its entries make it; in order.
        policy: for labels, ladders and calendar.
        day: the day that it is told on.
        position: the last entry that the ledger had then.
        legal_advice: whether what is marked as such was asked for.
        newer: how many entries of theirs are not in it, since nobody has signed them yet.
    """

    child: str
    threads: Sequence[tuple[Evidence, Thread]]
    policy: Policy
    day: date
    position: int
    legal_advice: bool
    newer: int = 0

    @property
    def checkpoint(self) -> Checkpoint:
        """The newest that a thread was held against; it covers all of them."""
        return max((e.note.checkpoint for e, _ in self.threads), key=lambda tree: tree.size)

    @property
    def entries(self) -> int:
        """How many entries they have together."""
        return sum(len(evidence.items) for evidence, _ in self.threads)


def without_other_child(evidence: Evidence) -> Evidence:
    """The same without another child's number, nor the threads of others that began with it."""
    return replace(evidence, items=tuple(map(_without_other_child, evidence.items)))


def _without_other_child(item: Item) -> Item:
    if item.sealed is None:
        return item
    salt, words = item.sealed
    said = decode_words(words).items()
    # An empty text takes one away, and names nobody.
    own = {name: text and _OF_ANOTHER.get(plain(name), text) for name, text in said}
    return replace(item, sealed=(salt, encode_words(own)))


_OF_ANOTHER = {
    RIGHT_CHILD: "(another child's case number: left out)",
    TOGETHER: "(other children's threads: left out)",
}
"""Words that are of another child, recorded or corrected, and what is given in their place."""


class LeftOut(NamedTuple):
    """Words that are not given: removed by a redaction, or else marked as legal advice."""

    ref: str
    position: int
    redaction: Entry | None


def left_out(held: Held) -> list[LeftOut]:
    """All words that are not given, in the order of their entries."""
    return [one for evidence, _ in held.threads for one in _left_out(evidence)]


def _left_out(evidence: Evidence) -> Iterator[LeftOut]:
    removed = redactions(evidence.entries)
    for at in sorted((*evidence.redacted, *evidence.legal_advice)):
        yield LeftOut(evidence.ref, at, removed.get(at))


def draft(held: Held) -> list[str]:
    """What the data protection officer has to know before anything is given out."""
    without = left_out(held)
    removed = sum(one.redaction is not None for one in without)
    waiting = [evidence.ref for evidence, _ in held.threads if open_requests(evidence.entries)]
    said = [
        "Third parties are not checked (Data Protection Act 2018, Schedule 2, Part 3).",
        "Serious harm is not checked (the same Act, Schedule 3), nor who asks, and for whom.",
        _on_legal_advice(len(without) - removed, asked=held.legal_advice),
        f"Words removed for good ({entries_said(removed)}) are named with the day and the basis.",
        "Documents stay in the case system: here is only what was recorded of them.",
        "Threads whose case number was redacted cannot be found by it.",
        "What the threads of other children say of this child was not looked for.",
    ]
    if held.newer:
        said.append(
            f"Not in it, as not signed yet: {entries_said(held.newer)}. Run footprint checkpoint,"
            " under the login that signs, and make it again."
        )
    if waiting:
        refs = ", ".join(waiting)
        said.append(f"A redaction waits to be approved ({refs}): the words are still in it.")
    return said


def left_open(held: Held) -> list[Open]:
    """What the data protection officer has to complete, begun with what the ledger knows."""
    entries = [e for evidence, _ in held.threads for e in corrected_entries(evidence.entries)]
    sources = Counter(held.policy.label("sources", entry.source) for entry in entries)
    events: list[Any] = [entry.event for entry in entries if isinstance(entry.event, PartyTold)]
    told = dict.fromkeys(held.policy.label("parties", event.party) for event in events)
    known = {
        "told": ", ".join(told) or "nobody",
        "sources": ", ".join(f"{count} {source}" for source, count in sources.most_common()),
    }
    return [one._replace(known=one.known.format_map(known)) for one in _OPEN]


def _on_legal_advice(left: int, *, asked: bool) -> str:
    if asked:
        return "Legal advice is in it, as it was asked for."
    return f"Legal advice is left out: the words of {entries_said(left)}."


# --- as JSON ----------------------------------------------------------------------------------


def as_json(held: Held) -> dict[str, Any]:
    """All of it as values: codes, ISO dates, and each text exactly as it was typed."""
    first, _ = held.threads[0]
    tree = held.checkpoint
    return {
        "title": TITLE,
        "draft": draft(held),
        "to_complete": [one._asdict() for one in left_open(held)],
        "proof": PROOF,
        "child": held.child,
        "day": held.day,
        "ledger": {
            "authority": first.authority,
            "origin": first.origin,
            "position": held.position,
            "checkpoint_size": tree.size,
            "root": tree.root.hex(),
        },
        "legal_advice": held.legal_advice,
        "left_out": [
            {"ref": one.ref, "position": one.position, **_why(one)} for one in left_out(held)
        ],
        "threads": [_thread_row(evidence, thread, held) for evidence, thread in held.threads],
    }


def _why(one: LeftOut) -> dict[str, Any]:
    event: Any = one.redaction and one.redaction.event
    return {
        "why": "redacted" if one.redaction else "legal advice",
        "on": london_day(one.redaction.recorded_at) if one.redaction else None,
        "basis": event.basis if event else None,
        "redaction": one.redaction.position if one.redaction else None,
    }


def _thread_row(evidence: Evidence, thread: Thread, held: Held) -> dict[str, Any]:
    return {
        "ref": evidence.ref,
        "proceedings": evidence.proceedings,
        "standing": log.record(thread, held.policy.calendar, held.day),
        "entries": list(_entry_rows(evidence, held)),
    }


def _entry_rows(evidence: Evidence, held: Held) -> Iterator[dict[str, Any]]:
    """Each entry in the order of recording: as it is now known, and as it was recorded."""
    happened = history.read(evidence.entries, held.policy, held.day)
    happened.sort(key=lambda one: one.entry.position)
    words = evidence.words
    known = corrected_words(evidence.entries, words)
    without = {one.position: _why(one) for one in _left_out(evidence)}
    rows = history_rows(happened, None, held.policy, held.day)
    for one, row in zip(happened, rows, strict=True):
        at = one.entry.position
        yield row | {
            "facts": own_facts(one.entry),
            "words": known.get(at) or None,
            "words_as_recorded": words.get(at),
            "left_out": without.get(at),
        }


# --- as a page --------------------------------------------------------------------------------


def as_html(held: Held) -> str:
    """All of it as one page."""
    return page(
        "subject-access.html",
        title=TITLE,
        child=visible(held.child),
        known_on=f"As it is known on {spelt(held.day)}",
        draft=draft(held),
        left_open=LEFT_OPEN,
        to_complete=[one._replace(known=visible(one.known)) for one in left_open(held)],
        proof=PROOF,
        left_out=[_said(one, held.policy) for one in left_out(held)],
        threads=[_told(evidence, thread, held) for evidence, thread in held.threads],
        footer=list(_footer(held)),
    )


def _said(one: LeftOut, policy: Policy) -> str:
    where = f"{one.ref}, entry {one.position}"
    if one.redaction is None:
        return f"{where}: words left out: legal advice."
    return f"{where}: words {_removed(one.redaction, policy)} (entry {one.redaction.position})."


def _removed(redaction: Entry, policy: Policy) -> str:
    event: Any = redaction.event
    on = spelt(london_day(redaction.recorded_at))
    return f"removed on {on}: {policy.label('redactions', event.basis)}"


def _told(evidence: Evidence, thread: Thread, held: Held) -> Told:
    told = told_thread(evidence, thread, held.policy, held.day, _gone(evidence, held.policy))
    first = corrected_entries(evidence.entries)[0]
    also = _untold(first.event)
    return told._replace(
        tellings=[
            one._replace(due=[also, *one.due]) if one.position == first.position else one
            for one in told.tellings
        ]
    )


def _untold(event: Any) -> str:
    """What the sentence for a thread's first entry does not tell of it."""
    iro = f"IRO {event.iro}; " if event.iro else ""
    return visible(f"{iro}ladder {event.ladder}, version {event.ladder_version}")


def _gone(evidence: Evidence, policy: Policy) -> Gone:
    removed = redactions(evidence.entries)

    def gone(position: int) -> str:
        redaction = removed.get(position)
        if redaction is None:
            return "left out: legal advice"
        return f"{_removed(redaction, policy)}, entry {redaction.position}"

    return gone


def _footer(held: Held) -> Iterator[str]:
    first, _ = held.threads[0]
    tree = held.checkpoint
    yield f"Ledger of {visible(first.authority)}: {visible(first.origin)}, {held.position} entries."
    yield f"Checkpoint: {tree.size} entries, root {encode64(tree.root)}."
    calendar = held.policy.calendar
    yield (
        f"Labels of the vocabulary's version {held.policy.vocabulary_version}; working days by the"
        f" calendar {visible(calendar.name)}, version {calendar.version}."
    )
    asked = " --with-legal-advice" if held.legal_advice else ""
    yield f"Made with: footprint sar CHILD{asked}"
