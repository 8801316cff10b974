"""Entries and words by hand on a server: what is wrong with them, the database refuses.

Every login here has its role, and raw SQL; the format of an entry is known to everybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from ledger_helpers import DAY, START, make_ledger, note, record_threads, stored
from role_helpers import (
    ASKED,
    FIRST,
    LOGINS,
    NO_HASH,
    SECOND,
    Site,
    contents,
    entered,
    record_as,
    state_of,
)
from server_ledgers import address_in, on_server
from servers import OWNER, address, superuser

from footprint.domain.asks import ApproveRedaction
from footprint.domain.events import TOPICS
from footprint.engine.connecting import connect
from footprint.engine.postgres_schema import statements
from footprint.errors import Refused
from footprint.ledger.words import redacting

# --- entries that are none ----------------------------------------------------------------------


def test_a_well_formed_entry_by_hand_is_an_entry(site: Site) -> None:
    """The premise of what follows: it is refused for what is wrong with it alone."""
    with stored(site.folder) as connection:
        (size,) = connection.execute("SELECT max(position) FROM event").fetchone()
    assert entered(site, "recorder") == size + 1


WRONG: dict[str, dict[str, Any]] = {
    "another's name": {"actor": LOGINS["manager"]},
    "nobody's name": {"actor": None},
    "the owner's name": {"actor": OWNER},
    "a wrong leaf": {"leaf": bytes(32)},
    "a version that is there": {"version": 1},
    "a version that leaves a gap": {"version": 99},
    "no version": {"version": -1},
    "yesterday": {"recorded_at": "2020-01-01T00:00:00.000000Z"},
    "tomorrow": {"recorded_at": "2999-01-01T00:00:00.000000Z"},
    "no time": {"recorded_at": None},
    "the word now": {"recorded_at": "now"},
    "the word infinity": {"recorded_at": "infinity"},
    "a redaction without being keeper": {
        "topic": "entry.redacted", "requested": 9, "positions": [7], "basis": "retention",
    },
    "a ledger that goes on elsewhere": {
        "stream": "ledger", "topic": "ledger.moved", "engine": "sqlite",
    },
    "another key": {"stream": "ledger", "topic": "signer.changed", "key": "k"},
    "a ledger that came back": {"stream": "ledger", "topic": "ledger.restored", "size": 1},
    "a stream of two lines": {"stream": "a\nb"},
    "a topic of two lines": {"topic": "a\nb"},
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_an_entry_that_is_wrong_is_refused(site: Site, what: str) -> None:
    """By the database, before it is there."""
    before = contents(site)
    with pytest.raises(psycopg.Error) as caught:
        entered(site, "recorder", **WRONG[what])
    assert (caught.value.sqlstate or "")[:2] in {"FP", "22", "23"}
    assert contents(site) == before


def test_a_time_in_another_form_is_refused(site: Site) -> None:
    """It is the same moment, and would be sorted elsewhere among the others."""
    with closing(connect(address(site.schema, LOGINS["recorder"]))) as connection:
        now = str(connection.now())
    for form in (now[:-1] + "+00:00", now.replace("T", " "), f" {now}"):
        with pytest.raises(psycopg.Error):
            entered(site, "recorder", recorded_at=form)


LONG_AGO = "2020-01-01T00:00:00.000000Z"
AS_LONG_AGO = (
    "ALTER TABLE {s}.event DISABLE TRIGGER USER",
    f"""UPDATE {{s}}.event SET state = convert_to(regexp_replace(convert_from(state, 'UTF8'),
        '"recorded_at":"[^"]*"', '"recorded_at":"{LONG_AGO}"'), 'UTF8')""",
    "ALTER TABLE {s}.event ENABLE ALWAYS TRIGGER event_1_place",
    "ALTER TABLE {s}.event ENABLE ALWAYS TRIGGER event_2_check",
    "ALTER TABLE {s}.event ENABLE ALWAYS TRIGGER event_3_time",
)


def test_the_time_of_an_entry_long_ago_is_refused(tmp_path: Path) -> None:
    """Though it is no earlier than the last one's: it would say that it was recorded then."""
    with on_server(tmp_path) as schema:
        make_ledger(tmp_path).close()
        address_in(tmp_path, LOGINS["recorder"], "recorder")
        quiet = Site(tmp_path, schema, schema)
        with superuser() as connection:
            for statement in AS_LONG_AGO:
                connection.execute(quiet.named(statement))  # type: ignore[arg-type]
        with pytest.raises(psycopg.Error) as caught:
            entered(quiet, "recorder", recorded_at=LONG_AGO)
        assert caught.value.sqlstate == "FP001"
        assert entered(quiet, "recorder") == START + 1


