"""A ledger a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_helpers import make_ledger

from footprint.ledger.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger in `tmp_path`, signed, open for writing."""
    made = make_ledger(tmp_path)
    yield made
    made.close()
