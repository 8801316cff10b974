"""The rows of the Poole year as moves: each row is a thread with the entries its cells prove."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from footprint.domain.asks import Ask, Close, Escalate, Raise, RecordImpact, Respond
from footprint.ledger.ledger import Ledger

AUTHORITY = "Borough of Poole (demonstration)"
ACTOR = "demo"
_SHEET = Path(__file__).with_name("poole-2016-17.csv")

_SOURCES = {"Formal": "transcribed", "Recalled": "recalled"}
_SERVICES = {
    ("CYPSC", ""): "CSC",
    ("CYPL", "CHAD"): "CHAD",
    ("CAMHS", ""): "CAMHS",
    ("Education", "Virtual School"): "VS",
    ("Education", ""): "EDU",
    ("Commissioning", ""): "COM",
}
_THEMES = {
    "Placement change": "PLC",
    "Placement quality": "PLQ",
    "Assessment quality or delay": "ASQ",
    "Paperwork and preparation": "PAP",
    "Adoption drift": "ADO",
    "Social work input unclear": "SWK",
    "Family contact": "FAM",
    "Emotional health": "EMH",
    "Education": "EDU",
}
_RESPONSES = {"Agreed": "agreed", "Partly agreed": "partly", "Not agreed": "not-agreed"}
_CLOSURES = {"Resolved": "resolved"}

Row = Mapping[str, str]


def record_year(ledger: Ledger, actor: str = ACTOR) -> None:
    """Record the whole year in one transaction: a thread a row, each entry on its own day.

    Args:
        ledger: open to write.
        actor: who records it; on a server, the login.
    """
    with ledger.writing():
        for row in _rows():
            stream: str | None = None
            for ask in asks(row):
                stream = ledger.record(ask, actor=actor, stream=stream).stream


def _rows() -> list[Row]:
    with _SHEET.open(encoding="utf-8", newline="") as sheet:
        return list(csv.DictReader(sheet))


def asks(row: Row) -> Iterator[Ask]:
    """The moves that the cells of a row prove, in the order in which they happened."""
    source = _SOURCES[row["Record"]]
    yield Raise(
        on=_date(row["Date raised"]),
        source=source,
        child=row["Child ID"],
        service=_SERVICES.get((row["Service"], row["Team"])) or _SERVICES[row["Service"], ""],
        team=row["Team"],
        themes=(_THEMES[row["Theme"]],),
        role=row["Raised with"],
        iro=row["IRO"],
        formal=row["Level"] == "Alert",
        words={"text": row["Concern"]},
    )
    if row["Date of response"]:
        yield Respond(
            on=_date(row["Date of response"]),
            source=source,
            response=_RESPONSES[row["Response"]],
            role=row["Responded by"],
            words={"text": row["Response summary"]},
        )
    if row["Escalated to"]:
        yield Escalate(
            on=_date(row["Date escalated"]),
            source=source,
            reason="not-known",
            role=row["Escalated to"],
        )
        # The sheet has no place for the second answer: it was given, and that is all we know.
        yield Respond(on=None, source=source, response="not-known", role=None)
    if row["Date closed"]:
        yield Close(on=_date(row["Date closed"]), source=source, closure=_CLOSURES[row["Outcome"]])
        yield RecordImpact(
            on=None,
            source=source,
            impact="unclassified",
            words={"text": row["What changed for the child"]},
        )


def _date(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone
