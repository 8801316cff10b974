"""A ledger on a server with a login for each of its roles, by the application or in raw SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import psycopg
from ledger_helpers import (
    DAY,
    ORIGIN,
    challenge,
    leaf_of,
    make_ledger,
    note,
    record_threads,
    signer_in,
    stored,
    vault_keys_in,
)
from server_ledgers import TABLES, address_in, on_server
from servers import address, login

from footprint.domain.asks import AskRedaction
from footprint.engine.connecting import connect
from footprint.engine.postgres_schema import ROLES
from footprint.ledger.identity import new_ids
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.signer import LedgerSigner

FIRST, SECOND = "CH-0000001", "CH-0000002"
NOBODY = "rt_nobody"
NO_HASH = r"'\x" + "00" * 32 + "'"
LOGINS = {role: f"rt_{role}" for role in ROLES} | {"nobody": NOBODY}
ASKED = AskRedaction(
    on=DAY, source="transcribed", words={"why": "Not hers."}, positions=(), basis="retention"
)


class Site(NamedTuple):
    """A ledger with a login for each role, its neighbour in the same database, and raw SQL."""

    folder: Path
    schema: str
    other: str

    def ledger(self, role: str, *, signing: bool = False) -> Ledger:
        """Open to write, under the login of a role."""
        place = address(self.schema, LOGINS[role])
        return open_ledger(
            place,
            sealer=lambda _origin: LedgerSigner(signer_in(self.folder).folder, ORIGIN, place),
            signing=signing,
            keys=lambda _origin: vault_keys_in(self.folder),
        )

    def run(self, role: str, *statements: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Statements in one transaction of a role's login, committed; the rows of the last."""
        with closing(connect(address(self.schema, LOGINS[role]))) as connection:
            driver: psycopg.Connection[Any] = connection.driver  # type: ignore[attr-defined]
            with driver.transaction():
                for statement in statements[:-1]:
                    driver.execute(statement)
                cursor = driver.execute(self.named(statements[-1]), values or None)
                return cursor.fetchall() if cursor.description else []

    def named(self, statement: str) -> str:
        return statement.replace("{s}", self.schema).replace("{o}", self.other)


def record_as(ledger: Ledger, role: str) -> Any:
    """A thread that a role's login begins."""
    return ledger.record(challenge(), actor=LOGINS[role])


@contextmanager
def site_with_neighbour(folder: Path, beside: Path) -> Iterator[Site]:
    """Two threads, of which a redaction of the first is asked for; a neighbour with one."""
    with on_server(folder) as schema, on_server(beside) as other:
        for place in (folder, beside):
            with closing(make_ledger(place)) as made:
                record_threads(made, 1)
        login(NOBODY)
        for role in ROLES:
            address_in(folder, LOGINS[role], role)
        made_here = Site(folder, schema, other)
        with closing(made_here.ledger("recorder")) as ledger:
            stream = ledger.record(note(), actor=LOGINS["recorder"], stream=FIRST).stream
            ledger.record(ASKED, actor=LOGINS["recorder"], stream=stream)
            record_as(ledger, "recorder")
        yield made_here


def state_of(site: Site, role: str, *statements: str, values: tuple[Any, ...] = ()) -> str:
    """The SQLSTATE with which the database refuses statements; empty where it does not."""
    try:
        site.run(role, *map(site.named, statements), values=values)
    except psycopg.Error as error:
        return error.sqlstate or "lost"
    return ""


def contents(site: Site) -> list[Any]:
    """All that is stored."""
    with stored(site.folder) as connection:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES]


_ENTRY = "INSERT INTO {s}.event (stream, version, topic, state, leaf) VALUES (%s, %s, %s, %s, %s)"
_NOW = """SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def entered(site: Site, role: str, then: tuple[str, ...] = (), **given: Any) -> int:
    """Insert an entry with raw SQL, as whoever knows the format would. Its position.

    Args:
        site: where.
        role: whose login.
        then: what else is done in the transaction.
        given: facts; and `stream`, `topic`, `version` and `leaf`, where they are to be others.
    """
    facts: dict[str, Any] = {"stream": FIRST, "topic": "thread.filed", **given}
    stream, topic = facts.pop("stream"), facts.pop("topic")
    version, leaf = facts.pop("version", None), facts.pop("leaf", None)
    with closing(connect(address(site.schema, LOGINS[role]))) as connection:
        driver: psycopg.Connection[Any] = connection.driver  # type: ignore[attr-defined]
        with driver.transaction():
            row = driver.execute(_NOW).fetchone()
            at = f"SELECT max(version) FROM {site.schema}.event WHERE stream = %s"
            last = driver.execute(at, (stream,)).fetchone()
            assert row
            assert last
            event_id, command_id = new_ids(2)
            state = {
                "format": 1, "event_id": event_id, "command_id": command_id,
                "recorded_at": row[0], "occurred_on": None, "actor": LOGINS[role],
                "source": "recalled", **facts,
            }  # fmt: skip
            body = orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
            number = version or (last[0] or 0) + 1
            made = leaf or leaf_of(stream, number, topic, body)
            driver.execute(site.named(_ENTRY), (stream, number, topic, body, made))
            for statement in then:
                driver.execute(site.named(statement))
            found = driver.execute(site.named("SELECT max(position) FROM {s}.event")).fetchone()
            assert found
            return int(found[0])
