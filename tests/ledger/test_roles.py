"""Who may do what on a server: what the application does for each role, and what raw SQL cannot.

Every login here is a real one. What is forbidden is refused by the database, whoever asks it.
"""

from __future__ import annotations

import re
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from ledger_helpers import (
    DAY,
    check_whole,
    make_ledger,
    record_threads,
    reopen,
    stored,
    vault_keys_in,
)
from role_helpers import (
    ASKED,
    FIRST,
    LOGINS,
    NO_HASH,
    NOBODY,
    Site,
    contents,
    record_as,
    state_of,
)
from server_ledgers import TABLES, address_in, eraser, on_server
from servers import OWNER, address, superuser

from footprint.domain.asks import ApproveRedaction
from footprint.engine.postgres_schema import ROLES
from footprint.errors import Refused
from footprint.ledger.checkpoints.kept import issue_checkpoint
from footprint.ledger.opening import open_ledger
from footprint.ledger.words import locking, redacting
from footprint.ledger.words.erasing import is_marked

# --- what each may do -----------------------------------------------------------------------


def test_a_recorder_records_and_reads(site: Site) -> None:
    """Threads and notes, as itself; words are read back."""
    with closing(site.ledger("recorder")) as ledger:
        recorded = record_as(ledger, "recorder")
        assert ledger.vault.words(recorded.stream)
        assert ledger.entry(recorded.entries[0].position).actor == LOGINS["recorder"]


@pytest.mark.parametrize("role", ["manager", "auditor", "signer"])
def test_others_read_and_do_not_record(site: Site, role: str) -> None:
    """Every entry and thread; words for a manager alone. Nobody else is asked to sign either."""
    place = address(site.schema, LOGINS[role])
    with closing(open_ledger(place)) as ledger:
        assert ledger.thread(FIRST)
        assert ledger.head()
        assert bool(ledger.vault.words(FIRST)) is (role == "manager")
        assert ledger.vault.here is (role == "manager")
    with pytest.raises(Refused, match=f"{LOGINS[role]} may not record here"):
        site.ledger(role)


def test_a_signer_signs(site: Site) -> None:
    """All that is recorded, and no more than that is needed for it."""
    with closing(site.ledger("signer", signing=True)) as ledger:
        issue_checkpoint(ledger)
        size, _ = ledger.head() or (0, "")
        assert size == ledger.size()
    for role in {*ROLES} - {"signer"}:
        with pytest.raises(Refused, match="may not sign here"):
            site.ledger(role, signing=True)


def test_a_keeper_redacts_what_another_asked_for_and_erases_it(site: Site) -> None:
    """A thread's words go with its case number, in one transaction, and then from the tables."""
    folder = site.folder / "keepers" / "own"
    with closing(site.ledger("recorder")) as ledger:
        stream = record_as(ledger, "recorder").stream
        ledger.record(ASKED, actor=LOGINS["recorder"], stream=stream)
    with closing(site.ledger("keeper")) as ledger:
        ask = ApproveRedaction(on=DAY, source="transcribed")
        done = redacting.approve(ledger, {stream: ask}, folder, actor=LOGINS["keeper"])
        assert ledger.vault.words(stream) == {}
    place = address(site.schema, eraser(LOGINS["keeper"]))
    with closing(open_ledger(place, sealer=lambda _origin: pytest.fail("not asked"))) as ledger:
        redacting.finish(ledger, folder, done.traces)
    assert not is_marked(folder)
    check_whole_but_for(site, stream)


def check_whole_but_for(site: Site, stream: str) -> None:
    """No words of this thread are stored, and no case number."""
    with stored(site.folder) as connection:
        query = "SELECT 1 FROM vault JOIN event USING (position) WHERE stream = ?"
        assert not connection.execute(query, (stream,)).fetchall()
        query = "SELECT 1 FROM vault_child WHERE stream = ?"
        assert not connection.execute(query, (stream,)).fetchall()


def test_the_owner_locks_the_vault_and_unlocks_it(tmp_path: Path) -> None:
    """Every row is written anew, which could be with anything: nobody else may, keepers neither."""
    with on_server(tmp_path) as schema:
        with closing(make_ledger(tmp_path)) as ledger:
            record_threads(ledger, 2)
        for role in ("keeper", "recorder"):
            address_in(tmp_path, LOGINS[role], role)
        here, keys = Site(tmp_path, schema, schema), vault_keys_in(tmp_path)
        for role in ("keeper", "recorder"):
            with closing(here.ledger(role)) as ledger, pytest.raises(Refused, match="only the"):
                locking.lock(ledger, keys, tmp_path / "r", keyring=False)
        assert keys.ids() == []
        with closing(reopen(tmp_path, actor=OWNER)) as ledger:
            assert locking.lock(ledger, keys, tmp_path / "k", keyring=False).not_yet is None
            assert locking.unlock(ledger, keys) == 4
        check_whole(tmp_path)


