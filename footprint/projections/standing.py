"""Where the stored views of a file stand, read without what makes them: for whoever only asks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from footprint.engine.sqlite import connect_readonly

FOLDED_BY = 3
"""Goes up when a fold or a table changes, so that views of an older version are folded again."""
_PATIENCE = 1
"""Seconds to wait for whoever makes them anew."""


class Standing(NamedTuple):
    """Whose views they are, by which version of the fold, and up to which entry."""

    origin: str
    folded_by: int
    position: int
    leaf: bytes


def standing(path: Path) -> Standing | None:
    """Where the views in a file stand; None where they are not there, or no views of ours."""
    if not path.exists():
        return None
    try:
        with closing(connect_readonly(path, _PATIENCE)) as connection:
            row = connection.execute(
                "SELECT origin, folded_by, position, leaf FROM place"
            ).fetchone()
    except sqlite3.Error:
        return None
    return Standing(*row) if row else None


def views_path(ledger: Path) -> Path:
    """The file that keeps the views of a ledger: beside it."""
    return ledger.with_name(ledger.name + ".views")
