"""What a redaction comes to, as whoever approves it is shown it: what goes, and what goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from footprint.domain.corrections import NEW_WORDS, corrected_words
from footprint.domain.entry import Entry, Words
from footprint.domain.events import EntryCorrected, EntryRedacted
from footprint.domain.moves.redacting import RIGHT_CHILD, stays_behind
from footprint.domain.policy import Policy
from footprint.domain.redactions import entered_again, left_by
from footprint.domain.reference import shown
from footprint.ledger.ledger import Ledger
from footprint_cli.screen.text import visible
from footprint_cli.thread.story import told
from footprint_cli.thread.telling import when


class Bound(NamedTuple):
    """Under which case number a thread is to go on, and the threads that has already."""

    stream: str
    child: str
    has: tuple[str, ...]

    def __str__(self) -> str:
        has = f"has {', '.join(self.has)}" if self.has else "has no thread yet"
        return visible(f"{shown(self.stream)} is to go on under {self.child}. {self.child} {has}.")


def bound(ledger: Ledger, stream: str, request: int) -> Bound | None:
    """Whither a request sends a thread; None where it does not, or its words cannot be read."""
    if ledger.vault.unreadable:
        return None
    child = ledger.vault.words(stream).get(request, {}).get(RIGHT_CHILD)
    if child is None:
        return None
    has = (shown(one) for one in ledger.vault.threads_of(child) if one != stream)
    return Bound(stream, child, tuple(has))


def as_fields(to: Bound | None) -> dict[str, Any]:
    """The same for whoever reads JSON."""
    if to is None:
        return {"right_child": None, "right_child_threads": None}
    return {"right_child": to.child, "right_child_threads": [*to.has]}


class Removal(NamedTuple):
    """What approving a request would do to a thread.

    `gone` are the entries whose words are removed for good, `again` those whose words are entered
    again where the thread goes on; `left` tells that something beside those words is not.
    `put_so` is who put the reason as it now stands, where that is not who asked; `withdrawn` are
    other requests that go with it, though they ask for more.
    """

    stream: str
    child: str | None
    positions: tuple[int, ...]
    request: Entry
    why: str
    put_so: Entry | None
    to: Bound | None
    gone: Sequence[Entry]
    again: Sequence[Entry]
    left: bool
    withdrawn: Sequence[Entry]


def removal(ledger: Ledger, stream: str, event: EntryRedacted) -> Removal:
    """What a redaction that is about to be recorded would remove.

    Raises:
        Locked: the words are locked, and the key is not on this machine.
    """
    entries, words = ledger.entries(stream), ledger.vault.words(stream)
    removed = [entry for entry in entries if entry.position in event.positions]
    to = bound(ledger, stream, event.requested)
    again = entered_again(removed) if to else []
    request = next(entry for entry in entries if entry.position == event.requested)
    why = corrected_words(entries, words).get(event.requested, {}).get("why", "")
    return Removal(
        stream=stream,
        child=ledger.vault.child(stream),
        positions=event.positions,
        request=request,
        why=why,
        put_so=_put_by_another(entries, words, request, why),
        to=to,
        gone=[entry for entry in removed if entry not in again],
        again=again,
        left=to is not None and stays_behind(words, removed),
        withdrawn=left_by(entries, event, moved=to is not None),
    )


def _put_by_another(
    entries: Iterable[Entry], words: Mapping[int, Words], request: Entry, why: str
) -> Entry | None:
    """The correction that gave a request its reason, where another made it than who asked."""
    made = [
        entry
        for entry in entries
        if isinstance(entry.event, EntryCorrected)
        and entry.event.corrects == request.position
        and words.get(entry.position, {}).get(f"{NEW_WORDS}why") == why
    ]
    return made[-1] if made and made[-1].actor != request.actor else None


def previewed(removals: Sequence[Removal], policy: Policy) -> list[str]:
    """All of it, in lines."""
    lines = []
    for one in removals:
        if one.to:
            lines += [*_whither(one), "Its words would be entered again under that number:", ""]
            lines += [*each(one.stream, one.again, policy), *_left(one), ""]
    gone = [line for one in removals for line in each(one.stream, one.gone, policy)]
    lines += ["These words would be removed for good:", "", *gone] if gone else []
    asked = [line for one in removals for line in (*_withdrawn(one), *_asked(one, policy))]
    return [*lines, "", *asked]


def in_short(one: Removal, policy: Policy) -> list[str]:
    """The same of one thread, without a heading for each part."""
    entries = sorted([*one.gone, *one.again], key=lambda entry: entry.position)
    whither = [*_whither(one), *_left(one)] if one.to else []
    asked = [*_withdrawn(one), *_asked(one, policy)]
    return [*whither, *each(one.stream, entries, policy), *asked]


def _whither(one: Removal) -> list[str]:
    now = [visible(f"Now it is of {one.child}.")] if one.child else []
    return [str(one.to), *now]


def each(stream: str, entries: Iterable[Entry], policy: Policy) -> list[str]:
    """These entries, one a line."""
    return [
        visible(f"{shown(stream)}, entry {e.position}, {when(e.occurred_on)}:"
                f" {told(e.event, policy)}")
        for e in entries
    ]  # fmt: skip


def _left(one: Removal) -> list[str]:
    return [_NOT_AGAIN] if one.left else []


_NOT_AGAIN = (
    "Not entered again: what it follows, what it was begun together with, and cells of a sheet."
)


def _withdrawn(one: Removal) -> list[str]:
    return [withdraws(one.stream, entry.position) for entry in one.withdrawn]


def withdraws(stream: str, request: int) -> str:
    """What becomes of a request whose own words go: whoever asks and approves has to know."""
    return (
        f"! {shown(stream)}, entry {request}, asks for words to be removed. Without its own it is"
        " withdrawn, and they stay: ask for them anew, if they are to go."
    )


def _asked(one: Removal, policy: Policy) -> list[str]:
    """Who asked for it and why, as it now stands: who asks by mistake can say so there."""
    event: Any = one.request.event
    basis = policy.label("redactions", event.basis)
    why = f": {one.why}" if one.why else "."
    if by := one.put_so:
        why += f" (So put by {by.actor}, entry {by.position}.)"
    return [visible(f"{shown(one.stream)}: asked for by {one.request.actor}, {basis}{why}")]
