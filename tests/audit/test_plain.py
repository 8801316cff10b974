"""The short proof of a common entry: it accepts nothing in which a thorough reading finds fault."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

import orjson
import pytest
import strategies as own
from golden.examples import EVENTS
from hypothesis import example, given
from hypothesis import strategies as st

from footprint.audit import plain
from footprint.audit.part import Scope, read_part
from footprint.audit.plain import PLAIN_TOPICS, proved
from footprint.domain.entry import Entry
from footprint.domain.events import TOPICS, Event, NoteAdded
from footprint.ledger.store.codec import canonical, encode
from footprint.ledger.store.sealing import commitment, entry_leaf

SALT = bytes(range(32))
WORDS = {"child": "204117", "text": 'Said "no plan"\n\U0001f600'}
STREAM = "CH-0000042"
PLAIN_EVENTS = [event for event in EVENTS if event.topic in PLAIN_TOPICS]


@pytest.fixture(autouse=True, scope="module")
def made() -> None:
    """The expressions are made when they are asked for often enough."""
    for topic in PLAIN_TOPICS:
        for _ in range(plain._WORTH_MAKING):
            plain._PATTERNS[topic]


@dataclass(frozen=True)
class Row:
    """A row as the verifier reads it; its hashes are made to fit what is in it."""

    topic: Any
    state: Any
    stream: Any = STREAM
    version: Any = 2
    salt: Any = None
    words: Any = None
    child: Any = b"204117"

    @property
    def columns(self) -> tuple[Any, ...]:
        try:
            leaf = entry_leaf(self.stream, self.version, self.topic, self.state)
        except TypeError:
            leaf = bytes(32)
        place = self.stream, self.version, self.topic
        return (3, *place, self.state, leaf, self.salt, self.words, self.child)


def row_of(event: Event, *, words: dict[str, str] | None = None, **header: Any) -> Row:
    """The row of an event as it is recorded."""
    vault = canonical(words) if words else None
    sealed = commitment(STREAM, 2, event.topic, SALT, vault) if vault else None
    entry = Entry(
        position=3, stream=STREAM, version=2,
        event_id="01890000-0000-7000-8000-000000000001",
        command_id="01890000-0000-7000-8000-000000000002",
        recorded_at="2017-03-23T16:05:00.000001Z",
        occurred_on=date(2017, 3, 23), actor="ab", source="at-the-time",
        event=event, words=sealed,
    )  # fmt: skip
    state = encode(entry.but(**header))
    return Row(event.topic, state, salt=SALT if vault else None, words=vault)


def committed(row: Row, words: bytes) -> Row:
    """The row with other words that it commits to."""
    sealed = commitment(row.stream, row.version, row.topic, SALT, words)
    state = canonical(orjson.loads(row.state) | {"words": sealed})
    return replace(row, state=state, words=words)


def shortly(row: Row, *, with_words: bool = True) -> str | None:
    """The time of the entry where it is proved."""
    count, moment = proved([row.columns], 2, "", set(), with_words=with_words)
    return moment if count else None


def thoroughly(row: Row, *, with_words: bool = True) -> list[object]:
    """All that the thorough reading has to say of it; the first row of a part is always read so."""
    nothing = cast("sqlite3.Connection", None)  # of single entries only corrections need one
    part = read_part(nothing, Scope(words=with_words, sizes=()), [[row.columns]], 2, 2)
    found = [*part.verdict.findings, *part.verdict.doubts]
    said = [*found, *part.missing, *part.misnamed, *part.among]
    return said + ["locked"] * part.locked


def agrees(row: Row) -> bool:
    """Whether the short proof accepts it; then the thorough reading has nothing to say."""
    for with_words in (True, False):
        if shortly(row, with_words=with_words) is not None:
            assert thoroughly(row, with_words=with_words) == []
    return shortly(row) is not None


# --- what it accepts ------------------------------------------------------------------------


@pytest.mark.parametrize("event", PLAIN_EVENTS, ids=lambda event: event.topic)
@pytest.mark.parametrize("words", [None, WORDS], ids=["bare", "words"])
@pytest.mark.parametrize("full", [True, False])
def test_every_common_entry_is_proved(
    event: Event, words: dict[str, str] | None, *, full: bool
) -> None:
    """Each topic with simple facts, with words and without, with all facts or those needed."""
    given = event if full else event.but(**own.optional_facts(type(event)))
    header: dict[str, Any] = {"clock": "2017-03-23T16:04:59.000000Z"} if full else {}
    row = row_of(given, words=words, **header)
    assert shortly(row) == "2017-03-23T16:05:00.000001Z"
    assert thoroughly(row) == []


@pytest.mark.parametrize("name", ["Zo\u00eb", "\u05e9\u05dc", "\U0001f600", "a b/c", "\x7f\u2028"])
def test_a_name_in_any_script_is_proved(name: str) -> None:
    """Text without escapes is common, whatever its letters."""
    assert agrees(row_of(NoteAdded(), actor=name))


def test_the_topics_of_a_thread_that_others_depend_on_are_not_common() -> None:
    """Corrections and redactions concern other entries; all other topics of threads are common."""
    of_threads = {t for t in TOPICS if t.split(".")[0] not in {"policy", "ledger", "signer"}}
    assert of_threads - PLAIN_TOPICS == {
        "entry.corrected", "entry.redacted", "redaction.requested", "report.issued",
    }  # fmt: skip


# --- what it must not accept ----------------------------------------------------------------

BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a key twice": lambda s: s.replace(b'"actor":', b'"actor":"x","actor":'),
    "a space": lambda s: s.replace(b":", b": ", 1),
    "a newline behind it": lambda s: s + b"\n",
    "an escape for a letter": lambda s: s.replace(b'"ab"', b'"\\u0061b"'),
    "a raw control character": lambda s: s.replace(b'"ab"', b'"a\x01"'),
    "a raw newline": lambda s: s.replace(b'"ab"', b'"a\n"'),
    "no actor": lambda s: s.replace(b'"ab"', b'""'),
    "bytes that are no text": lambda s: s.replace(b'"ab"', b'"a\xff"'),
    "a surrogate": lambda s: s.replace(b'"ab"', b'"\xed\xa0\x80"'),
    "a null fact": lambda s: s.replace(b'"privileged":true', b'"privileged":null'),
    "a fact less": lambda s: s.replace(b'"actor":"ab",', b""),
    "an unknown fact": lambda s: s.replace(b'"actor":', b'"aaaaa":1,"actor":'),
    "a text for a flag": lambda s: s.replace(b"true", b'"true"'),
    "a day that is none": lambda s: s.replace(b"2017-03-23T", b"2017-02-29T"),
    "an hour that is none": lambda s: s.replace(b"T16:", b"T24:"),
    "a time without its zone": lambda s: s.replace(b"001Z", b"001"),
    "an id of version 4": lambda s: s.replace(b"-7000-8000", b"-4000-8000", 1),
    "an id in capitals": lambda s: s.replace(b"01890000", b"0189000A", 1),
    "another source": lambda s: s.replace(b"at-the-time", b"at-a-time"),
    "format 2": lambda s: s.replace(b'"format":1', b'"format":2'),
    "other words": lambda s: s[:-4] + bytes([s[-4] ^ 1]) + s[-3:],
    "a list of it": lambda s: b"[" + s + b"]",
    "nothing": lambda _s: b"",
}  # fmt: skip


@pytest.mark.parametrize("how", BYTES)
def test_a_state_with_a_fault_is_left_to_the_thorough_reading(how: str) -> None:
    """Each is refused by the short proof, and the thorough reading names what is wrong."""
    row = row_of(NoteAdded(privileged=True), words=WORDS)
    assert agrees(row)
    faulty = replace(row, state=BYTES[how](row.state))
    assert faulty != row
    assert shortly(faulty) is None
    assert thoroughly(faulty)


COLUMNS: list[dict[str, Any]] = [
    {"stream": "CH-42"}, {"stream": "policy"}, {"stream": "CH-0000042 "}, {"stream": b"CH-0000042"},
    {"version": "2"}, {"version": 2.0}, {"version": None}, {"topic": "thread.filed"},
    {"topic": b"note.added"}, {"topic": "note.removed"}, {"topic": None},
    {"salt": None}, {"salt": SALT[:31]}, {"salt": SALT.hex()}, {"words": None},
    {"words": b"{}"}, {"words": b"\0locked"}, {"words": "text"}, {"words": 5},
    {"child": None}, {"child": b"other"}, {"child": "204117"},
]  # fmt: skip


@pytest.mark.parametrize("changed", COLUMNS, ids=repr)
def test_a_column_with_a_fault_is_left_to_the_thorough_reading(changed: dict[str, Any]) -> None:
    """Another type, another thread, another child, words that are gone: refused, and named."""
    faulty = replace(row_of(NoteAdded(), words=WORDS), **changed)
    assert shortly(faulty) is None
    assert thoroughly(faulty)


@pytest.mark.parametrize(
    "words",
    [b'{"text":"a","child":"204117"}', b'{"child":"204117","text":1}', b'{"child":"204117"} ',
     b'{"child":"204117","child":"204117"}', b'{"child":null}', b'["204117"]', b"null", b"{}",
     b'{"text":"no child"}', b'{"child":"x"}', b"\0\0", b"\xff"],
)  # fmt: skip
def test_words_with_a_fault_are_left_to_the_thorough_reading(words: bytes) -> None:
    """Words that are committed to, and not of the published form, or of another child."""
    faulty = committed(row_of(NoteAdded(), words=WORDS), words)
    assert shortly(faulty) is None
    assert thoroughly(faulty)


def test_a_leaf_that_does_not_fit_is_left_to_the_thorough_reading() -> None:
    """The stored leaf is compared with the one that the bytes make."""
    columns = list(row_of(NoteAdded()).columns)
    columns[5] = bytes(32)
    assert proved([tuple(columns)], 2, "", set(), with_words=True) == (0, "")


def test_what_is_proved_ends_before_what_is_not() -> None:
    """As many as are common from the first on; a gap and a time that runs back end it too."""
    rows = [(position, *row_of(NoteAdded()).columns[1:]) for position in range(3, 9)]
    moment = "2017-03-23T16:05:00.000001Z"
    assert proved(rows, 2, moment, set(), with_words=True) == (6, moment)
    assert proved(rows[:2] + rows[3:], 2, moment, set(), with_words=True) == (2, moment)
    assert proved(rows, 1, moment, set(), with_words=True) == (0, moment)
    later = moment.replace("2017", "2018")
    assert proved(rows, 2, later, set(), with_words=True) == (0, later)
    faulty = (5, *replace(row_of(NoteAdded()), child=None, version="2").columns[1:])
    assert proved([*rows[:2], faulty, *rows[3:]], 2, moment, set(), with_words=True) == (2, moment)


@given(own.entries(), st.booleans())
def test_any_entry_is_accepted_by_the_thorough_reading_if_by_the_short(
    entry: Entry,
    with_words: bool,  # noqa: FBT001
) -> None:
    """Entries of every topic with hard texts and any times."""
    row = Row(entry.topic, encode(entry), stream=entry.stream, version=entry.version)
    if shortly(row, with_words=with_words) is not None:
        assert thoroughly(row, with_words=with_words) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | own.text(max_size=8)
    | st.sampled_from(["2017-02-30", "2016-02-29", "recalled", "0" * 64, "x" * 64, '"' * 64]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(own.codes(), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(st.sampled_from(PLAIN_EVENTS), st.data())
def test_any_fact_replaced_is_accepted_by_both_or_the_short_proof_gives_way(
    event: Event, data: st.DataObject
) -> None:
    """Facts taken away, added, or given any other value, in canonical form."""
    row = row_of(event, words=WORDS if data.draw(st.booleans()) else None)
    facts: dict[str, Any] = orjson.loads(row.state)
    name = data.draw(st.sampled_from([*facts, "clock", "words", "role", "extra"]))
    facts.pop(name, None)
    if data.draw(st.booleans()):
        facts[name] = data.draw(JSON)
    try:
        state = canonical(facts)
    except TypeError:
        return  # a number that nobody can write
    agrees(replace(row, state=state))


@given(
    st.sampled_from(PLAIN_EVENTS),
    st.integers(0, 10_000),
    st.integers(0, 6),
    st.binary(max_size=6) | st.sampled_from([b'"', b"\\", b",", b":", b"\\n", b"\\u0000", b" "]),
)
@example(NoteAdded(), 2, 5, b"actor")
def test_any_bytes_replaced_are_accepted_by_both_or_the_short_proof_gives_way(
    event: Event, at: int, less: int, more: bytes
) -> None:
    """Bytes of the state or of the words cut out and others put in."""
    row = row_of(event, words=WORDS)
    where = at % len(row.state)
    agrees(replace(row, state=row.state[:where] + more + row.state[where + less :]))
    where = at % len(row.words)
    agrees(committed(row, row.words[:where] + more + row.words[where + less :]))
