"""What goes on is decided before others have to wait: somebody may be quicker, and then it is anew.

In a file others wait while it is decided. On a server they wait only while it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import NoReturn

import pytest
from ledger_helpers import ACTOR, CHILD, DAY, START, challenge, note, record, reopen
from locks import locked, rekeyed, root, unmixed
from server_ledgers import address_in, on_server
from servers import OWNER, superuser

from footprint.domain.asks import Ask, Close, Correct
from footprint.domain.entry import Move
from footprint.domain.events import RulesAdopted
from footprint.domain.policy import STREAM as POLICY
from footprint.engine.connection import ServerError
from footprint.engine.postgres import ServerConnection
from footprint.errors import NotKnown, Refused
from footprint.ledger.ledger import Ledger, Recorded
from footprint.ledger.store.unit import Unit
from footprint.ledger.words.locking import Relocked
from footprint.proof.tree import FANOUT

FIRST = "CH-0000001"
CLOSE = Close(on=DAY, source="transcribed", closure="withdrawn")

EXPECTING, LOCKED = "expecting", "under the lock"
Between = Callable[..., list[str]]


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Between:
    """Lets something happen once, just before or after a ledger looks at what it goes on from.

    What it gives is how that ledger begins each transaction from then on.
    """

    def happens(when: str, ledger: Ledger, then: Callable[[], object] = bool) -> list[str]:
        begin, waiting = ledger.store._begin, [then]
        began: list[str] = []

        def watched(unit: Unit, ahead: str) -> object:
            began.append(EXPECTING if unit.expecting else LOCKED)
            if when == "before" and waiting:
                waiting.pop()()
            row = begin(unit, ahead)
            if waiting:
                waiting.pop()()
            return row

        monkeypatch.setattr(ledger.store, "_begin", watched)
        return began

    return happens


def other(folder: Path, ask: Ask | None = None, stream: str | None = FIRST) -> Recorded:
    """What somebody else records."""
    with closing(reopen(folder)) as ledger:
        return ledger.record(ask or note(), actor=ACTOR, stream=stream)


# --- on both engines --------------------------------------------------------------------------


def test_a_thread_that_went_on_is_read_again(
    ledger: Ledger, tmp_path: Path, between: Between
) -> None:
    """It was read before others had to wait, and one of them was quicker."""
    record(ledger)
    between("before", ledger, lambda: other(tmp_path))
    assert record(ledger, stream=FIRST).entries[0].version == 3


def test_what_is_no_longer_legal_is_refused(
    ledger: Ledger, tmp_path: Path, between: Between
) -> None:
    """A thread is not closed twice because two looked at it at once."""
    record(ledger)
    between("before", ledger, lambda: other(tmp_path, CLOSE))
    with pytest.raises(Refused, match="closed"):
        ledger.record(CLOSE, actor=ACTOR, stream=FIRST)
    assert [entry.version for entry in ledger.entries(FIRST)] == [1, 2]


# --- on a server: between looking and writing -----------------------------------------------------

server = pytest.mark.parametrize("engine", ["server"], indirect=True)
DISHONEST = """CREATE FUNCTION {s}.append_decided(
    stream text, version bigint, topic text, state bytea, at bigint,
    salt bytea, words bytea, policy bytea, key bytea
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    said text := replace(convert_from(state, 'UTF8'), 'transcribed', 'recalled');
    other bytea := convert_to(said, 'UTF8');
BEGIN
    PERFORM append(stream, version, topic, other, leaf_of(stream, version, topic, other),
        salt, words, NULL);
END $$"""
"""What records another source than was sent."""


@server
def test_others_may_record_while_it_is_decided(
    ledger: Ledger, tmp_path: Path, between: Between
) -> None:
    """It goes behind them, says where it is, and nobody has waited."""
    record(ledger)
    began = between("after", ledger, lambda: other(tmp_path, challenge(), None))
    told: list[Recorded] = []
    recorded = ledger.record(note(), actor=ACTOR, stream=FIRST, about_to=told.append)
    assert began == [EXPECTING]
    assert recorded.entries[0].position == START + 3
    assert ledger.entry(START + 3) == recorded.entries[0]
    assert [one.entries[0].event_id for one in told] == [recorded.entries[0].event_id]
    assert told[0].entries[0].recorded_at < ledger.entry(START + 2).recorded_at
    assert ledger.entry(START + 2).recorded_at < recorded.entries[0].recorded_at
    root(tmp_path)


@server
def test_a_clock_that_ran_back_is_looked_at_again(
    ledger: Ledger, between: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was later when it was decided than when it is written: it is decided anew."""
    record(ledger)
    began = between("before", ledger)
    now = ledger.connection.now
    times = iter(["2999-01-01T00:00:00.000000Z"])
    monkeypatch.setattr(ledger.connection, "now", lambda: next(times, None) or now())
    (entry,) = record(ledger, stream=FIRST).entries
    assert began == [EXPECTING, LOCKED]
    assert entry.recorded_at[0] == "2"
    assert entry.recorded_at < "2999"


@server
def test_what_the_server_took_is_compared(ledger: Ledger, between: Between) -> None:
    """One that puts something else in place of what was sent is not believed."""
    record(ledger)
    between("before", ledger)
    schema = ledger.place.schema  # type: ignore[union-attr]
    with superuser() as connection:
        connection.execute(f"DROP FUNCTION {schema}.append_decided")  # type: ignore[arg-type]
        connection.execute(DISHONEST.replace("{s}", schema))  # type: ignore[arg-type]
    with pytest.raises(NotKnown, match="something else than was sent"):
        record(ledger, stream=FIRST)


@server
def test_who_signs_decides_under_the_lock(ledger: Ledger, tmp_path: Path, between: Between) -> None:
    """The leaf is signed in the transaction, and one that gets its time later is another."""
    record(ledger)
    with closing(reopen(tmp_path, signing=True)) as signing:
        began = between("before", signing)
        record(signing, stream=FIRST)
        record(signing, stream=FIRST)
    assert began == [LOCKED, LOCKED]
    root(tmp_path)


# --- on a server: a connection that is gone -------------------------------------------------------


def end(connection: ServerConnection) -> None:
    """End it at the other side, without a word."""
    with superuser() as asking:
        pid = connection.driver.info.backend_pid
        asking.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


@server
def test_a_line_lost_behind_the_commit_is_told_so(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is recorded: nobody says that it is not."""
    record(ledger)
    at = ledger.connection
    assert isinstance(at, ServerConnection)
    commit = at.commit

    def commit_and_end() -> None:
        commit()
        end(at)

    monkeypatch.setattr(at, "commit", commit_and_end)
    with pytest.raises(NotKnown, match="lost behind the commit"):
        record(ledger, stream=FIRST)
    monkeypatch.undo()
    assert record(ledger, stream=FIRST).entries[0].version == 3


@server
@pytest.mark.parametrize("stream", [FIRST, None], ids=["goes on", "begins"])
def test_a_line_lost_while_nothing_was_asked_is_made_again(
    ledger: Ledger, stream: str | None
) -> None:
    """Whoever tries again is heard."""
    record(ledger)
    record(ledger, stream=FIRST)
    assert isinstance(ledger.connection, ServerConnection)
    end(ledger.connection)
    with pytest.raises(ServerError):
        record(ledger, stream=stream)
    assert record(ledger, stream=stream).entries


@server
def test_what_was_planned_and_forgotten_is_planned_again(ledger: Ledger) -> None:
    """A pool may forget it between two transactions."""
    record(ledger)
    record(ledger, stream=FIRST)
    assert isinstance(ledger.connection, ServerConnection)
    ledger.connection.driver.execute("DEALLOCATE ALL")
    with pytest.raises(ServerError, match="does not exist"):
        record(ledger, stream=FIRST)
    assert record(ledger, stream=FIRST).entries


@server
@pytest.mark.parametrize("ask", [note(), CLOSE], ids=["note", "close"])
def test_somebody_quicker_on_the_thread(
    ledger: Ledger, tmp_path: Path, between: Between, ask: Ask
) -> None:
    """It is decided anew, under the lock: recorded behind the other, or refused."""
    record(ledger)
    began = between("after", ledger, lambda: other(tmp_path, ask))
    if ask is CLOSE:
        with pytest.raises(Refused, match="closed"):
            ledger.record(ask, actor=ACTOR, stream=FIRST)
    else:
        assert ledger.record(ask, actor=ACTOR, stream=FIRST).entries[0].version == 3
    assert began == [EXPECTING, LOCKED]
    assert [e.version for e in ledger.entries(FIRST)] == list(range(1, 3 + (ask is not CLOSE)))


@server
def test_a_policy_adopted_meanwhile_is_in_force(
    ledger: Ledger, tmp_path: Path, between: Between
) -> None:
    """What was decided by the old one is not recorded."""
    record(ledger)
    event = RulesAdopted(version=2, starts_on=DAY, case_number="[0-9]+", publish_threshold=5)

    def adopt() -> None:
        with closing(reopen(tmp_path)) as elsewhere:
            move = Move(event=event, occurred_on=None, source="recalled", words={})
            elsewhere.append(POLICY, [move], actor=ACTOR)

    began = between("after", ledger, adopt)
    record(ledger, stream=FIRST)
    assert began == [EXPECTING, LOCKED]
    assert ledger.policy().case_number == "[0-9]+"


@server
@pytest.mark.parametrize("who", [ACTOR, OWNER], ids=["a recorder", "the owner"])
@pytest.mark.parametrize("change", [locked, rekeyed])
def test_words_are_under_the_key_of_the_others(
    ledger: Ledger,
    tmp_path: Path,
    between: Between,
    change: Callable[[Path], Relocked],
    who: str,
) -> None:
    """Though the vault was locked, or its key replaced, after somebody had looked which it was."""
    record(ledger)
    if change is rekeyed:
        locked(tmp_path)
    done: list[Relocked] = []
    with closing(reopen(tmp_path, actor=who)) as fresh:
        began = between("after", fresh, lambda: done.append(change(tmp_path)))
        fresh.record(note(), actor=who, stream=FIRST)
    assert began == [EXPECTING, LOCKED]
    unmixed(tmp_path, done[0].lock)
    root(tmp_path)


@server
def test_the_end_of_a_run_is_written_under_the_lock(
    ledger: Ledger, tmp_path: Path, between: Between
) -> None:
    """Its root goes with it; that somebody else's entry makes it the end is seen as well."""
    record(ledger)
    with ledger.writing():
        for _ in range(FANOUT - ledger.size() - 1):
            record(ledger, stream=FIRST)
    began = between("before", ledger)
    record(ledger, stream=FIRST)
    assert (ledger.size(), began) == (FANOUT, [EXPECTING, LOCKED])
    with ledger.writing():
        for _ in range(FANOUT - 2):
            record(ledger, stream=FIRST)
    began = between("after", ledger, lambda: other(tmp_path, challenge(), None))
    assert record(ledger, stream=FIRST).entries[0].position == 2 * FANOUT
    assert began == [EXPECTING, LOCKED]
    root(tmp_path)


@server
def test_what_is_decided_by_words_is_decided_under_the_lock(
    ledger: Ledger, between: Between
) -> None:
    """A correction goes by what is in the vault, which has no version."""
    position = record(ledger).entries[0].position
    began = between("before", ledger)
    ask = Correct(on=None, source="transcribed", entry=position, facts={"child": CHILD}, words={})
    with pytest.raises(Refused):
        ledger.record(ask, actor=ACTOR, stream=FIRST)
    assert began == [LOCKED]


@server
def test_many_at_once_on_one_thread(ledger: Ledger, tmp_path: Path) -> None:
    """Each is recorded, once, whoever was quicker."""
    record(ledger)

    def write() -> None:
        with closing(reopen(tmp_path)) as mine:
            for _ in range(8):
                record(mine, stream=FIRST)

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.version for entry in ledger.entries(FIRST)] == list(range(1, 34))
    root(tmp_path)


def fails() -> NoReturn:
    """A server that cannot be asked."""
    raise ServerError("not there")


def test_a_lost_connection_is_over_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was about to write is not written after somebody has looked whether it was."""
    with on_server(tmp_path), closing(ServerConnection(address_in(tmp_path))) as connection:
        lost, pid = connection.driver, connection.driver.info.backend_pid
        monkeypatch.setattr(lost, "close", bool)  # the server does not notice
        connected = connection._connected
        monkeypatch.setattr(connection, "_connected", lambda: connection.driver)
        monkeypatch.setattr(connection, "execute", lambda *_: fails())
        with pytest.raises(ServerError):  # the server is not there yet
            connection.reconnect_alone()
        monkeypatch.delattr(connection, "execute")
        monkeypatch.setattr(connection, "_connected", connected)
        connection.reconnect_alone()
        assert connection.driver.info.backend_pid != pid
        with superuser() as asking:
            there = asking.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (pid,))
            assert there.fetchone() is None
        monkeypatch.undo()
        lost.close()
