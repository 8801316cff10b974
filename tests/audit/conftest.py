"""Ledgers made once; each test attacks a copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit_helpers import Case, copy_case, make_case


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """One year, untouched."""
    return make_case(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="session")
def years(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Enough years for two complete runs of 256 entries, untouched."""
    return make_case(tmp_path_factory.mktemp("years"), years=6)


@pytest.fixture
def case(year: Case, tmp_path: Path) -> Case:
    """One year, to attack."""
    return copy_case(year, tmp_path / "case")


@pytest.fixture
def long(years: Case, tmp_path: Path) -> Case:
    """A longer ledger with subtree rows, to attack."""
    return copy_case(years, tmp_path / "long")
