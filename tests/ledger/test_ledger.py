"""The ledger: references, times, words in the vault, and what it refuses to open."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_helpers import (
    ACTOR,
    CHILD,
    START,
    TEXT,
    as_auditor,
    challenge,
    check_whole,
    make_ledger,
    note,
    record,
    record_threads,
    reopen,
    seized,
    stored,
)

from footprint.domain.asks import Close, Respond
from footprint.domain.entry import Move
from footprint.domain.events import RulesAdopted
from footprint.domain.policy import STREAM as POLICY
from footprint.errors import NotFound, Refused
from footprint.ledger.ledger import LEDGER, Ledger
from footprint.ledger.store import queries
from footprint.ledger.store.codec import Unreadable

FIRST = "CH-0000001"
both = pytest.mark.usefixtures("engine")
"""On both engines, as whatever asks for `ledger` or `shared`."""


class Clock:
    """Tells what it is set to."""

    def __init__(self, now: str) -> None:
        self.now = now

    def __call__(self) -> str:
        return self.now


# --- references and versions ----------------------------------------------------------------


def test_references_are_counted_from_one(ledger: Ledger) -> None:
    """Threads are numbered in the order of their first entries, never by the child."""
    assert record_threads(ledger, 3) == [FIRST, "CH-0000002", "CH-0000003"]
    assert ledger.stream("ch2") == "CH-0000002"


def test_a_refused_move_uses_up_no_reference(ledger: Ledger) -> None:
    """A challenge that is refused leaves no gap."""
    with pytest.raises(Refused, match="looks like a name"):
        ledger.record(challenge(child="Poppy"), actor=ACTOR)
    assert record(ledger).stream == FIRST


@both
def test_references_are_unique_under_many_writers(tmp_path: Path) -> None:
    """Writers at the same moment get different references, with none left out."""
    make_ledger(tmp_path).close()

    def write(_nth: int) -> list[str]:
        with closing(reopen(tmp_path)) as ledger:
            return [record(ledger).stream for _ in range(15)]

    with ThreadPoolExecutor(4) as pool:
        given = [stream for streams in pool.map(write, range(4)) for stream in streams]
    assert sorted(given) == [f"CH-{n:07}" for n in range(1, 61)]
    assert check_whole(tmp_path) == START + 60


def test_an_unknown_reference_names_what_there_is(ledger: Ledger) -> None:
    """A reference that is not there is answered with those that are."""
    with pytest.raises(NotFound, match="none yet"):
        ledger.stream("CH-1")
    record_threads(ledger, 2)
    for name in ("CH-3", "CH-0", "", "policy", "ledger", "CH-1; DROP TABLE event", "\u0661"):
        with pytest.raises(NotFound, match="from CH-1 to CH-2"):
            ledger.stream(name)


def test_one_command_id_a_command(ledger: Ledger) -> None:
    """The entries that one command made share its id; no other entry does; event ids differ."""
    first = record(ledger)
    moves = [ledger.consider(note(text), FIRST)[0] for text in ("one", "two", "three")]
    second = ledger.append(FIRST, moves, actor=ACTOR)
    assert [len({e.command_id for e in r.entries}) for r in (first, second)] == [1, 1]
    assert [e.version for e in second.entries] == [2, 3, 4]
    assert ledger.size() == second.entries[-1].position
    everything = ledger.entries(LEDGER) + ledger.entries(POLICY) + ledger.entries(FIRST)
    assert len({e.command_id for e in everything}) == 4
    assert len({e.event_id for e in everything}) == len(everything) == ledger.size()


def test_what_was_recorded_is_what_is_read(ledger: Ledger) -> None:
    """An entry handed back by a command is equal to the one read from the file."""
    recorded = record(ledger)
    assert ledger.entries(recorded.stream) == list(recorded.entries)
    assert ledger.entry(START + 1) == recorded.entries[0]
    assert ledger.entries(POLICY, upto=3) == [ledger.entry(2), ledger.entry(3)]


# --- time -----------------------------------------------------------------------------------


@both
def test_recorded_time_never_runs_back(tmp_path: Path) -> None:
    """With the clock set back, an entry has the last one's time, and keeps the clock's too."""
    clock = Clock("2126-03-02T10:00:00.000000Z")
    with closing(make_ledger(tmp_path, clock=clock)) as ledger:
        told = []
        for now in ("12:00", "11:00", "11:59", "12:00", "12:01"):
            clock.now = f"2126-03-02T{now}:00.000000Z"
            entry = record(ledger).entries[0]
            told.append((entry.recorded_at[11:16], entry.clock and entry.clock[11:16]))
        assert told == [
            ("12:00", None),
            ("12:00", "11:00"),
            ("12:00", "11:59"),
            ("12:00", None),
            ("12:01", None),
        ]
        entries = [ledger.entry(n) for n in range(1, ledger.size() + 1)]
    assert all(a.recorded_at <= b.recorded_at for a, b in pairwise(entries))


@both
def test_recorded_time_never_runs_back_over_writers(tmp_path: Path) -> None:
    """The last entry's time counts, whoever made it and on whichever thread."""
    make_ledger(tmp_path, clock=Clock("2126-03-02T10:00:00.000000Z")).close()
    with closing(reopen(tmp_path, clock=Clock("2126-03-02T12:00:00.000000Z"))) as ahead:
        record(ahead)
    with closing(reopen(tmp_path, clock=Clock("2126-03-02T11:00:00.000000Z"))) as behind:
        entry = record(behind).entries[0]
    assert (entry.recorded_at[11:13], entry.clock) == ("12", "2126-03-02T11:00:00.000000Z")


