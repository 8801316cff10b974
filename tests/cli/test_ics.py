"""`due --ics`: what a strict reader of RFC 5545 makes of it, and what is not in it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from cli_helpers import REFUSED, USAGE, Place, concern, one_message
from footprint_cli.screen.ics import calendar, escaped, folded
from hypothesis import given
from hypothesis import strategies as st

from footprint.projections.due import REASONS, Term

_EVENT = {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY", "CLASS", "TRANSP"}
_CODES = {"n": "\n", "N": "\n", ";": ";", ",": ",", "\\": "\\"}


def lines_of(data: bytes) -> list[str]:
    """The lines as they were before they were folded: ended by CRLF, and none of them long."""
    assert data.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data)
    written = data.removesuffix(b"\r\n").split(b"\r\n")
    assert all(0 < len(line) <= 75 and line.decode() for line in written)  # no character is cut
    return data.decode().removesuffix("\r\n").replace("\r\n ", "").split("\r\n")


def text_of(value: str) -> str:
    """A text as it was before it was escaped; nothing in it is escaped that need not be."""
    assert re.fullmatch(r"(?:[^\\;,\n]|\\[\\;,nN])*", value, re.DOTALL)
    return re.sub(r"\\(.)", lambda found: _CODES[found[1]], value)


def events_of(data: bytes) -> list[dict[str, str]]:
    """The events of a calendar, each with its properties; there is one at least."""
    first, version, product, *between, last = lines_of(data)
    assert (first, version, last) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    assert product.startswith("PRODID:")
    events = re.findall(r"BEGIN:VEVENT\n(.*?)\nEND:VEVENT\n", "\n".join([*between, ""]), re.DOTALL)
    assert sum(2 + text.count("\n") + 1 for text in events) == len(between) > 0
    found = [dict(line.split(":", 1) for line in text.split("\n")) for text in events]
    for event, text in zip(found, events, strict=True):
        assert (event.keys(), text.count("\n")) == (_EVENT, len(_EVENT) - 1)
        assert re.fullmatch("[0-9]{8}T[0-9]{6}Z", event["DTSTAMP"])
        date.fromisoformat(event["DTSTART;VALUE=DATE"])
    assert len({event["UID"] for event in found}) == len(found)
    return found


def said(events: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(event["DTSTART;VALUE=DATE"], text_of(event["SUMMARY"])) for event in events]


# --- the form -----------------------------------------------------------------------------------

_TEXTS = st.text(st.characters(codec="utf-8"))


@given(_TEXTS)
def test_any_text_is_read_back(text: str) -> None:
    """However long, and whatever is in it: but for controls, which have no form there."""
    (line,) = lines_of(folded(f"SUMMARY:{escaped(text)}"))
    kept = "".join(char for char in text if char in "\n\t" or (char >= " " and char != "\x7f"))
    assert text_of(line.removeprefix("SUMMARY:")) == kept


_TERMS = st.builds(
    Term,
    st.integers(1, 10**7).map("CH-{}".format),
    st.sampled_from([reason for reason in REASONS if reason not in ("near", "calendar")]),
    st.dates(date(1, 1, 1)),
)


@given(st.lists(_TERMS, min_size=1, unique_by=lambda term: term[:2]), _TEXTS)
def test_any_terms_make_a_calendar(terms: list[Term], origin: str) -> None:
    """Each is one event, with an id that stays when the day moves and is of this ledger alone."""
    events = events_of(calendar(terms, origin, "2026-04-03T16:59:00.000000Z"))
    assert [event["DTSTAMP"] for event in events] == ["20260403T165900Z"] * len(terms)
    assert [on for on, _ in said(events)] == [
        term.by.isoformat().replace("-", "") for term in terms
    ]
    assert all(
        text.startswith(f"{t.ref}: ") for (_, text), t in zip(said(events), terms, strict=True)
    )
    moved = [term._replace(by=date(2026, 4, 3)) for term in terms]
    again = events_of(calendar(moved, origin, "2026-04-04T16:59:00.000000Z"))
    assert [event["UID"] for event in again] == [event["UID"] for event in events]
    others = events_of(calendar(terms, f"{origin}x", "2026-04-04T16:59:00.000000Z"))
    assert not {event["UID"] for event in others} & {event["UID"] for event in events}


# --- the command --------------------------------------------------------------------------------


def made(place: Place, *options: str) -> list[dict[str, str]]:
    ran = place.done("due", "--ics", *options)
    return events_of(ran.out.encode())


def test_what_is_due_is_in_the_calendar(year: Place) -> None:
    """Each thread of `due` on its day, and the days that are still to come."""
    day = ["--day", "2017-03-01"]
    days = said(made(year, *day))
    assert days == [
        ("20161201", "CH-22: answer due"),
        ("20170214", "CH-25: yours to decide"),
        ("20170221", "CH-17: yours to decide"),
        ("20170307", "CH-18: answer due"),
        ("20170308", "CH-26: answer due"),
        ("20170314", "CH-17: last day to resolve it"),
        ("20170328", "CH-18: last day to resolve it"),
    ]
    assert {row["ref"] for row in year.json("due", *day)} < {text.split(":")[0] for _, text in days}
    assert said(made(year, *day, "--iro", "PD")) == [
        days[n] for n, (_, text) in enumerate(days) if "CH-17" in text
    ]


def test_it_is_the_same_to_the_byte_until_something_is_recorded(poole: Place) -> None:
    """Then the events are as of that; their ids stay."""
    day = ["--day", "2017-03-01"]
    before = poole.done("due", "--ics", *day).out
    assert poole.done("due", "--ics", *day).out == before
    poole.done("note", "17", "--on", "2017-03-01", "--source", "recalled", "--words", "Rang.")
    after = made(poole, *day)
    assert said(after) == said(events_of(before.encode()))
    assert [event["UID"] for event in after] == [e["UID"] for e in events_of(before.encode())]


def test_nothing_of_a_child_or_a_service_is_in_it(begun: Place) -> None:
    """It goes to phones."""
    begun.done("challenge", *concern(child="777123", to="Mrs Miller", team="north-team"))
    told = begun.done("due", "--ics").out
    for secret in ("777123", "204117", "Miller", "CSC", "PLC", "north", "manager", "mb", "Testing",
                   "placement"):  # fmt: skip
        assert secret not in told


def test_it_is_written_to_a_new_file(begun: Place) -> None:
    """Which is said; what is there stays."""
    file = begun.folder / "due.ics"
    ran = begun.done("due", "--ics", "--output", str(file))
    assert str(file) in ran.out
    assert file.read_bytes() == begun.done("due", "--ics").out.encode()
    assert str(file) in one_message(begun.run("due", "--ics", "--output", str(file)), REFUSED)


def test_of_nothing_there_is_no_calendar(fresh: Place) -> None:
    """RFC 5545 knows no empty one: it is said, and nothing is printed or written."""
    ran = fresh.done("due", "--ics", "--output", str(fresh.folder / "due.ics"))
    assert (ran.out, "Nothing is due" in ran.err) == ("", True)
    assert not (fresh.folder / "due.ics").exists()


def test_the_end_of_the_calendar_is_told_beside_it(year: Place) -> None:
    """As `due` tells it; it is of no thread."""
    assert "adopt --calendar-to" in year.done("due", "--ics", "--day", "2049-01-01").err


@pytest.mark.parametrize(
    "options",
    [["--ics", "--json"], ["--ics", "--csv"], ["--ics", "--with-words"], ["--ics", "--all"],
     ["--ics", "--first", "2"], ["--output", "due.ics"]],
    ids=str,
)  # fmt: skip
def test_what_a_calendar_has_no_place_for_is_misuse(begun: Place, options: Any) -> None:
    """And so is a file for no calendar."""
    assert "--ics" in one_message(begun.run("due", *options), USAGE)
    assert not (begun.folder / "due.ics").exists()
