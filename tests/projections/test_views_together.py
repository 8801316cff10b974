"""Stored views that several read, catch up and rebuild at the same time, on each engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import ledger_helpers as own
import pytest
import servers
from serving import recording_there

from footprint.engine.place import Place, Server
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.projections import stores
from footprint.projections.views import Views, are_stored, views_place


@contextmanager
def reader(place: Place) -> Iterator[Ledger]:
    """The ledger as another process would read it."""
    with closing(open_ledger(place)) as ledger:
        yield ledger


def threads_of(ledger: Ledger) -> tuple[Place | None, int]:
    """Where the views came from, and how many threads they have."""
    with closing(Views.beside(ledger)) as views:
        return views.place, len(list(views.threads()))


_READER = """
import sys
from contextlib import closing
from footprint.engine.place import place_of
from footprint.ledger.opening import open_ledger
from footprint.projections.views import Views, views_place

with closing(open_ledger(place_of(sys.argv[1]))) as ledger:
    print("ready", flush=True)
    folded = 0
    while ledger.size() < int(sys.argv[2]) or not folded_all:
        folded_all = ledger.size() >= int(sys.argv[2])
        with closing(Views(ledger, views_place(ledger))) as views:
            folded += views.catch_up()
    print(folded)
"""


@pytest.mark.slow
def test_no_page_is_folded_twice(kept: Ledger) -> None:
    """Processes that read while others record fold each entry once among them, and all of them."""
    until = kept.size() + 60
    started = [
        subprocess.Popen([sys.executable, "-c", _READER, str(kept.place), str(until)], text=True,
                         stdout=subprocess.PIPE)
        for _ in range(3)
    ]  # fmt: skip
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    while kept.size() < until:
        own.record_threads(kept, 3)
    folded = [int(process.communicate(timeout=100)[0]) for process in started]
    assert sum(folded) == kept.size()
    with closing(Views.stored(kept)) as views:
        assert views.check() == []


def read_while_rebuilding(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch, *, recorded: int
) -> list[tuple[Place | None, int]]:
    """What somebody else reads before a rebuild is done, during which so much is recorded."""
    read = []
    with reader(kept.place) as other, closing(Views.stored(kept)) as views:
        fold = views._fold

        def meanwhile(*given: Any) -> None:
            fold(*given)
            own.record_threads(kept, recorded)
            read.append(threads_of(other))

        monkeypatch.setattr(views, "_fold", meanwhile)
        views.rebuild()
    return read


def test_an_old_view_is_read_while_it_is_rebuilt(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until a rebuild is done, whoever reads is given what was stored, at once."""
    threads_of(kept)
    assert read_while_rebuilding(kept, monkeypatch, recorded=0) == [(views_place(kept), 3)]


def test_behind_a_rebuild_it_is_folded_in_memory(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where something was recorded meanwhile, nobody waits long for a rebuild, nor is refused."""
    monkeypatch.setattr(stores, "PATIENCE_SECONDS", 0.1)
    threads_of(kept)
    assert read_while_rebuilding(kept, monkeypatch, recorded=1) == [(None, 4)]
    assert threads_of(kept) == (views_place(kept), 4)


def test_nobody_at_the_tail_takes_a_lock(kept: Ledger) -> None:
    """Whoever finds the views at the tail reads them while another holds the lock."""
    threads_of(kept)
    with closing(Views.stored(kept)) as views, views.store.engine.begin() as connection:
        views.store.lock(connection)
        assert threads_of(kept) == (views_place(kept), 3)


def test_views_ahead_of_the_moment_are_left_alone(kept: Ledger) -> None:
    """What is given out is of one moment; views that others have brought further are not of it."""
    threads_of(kept)
    with reader(kept.place) as other, other.connection.one_moment():
        other.size()
        own.record_threads(kept, 1)
        assert threads_of(kept) == (views_place(kept), 4)
        assert threads_of(other) == (None, 3)
    assert threads_of(kept) == (views_place(kept), 4)


# --- who may --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger with three threads on a server."""
    with recording_there(tmp_path_factory.mktemp("server")) as opened:
        own.record_threads(opened, 3)
        yield opened


@pytest.mark.parametrize(
    ("role", "keeps"),
    [
        ("recorder", True),
        ("manager", True),
        ("keeper", True),
        ("auditor", False),
        ("signer", False),
    ],
)
def test_who_keeps_views(server: Ledger, role: str, keeps: bool) -> None:  # noqa: FBT001
    """An auditor has none: it folds what it verifies, and trusts nothing that is stored."""
    threads_of(server)
    schema = cast(Server, server.place).schema
    servers.grant(schema, f"views_{role}", [role])
    with reader(servers.address(schema, f"views_{role}")) as opened:
        place, count = threads_of(opened)
        assert (place is not None, count) == (keeps, 3)
        assert are_stored(opened) == keeps


def test_nothing_stored_is_not_there(tmp_path: Path) -> None:
    """Before anybody has read, there are no views to check."""
    with recording_there(tmp_path) as opened:
        assert not are_stored(opened)
        threads_of(opened)
        assert are_stored(opened)