@both
def test_today_is_londons(tmp_path: Path) -> None:
    """An hour before midnight UTC it is tomorrow in a London summer, and may be said to be."""
    with closing(make_ledger(tmp_path, clock=Clock("2126-07-01T23:30:00.000000Z"))) as ledger:
        assert ledger.consider(challenge().but(on=date(2126, 7, 2)))
        with pytest.raises(Refused, match="in the future"):
            ledger.consider(challenge().but(on=date(2126, 7, 3)))


# --- words ----------------------------------------------------------------------------------


def test_words_and_case_numbers_are_only_in_the_vault(ledger: Ledger, tmp_path: Path) -> None:
    """No entry holds a word or a case number; the vault holds them, with the child in each."""
    record(ledger)
    record(ledger, "Answered by telephone.", FIRST)
    with stored(tmp_path) as connection:
        clear = connection.execute("SELECT stream, topic, state FROM event").fetchall()
        kept = [row[0] for row in connection.execute("SELECT words FROM vault ORDER BY position")]
    for stream, topic, state in clear:
        for secret in (TEXT, "telephone", CHILD):
            assert secret.encode() not in stream.encode() + topic.encode() + state
    assert TEXT.encode() in kept[0]
    assert b"telephone" in kept[1]
    assert all(CHILD.encode() in words for words in kept)
    assert ledger.vault.child(FIRST) == CHILD


def test_commitments_recompute(ledger: Ledger, tmp_path: Path) -> None:
    """The commitment in an entry is the published hash of its place, its salt and its words."""
    record(ledger)
    record(ledger, "Answered by telephone.", FIRST)
    with stored(tmp_path) as connection:
        rows = connection.execute(
            "SELECT stream, version, topic, salt, words, position"
            " FROM event JOIN vault USING (position)"
        ).fetchall()
    assert len({salt for _, _, _, salt, _, _ in rows}) == len(rows) == 2
    for stream, version, topic, salt, words, position in rows:
        assert len(salt) == 32
        place = f"footprint/words/v1\n{stream}\n{version}\n{topic}\n".encode()
        assert ledger.entry(position).words == sha256(place + salt + words).hexdigest()


def test_an_entry_without_words_commits_to_none(ledger: Ledger) -> None:
    """Where nothing was said there is no commitment, and no vault row to miss."""
    record(ledger)
    closing_it = Close(on=None, source="recalled", closure="withdrawn", words={"why": "  "})
    closed = ledger.record(closing_it, actor=ACTOR, stream=FIRST)
    assert closed.entries[0].words is None
    assert list(ledger.vault.words(FIRST)) == [closed.entries[0].position - 1]


def test_without_a_vault_everything_else_is_read(ledger: Ledger, tmp_path: Path) -> None:
    """An audit copy or an auditor's login gives no words, and still every entry and thread."""
    record(ledger)
    with as_auditor(tmp_path) as copy:
        assert (copy.vault.words(FIRST), copy.vault.child(FIRST)) == ({}, None)
        assert copy.thread(FIRST)


awkward = st.sampled_from([
    "[bold red]no[/]", "\x1b[2J\x1b[31m", "\u202eTNEDIFNOC\u202c", "a\u0000b", "\r\n\r", "\ufeff",
    "\U0001f469\u200d\U0001f467", "e\u0301", "\u2028\u2029", '{"child": "1"}', "=1+1", "\\u0000",
    "\x7f\x80\x9f", "\uffff", "\u0645\u0631\u062d\u0628\u0627",
])  # fmt: skip
texts = (st.text() | awkward | st.lists(st.text() | awkward).map("".join)).filter(str.strip)


