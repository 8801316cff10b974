"""A ledger of one year, made once, of which bundles are made."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit_helpers import Case, copy_case, make_case
from bundles_apart import STREAM
from evidence_helpers import evidence_of, files_from
from witness_helpers import trust_of

from footprint.proof.policy import Policy


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """One year, untouched."""
    return make_case(tmp_path_factory.mktemp("year"))


@pytest.fixture
def case(year: Case, tmp_path: Path) -> Case:
    """One year, to attack."""
    return copy_case(year, tmp_path / "case")


@pytest.fixture(scope="session")
def trust(year: Case) -> Policy:
    """Trust in the ledger's own key, without witnesses."""
    return trust_of(year)


@pytest.fixture(scope="session")
def files(year: Case) -> dict[str, bytes]:
    """An honest bundle with words, for who holds the checkpoint of 105 entries."""
    return files_from(evidence_of(year, STREAM, kept=year.kept, words=True))
