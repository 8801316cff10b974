"""Ledgers made once with the real program; a test that writes works on a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli_helpers import Place, concern
from import_helpers import POOLE, views


@pytest.fixture(scope="session")
def _new(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("new") / "place")
    (place.folder / "person").mkdir(parents=True)
    place.done("init", "--authority", "Borough of Testing", "--team", "North Team")
    return place


@pytest.fixture(scope="session")
def _begun(_new: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = _new.copy(tmp_path_factory.mktemp("begun") / "place")
    place.done("challenge", *concern(on="2025-11-03"))
    return place


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demonstration, to read only."""
    place = Place(tmp_path_factory.mktemp("year") / "place")
    (place.folder / "person").mkdir(parents=True)
    place.done("demo", "--ledger", str(place.ledger))
    return place


@pytest.fixture
def fresh(_new: Place, tmp_path: Path) -> Place:
    """A new ledger without a thread, of 6 entries."""
    return _new.copy(tmp_path / "fresh")


@pytest.fixture
def begun(_begun: Place, tmp_path: Path) -> Place:
    """A ledger with one challenge, CH-1 of 3 November 2025, at entry 7."""
    return _begun.copy(tmp_path / "begun")


@pytest.fixture
def poole(year: Place, tmp_path: Path) -> Place:
    """The demonstration, to write to."""
    return year.copy(tmp_path / "poole")


@pytest.fixture(scope="session")
def _brought(_new: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = _new.copy(tmp_path_factory.mktemp("brought") / "place")
    place.done("import", str(POOLE), "--yes")
    return place


@pytest.fixture
def brought(_brought: Place, tmp_path: Path) -> Place:
    """A ledger into which last year's sheet was brought, to write to."""
    return _brought.copy(tmp_path / "brought")


@pytest.fixture(scope="session")
def poole_views(year: Place) -> list[Any]:
    """What is counted of the demonstration."""
    return views(year)
