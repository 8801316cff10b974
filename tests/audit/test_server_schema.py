"""The schema on a server, changed by its owner: whatever is not as published is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from audit_helpers import INSERT, TAMPERED, VERIFIED, found, perfect
from server_cases import TABLES, ServerCase, guards
from write_catalogue import FILE, as_text, made

from footprint.audit.verdict import Verdict
from footprint.audit.verify import verify_ledger
from footprint.engine.postgres import run_script
from footprint.engine.postgres_catalogue import published

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"


@pytest.fixture
def engine() -> str:
    """A server alone."""
    return "server"


@contextmanager
def changed(case: ServerCase, change: str, back: str) -> Iterator[None]:
    """A schema that somebody changed."""
    with case.raw() as connection:
        run_script(connection, f"SET search_path = {case.schema}, pg_catalog; {change}")
        try:
            yield
        finally:
            run_script(connection, back)


def judged(case: ServerCase) -> Verdict:
    return verify_ledger(case.place, case.home)


def assert_named(case: ServerCase, name: str) -> Verdict:
    """Tampered, by one finding or more, each of which names it."""
    verdict = judged(case)
    assert verdict.verdict == TAMPERED
    findings = found(verdict, "schema")
    assert all(name in finding.message for finding in findings), findings
    return verdict


def test_the_published_catalogue_is_that_of_a_new_ledger() -> None:
    """What a verifier compares with is what `init` makes: see `write_catalogue.py`."""
    catalogue = made()
    assert FILE.read_text("utf-8") == as_text(catalogue)
    bodies = {key: body for key, body in published("footprint").items() if key[0] == "body"}
    assert {key for key in catalogue if key[0] == "body"} == bodies.keys()


@pytest.mark.parametrize("schema", ["user", "event", "a"])
def test_the_name_of_a_schema_changes_nothing(schema: str) -> None:
    """Also where it has to be quoted, or is a word in what is published."""
    assert as_text(made(schema)) == FILE.read_text("utf-8")


def test_each_guard_that_is_gone_is_named(case: ServerCase) -> None:
    """Dropped, or switched off."""
    definitions = published(case.schema)
    for table, name in guards():
        made = definitions["trigger", f"{table}.{name}"].removesuffix(" enabled A")
        always = f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
        for change, back in (
            (f"DROP TRIGGER {name} ON {table}", f"{made}; {always}"),
            (f"ALTER TABLE {table} DISABLE TRIGGER {name}", always),
        ):
            with changed(case, change, back):
                assert len(assert_named(case, f"{table}.{name}").findings) == 1
    assert judged(case).verdict == VERIFIED


@pytest.mark.parametrize("how", ["", "REPLICA"])
def test_a_guard_that_can_be_got_round_is_named(case: ServerCase, how: str) -> None:
    """One that is not on for what is replicated, or for nothing else."""
    enable = "ALTER TABLE event ENABLE {} TRIGGER event_no_update"
    with changed(case, enable.format(how), enable.format("ALWAYS")):
        assert_named(case, "event.event_no_update")


EXTRA = [
    ("more", "CREATE TABLE more (x int)", "DROP TABLE more"),
    ("seen", "CREATE VIEW seen AS SELECT * FROM event", "DROP VIEW seen"),
    (
        "stored",
        "CREATE MATERIALIZED VIEW stored AS SELECT * FROM event",
        "DROP MATERIALIZED VIEW stored",
    ),
    ("counted", "CREATE SEQUENCE counted", "DROP SEQUENCE counted"),
    ("by_topic", "CREATE INDEX by_topic ON event (topic)", "DROP INDEX by_topic"),
    (
        "partly",
        "CREATE INDEX partly ON event (topic) WHERE position > 5",
        "DROP INDEX partly",
    ),
    (
        "later",
        "CREATE TRIGGER later AFTER INSERT ON event EXECUTE FUNCTION refuse()",
        "DROP TRIGGER later ON event",
    ),
    (
        "hide",
        "CREATE RULE hide AS ON INSERT TO event DO INSTEAD NOTHING",
        "DROP RULE hide ON event",
    ),
    (
        "shown",
        "CREATE POLICY shown ON event USING (position < 100)",
        "DROP POLICY shown ON event",
    ),
    ("child", "CREATE TABLE child () INHERITS (event)", "DROP TABLE child"),
    (
        "elsewhere.child",
        "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.child () INHERITS (event)",
        "DROP SCHEMA elsewhere CASCADE",
    ),
    ("mood", "CREATE TYPE mood AS ENUM ('good')", "DROP TYPE mood"),
    ("short", "CREATE DOMAIN short AS text", "DROP DOMAIN short"),
    (
        "max",
        "CREATE FUNCTION max(event) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "DROP FUNCTION max(event)",
    ),
    (
        "refuse",
        "CREATE FUNCTION refuse(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "DROP FUNCTION refuse(bigint)",
    ),
    (
        "===",
        "CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = starts_with)",
        "DROP OPERATOR === (text, text)",
    ),
    (
        "aloud",
        "CREATE AGGREGATE aloud(text) (SFUNC = textcat, STYPE = text)",
        "DROP AGGREGATE aloud(text)",
    ),
]


@pytest.mark.parametrize(("name", "change", "back"), EXTRA, ids=[name for name, *_ in EXTRA])
def test_anything_extra_in_the_schema_is_tampered(
    case: ServerCase, name: str, change: str, back: str
) -> None:
    """Each relation, rule, policy, function or type that is not published is named."""
    with changed(case, change, back):
        assert_named(case, name)
    assert judged(case).verdict == VERIFIED


LOOSE = "ALTER TABLE head DROP CONSTRAINT head_one_check"
CHANGED = [
    (
        "event",
        "ALTER TABLE event ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE event DISABLE ROW LEVEL SECURITY",
    ),
    (
        "event",
        "ALTER TABLE event FORCE ROW LEVEL SECURITY",
        "ALTER TABLE event NO FORCE ROW LEVEL SECURITY",
    ),
    ("vault", "ALTER TABLE vault SET UNLOGGED", "ALTER TABLE vault SET LOGGED"),
    ("head.more", "ALTER TABLE head ADD COLUMN more text", "ALTER TABLE head DROP COLUMN more"),
    (
        "event.topic",
        "ALTER TABLE event ALTER topic SET DEFAULT 'note.added'",
        "ALTER TABLE event ALTER topic DROP DEFAULT",
    ),
    (
        "event.topic",
        "ALTER TABLE event ALTER topic DROP NOT NULL",
        "ALTER TABLE event ALTER topic SET NOT NULL",
    ),
    (
        "head.note",
        'ALTER TABLE head ALTER note TYPE text COLLATE "POSIX"',
        'ALTER TABLE head ALTER note TYPE text COLLATE "C"',
    ),
    (
        "head.head_one_check",
        LOOSE,
        "ALTER TABLE head ADD CONSTRAINT head_one_check CHECK (one = 1)",
    ),
    (
        "head.head_one_check",
        f"{LOOSE}, ADD CONSTRAINT head_one_check CHECK (one = 1) NOT VALID",
        "ALTER TABLE head VALIDATE CONSTRAINT head_one_check",
    ),
    (
        "event_stream_version_key",
        "ALTER TABLE event DROP CONSTRAINT event_stream_version_key",
        "ALTER TABLE event ADD CONSTRAINT event_stream_version_key UNIQUE (stream, version)",
    ),
    (
        "refuse()",
        "ALTER FUNCTION refuse() SECURITY DEFINER",
        "ALTER FUNCTION refuse() SECURITY INVOKER",
    ),
    (
        "check_time()",
        "ALTER FUNCTION check_time() SET search_path = public",
        "ALTER FUNCTION check_time() SET search_path = pg_catalog, {schema}, pg_temp",
    ),
    (
        "is_owner()",
        "ALTER FUNCTION is_owner() SET lock_timeout = 1",
        "ALTER FUNCTION is_owner() RESET lock_timeout",
    ),
]


@pytest.mark.parametrize(("name", "change", "back"), CHANGED, ids=[c[:50] for _, c, _ in CHANGED])
def test_anything_changed_in_the_schema_is_tampered(
    case: ServerCase, name: str, change: str, back: str
) -> None:
    """Row security, a column, a constraint or a function that is other than published is named."""
    with changed(case, change, back.format(schema=case.schema)):
        assert_named(case, name)
    assert judged(case).verdict == VERIFIED


def test_a_guard_that_does_something_else_is_tampered(case: ServerCase) -> None:
    """A function under the same name that lets everything through; and what was read says so."""
    body = published(case.schema)["body", "refuse"]
    define = "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql SET search_path"
    define += f" = pg_catalog, {case.schema}, pg_temp AS $${{}}$$"
    with changed(case, define.format("BEGIN RETURN NEW; END"), define.format(body)):
        verdict = assert_named(case, "refuse")
        assert verdict.entries == 110
    assert judged(case).verdict == VERIFIED


@pytest.mark.parametrize("table", TABLES)
def test_a_view_in_the_place_of_a_table_is_not_read(case: ServerCase, table: str) -> None:
    """One without an end: it is named, and the verifier ends."""
    hidden = f"ALTER TABLE {table} RENAME TO hidden; CREATE VIEW {table} AS {ENDLESS}"
    hidden += f" SELECT hidden.* FROM n LEFT JOIN hidden ON true; GRANT SELECT ON {table} TO PUBLIC"
    with changed(case, hidden, f"DROP VIEW {table}; ALTER TABLE hidden RENAME TO {table}"):
        verdict = judged(case)
        assert verdict.verdict == TAMPERED
        assert verdict.entries == 0
    assert judged(case).verdict == VERIFIED


def test_a_function_that_a_query_could_mean_is_not_run(case: ServerCase) -> None:
    """It would run as whoever verifies: nothing is read beside the server's own tables."""
    function = "CREATE FUNCTION substr(text, bigint) RETURNS text LANGUAGE sql AS 'SELECT $1'"
    with changed(case, function, "DROP FUNCTION substr(text, bigint)"):
        assert assert_named(case, "substr").entries == 0


