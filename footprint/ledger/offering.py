"""The threads that somebody may be about to name, by what is typed of a reference."""

from __future__ import annotations

import json  # orjson brings uuid and dataclasses, which take longer than all the rest of this
from typing import Any

from footprint.domain.reference import streams_begun
from footprint.engine.connection import Connection

MOST = 50
_CORRECTED = "entry.corrected"
_BETWEEN = (
    "SELECT stream, CASE WHEN EXISTS (SELECT 1 FROM event AS later WHERE"  # noqa: S608 - our own
    f" later.stream = event.stream AND later.topic = '{_CORRECTED}') THEN NULL ELSE state END"
    " FROM event WHERE stream BETWEEN ? AND ? AND version = 1 ORDER BY stream DESC LIMIT ?"
)


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
    try:
        facts = json.loads(state or b"{}")
    except (ValueError, RecursionError):  # no JSON, or no end of brackets
        return {}
    return facts if isinstance(facts, dict) else {}
