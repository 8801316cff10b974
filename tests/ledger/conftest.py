"""A ledger a test, in a file; and on a server too, where a test asks for both engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

import pytest
from ledger_helpers import make_ledger
from role_helpers import Site, site_with_neighbour
from server_ledgers import on_server

from footprint.ledger.ledger import Ledger

ENGINES = ["file", "server"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The ledger of `tmp_path` is in a file, and in a second run on a server.

    What is about files alone has an `engine` of its own in its module.
    """
    with _at(request.param, tmp_path):
        yield request.param


@pytest.fixture
def ledger(engine: str, tmp_path: Path) -> Iterator[Ledger]:  # noqa: ARG001 - it comes first
    """A new ledger in `tmp_path`, signed, open for writing."""
    made = make_ledger(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module", params=ENGINES)
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ledger]:
    """A ledger for all examples of a module's tests, not signed."""
    folder = tmp_path_factory.mktemp("shared")
    with _at(request.param, folder), closing(make_ledger(folder, signed=False)) as made:
        yield made


def _at(engine: str, folder: Path) -> AbstractContextManager[object]:
    return on_server(folder) if engine == "server" else nullcontext()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two threads, of which a redaction of the first is asked for; a neighbour with one."""
    folders = (tmp_path_factory.mktemp(name) for name in ("site", "beside"))
    with site_with_neighbour(*folders) as made:
        yield made