# --- what nobody may --------------------------------------------------------------------------

ROW = f"(stream, version, topic, state, leaf) VALUES ('policy', 1, 't', '{{}}', {NO_HASH})"
INSERT = f"INSERT INTO {{s}}.event {ROW}"
CHANGES = [
    "UPDATE {s}.event SET state = state",
    "UPDATE {s}.event SET leaf = leaf WHERE position = 1",
    "DELETE FROM {s}.event",
    "TRUNCATE {s}.event",
    "TRUNCATE {s}.event, {s}.subtree, {s}.head, {s}.checkpoint, {s}.vault, {s}.vault_child",
    f"INSERT INTO {{s}}.event VALUES (3, 'CH-0000001', 9, 't', '{{}}', {NO_HASH})",
    "INSERT INTO {s}.event (position) VALUES (99)",
    f"{INSERT} ON CONFLICT (stream, version) DO UPDATE SET state = excluded.state",
    "MERGE INTO {s}.event USING (SELECT 1) x ON true WHEN MATCHED THEN UPDATE SET topic = 't'",
    "UPDATE {s}.subtree SET hash = hash",
    "DELETE FROM {s}.subtree",
    "TRUNCATE {s}.subtree",
    "UPDATE {s}.checkpoint SET note = note",
    "DELETE FROM {s}.checkpoint",
    "TRUNCATE {s}.checkpoint",
    "DELETE FROM {s}.head",
    "TRUNCATE {s}.head",
    "UPDATE {s}.vault SET words = words",
    "TRUNCATE {s}.vault",
    "UPDATE {s}.vault_child SET child = child",
    "TRUNCATE {s}.vault_child",
]
CHANGES_OF_ROWS = [s for s in CHANGES if not re.search("INSERT|MERGE|subtree|checkpoint", s)]
"""Those that meet a row, or all of them."""
LIFTS = [
    "ALTER TABLE {s}.event DISABLE TRIGGER ALL",
    "ALTER TABLE {s}.event DISABLE TRIGGER event_2_check",
    "ALTER TABLE {s}.event ADD COLUMN more text",
    "ALTER TABLE {s}.vault ALTER COLUMN words SET STATISTICS 100",
    "DROP TRIGGER event_no_update ON {s}.event",
    "DROP TABLE {s}.event",
    "DROP SCHEMA {s} CASCADE",
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = local",
    "CREATE TABLE {s}.more (x int)",
    "CREATE VIEW {s}.more AS SELECT 1",
    "CREATE TABLE {s}_views.more (x int)",
    "CREATE FUNCTION {s}.more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION {s}.check_event() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "CREATE OR REPLACE FUNCTION {s}.is_owner() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "ALTER FUNCTION {s}.check_event() SET search_path = pg_temp",
    "DROP FUNCTION {s}.refuse() CASCADE",
    "CREATE TRIGGER more BEFORE INSERT ON {s}.event FOR EACH ROW EXECUTE FUNCTION {s}.refuse()",
    "CREATE RULE more AS ON INSERT TO {s}.event DO INSTEAD NOTHING",
    "CREATE INDEX more ON {s}.event (topic)",
    "CREATE POLICY more ON {s}.event USING (false)",
    "ALTER TABLE {s}.event OWNER TO session_user",
    f"SET ROLE {OWNER}",
    f"SET SESSION AUTHORIZATION {OWNER}",
    f"GRANT {OWNER} TO {NOBODY}",
    "CREATE ROLE more_of_them",
    f"ALTER ROLE {NOBODY} SUPERUSER",
]
NEIGHBOUR = [
    "SELECT * FROM {o}.event",
    "SELECT * FROM {o}.head",
    "SELECT * FROM {o}.vault",
    "SELECT * FROM {o}_views.thread",
    "DELETE FROM {o}_views.thread",
    "DELETE FROM {o}.vault",
    "UPDATE {o}.head SET size = 1",
    "SELECT {o}.is_owner()",
    "SET ROLE {o}_keeper",
    f"INSERT INTO {{o}}.event {ROW}",
]


@pytest.mark.parametrize("role", LOGINS)
def test_nobody_changes_removes_or_lifts_anything(site: Site, role: str) -> None:
    """Each act under each login is refused for want of a right, and nothing is another."""
    before = contents(site)
    said = {s: state_of(site, role, s) for s in (*CHANGES, *LIFTS, *NEIGHBOUR)}
    assert {s: state for s, state in said.items() if state != "42501"} == {}
    assert contents(site) == before


