"""A long ledger folded by several processes: the same rows, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

import ledger_helpers as own
import pytest

from footprint import apart
from footprint.apart import WorkerLost
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.projections import folding
from footprint.projections.folding import Stored, rows
from footprint.projections.views import Views

THREADS = 23


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(own.make_ledger(tmp_path, signed=False)) as made:
        streams = own.record_threads(made, THREADS)
        for stream in streams[::3]:
            own.record(made, stream=stream)
        yield made


@pytest.fixture
def spread(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were long, on a machine of three cores: parts of four threads."""
    monkeypatch.setattr(folding, "_LEAST", 0)
    monkeypatch.setattr(folding, "_THREADS", 4)
    monkeypatch.setattr(folding, "cores", lambda: 3)


def folded_here(ledger: Ledger, upto: int) -> list[Stored]:
    found = list(rows(ledger, 0, upto))
    assert len(found) <= THREADS
    return found


def test_many_fold_what_one_does(ledger: Ledger, request: pytest.FixtureRequest) -> None:
    """In the order of the threads, at the tail and at any entry before it."""
    tails = ledger.size(), own.START + 9, own.START
    alone = [folded_here(ledger, upto) for upto in tails]
    assert len(alone[0]) == THREADS
    request.getfixturevalue("spread")
    assert [list(rows(ledger, 0, upto)) for upto in tails] == alone


@pytest.mark.usefixtures("spread")
def test_what_is_not_committed_yet_is_folded_too(ledger: Ledger) -> None:
    """Other processes do not see it: who records folds by itself."""
    before = len(list(rows(ledger, 0, ledger.size())))
    with ledger.writing():
        own.record_threads(ledger, 8)
        assert len(list(rows(ledger, 0, ledger.size()))) == before + 8


def ending(after: int) -> Callable[[str, object], Any]:
    """A process that is ended when it has answered so often."""

    @contextmanager
    def answers_of(module: str, task: object) -> Iterator[Iterator[Any]]:
        def answers(said: Iterator[Any]) -> Iterator[Any]:
            for _ in range(after):
                yield next(said)
            raise WorkerLost("it was ended")

        with apart.answers_of(module, task) as said:
            yield answers(said)

    return answers_of


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.usefixtures("spread")
def test_what_an_ended_process_leaves_is_folded_here(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """By somebody, or for want of memory: nothing is missing and nothing is there twice."""
    monkeypatch.setattr(folding, "answers_of", ending(after))
    found = list(rows(ledger, 0, ledger.size()))
    monkeypatch.setattr(folding, "_LEAST", 10**9)
    assert found == list(rows(ledger, 0, ledger.size()))


@pytest.mark.usefixtures("spread")
def test_another_file_in_its_place_is_not_read(ledger: Ledger) -> None:
    """Whoever opens it by its name finds another one: then it is folded by whoever has it open."""
    path, before = ledger.path, folded_here(ledger, ledger.size())
    path.rename(path.with_suffix(".away"))
    path.write_bytes(b"something else")
    assert folded_here(ledger, ledger.size()) == before


@pytest.mark.usefixtures("spread")
def test_another_ledger_in_its_place_is_not_read(ledger: Ledger, tmp_path: Path) -> None:
    """Nor where that is a ledger with as many entries, whose threads have the same names."""
    before = list(rows(ledger, 0, ledger.size()))
    (tmp_path / "other").mkdir()
    with closing(own.make_ledger(tmp_path / "other", signed=False)) as other:
        own.record_threads(other, ledger.size())
        other.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ledger.path.rename(ledger.path.with_suffix(".away"))
        copyfile(other.path, ledger.path)
    assert list(rows(ledger, 0, ledger.size())) == before


@pytest.mark.usefixtures("spread")
def test_a_stream_that_is_no_thread_is_told_as_one_process_tells_it(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Parts are cut by numbers; where the last stream has none, all is one part."""
    with own.attacked(own.path_in(tmp_path)) as file:
        file.execute("UPDATE event SET stream = 'CH-x' WHERE stream = 'CH-0000023'")
    assert [ref for ref, *_ in rows(ledger, 0, ledger.size())][-1] == "CH-x"


@pytest.mark.usefixtures("spread")
def test_what_cannot_be_folded_is_refused_all_the_same(ledger: Ledger, tmp_path: Path) -> None:
    """What a process refuses is said as if it had been refused here; nothing is stored."""
    with own.attacked(own.path_in(tmp_path)) as file:
        file.execute("UPDATE event SET topic = 'nothing.known' WHERE stream = 'CH-0000009'")
    with closing(Views(ledger)) as views:
        with pytest.raises(Refused, match=r"An entry of CH-9 \(nothing.known\) cannot follow"):
            views.rebuild()
        assert not views.store.is_made(views.store.engine.connect())
