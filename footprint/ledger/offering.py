"""What somebody may be about to name: threads, by what is typed of a reference, and codes."""

from __future__ import annotations

import json  # orjson brings uuid and dataclasses, which take longer than all the rest of this
from typing import Any

from footprint.domain.reference import streams_begun
from footprint.engine.connection import Connection

MOST = 50
_LONGEST = 1_000_000
"""Bytes of an entry that are read while somebody waits; more than any entry or list has."""
_CORRECTED = "entry.corrected"
_BETWEEN = (
    "SELECT stream, CASE WHEN EXISTS (SELECT 1 FROM event AS later WHERE"  # noqa: S608 - our own
    f" later.stream = event.stream AND later.topic = '{_CORRECTED}') THEN NULL ELSE state END"
    " FROM event WHERE stream BETWEEN ? AND ? AND version = 1 ORDER BY stream DESC LIMIT ?"
)
_VOCABULARY = (
    "SELECT state FROM event WHERE stream = 'policy' AND topic = 'policy.vocabulary-adopted'"
    " ORDER BY version DESC LIMIT 1"
)


def lists_in_force(connection: Connection) -> dict[str, dict[str, str]]:
    """The lists that the authority owns, as they were adopted last: list name → code → label.

    A code is left out that could not have been adopted, and a label that a terminal would act on:
    both are about to stand in somebody's line.
    """
    row = connection.execute(_VOCABULARY).fetchone()
    lists = _facts(row[0]).get("lists") if row else None
    return {name: _plain(codes) for name, codes in _table(lists).items()}


def _plain(codes: Any) -> dict[str, str]:
    return {
        code: label if isinstance(label, str) and label.isprintable() else ""
        for code, label in _table(codes).items()
        if is_code(code)
    }


def is_code(text: str) -> bool:
    """Whether it is of the form that codes have: letters and digits, and hyphens between them."""
    return text.isascii() and text.replace("-", "").isalnum() and text[0] != "-"


def threads_begun(connection: Connection, digits: str) -> list[tuple[str, dict[str, Any]]]:
    """Threads whose number begins with these digits, the newest first, with how they began.

    Found in the index, at any size. Where there are more than `MOST`, it is the newest and the
    shortest numbers: of the newest alone a shell would take what they have in common for typed.
    What a thread began with is left out where something in the thread was corrected, and where it
    cannot be read: that is for a verifier to say.
    """
    *longer, shortest = streams_begun(digits)
    short = connection.execute(_BETWEEN, (*shortest, MOST)).fetchall()
    rows: list[Any] = []
    for first, last in longer:
        left = MOST - len(short) - len(rows)
        rows += connection.execute(_BETWEEN, (first, last, left)).fetchall()
    return [(stream, _facts(state)) for stream, state in (*rows, *short)]


def _facts(state: bytes | None) -> dict[str, Any]:
    if state and len(state) > _LONGEST:
        return {}
    try:
        facts = json.loads(state or b"{}")
    except (ValueError, RecursionError):  # no JSON, or no end of brackets
        return {}
    return _table(facts)


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
