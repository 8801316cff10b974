"""The stored format: canonical bytes, golden bytes, and nothing but `Unreadable` for the rest.

`FOOTPRINT_REGENERATE_GOLDEN=1 pytest tests/ledger/test_codec.py` writes the golden file anew.
"""

import json
import os
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import strategies as own
from golden.examples import EVENTS
from hypothesis import given, settings
from hypothesis import strategies as st

from footprint.domain import events as ev
from footprint.domain.entry import Entry
from footprint.ledger.store import codec
from footprint.ledger.store.codec import Unreadable, decode, encode
from footprint.ledger.store.sealing import commitment, entry_leaf, new_salt

GOLDEN = Path(__file__).parent.parent / "golden" / "events.json"
SALT = bytes(range(32))
WORDS = {"child": "C-1001", "text": "No plan \U0001f600\n[bold]since[/] May", "why": '"\\\x1b'}

each_topic = pytest.mark.parametrize("cls", ev.TOPICS.values(), ids=list(ev.TOPICS))
each_example = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.topic)


def entry_with(event: ev.Event, *, words: str | None = None, full: bool = True) -> Entry:
    return Entry(
        position=3,
        stream="CH-0000042",
        version=2,
        event_id="01890000-0000-7000-8000-000000000001",
        command_id="01890000-0000-7000-8000-000000000002",
        recorded_at="2017-03-23T16:05:00.000001Z",
        occurred_on=date(2017, 3, 23) if full else None,
        actor="ab",
        source="at-the-time" if full else "recalled",
        event=event,
        clock="2017-03-23T16:04:59.999999Z" if full else None,
        words=words,
    )


def again(entry: Entry, state: bytes, topic: str | None = None) -> Entry:
    topic = entry.topic if topic is None else topic
    return decode(entry.position, entry.stream, entry.version, topic, state)


def minimal(event: ev.Event) -> ev.Event:
    return event.but(**own.optional_facts(type(event)))


NOTE = entry_with(ev.NoteAdded())
STATE: dict[str, Any] = json.loads(encode(NOTE))


def as_json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def changed(entry: Entry, **facts: object) -> bytes:
    return as_json(json.loads(encode(entry)) | facts)


def refused(entry: Entry, state: bytes, words: str, topic: str | None = None) -> None:
    with pytest.raises(Unreadable, match=words):
        again(entry, state, topic)


# --- there and back -------------------------------------------------------------------------


@each_topic
@given(data=st.data())
@settings(max_examples=25)
def test_round_trip(cls: type[ev.Event], data: st.DataObject) -> None:
    """Every entry, of every kind and with any text, is read back as it was written."""
    entry = data.draw(own.entries(cls))
    assert again(entry, encode(entry)) == entry


@given(entry=own.entries())
def test_canonical(entry: Entry) -> None:
    """A state is written in one way: keys sorted, no white space, and the same when read again."""
    state = encode(entry)
    facts = json.loads(state)
    assert state == as_json(facts)
    assert state == encode(again(entry, state))
    assert codec.canonical(facts) == state


@given(entry=own.entries())
def test_no_nulls(entry: Entry) -> None:
    """A fact that is not known is left out; only the day it happened may be null."""
    nulls = {name for name, value in json.loads(encode(entry)).items() if value is None}
    assert nulls == ({"occurred_on"} if entry.occurred_on is None else set())


@given(words=st.dictionaries(own.codes(), own.text()))
def test_words_round_trip(words: dict[str, str]) -> None:
    """Words of any text are written canonically and read back the same."""
    data = codec.encode_words(words)
    assert data == as_json(words)
    assert codec.decode_words(data) == words


@each_topic
def test_no_fact_is_named_like_the_header(cls: type[ev.Event]) -> None:
    """No fact of any event has the name of a field that every entry has."""
    assert codec.HEADER.isdisjoint(cls.kinds)


# --- golden bytes ---------------------------------------------------------------------------


def golden_record(event: ev.Event, *, full: bool) -> dict[str, object]:
    topic, place = event.topic, ("CH-0000042", 2)
    words = codec.encode_words(WORDS) if full else None
    sealed = commitment(*place, topic, SALT, words) if words else None
    state = encode(entry_with(event if full else minimal(event), words=sealed, full=full))
    leaf = entry_leaf(*place, topic, state).hex()
    return {"topic": topic, "state": state.decode(), "commitment": sealed, "leaf": leaf}


