"""A ledger a test, with the calendar of the Poole year."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from intake_helpers import make

from footprint.ledger.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger in `tmp_path`, signed, open for writing."""
    made = make(tmp_path)
    yield made
    made.close()