@pytest.mark.parametrize("role", LOGINS)
def test_nobody_hands_on_what_they_may(site: Site, role: str) -> None:
    """A right is its holder's alone: where the server does not refuse, it grants nothing."""
    of = "WHERE relnamespace = '{s}'::regnamespace ORDER BY 1"
    granted = f"SELECT relname, relacl::text FROM pg_class {of}"
    before = site.run("recorder", granted)
    for table in TABLES:
        state_of(site, role, f"GRANT ALL ON {{s}}.{table} TO PUBLIC")
        state_of(site, role, f"GRANT SELECT ON {{s}}.{table} TO {NOBODY}")
    for each in ROLES:
        assert state_of(site, role, f"GRANT {{s}}_{each} TO {NOBODY}") == "42501"
    assert site.run("recorder", granted) == before


RIGHTS = {
    # what is done: by whom it may be done
    "SELECT words FROM {s}.vault": {"recorder", "manager", "keeper"},
    "SELECT child FROM {s}.vault_child": {"recorder", "manager", "keeper"},
    "SELECT state FROM {s}.event": {*ROLES},
    "SELECT note FROM {s}.head": {*ROLES},
    "SELECT ref FROM {s}_views.thread": {"recorder", "manager", "keeper"},
    "DELETE FROM {s}.vault WHERE position = 0": {"keeper"},
    "DELETE FROM {s}.vault_child WHERE stream = 'none'": {"keeper"},
    "UPDATE {s}.head SET size = size": {"signer"},
    "INSERT INTO {s}.checkpoint SELECT 1, 'note' WHERE false": {"signer"},
    "INSERT INTO {s}.vault SELECT * FROM {s}.vault WHERE false": {"recorder", "keeper"},
    "INSERT INTO {s}.subtree SELECT 1, 0, ''::bytea WHERE false": {"recorder", "keeper"},
    "INSERT INTO {s}.event (stream, version, topic, state, leaf)"
    " SELECT stream, version, topic, state, leaf FROM {s}.event WHERE false": {
        "recorder",
        "keeper",
    },
    "SET LOCAL ROLE {s}_recorder": {"recorder"},
    "SET LOCAL ROLE {s}_keeper": {"keeper"},
    "SET LOCAL ROLE {s}_signer": {"signer"},
}


@pytest.mark.parametrize("statement", RIGHTS)
def test_each_right_is_a_roles(site: Site, statement: str) -> None:
    """Whoever has the role may; nobody else."""
    may = set()
    for role in LOGINS:
        with suppress(psycopg.errors.InsufficientPrivilege):
            site.run(role, site.named(statement))
            may.add(role)
    assert may == RIGHTS[statement]


# --- side by side -------------------------------------------------------------------------------


def test_a_role_of_one_ledger_is_none_of_another(site: Site) -> None:
    """Who records in one authority's ledger does not so much as read its neighbour's."""
    for role in ROLES:
        place = address(site.other, LOGINS[role])
        with pytest.raises(Refused, match=f"{LOGINS[role]} may not read the ledger"):
            open_ledger(place)


def test_nobody_has_no_ledger(site: Site) -> None:
    """A login that its owner gave nothing is told what to ask for."""
    with pytest.raises(Refused, match=f'GRANT {site.schema}_recorder TO "{NOBODY}"'):
        open_ledger(address(site.schema, NOBODY))


def test_the_owner_cannot_change_entries_by_accident(site: Site) -> None:
    """It may lift the guards, and while they are there they hold for it too."""
    before = contents(site)
    with psycopg.connect(address(site.schema, OWNER).url, autocommit=True) as owner:
        for statement in CHANGES_OF_ROWS:
            with pytest.raises(psycopg.Error) as caught:
                owner.execute(site.named(statement))
            assert caught.value.sqlstate == "FP001"
    assert contents(site) == before


def test_a_ledger_takes_no_roles_that_are_there(tmp_path: Path) -> None:
    """They are the whole server's: whoever has one in another database would have it here."""
    with on_server(tmp_path) as schema, superuser() as connection:
        role = f"{schema}_keeper"
        connection.execute(f'CREATE ROLE "{role}"')  # type: ignore[call-overload] # a name of ours
        with pytest.raises(Refused, match=f"another database.*{role}"):
            make_ledger(tmp_path, signed=False)
        there = connection.execute("SELECT to_regnamespace(%s)", (schema,)).fetchone()
        assert there == (None,)