def regenerate() -> None:
    examples = [golden_record(event, full=full) for event in EVENTS for full in (True, False)]
    place = {"stream": "CH-0000042", "version": 2, "salt": SALT.hex()}
    words = codec.encode_words(WORDS).decode()
    whole = {**place, "words": words, "examples": examples}
    GOLDEN.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


if os.environ.get("FOOTPRINT_REGENERATE_GOLDEN") == "1":
    regenerate()
PUBLISHED = json.loads(GOLDEN.read_text(encoding="utf-8"))


def published(topic: str) -> list[dict[str, Any]]:
    return [example for example in PUBLISHED["examples"] if example["topic"] == topic]


def test_every_topic_has_golden_bytes() -> None:
    """Each kind of event has one full and one minimal example, and no other kind has any."""
    topics = [example["topic"] for example in PUBLISHED["examples"]]
    assert sorted(topics) == sorted([*ev.TOPICS, *ev.TOPICS])
    assert PUBLISHED["salt"] == SALT.hex()


@each_example
def test_golden_bytes(event: ev.Event) -> None:
    """State, commitment and leaf of each kind are byte for byte those of the golden file."""
    assert published(event.topic) == [golden_record(event, full=full) for full in (True, False)]


@each_example
def test_golden_examples_are_whole(event: ev.Event) -> None:
    """The full example has every fact; the minimal one only those that are never left out."""
    full, least = (json.loads(example["state"]) for example in published(event.topic))
    known = {name for name, value in own.optional_facts(type(event)).items() if value is None}
    assert set(full) == codec.HEADER | event.kinds.keys()
    assert set(least) == set(full) - known - {"clock", "words"}


@pytest.mark.parametrize("example", PUBLISHED["examples"], ids=lambda one: one["topic"])
def test_golden_hashes_by_hand(example: dict[str, str]) -> None:
    """Commitments and leaves are the published hashes of the published lines and bytes."""
    place = f"{PUBLISHED['stream']}\n{PUBLISHED['version']}\n{example['topic']}\n".encode()
    leaf = sha256(b"\x00footprint/event/v1\n" + place + example["state"].encode())
    assert example["leaf"] == leaf.hexdigest()
    if example["commitment"]:
        salted = bytes.fromhex(PUBLISHED["salt"]) + PUBLISHED["words"].encode()
        sealed = sha256(b"footprint/words/v1\n" + place + salted).hexdigest()
        assert example["commitment"] == json.loads(example["state"])["words"] == sealed


@each_example
def test_golden_bytes_are_read(event: ev.Event) -> None:
    """Golden bytes are read as the events that they were written from."""
    for example, expected in zip(published(event.topic), (event, minimal(event)), strict=True):
        assert again(NOTE, example["state"].encode(), event.topic).event == expected


# --- what is hashed -------------------------------------------------------------------------


@given(
    words=st.binary(max_size=9),
    other=st.binary(max_size=9),
    place=st.tuples(own.codes(), st.integers(1, 99), st.sampled_from(sorted(ev.TOPICS))),
)
def test_commitments_bind_place_and_words(
    words: bytes, other: bytes, place: tuple[str, int, str]
) -> None:
    """A commitment fits only its words, at its place, and is never a leaf."""
    stream, version, topic = place
    sealed = commitment(*place, SALT, words)
    assert (commitment(*place, SALT, other) == sealed) == (words == other)
    assert commitment(stream, version + 1, topic, SALT, words) != sealed
    assert commitment(stream + "x", version, topic, SALT, words) != sealed
    assert commitment(*place, bytes(32), words) != sealed
    assert entry_leaf(*place, SALT + words).hex() != sealed


def test_salts_are_fresh() -> None:
    """Each commitment has 32 random bytes of its own."""
    salts = {new_salt() for _ in range(50)}
    assert len(salts) == 50
    assert {len(salt) for salt in salts} == {32}


# --- what is refused ------------------------------------------------------------------------


def test_unknown_topic() -> None:
    """A topic outside the closed registry is refused, whatever it names."""
    for topic in ("thread.exploded", "os:getcwd", "footprint.domain.events:NoteAdded", ""):
        refused(NOTE, encode(NOTE), "unknown kind", topic)


@pytest.mark.parametrize("newer", [2, 0, "1", None])
def test_another_format(newer: object) -> None:
    """An entry of a newer format, or of none, is refused and says what to do."""
    with pytest.raises(Unreadable, match="this version reads format 1") as caught:
        again(NOTE, changed(NOTE, format=newer))
    assert "newer version" in caught.value.next_step


