"""The tables of the stored views. What fills them are the pure folds beside this file."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

LOG = Table(
    "log",
    metadata,
    Column("ref", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("service", String, nullable=False),
    Column("team", String),
    Column("themes", String, nullable=False),
    Column("iro", String, nullable=False),
    Column("ladder", String, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("raised_on", Date),
    Column("alerted_on", Date),
    Column("respond_by", Date),
    Column("resolve_by", Date),
    Column("step_answer", String),
    Column("action_by", Date),
    Column("sent_on", Date),
    Column("responded_on", Date),
    Column("response", String),
    Column("closed", Boolean, nullable=False),
    Column("closed_on", Date),
    Column("closure", String),
    Column("basis", String),
    Column("impact", String),
    Column("cafcass", String),
    Column("filed", Boolean, nullable=False),
    Column("escalations", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("recorded_lag_days", Integer),
    Column("source", String, nullable=False),
    Column("entries", Integer, nullable=False),
)

TIMES = Table(
    "times",
    metadata,
    Column("ref", String, primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("clock", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("service", String, nullable=False),
    Column("themes", String, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("started_on", Date),
    Column("due_on", Date),
    Column("stopped", Boolean, nullable=False),
    Column("stopped_on", Date),
    Column("outcome", String),
    Column("ended_on", Date),
)

COUNTS = Table(
    "counts",
    metadata,
    Column("ref", String, primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("service", String, nullable=False),
    Column("ladder", String, nullable=False),
    Column("what", String, nullable=False),
    Column("happened_on", Date),
    Column("source", String, nullable=False),
    Column("escalated_on", Date),
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