def _swapped(table: str, key: str, place: str, *columns: str) -> str:
    """A row that is removed, and put back as something else."""
    deleted = f"DELETE FROM {{s}}.{table} WHERE {key} = {place}"
    return f"{deleted}; INSERT INTO {{s}}.{table} VALUES ({', '.join((place, *columns))})"


@pytest.mark.parametrize(
    "swapped",
    [
        _swapped("vault", "position", str(START + 1), r"'\x00'", r"'\x006a756e6b'"),
        _swapped("vault_child", "stream", "'CH-0000001'", r"'\x006a756e6b'"),
    ],
    ids=["words", "case number"],
)
def test_a_keeper_puts_nothing_in_place_of_words(tmp_path: Path, swapped: str) -> None:
    """Neither what is locked, which nobody could hold against anything: that is the owner's."""
    with on_server(tmp_path) as schema:
        with closing(make_ledger(tmp_path)) as ledger:
            record_threads(ledger, 1)
        address_in(tmp_path, LOGINS["keeper"], "keeper")
        there = Site(tmp_path, schema, schema)
        before = contents(there)
        assert state_of(there, "keeper", *swapped.split("; ")) == "FP001"
        assert contents(there) == before


def test_the_server_knows_every_topic() -> None:
    """One that it did not know could never be recorded there."""
    listed = re.search(r"topics text\[\] := '\{(.*?)\}'", statements("some"), re.DOTALL)
    assert listed
    assert re.split(r",\s*", listed[1]) == sorted(TOPICS)


NONE_OF_OURS: dict[str, dict[str, Any]] = {
    "a topic that nobody knows": {"topic": "weird"},
    "a reference that is not the next": {"stream": "CH-0000099", "version": 1},
    "a reference of another form": {"stream": f"CH-{'9' * 2000}", "version": 1},
    "a policy among threads": {"topic": "policy.rules-adopted"},
    "a thread in the policy": {"stream": "policy", "topic": "note.added"},
}


@pytest.mark.parametrize("what", NONE_OF_OURS)
def test_what_is_no_entry_of_a_ledger_is_refused(site: Site, what: str) -> None:
    """It would stay for ever, and stop the views, or whoever records next."""
    before = contents(site)
    with pytest.raises(psycopg.Error):
        entered(site, "recorder", **NONE_OF_OURS[what])
    assert contents(site) == before


def test_a_transaction_that_sees_an_older_moment_is_refused(site: Site) -> None:
    """A guard would not see in it what was redacted since."""
    older = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
    assert state_of(site, "recorder", older, _other(site)) == "FP001"


def test_who_takes_a_role_stays_who_they_are(site: Site) -> None:
    """The name is that of the login, whatever role it has put on."""
    assert state_of(site, "recorder", "SET LOCAL ROLE {s}_recorder", _other(site)) == "FP002"


SHADOWS = [
    "CREATE TEMP TABLE event (LIKE {s}.event)",
    "CREATE FUNCTION pg_temp.is_owner() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
    "SET LOCAL search_path = pg_temp, {s}, pg_catalog",
]


def test_names_of_ones_own_mislead_no_guard(site: Site) -> None:
    """Tables and functions of a session, found before the ledger's, are not what a guard asks."""
    assert state_of(site, "recorder", *SHADOWS, _other(site)) == "FP002"


def _other(site: Site) -> str:
    state = orjson.dumps({"actor": f"{site.schema}_recorder"}).decode()
    return (
        "INSERT INTO {s}.event (stream, version, topic, state, leaf)"
        f" VALUES ('{FIRST}', 99, 't', '{state}', {NO_HASH})"
    )


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO {{s}}.subtree VALUES (1, 0, {NO_HASH})",
        f"INSERT INTO {{s}}.subtree VALUES (1, 7, {NO_HASH})",
        f"INSERT INTO {{s}}.subtree VALUES (2, 0, {NO_HASH})",
        f"INSERT INTO {{s}}.subtree VALUES (0, 0, {NO_HASH})",
        f"INSERT INTO {{s}}.subtree VALUES (1, -1, {NO_HASH})",
    ],
)
def test_a_run_that_is_none_is_refused(site: Site, statement: str) -> None:
    """A root is of a complete run, and of that one."""
    assert state_of(site, "recorder", statement) == "FP001"


