"""One browser for all tests of a process, and a year's ledger whose pages are looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from browsing import NONE, REQUIRED, installed, launched
from cli_helpers import Place
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's browser; without one the test is skipped, or fails where one is required."""
    path = installed()
    if path is None:
        (pytest.fail if os.environ.get(REQUIRED) == "required" else pytest.skip)(NONE)
    with sync_playwright() as playwright:
        running = launched(playwright, path)
        yield running
        running.close()


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demonstration, to read only."""
    place = Place(tmp_path_factory.mktemp("year") / "place")
    (place.folder / "person").mkdir(parents=True)
    place.done("demo", "--ledger", str(place.ledger))
    return place
