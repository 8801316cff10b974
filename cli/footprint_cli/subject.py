"""All that is held about one child: the record that a subject access request is answered from.

UK GDPR article 15 says what somebody may have; Data Protection Act 2018, schedule 2 (paragraphs 16
and 19) and schedule 3, what may be withheld: others' data, legal advice, what would do serious
harm. Whether anything is, the data protection officer decides: this is a draft for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from footprint.domain.days import london_day, spelt
from footprint.domain.entry import Entry, Words
from footprint.domain.moves.redacting import RIGHT_CHILD
from footprint.domain.policy import Policy
from footprint.domain.privileged import privileged_in
from footprint.domain.redactions import redactions, silenced
from footprint.domain.reference import shown
from footprint.domain.stated import stated
from footprint.errors import NotFound, Refused
from footprint.ledger.ledger import Ledger
from footprint.projections import history, log
from footprint_cli.page import ToldThread, rendered, told_thread
from footprint_cli.rows import entry_row, history_rows
from footprint_cli.telling import Gone
from footprint_cli.text import visible

FORMAT = "footprint/subject-access/v1"
_DRAFT = (
    "This is a draft for the data protection officer. Nobody has checked it for what names other"
    " people, or for what would do serious harm to read: both have to be looked for before it is"
    " given to anyone."
)
_WHAT_IT_IS = (
    "It holds what this ledger has under that case number. Documents that are named stay in the"
    " case system; so does all else that is kept about the child. What was recorded on the wrong"
    " child, and threads whose case number was removed, cannot be found by it."
)
_TO_COMPLETE = (
    "To be completed by the data protection officer: for what purposes it is kept and on what"
    " basis, for how long, who else has been given it, where it came from, and the right to have"
    " it corrected and to complain to the Information Commissioner (UK GDPR, article 15)."
)


class Held(NamedTuple):
    """One thread of the child. `words` are those that are given, by position."""

    stream: str
    entries: Sequence[Entry]
    words: Mapping[int, Words]
    advice: Sequence[int]
    doubted: Sequence[int]


class Subject(NamedTuple):
    """All that is held about one child, as it is known at one position of the ledger."""

    child: str
    threads: Sequence[Held]
    policy: Policy
    day: date
    about: Mapping[str, Any]

    @property
    def advice(self) -> list[int]:
        """The entries whose words are left out as legal advice."""
        return [at for held in self.threads for at in held.advice]

    @property
    def doubted(self) -> list[int]:
        """The requests by which a thread is said to be another child's."""
        return [at for held in self.threads for at in held.doubted]

    @property
    def removed(self) -> list[int]:
        """The entries whose words were redacted."""
        return [at for held in self.threads for at in silenced(held.entries)]


def subject(ledger: Ledger, child: str, day: date, *, legal_advice: bool) -> Subject:
    """Read it, inside one snapshot of the caller's.

    Args:
        ledger: open to read.
        child: the local case number.
        day: the day that it is told on.
        legal_advice: also with the words of what is marked as such.

    Raises:
        NotFound: there is no thread of that child.
        Refused: this ledger is an audit copy.
    """
    if not ledger.vault.here:
        raise Refused(
            f"{ledger.path} is an audit copy: it has no words and no case numbers.",
            "Name the ledger itself with --ledger.",
        )
    streams = ledger.vault.threads_of(child)
    if not streams:
        raise NotFound(
            "Nothing is held under that case number.",
            "Mend it; a thread whose case number was removed cannot be found by it any more.",
        )
    opened, size, head = ledger.opened, ledger.size(), ledger.receipt(streams[0], 1)
    return Subject(
        child=child,
        threads=[_held(ledger, stream, legal_advice=legal_advice) for stream in streams],
        policy=ledger.policy(),
        day=day,
        about={
            "authority": opened.authority,
            "origin": opened.origin,
            "entries": size,
            "root": head.root.hex() if head else None,
        },
    )


def _held(ledger: Ledger, stream: str, *, legal_advice: bool) -> Held:
    entries, words = ledger.entries(stream), ledger.vault.words(stream)
    advice = set[int]() if legal_advice else privileged_in(entries) & words.keys()
    doubted = [at for at, said in words.items() if RIGHT_CHILD in said]
    given = {at: _own(said) for at, said in words.items() if at not in advice}
    return Held(stream, entries, given, sorted(advice), doubted)


