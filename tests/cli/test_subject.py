"""The record of one child as a pure function: hard text in, the same text out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import orjson
import pytest
from footprint_cli.screen.text import escaped_json, visible
from footprint_cli.thread.subject import Held, as_html, as_json, without_other_child
from hypothesis import given
from hypothesis import strategies as st
from strategies import policy, recorded, text

from footprint.domain import events as ev
from footprint.domain.entry import Entry, Move
from footprint.domain.fold import fold
from footprint.evidence.gathering import Evidence, Item, Note
from footprint.ledger.store.codec import encode_words
from footprint.proof.checkpoint import Checkpoint

DAY = date(2027, 3, 4)
TREE = Checkpoint("testing/footprint/0", 9, bytes(32))
NOTE = Note(text="", checkpoint=TREE, lines=(), unknown=0, witnessed_at=None)
OPENED = ev.ChallengeRaised(
    service="CSC", themes=("PLC",), ladder="authority", ladder_version=1, stage=0, iro="mb"
)

ALERTED = ev.AlertRaised(
    service="CSC", themes=("PLC",), ladder="authority", ladder_version=1, stage=1, iro="mb"
)
ASKED = ev.RedactionRequested(positions=(), basis="wrong-child")


def item(position: int, event: ev.Event, words: Mapping[str, str]) -> Item:
    move = Move(event=event, occurred_on=DAY, source="at-the-time", words=words)
    entry: Entry = recorded(move, version=position).but(words="00" * 32 if words else None)
    return Item(entry=entry, leaf=b"", proof="", sealed=(b"", encode_words(words)))


def held(*said: tuple[ev.Event, Mapping[str, str]], authority: str = "Testing") -> Held:
    """A child's one thread, which says this after it was opened."""
    items = [item(n, event, words) for n, (event, words) in enumerate([(OPENED, {}), *said], 1)]
    evidence = Evidence(
        authority=authority, origin=TREE.origin, stream="CH-0000001", note=NOTE,
        items=tuple(items), with_words=True,
    )  # fmt: skip
    thread = fold(evidence.entries, policy())
    assert thread is not None
    return Held("204117", [(evidence, thread)], policy(), DAY, 9, legal_advice=False)


def read_again(record: Held) -> list[Any]:
    """The entries, as whoever reads the file has them."""
    written = escaped_json(orjson.dumps(as_json(record)))
    entries: list[Any] = json.loads(written)["threads"][0]["entries"]
    return entries


class Reader(HTMLParser):
    """What a browser makes of a page: its elements and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.data: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        assert not any(name.startswith("on") or name == "src" for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.data.append(data)

    @property
    def text(self) -> str:
        return "".join(self.data)


ELEMENTS = {*Reader(as_html(held((ev.NoteAdded(), {"text": "x", "to": "y"})))).elements}
"""Those that a page has which nobody typed anything special for."""

NAMES = ("text", "why", "to", "from", "view", "title", "review_date")
WORDS = st.dictionaries(st.sampled_from(NAMES), text(min_size=1), min_size=1)


@given(WORDS, text())
def test_any_words_come_back(words: Mapping[str, str], authority: str) -> None:
    """Exactly from the record; from the page as a browser has them, and as text alone."""
    record = held((ev.NoteAdded(), words), authority=authority)
    assert read_again(record)[1]["words"] == words
    page = Reader(as_html(record))
    for one in words.values():
        assert visible(one, lines=True) in page.text
    assert {*page.elements} == ELEMENTS


@given(text(min_size=1), text(min_size=1), text(min_size=1))
def test_what_was_put_right_comes_back(first: str, second: str, reason: str) -> None:
    """As it was, as it is, and why: in the record and on the page."""
    record = held(
        (ev.NoteAdded(), {"text": first}),
        (ev.EntryCorrected(corrects=2, facts={}), {"new.text": second, "reason": reason}),
    )
    _, note, correction = read_again(record)
    assert (note["words"], note["words_as_recorded"]) == ({"text": second}, {"text": first})
    assert correction["words"] == {"new.text": second, "reason": reason}
    page = Reader(as_html(record)).text
    told = (f"words “{first}”; corrected", f"because: {reason} (entry 3)", second)
    assert all(visible(one, lines=True) in page for one in told)


def test_a_correction_of_a_correction_is_in_the_record() -> None:
    """Each entry as it was recorded and as it stands; the facts as they were put right."""
    record = held(
        (ev.NoteAdded(), {"text": "one"}),
        (ev.EntryCorrected(corrects=2, facts={}), {"new.text": "two", "reason": "a"}),
        (ev.EntryCorrected(corrects=3, facts={"occurred_on": "2027-03-03"}),
         {"new.new.text": "three", "reason": "b"}),
    )  # fmt: skip
    _, note, first, second = read_again(record)
    assert note["words"] == {"text": "three"}
    assert (first["words"]["new.text"], first["words_as_recorded"]["new.text"]) == ("three", "two")
    assert (first["recorded_as"], second["facts"]["corrects"]) == (
        {"occurred_on": "2027-03-04"},
        3,
    )


@pytest.mark.parametrize("event", [OPENED, ALERTED, ev.NoteAdded(), ASKED], ids=lambda e: e.topic)
@pytest.mark.parametrize("name", ["together", "new.together", "right_child", "new.right_child"])
def test_another_child_is_left_out_of_every_entry(event: ev.Event, name: str) -> None:
    """The number and the threads of others, whatever the entry is; all else is as it was."""
    others = {name: "CH-3, 999111", "text": "No plan."}
    ((evidence, _),) = held().threads
    said = {**without_other_child(replace(evidence, items=(item(1, event, others),))).words[1]}
    assert "left out" in said.pop(name)
    assert said == {"text": "No plan."}


def test_others_that_a_correction_took_away_stay_away() -> None:
    """An empty text names nobody, and nothing is said to be left out as it now stands."""
    ((evidence, thread),) = held(
        (ev.NoteAdded(), {"together": "CH-3", "text": "x"}),
        (ev.EntryCorrected(corrects=2, facts={}), {"new.together": "", "reason": "No brother."}),
    ).threads
    given = [(without_other_child(evidence), thread)]
    _, note, correction = read_again(held()._replace(threads=given))
    assert (note["words"], correction["words"]["new.together"]) == ({"text": "x"}, "")
    assert "left out" in note["words_as_recorded"]["together"]


def test_what_a_thread_began_with_is_told() -> None:
    """Also what its sentence leaves out: whose it was, and by which ladder."""
    record = held()
    assert "IRO mb; ladder authority, version 1" in as_html(record)
    facts = read_again(record)[0]["facts"]
    assert (facts["iro"], facts["ladder_version"]) == ("mb", 1)