def test_a_run_is_completed_with_its_root_alone(tmp_path: Path) -> None:
    """By the application; an entry by hand that completes one is refused, as a false root is."""
    with on_server(tmp_path) as schema:
        with closing(make_ledger(tmp_path)) as ledger:
            record_threads(ledger, 255 - ledger.size())
        address_in(tmp_path, LOGINS["recorder"], "recorder")
        here = Site(tmp_path, schema, schema)
        for then in ((), (f"INSERT INTO {{s}}.subtree VALUES (1, 0, {NO_HASH})",)):
            with pytest.raises(psycopg.Error) as caught:
                entered(here, "recorder", then=then)
            assert caught.value.sqlstate == "FP001"
        with closing(here.ledger("recorder")) as ledger:
            assert record_as(ledger, "recorder").entries[0].position == 256
        with stored(tmp_path) as connection:
            assert len(connection.execute("SELECT * FROM subtree").fetchall()) == 1


# --- words --------------------------------------------------------------------------------------


def words_at(site: Site, position: int) -> tuple[bytes, bytes]:
    with stored(site.folder) as connection:
        query = "SELECT salt, words FROM vault WHERE position = ?"
        found: tuple[bytes, bytes] = connection.execute(query, (position,)).fetchone()
        return found


_WORDS = "INSERT INTO {s}.vault VALUES (%s, %s, %s)"


def test_words_that_no_entry_is_committed_to_are_refused(site: Site) -> None:
    """For an entry that has none, for none at all, and others than those it is committed to."""
    filed = entered(site, "recorder")
    salt, words = words_at(site, 7)
    commitment = sha256(b"x").hexdigest()
    open_one = entered(site, "recorder", words=commitment)
    for values in ((filed, salt, words), (9_999, salt, words), (open_one, salt, words)):
        assert state_of(site, "recorder", _WORDS, values=values) == "FP001"
    assert state_of(site, "recorder", _WORDS, values=(7, salt, words)) == "23505"


def test_words_are_not_locked_among_others_that_are_not(site: Site) -> None:
    """Everybody would take the vault for locked, under a key that nobody has."""
    position = entered(site, "recorder", words=sha256(b"x").hexdigest())
    values = (position, bytes(32), b"\x00\x01junk")
    assert state_of(site, "recorder", _WORDS, values=values) == "FP001"


@pytest.mark.parametrize(
    ("stream", "child"),
    [(FIRST, b"1234"), ("CH-0099999", b"1234"), ("policy", b"1234"), (SECOND, b"\x00locked")],
)
def test_a_case_number_that_no_words_say_is_refused(site: Site, stream: str, child: bytes) -> None:
    """Of a thread that has none, is not there yet, or has words that say another."""
    statement = "INSERT INTO {s}.vault_child VALUES (%s, %s)"
    assert state_of(site, "recorder", statement, values=(stream, child)) in {"FP001", "23505"}
    gone = f"DELETE FROM {{s}}.vault_child WHERE stream = '{stream}'"
    assert state_of(site, "keeper", gone, statement, values=(stream, child)) == "FP001"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {s}.vault",
        "DELETE FROM {s}.vault WHERE position = 7",
        "DELETE FROM {s}.vault_child",
    ],
)
def test_words_that_no_redaction_names_are_not_removed(site: Site, statement: str) -> None:
    """A keeper may delete what a redaction says, and nothing else, at the latest at the commit."""
    before = contents(site)
    assert state_of(site, "keeper", statement) == "FP001"
    assert state_of(site, "keeper", "SET CONSTRAINTS ALL DEFERRED", statement) == "FP001"
    assert contents(site) == before