@each_example
def test_missing_fact(event: ev.Event) -> None:
    """An entry without a fact of its kind, or of its header, is refused with its name."""
    whole = encode(entry := entry_with(minimal(event)))
    never_left_out = event.kinds.keys() - set(own.optional_facts(type(event)))
    for name in never_left_out | set(STATE) - {"clock", "format"}:
        facts = json.loads(whole)
        del facts[name]
        refused(entry, as_json(facts), f"missing \\['{name}'\\]")


@each_example
def test_unknown_fact(event: ev.Event) -> None:
    """An entry with a fact that its kind does not have is refused with its name."""
    entry = entry_with(event)
    refused(entry, changed(entry, colour="red"), "unknown \\['colour'\\]")


@pytest.mark.parametrize("wrong", [5, True, "", "23/03/2017", "2017-02-30", "2017-03-23T10:00", []])
def test_wrong_dates(wrong: object) -> None:
    """What is not a date where a date belongs is refused, in the header and in the facts."""
    filled = entry_with(ev.ThreadAlerted(stage=1, respond_by=date(2017, 3, 30)))
    refused(filled, changed(filled, respond_by=wrong), "of another type")
    refused(NOTE, changed(NOTE, occurred_on=wrong), "of another type")
    ladder = entry_with(next(e for e in EVENTS if isinstance(e, ev.CalendarAdopted)))
    refused(ladder, changed(ladder, off=[wrong]), "of another type")


@pytest.mark.parametrize("event", [e for e in EVENTS if isinstance(e, ev.AlertRaised)])
def test_null_dates(event: ev.Event) -> None:
    """A date that is not known is left out, and never written as null."""
    entry = entry_with(event)
    refused(entry, changed(entry, resolve_by=None), "of another type")


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"x",
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"format":1,}',
        b"{'format':1}",
        encode(NOTE)[:-1],
        encode(NOTE) + b"}",
        encode(NOTE).replace(b'"format":1', b'"format":NaN'),
        encode(NOTE).replace(b'"format":1', b'"format":Infinity'),
        encode(NOTE).replace(b'"ab"', b'"\\ud800"'),
        encode(NOTE).replace(b'"ab"', b'"\xed\xa0\x80"'),
        encode(NOTE).replace(b'"ab"', b'"a\nb"'),
        b"[" * 100_000,
    ],
)
def test_not_json(state: bytes) -> None:
    """Bytes that are not JSON, though some readers take them for it, are refused."""
    refused(NOTE, state, "is not JSON")
    with pytest.raises(Unreadable, match="not JSON"):
        codec.decode_words(state)


@pytest.mark.parametrize("state", [b"[]", b"null", b"1", b'"text"', b"true"])
def test_not_an_object(state: bytes) -> None:
    """JSON that is not an object is refused."""
    refused(NOTE, state, "not a JSON object")
    with pytest.raises(Unreadable, match="not a JSON object"):
        codec.decode_words(state)


@pytest.mark.parametrize("value", [1, None, True, [], {}])
def test_words_that_are_not_text(value: object) -> None:
    """Words that hold anything but text are refused."""
    with pytest.raises(Unreadable, match="not text"):
        codec.decode_words(as_json({"text": "x", "why": value}))


# --- hostile bytes --------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | own.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(own.text(), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def hostile(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good entry with a fact replaced, or with bytes replaced, dropped or put in between."""
    topic = draw(st.sampled_from(sorted(ev.TOPICS)))
    example = draw(st.sampled_from(published(topic)))["state"]
    facts = json.loads(example)
    if draw(st.booleans()):
        facts[draw(st.sampled_from(sorted(facts)))] = draw(json_values)
        return topic, json.dumps(facts).encode()
    whole = example.encode()
    start = draw(st.integers(0, len(whole)))
    end = draw(st.integers(start, min(start + 4, len(whole))))
    return topic, whole[:start] + draw(st.binary(max_size=4)) + whole[end:]


@given(case=hostile() | st.tuples(own.text(), st.binary() | json_values.map(as_json)))
@settings(max_examples=400)
def test_hostile_bytes(case: tuple[str, bytes]) -> None:
    """Hostile bytes are an entry or are `Unreadable`, and never anything else."""
    topic, state = case
    try:
        entry = again(NOTE, state, topic)
    except Unreadable:
        return
    assert type(entry.event) is ev.TOPICS[topic]


@given(data=st.binary() | json_values.map(as_json))
def test_hostile_words(data: bytes) -> None:
    """Hostile bytes in the vault are texts by name or are `Unreadable`, and never anything else."""
    try:
        words = codec.decode_words(data)
    except Unreadable:
        return
    assert all(isinstance(value, str) for value in words.values())
