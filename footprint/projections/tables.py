"""The tables that the views are read from.

`thread` has a row for each thread: what its entries make it, as one JSON text, and the day from
which it rests (`resting`). Rows are only ever read whole, and a column for each fact would cost a
rebuild four times as much.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

THREAD = Table(
    "thread",
    metadata,
    Column("ref", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("rests_from", String, nullable=False, index=True),
    sqlite_with_rowid=False,
)

PLACE = Table(
    "place",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("origin", String, nullable=False),
    Column("folded_by", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
)
"""Where the stored views stand: the position they are of, and what is there."""
