"""The ledger to attack on a server: the entries of the file, byte for byte, under the same notes.

A schema is made once, and its rows are put back for each test. The attacker is the superuser.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from audit_helpers import Case, adopted, agreed, checked
from servers import OWNER, address, grant, new_schema, running
from verifier_helpers import second_opinion

from footprint.audit.verdict import Verdict
from footprint.audit.verify import verify_ledger
from footprint.audit.vouchers import Voucher
from footprint.engine.place import Server, place_of
from footprint.engine.postgres import ServerConnection, run_script
from footprint.engine.postgres_catalogue import VAULT_TABLES, published
from footprint.engine.postgres_schema import create_schema
from footprint.engine.sqlite_schema import STATEMENTS, WITHOUT_VAULT
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.proof.policy import NOBODY, Policy

MANAGER, RECORDER = "footprint_tests_manager", "footprint_tests_recorder"
"""Logins that have that role: one that verifies, words too, and one that records as people do."""
TABLES = ("event", "subtree", "head", "checkpoint", "vault", "vault_child")
_PLACE = "event_1_place"
"""The guard that gives an entry its position, and refuses nothing."""


@cache
def guards() -> list[tuple[str, str]]:
    """Each guard that is published: its table and its name."""
    names = (name for kind, name in published("any") if kind == "trigger")
    return [(table, name) for table, _, name in (name.partition(".") for name in names)]


def _lifted(*but: str) -> str:
    return "".join(
        f"ALTER TABLE {table} DISABLE TRIGGER {name};"
        for table, name in guards()
        if name not in but
    )


def _put_back() -> str:
    return "".join(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};" for table, name in guards())


@contextmanager
def owning(schema: str) -> Iterator[ServerConnection]:
    """A connection of somebody who may do everything, in whose way the guards are."""
    joined = "&" if "?" in running() else "?"
    place = place_of(f"{running()}{joined}schema={schema}")
    assert isinstance(place, Server)
    with closing(ServerConnection(place)) as connection:
        connection.execute("SET synchronous_commit = off")
        yield connection


@dataclass(frozen=True)
class ServerCase(Case):
    """A ledger in a schema, with its signer's home, and what others hold of it."""

    schema: str

    @property
    def place(self) -> Server:
        return address(self.schema, MANAGER)

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """The application at work, signing what it records.

        What the server refuses by itself (other actors, redactions by one person) is let through.
        """
        with owning(self.schema) as connection:
            run_script(connection, _lifted(_PLACE))
            with closing(
                open_ledger(connection.server, sealer=lambda _origin: self.signer(), signing=True)
            ) as ledger:
                yield ledger
            run_script(connection, _put_back())

    @contextmanager
    def raw(self) -> Iterator[ServerConnection]:
        """A plain connection of the superuser, guards in place."""
        with owning(self.schema) as connection:
            yield connection

    @contextmanager
    def attack(self) -> Iterator[ServerConnection]:
        """Write without guards; afterwards they are as they were."""
        with owning(self.schema) as connection:
            run_script(connection, "BEGIN;" + _lifted())
            yield connection
            run_script(connection, _put_back() + "COMMIT")

    @contextmanager
    def recording(self) -> Iterator[Ledger]:
        """The application as people use it, who record as themselves and do not sign."""
        at = address(self.schema, RECORDER)
        with closing(open_ledger(at, sealer=lambda _origin: self.signer())) as ledger:
            yield ledger

    def sign(self) -> None:
        """What a scheduler does: sign all that is there."""
        with self.writing() as ledger, ledger.writing():
            ledger.store.cover()

    def judged(
        self, home: Path, vouchers: Sequence[Voucher] = (), trust: Policy = NOBODY
    ) -> Verdict:
        """What the verifier says; and the second of a copy, where that would be whole as a file."""
        verdict = checked(verify_ledger(self.place, home, vouchers, trust))
        if not verdict.unsigned:
            file = self.folder / "copied.db"
            file.unlink(missing_ok=True)
            copy_rows(self.schema, file)
            agreed(verdict, second_opinion(file, home, vouchers, trust, signed_at=self.place))
        return verdict

    def saved(self) -> dict[str, list[Any]]:
        """A backup."""
        with self.raw() as connection:
            return rows_of(connection)

    def restore(self, saved: Any) -> None:
        """Put a backup back."""
        with self.attack() as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")
            fill(connection, saved)


def rows_of(connection: Any) -> dict[str, list[Any]]:
    """All rows of a ledger, whichever engine has them."""
    return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}


def fill(connection: Any, rows: Mapping[str, Sequence[Any]]) -> None:
    """Put rows into tables as they are."""
    for table, some in rows.items():
        if some:
            marks = ", ".join("?" * len(some[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", some)


def copy_rows(schema: str, file: Path, *, vault: bool = True) -> None:
    """The rows of a ledger on a server, one by one and unjudged, in a file with its schema."""
    with owning(schema) as source, closing(sqlite3.connect(file, isolation_level=None)) as target:
        rows = {t: r for t, r in rows_of(source).items() if vault or t not in VAULT_TABLES}
        target.execute("PRAGMA synchronous = OFF")
        target.execute("BEGIN")
        statements = STATEMENTS if vault else WITHOUT_VAULT
        for statement in statements:
            if statement.startswith("CREATE TABLE"):
                target.execute(statement)
        fill(target, rows)
        for statement in statements:
            if not statement.startswith("CREATE TABLE"):
                target.execute(statement)
        target.execute("COMMIT")


@contextmanager
def on_a_server(case: Case) -> Iterator[str]:
    """A schema with the entries of a file, and a copy of all its rows beside it. Its name."""
    with new_schema() as schema:
        with closing(ServerConnection(address(schema, OWNER))) as connection:
            connection.execute("BEGIN")
            create_schema(connection)
            connection.execute("COMMIT")
        grant(schema, MANAGER, ["manager"])
        grant(schema, RECORDER, ["recorder"])
        with case.raw() as source, ServerCase(case.folder, schema).attack() as target:
            fill(target, rows_of(source))
            for table in TABLES:
                target.execute(f"CREATE TABLE {schema}_views.kept_{table} AS TABLE {table}")
        yield schema


def copy_to_server(case: Case, folder: Path, schema: str) -> ServerCase:
    """The case of a file as it is on a server, as if nobody had touched it there."""
    with owning(schema) as connection:
        back = "".join(
            f"DELETE FROM {table}; INSERT INTO {table} TABLE {schema}_views.kept_{table};"
            for table in TABLES
        )
        run_script(connection, f"BEGIN; {_lifted()} {back} {_put_back()} COMMIT")
    copied = ServerCase(folder, schema)
    adopted(case, copied)
    return copied
