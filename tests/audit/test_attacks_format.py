"""States that two readers could read in two ways, or not at all; all hashes redone around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from audit_helpers import (
    BOTH_SLOWLY,
    CANNOT_TELL,
    FORGER,
    TAMPERED,
    Case,
    append,
    assert_tampered_at,
    canonical,
    entries_of,
    forge_all,
    forge_head,
    found,
    put_state,
    state_at,
)

from footprint.domain.events import SignerChanged, ThreadFiled

pytestmark = BOTH_SLOWLY
AT = 8
"""The entry that is attacked: an answer, the second entry of CH-1."""


def replaced(case: Case, position: int, change: Callable[[bytes], bytes]) -> None:
    """Put other bytes in the place of a state, and forge everything around them."""
    with case.attack() as connection:
        state = next(e[4] for e in entries_of(connection) if e[0] == position)
        changed = change(state)
        assert changed != state
        forge_all(connection)
        put_state(connection, position, changed)
        forge_head(connection, FORGER)


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "one key twice": lambda s: s.replace(b'"actor":', b'"actor":"x","actor":', 1),
    "one key twice, the same": lambda s: b'{"actor":"demo",' + s[1:],
    "a space": lambda s: s.replace(b":", b": ", 1),
    "a newline at the end": lambda s: s + b"\n",
    "a byte order mark": lambda s: b"\xef\xbb\xbf" + s,
    "keys unsorted": lambda s: orjson.dumps(dict(reversed(orjson.loads(s).items()))),
    "an escape": lambda s: s.replace(b'"demo"', b'"\\u0064emo"'),
    "an escaped slash": lambda s: s.replace(b'"demo"', b'"a\\/b"'),
    "a float": lambda s: s.replace(b'"format":1', b'"format":1.0'),
    "an exponent": lambda s: s.replace(b'"format":1', b'"format":1e0'),
    "true for 1": lambda s: s.replace(b'"format":1', b'"format":true'),
    "a NaN": lambda s: s.replace(b'"stage":1', b'"stage":NaN'),
    "a float stage": lambda s: s.replace(b'"stage":1', b'"stage":1.5'),
    "a whole float stage": lambda s: s.replace(b'"stage":1', b'"stage":1.0'),
    "minus zero": lambda s: s.replace(b'"stage":1', b'"stage":-0'),
    "a negative float zero": lambda s: s.replace(b'"stage":1', b'"stage":-0.0'),
    "a huge number": lambda s: s.replace(b'"stage":1', b'"stage":' + b"9" * 400),
    "a number past 64 bits": lambda s: s.replace(b'"stage":1', b'"stage":18446744073709551616'),
    "a text stage": lambda s: s.replace(b'"stage":1', b'"stage":"1"'),
    "a true stage": lambda s: s.replace(b'"stage":1', b'"stage":true'),
    "a null stage": lambda s: s.replace(b'"stage":1', b'"stage":null'),
    "a list stage": lambda s: s.replace(b'"stage":1', b'"stage":[1]'),
    "invalid UTF-8": lambda s: s.replace(b'"demo"', b'"d\xffmo"'),
    "overlong UTF-8": lambda s: s.replace(b'"demo"', b'"d\xc1\xa5mo"'),
    "a lone surrogate": lambda s: s.replace(b'"demo"', b'"\\ud800"'),
    "a NUL byte": lambda s: s.replace(b'"demo"', b'"d\0mo"'),
    "a list": lambda s: b"[" + s + b"]",
    "a number": lambda _s: b"5",
    "null": lambda _s: b"null",
    "nothing": lambda _s: b"",
    "two objects": lambda s: s + s,
    "deep brackets": lambda _s: b"[" * 100_000 + b"]" * 100_000,
    "deep objects": lambda _s: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep in a fact": lambda s: s.replace(b'"demo"', b"[" * 800 + b"]" * 800),
    "nested as far as a writer goes": lambda s: s.replace(b'"demo"', b"[" * 300 + b"]" * 300),
}  # fmt: skip


@pytest.mark.parametrize("how", BYTES)
def test_a_state_that_is_not_canonical_is_named(case: Case, how: str) -> None:
    """Any other way to write a state is 3 at its position, however well all is forged."""
    replaced(case, AT, BYTES[how])
    verdict = case.by_stranger()
    assert_tampered_at(verdict, AT)
    assert AT in {finding.position for finding in found(verdict, "state")}
    assert case.by_signer().verdict == TAMPERED


HEADER: list[tuple[str, Any]] = [
    ("recorded_at", 5),
    ("recorded_at", None),
    ("recorded_at", []),
    ("recorded_at", ""),
    ("recorded_at", "2026-13-45T25:61:61.000000Z"),
    ("recorded_at", "9\u0660\u0662\u0666-01-01T00:00:00.000000Z"),
    ("occurred_on", "20170109"),
    ("occurred_on", "2017-W02-1"),
    ("occurred_on", "2017-02-30"),
    ("occurred_on", 5),
    ("occurred_on", []),
    ("occurred_on", ""),
    ("actor", None),
    ("actor", 5),
    ("actor", ["demo"]),
    ("actor", {"a": 1}),
    ("source", 5),
    ("event_id", 5),
    ("command_id", None),
    ("clock", 5),
    ("clock", None),
    ("words", 5),
    ("words", []),
    ("words", None),
    ("words", "not hex"),
    ("stage", 2**64 - 1),
    ("role", None),
    ("role", 5),
    ("response", []),
    ("action_by", None),
    ("action_by", "20170109"),
    ("extra", 1),
    ("format", 0),
    ("format", None),
    ("format", "1"),
    ("format", []),
]


@pytest.mark.parametrize(("name", "value"), HEADER)
def test_a_fact_that_is_not_of_the_format_is_named(case: Case, name: str, value: Any) -> None:
    """Canonical JSON whose facts are of other types or forms: 3 at its position, never a crash."""
    replaced(case, AT, lambda state: canonical(orjson.loads(state) | {name: value}))
    assert_tampered_at(case.by_stranger(), AT)


def test_a_missing_fact_is_named(case: Case) -> None:
    """A state without a fact that it always has is 3 at its position."""
    facts = state_at_of(case, AT)
    for name in ("actor", "format", "recorded_at", "occurred_on", "stage", "response"):
        less = canonical({k: v for k, v in facts.items() if k != name})
        replaced(case, AT, lambda _state, less=less: less)
        assert_tampered_at(case.by_stranger(), AT)


def state_at_of(case: Case, position: int) -> dict[str, Any]:
    with case.raw() as connection:
        return state_at(connection, position)


@pytest.mark.parametrize("position", [1, AT])
def test_a_newer_format_is_a_doubt(case: Case, position: int) -> None:
    """An entry of a newer format cannot be judged: never 0, and 3 to who holds anything."""
    replaced(case, position, lambda state: canonical(orjson.loads(state) | {"format": 2}))
    assert case.by_stranger().verdict == CANNOT_TELL
    assert case.by_stranger(case.kept).verdict == TAMPERED


@pytest.mark.parametrize("topic", ["thread.exploded", "", "os.system", "NOTE.ADDED", "note.added "])
def test_an_unknown_topic_is_named(case: Case, topic: str) -> None:
    """A topic outside the closed table is 3 at its position, and is not looked up anywhere."""
    with case.attack() as connection:
        connection.execute("UPDATE event SET topic = ? WHERE position = ?", (topic, AT))
        forge_all(connection)
    assert_tampered_at(case.by_stranger(), AT)


@pytest.mark.parametrize("stream", ["", "CH-1", "CH-", "CH-00000001", "CH-\u0661", "ch-0000001",
                                    "elsewhere", "CH-" + "9" * 5000, "\x1b[2J", "CH-0000001\x7f"],
                         ids=lambda s: repr(s[:14]))  # fmt: skip
def test_a_stream_of_another_name_is_named(case: Case, stream: str) -> None:
    """A stream is `ledger`, `policy` or a thread of seven digits; others are 3, and printable."""
    with case.writing() as ledger:
        append(ledger, stream, ThreadFiled())
    assert_tampered_at(case.by_stranger(), 111)
    assert_tampered_at(case.by_signer(), 111)


OPENED: list[dict[str, Any]] = [
    {"origin": 5}, {"origin": None}, {"origin": []}, {"origin": ""}, {"origin": "a\nb"},
    {"origin": "\0"}, {"origin": "x" * 1_000_000},
    {"key": 5}, {"key": None}, {"key": []}, {"key": ""}, {"key": "a+b+c"}, {"key": "x" * 1_000_000},
    {"authority": 5}, {"authority": None},
]  # fmt: skip


@pytest.mark.parametrize("facts", OPENED, ids=lambda facts: repr(facts)[:24])
def test_a_hostile_first_entry_is_survived(case: Case, facts: dict[str, Any]) -> None:
    """Whatever `ledger.opened` says of its origin and key: a verdict, never 0, at entry 1."""
    with case.attack() as connection:
        put_state(connection, 1, canonical(state_at(connection, 1) | facts))
        forge_head(connection, FORGER)
    for verdict in (case.by_stranger(), case.by_signer(), case.by_stranger(case.kept)):
        assert verdict.verdict == TAMPERED


@pytest.mark.parametrize("key", [5, None, [], "", "a+b+c", "example.org/x+00000000+AAAA"])
def test_a_hostile_new_key_is_named(case: Case, key: Any) -> None:
    """`signer.changed` with something that is no key is 3 at its position."""
    with case.writing() as ledger:
        append(ledger, "ledger", SignerChanged(key=key))
    assert_tampered_at(case.by_stranger(), 111)
    assert_tampered_at(case.by_signer(), 111)


def test_a_hostile_actor_does_not_reach_the_terminal(case: Case) -> None:
    """Control characters in what is quoted are not printed as they are."""
    replaced(
        case, AT, lambda s: canonical(orjson.loads(s) | {"recorded_at": "\x1b]0;owned\x07" * 9})
    )
    assert_tampered_at(case.by_stranger(), AT)


def test_a_hostile_entry_does_not_fill_the_report(case: Case) -> None:
    """Ten megabytes in a state are not repeated in the findings."""
    replaced(case, AT, lambda s: canonical(orjson.loads(s) | {"recorded_at": "9" * 10_000_000}))
    assert_tampered_at(case.by_stranger(), AT)
    replaced(case, AT, lambda s: canonical(orjson.loads(s) | {"n" * 10_000_000: 1}))
    assert_tampered_at(case.by_stranger(), AT)
