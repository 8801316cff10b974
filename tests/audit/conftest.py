"""Ledgers made once; each test attacks a copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from audit_helpers import Case, copy_case, make_case
from server_cases import copy_to_server, on_a_server


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """One year, untouched."""
    return make_case(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="session")
def years(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Enough years for two complete runs of 256 entries, untouched."""
    return make_case(tmp_path_factory.mktemp("years"), years=6)


@pytest.fixture
def engine() -> str:
    """Which engine the case is on: both where a module says so."""
    return "file"


@pytest.fixture(scope="session")
def year_on_server(year: Case) -> Iterator[str]:
    """The schema of the year."""
    with on_a_server(year) as schema:
        yield schema


@pytest.fixture(scope="session")
def years_on_server(years: Case) -> Iterator[str]:
    """The schema of the longer ledger."""
    with on_a_server(years) as schema:
        yield schema


@pytest.fixture
def case(year: Case, tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> Case:
    """One year, to attack."""
    if engine == "server":
        schema = request.getfixturevalue("year_on_server")
        return copy_to_server(year, tmp_path / "case", schema)
    return copy_case(year, tmp_path / "case")


@pytest.fixture
def long(years: Case, tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> Case:
    """A longer ledger with subtree rows, to attack."""
    if engine == "server":
        schema = request.getfixturevalue("years_on_server")
        return copy_to_server(years, tmp_path / "long", schema)
    return copy_case(years, tmp_path / "long")
