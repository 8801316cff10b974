"""A ledger a test, on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import ledger_helpers as own
import pytest
from serving import recording_there

from footprint.ledger.ledger import Ledger


@pytest.fixture(params=["file", "server"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with three threads, on each engine."""
    file = request.param == "file"
    with closing(own.make_ledger(tmp_path)) if file else recording_there(tmp_path) as opened:
        own.record_threads(opened, 3)
        yield opened