def test_a_vault_that_was_taken_away_is_an_audit_copy(case: ServerCase) -> None:
    """Both tables, and the words are not checked; one of them, and it is tampered with."""
    elsewhere = f"{case.schema}_views"
    away = f"ALTER TABLE vault SET SCHEMA {elsewhere};"
    away += f"ALTER TABLE vault_child SET SCHEMA {elsewhere}"
    back = f"ALTER TABLE {elsewhere}.vault SET SCHEMA {case.schema};"
    back += f"ALTER TABLE {elsewhere}.vault_child SET SCHEMA {case.schema}"
    with changed(case, away, back):
        verdict = judged(case)
        assert (verdict.verdict, verdict.words_checked) == (VERIFIED, False)
    first, last = away.split(";")[0], back.split(";")[0]
    with changed(case, first, last):
        assert judged(case).verdict == TAMPERED
    assert judged(case).words_checked


@pytest.mark.parametrize("index", ["event_stream_version_key", "event_pkey"])
def test_an_index_that_hides_a_row_is_tampered(case: ServerCase, index: str) -> None:
    """An entry that was put in while an index was not kept is found by the table alone."""
    with case.attack() as connection:
        kept = "UPDATE pg_index SET indisready = {} WHERE indexrelid = '{}'::regclass"
        connection.execute(kept.format("false", index))
        connection.execute(INSERT, perfect(connection, 111))
        connection.execute(kept.format("true", index))
    verdict = judged(case)
    assert verdict.verdict == TAMPERED
    assert any("index" in finding.message for finding in found(verdict, "integrity"))
    with case.raw() as connection:
        run_script(connection, "REINDEX TABLE event")