def requested(site: Site, role: str, positions: tuple[int, ...] = ()) -> tuple[str, int, int]:
    """A thread of two entries, a redaction asked for: its stream, first position and request."""
    with closing(site.ledger("recorder")) as ledger:
        begun = record_as(ledger, "recorder")
        first = begun.entries[0].position
        ledger.record(note(), actor=LOGINS["recorder"], stream=begun.stream)
    asked = ASKED.but(positions=tuple(first + at for at in positions))
    with closing(site.ledger(role)) as ledger:
        entry = ledger.record(asked, actor=LOGINS[role], stream=begun.stream).entries[0]
    return begun.stream, first, entry.position


REDACTIONS: dict[str, Callable[[int, int], dict[str, Any]]] = {
    "more than was asked for": lambda first, at: {"requested": at, "positions": [first, first + 1]},
    "another than was asked for": lambda first, at: {"requested": at, "positions": [first + 1]},
    "the whole thread": lambda first, at: {"requested": at, "positions": [first, first + 1, at]},
    "what is no request": lambda first, _at: {"requested": first, "positions": [first]},
    "no request": lambda first, _at: {"requested": None, "positions": [first]},
    "of another thread": lambda first, _at: {"requested": 9, "positions": [first]},
}


@pytest.mark.parametrize("what", REDACTIONS)
def test_a_redaction_is_of_what_was_asked_for(site: Site, what: str) -> None:
    """A keeper cannot record one of more, of something else, or of what nobody asked for."""
    stream, first, at = requested(site, "recorder", (0,))
    facts = REDACTIONS[what](first, at)
    with pytest.raises(psycopg.Error) as caught:
        entered(site, "keeper", stream=stream, topic="entry.redacted", basis="retention", **facts)
    assert caught.value.sqlstate == "FP002"


@pytest.mark.parametrize("beyond", [1, 7])
def test_a_redaction_of_all_is_of_what_is_there(site: Site, beyond: int) -> None:
    """Words of an entry to come, which nobody asked about, would be the keeper's to remove."""
    stream, first, at = requested(site, "recorder")
    positions = [first, at, at + beyond]
    with pytest.raises(psycopg.Error) as caught:
        entered(
            site, "keeper", stream=stream, topic="entry.redacted", basis="retention", requested=at,
            positions=positions,
        )  # fmt: skip
    assert caught.value.sqlstate == "FP002"


def approval_refused(site: Site, stream: str, first: int, at: int) -> str | None:
    """The SQLSTATE with which a keeper's approval of a request is refused, entered by hand."""
    with pytest.raises(psycopg.Error) as caught:
        entered(
            site, "keeper", stream=stream, topic="entry.redacted", basis="retention", requested=at,
            positions=[first],
        )  # fmt: skip
    return caught.value.sqlstate


def test_a_keeper_does_not_approve_its_own_request(site: Site) -> None:
    """Neither by the application nor by hand."""
    stream, first, at = requested(site, "keeper", (0,))
    ask = ApproveRedaction(on=DAY, source="transcribed")
    with closing(site.ledger("keeper")) as ledger, pytest.raises(Refused, match="omebody else"):
        redacting.approve(ledger, {stream: ask}, site.folder / "k", actor=LOGINS["keeper"])
    assert approval_refused(site, stream, first, at) == "FP002"


def test_a_keeper_records_redactions_only(site: Site) -> None:
    """Who removes words does not record challenges, unless it is a recorder as well."""
    with pytest.raises(psycopg.Error) as caught:
        entered(site, "keeper")
    assert caught.value.sqlstate == "FP002"


def test_what_was_redacted_does_not_come_back(site: Site) -> None:
    """Neither its words nor its case number, and its request is not approved a second time."""
    stream, first, at = requested(site, "recorder")
    salt, words = words_at(site, first)
    ask = ApproveRedaction(on=DAY, source="transcribed")
    with closing(site.ledger("keeper")) as ledger:
        redacting.approve(ledger, {stream: ask}, site.folder / "k", actor=LOGINS["keeper"])
    for role in ("recorder", "keeper"):
        assert state_of(site, role, _WORDS, values=(first, salt, words)) == "FP001"
        child = "INSERT INTO {s}.vault_child VALUES (%s, %s)"
        assert state_of(site, role, child, values=(stream, b"2041170000000017")) == "FP001"
    assert approval_refused(site, stream, first, at) == "FP002"