@given(text=texts, why=texts)
@settings(max_examples=150, deadline=None)
def test_words_come_out_as_they_went_in(shared: Ledger, text: str, why: str) -> None:
    """Any text at all is kept to the letter: markup, emoji, control characters, both directions."""
    ask = Respond(
        on=None,
        source="recalled",
        response="holding",
        role="team-manager",
        words={"text": text, "why": why},
    )
    stream = _thread(shared)
    recorded = shared.record(ask, actor=ACTOR, stream=stream)
    words = shared.vault.words(stream)[recorded.entries[0].position]
    assert words == {"text": text, "why": why, "child": CHILD}


def _thread(ledger: Ledger) -> str:
    """The thread of a ledger that is shared, which the first who asks for it begins."""
    return queries.last_thread(ledger.connection) or record(ledger).stream


@pytest.mark.parametrize("text", ["\ud800", "fine until \udcff"])
def test_bytes_that_are_no_text_are_refused(ledger: Ledger, text: str) -> None:
    """What came from a terminal in another encoding is refused; nothing is recorded."""
    with pytest.raises(Refused, match="not text"):
        record(ledger, text)
    assert ledger.size() == START


# --- policy ---------------------------------------------------------------------------------


def rules(version: int, pattern: str) -> Move:
    event = RulesAdopted(
        version=version, starts_on=date(2017, 1, 1), case_number=pattern, publish_threshold=5
    )
    return Move(event=event, occurred_on=None, source="recalled", words={})


def test_a_policy_that_was_rolled_back_is_not_in_force(ledger: Ledger) -> None:
    """Rules seen inside a unit of work that failed never apply afterwards."""
    with suppress(RuntimeError), ledger.writing():
        ledger.append(POLICY, [rules(2, "old-[0-9]+")], actor=ACTOR)
        assert ledger.policy().case_number == "old-[0-9]+"
        raise RuntimeError
    ledger.append(POLICY, [rules(2, "new-[0-9]+")], actor=ACTOR)
    assert ledger.policy().case_number == "new-[0-9]+"


def test_a_policy_adopted_elsewhere_is_in_force(ledger: Ledger, tmp_path: Path) -> None:
    """Rules that another process adopts apply to the next command of this one."""
    assert ledger.policy().case_number != "new-[0-9]+"
    with closing(reopen(tmp_path)) as other:
        other.append(POLICY, [rules(2, "new-[0-9]+")], actor=ACTOR)
    with pytest.raises(Refused, match="not one of yours"):
        record(ledger)


# --- hostile surroundings -------------------------------------------------------------------


def test_a_tampered_topic_imports_nothing(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A topic is looked up in the closed table; a module that it names is never imported."""
    (tmp_path / "evil_topic.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    record(ledger)
    with seized(tmp_path) as connection:
        connection.execute("UPDATE event SET topic = 'evil_topic:boom' WHERE stream = ?", (FIRST,))
    for read in (lambda: ledger.entries(FIRST), lambda: ledger.entry(START + 1)):
        with pytest.raises(Unreadable, match="unknown kind"):
            read()
    assert "evil_topic" not in sys.modules


LIBRARY_SETTINGS = {
    "PERSISTENCE_MODULE": "eventsourcing.popo",
    "SQLITE_DBNAME": "elsewhere.db",
    "COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor",
    "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
    "CIPHER_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "MAPPER_TOPIC": "evil_topic:Mapper",
    "TRANSCODER_TOPIC": "evil_topic:Transcoder",
    "IS_SNAPSHOTTING_ENABLED": "y",
    "AGGREGATE_CACHE_MAXSIZE": "0",
    "CREATE_TABLE": "n",
    "ORIGINATOR_ID_TYPE": "uuid",
}


@pytest.mark.parametrize("prefix", ["", "FOOTPRINT_", "LEDGER_"])
def test_the_librarys_settings_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    """No environment variable of the library moves, encodes or hides what is recorded."""
    monkeypatch.chdir(tmp_path)
    for name, value in LIBRARY_SETTINGS.items():
        monkeypatch.setenv(prefix + name, value)
    with closing(make_ledger(tmp_path)) as ledger:
        record(ledger)
    assert check_whole(tmp_path) == START + 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "ledger.db"]
    with stored(tmp_path) as connection:
        states = connection.execute("SELECT state FROM event").fetchall()
    assert all(state.startswith(b'{"') for (state,) in states)