def _own(said: Words) -> Words:
    """Words without the case number of another child, whose the thread is said to be."""
    return {name: text for name, text in said.items() if name != RIGHT_CHILD}


# --- as data ----------------------------------------------------------------------------------


def as_record(of: Subject) -> dict[str, Any]:
    """As JSON: each entry as it was recorded, and each thread as it stands."""
    return {
        "format": FORMAT,
        "child": of.child,
        "day": of.day,
        "ledger": of.about,
        "draft": [_DRAFT, _WHAT_IT_IS, _TO_COMPLETE],
        "left_out": {
            "legal_advice": of.advice,
            "redacted": of.removed,
            "another_child": of.doubted,
        },
        "threads": [_thread_record(of, held) for held in of.threads],
    }


def _thread_record(of: Subject, held: Held) -> dict[str, Any]:
    happened = history.read(held.entries, of.policy, of.day)
    record = log.record(_thread(of, held), of.policy.calendar, of.day)
    return {
        **record,
        "recorded": [_as_recorded(entry, of, held) for entry in held.entries],
        "history": history_rows(happened, held.words, of.policy, of.day),
    }


def _as_recorded(entry: Entry, of: Subject, held: Held) -> dict[str, Any]:
    _, _, facts = stated(entry)
    said = held.words.get(entry.position)
    return {
        **entry_row(entry, of.policy),
        "facts": {n: v for n, v in facts.items() if v is not None and n not in _IN_ROW},
        "words": None if said is None else dict(said),
        "words_left_out": _gone(of, held)(entry.position) if entry.words and said is None else None,
    }


_IN_ROW = frozenset({"occurred_on", "recorded_at", "source"})


def _thread(of: Subject, held: Held) -> Any:
    from footprint.domain.fold import fold

    return fold(held.entries, of.policy)


def _gone(of: Subject, held: Held) -> Gone:
    """Why the words of an entry are not given."""
    removed = redactions(held.entries)

    def gone(position: int) -> str:
        redaction: Any = removed.get(position)
        if redaction is None:
            return "left out: legal advice"
        on = spelt(london_day(redaction.recorded_at))
        basis = of.policy.label("redactions", redaction.event.basis)
        return f"removed on {on}: {basis} (entry {redaction.position})"

    return gone


# --- as a page --------------------------------------------------------------------------------


class _Page(NamedTuple):
    """What is shown of it, in texts that are safe to show."""

    title: str
    known_on: str
    notices: Sequence[str]
    to_complete: str
    left_out: Sequence[str]
    threads: Sequence[ToldThread]
    footer: Sequence[str]


def as_html(of: Subject) -> str:
    """As one page that needs nothing else: no script, no network, and prints."""
    page = _Page(
        title=f"What is held about the child with the case number {visible(of.child)}",
        known_on=f"{visible(of.about['authority'])}, as it is known on {spelt(of.day)}",
        notices=[_DRAFT, _WHAT_IT_IS],
        to_complete=_TO_COMPLETE,
        left_out=list(left_out(of)),
        threads=[_told(of, held) for held in of.threads],
        footer=[
            f"From the ledger {visible(of.about['origin'])}, of {of.about['entries']} entries.",
            f"Root: {of.about['root']}.",
        ],
    )
    return rendered("subject-access.html", page=page)


def _told(of: Subject, held: Held) -> ToldThread:
    gone = _gone(of, held)
    return told_thread(
        held.entries, held.words, _thread(of, held), of.policy, of.day, gone, of.child
    )


def left_out(of: Subject) -> list[str]:
    """What is not in it, a sentence each."""
    said = {
        "Legal advice is left out: the words of": of.advice,
        "Removed for good, and named where they stood: the words of": of.removed,
        "The thread may be another child's, whose case number is left out of": of.doubted,
    }
    return [f"{what} {_entries(at)}." for what, at in said.items() if at]


def _entries(positions: Sequence[int]) -> str:
    return f"entr{'y' if len(positions) == 1 else 'ies'} {', '.join(map(str, positions))}"


def refs(of: Subject) -> str:
    """The threads, as people name them."""
    return ", ".join(shown(held.stream) for held in of.threads)
