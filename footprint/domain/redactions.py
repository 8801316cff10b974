"""What the entries of a thread say of words that were removed, or are asked to be.

A redaction lists all that it removes. One that lists its own request is of the whole thread: then
the child's case number goes too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from footprint.domain.entry import Entry
from footprint.domain.events import EntryCorrected, EntryRedacted, RedactionRequested

WRONG_CHILD = "wrong-child"
"""The basis of what was recorded on the wrong child."""
WHOLE: tuple[int, ...] = ()
"""The positions of a request that asks for all of a thread, as it will be when it is approved."""


def redactions(entries: Iterable[Entry]) -> dict[int, Entry]:
    """The redaction of each position whose words were removed; the first of several."""
    found: dict[int, Entry] = {}
    for entry in entries:
        if isinstance(entry.event, EntryRedacted):
            for position in entry.event.positions:
                found.setdefault(position, entry)
    return found


def redacted_in(entries: Iterable[Entry]) -> frozenset[int]:
    """The positions whose words were removed."""
    return frozenset(redactions(entries))


def silenced(entries: Sequence[Entry]) -> tuple[int, ...]:
    """The positions of the entries that had words and were redacted."""
    gone = redacted_in(entries)
    return tuple(e.position for e in entries if e.words and e.position in gone)


def is_whole(event: EntryRedacted) -> bool:
    """Whether a redaction is of all of its thread."""
    return event.requested in event.positions


def open_requests(entries: Sequence[Entry]) -> list[Entry]:
    """The requests that nobody has approved yet.

    One whose own words were removed was withdrawn, and waits no more: they may have said under
    which case number the thread was to go on. Where all of the thread's words went, what was asked
    for some of them still holds: they may have been entered again.
    """
    made = [entry.event for entry in entries if isinstance(entry.event, EntryRedacted)]
    done = {event.requested for event in made}
    return [
        entry
        for entry in entries
        if isinstance(entry.event, RedactionRequested) and entry.position not in done
        and not any(is_withdrawn_by(entry, event) for event in made)
    ]  # fmt: skip


def is_withdrawn_by(request: Entry, redaction: EntryRedacted) -> bool:
    """Whether a redaction withdraws another request than its own, whose words it removes."""
    if request.position not in redaction.positions or redaction.requested == request.position:
        return False
    asked: RedactionRequested = request.event  # type: ignore[assignment]
    return asked.positions == WHOLE or not is_whole(redaction)


def left_by(entries: Sequence[Entry], redaction: EntryRedacted, *, moved: bool) -> list[Entry]:
    """The requests that a redaction withdraws, and that ask for more than it removes.

    Args:
        entries: those of the thread before it.
        redaction: what is about to be recorded.
        moved: whether the words of the thread are entered again.
    """
    return [
        request
        for request in open_requests(entries)
        if is_withdrawn_by(request, redaction) and (moved or _asks_more(request, redaction))
    ]


def _asks_more(request: Entry, redaction: EntryRedacted) -> bool:
    asked: RedactionRequested = request.event  # type: ignore[assignment]
    if asked.positions == WHOLE:
        return not is_whole(redaction)
    return not {*asked.positions} <= {*redaction.positions}


def spoken(entries: Sequence[Entry], *, requests: bool = False) -> list[Entry]:
    """The entries whose words can be removed: they have some, and have them still.

    Args:
        entries: those of a thread.
        requests: also the requests for redactions, whose words go with the whole thread.
    """
    gone = redacted_in(entries)
    return [
        entry
        for entry in entries
        if entry.words and entry.position not in gone
        and (requests or not isinstance(entry.event, RedactionRequested))
    ]  # fmt: skip


def is_nothing_left(entries: Sequence[Entry]) -> bool:
    """Whether a thread was redacted as a whole, its case number too, and has no words since."""
    events = [entry.event for entry in entries]
    whole = any(isinstance(event, EntryRedacted) and is_whole(event) for event in events)
    return whole and not spoken(entries)


def uncovered(entries: Iterable[Entry], positions: Iterable[int]) -> list[int]:
    """The entries of which corrections alone are removed: they say again what they said before."""
    removed = set(positions)
    corrections = [e.event for e in entries if e.position in removed]
    targets = {e.corrects for e in corrections if isinstance(e, EntryCorrected)}
    return sorted(targets - removed)


def with_corrections(entries: Sequence[Entry], positions: Iterable[int]) -> tuple[int, ...]:
    """The positions with those of all corrections of them, and of corrections of those.

    Where the thread was moved to another child since, also with what they were entered again as.
    """
    return tuple(sorted(_with_what_corrects(entries, positions, _anew(entries))))


def _with_what_corrects(
    entries: Iterable[Entry], positions: Iterable[int], anew: Mapping[int, Collection[int]]
) -> set[int]:
    found = set(positions)
    for entry in entries:
        if isinstance(entry.event, EntryCorrected) and (
            entry.event.corrects in found or not found.isdisjoint(anew.get(entry.position, ()))
        ):
            found.add(entry.position)
    return found


def entered_again(removed: Sequence[Entry]) -> list[Entry]:
    """Those of the entries that are removed whose words are entered again for the right child.

    What asks for a redaction may name the wrong one; a correction of a correction is heard in it.
    """
    corrections = {e.position for e in removed if isinstance(e.event, EntryCorrected)}
    return [
        entry
        for entry in removed
        if entry.topic != RedactionRequested.topic
        and getattr(entry.event, "corrects", None) not in corrections
    ]


def _anew(entries: Sequence[Entry]) -> dict[int, Collection[int]]:
    """Of what was entered again for the right child: where it stood before, and what it heard.

    A correction was entered again as what was removed of its own corrections had it.
    """
    found: dict[int, Collection[int]] = {}
    for moved in entries:
        if not isinstance(moved.event, EntryRedacted) or not is_whole(moved.event):
            continue
        removed = [e for e in entries if e.position in moved.event.positions]
        again = [
            e.position
            for e in entries
            if e.command_id == moved.command_id and isinstance(e.event, EntryCorrected)
        ]
        for old, new in zip(entered_again(removed), again, strict=False):
            heard = removed if isinstance(old.event, EntryCorrected) else ()
            found[new] = _with_what_corrects(heard, (old.position,), {})
    return found
