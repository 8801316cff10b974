"""The days by which something is due, as a calendar that phones and Outlook read (RFC 5545).

A calendar goes on to machines of others and is shown beside other people's: so it has references
and what is due, and nothing of a child, a theme, a service, a person or a word. The same entries
give the same bytes; an event keeps its id when its day moves, so that it is moved there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import NAMESPACE_URL, uuid5

from footprint.projections.due import Term

_SAID = {
    "total": "last day to resolve it",
    "response": "answer due",
    "action": "promised action due",
    "decide": "yours to decide",
}
_LONGEST = 75
"""Octets of a line, its end apart."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar(terms: Iterable[Term], origin: str, revised: str) -> bytes:
    """The calendar.

    Args:
        terms: what is due, and when; one or more, since there is no calendar of nothing.
        origin: the ledger's, so that two ledgers' events are never one.
        revised: when its last entry was recorded, as UTC text.
    """
    stamp = revised[:19].replace("-", "").replace(":", "") + "Z"
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//footprint//due//EN",
        *(line for term in terms for line in _event(term, origin, stamp)),
        "END:VCALENDAR",
    ]  # fmt: skip
    return b"".join(map(folded, lines))


def _event(term: Term, origin: str, stamp: str) -> Iterator[str]:
    """All of a day, in which nobody is busy by it, and which others are not shown."""
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(NAMESPACE_URL, f'{origin}#{term.ref}/{term.what}')}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{term.by.isoformat().replace('-', '')}"
    yield f"SUMMARY:{escaped(f'{term.ref}: {_SAID[term.what]}')}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as a value: controls other than a new line have no form there, and are left out."""
    kept = "".join(char for char in text if char in "\n\t" or (char >= " " and char != "\x7f"))
    return kept.translate(_ESCAPED)


def folded(line: str) -> bytes:
    """A line as it is written: broken where it is long, between characters, and ended."""
    pieces, room = [b""], _LONGEST
    for char in line:
        octets = char.encode()
        if len(pieces[-1]) + len(octets) > room:
            pieces.append(b"")
            room = _LONGEST - 1  # a space goes before what a line goes on with
        pieces[-1] += octets
    return b"\r\n ".join(pieces) + b"\r\n"
