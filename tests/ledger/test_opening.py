"""Opening and making a ledger: what is refused, in which words, and left as it was."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError
from ledger_helpers import (
    ACTOR,
    START,
    attacked,
    check_whole,
    make_ledger,
    path_in,
    raw,
    record,
    reopen,
)

from footprint.domain.entry import Move
from footprint.domain.events import LedgerOpened, ThreadFiled
from footprint.errors import FootprintError, NotFound, Refused
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger, open_ledger
from footprint.ledger.store.codec import Unreadable

FIRST = "CH-0000001"


@pytest.fixture
def engine() -> str:
    """What is here is about files."""
    return "file"


def test_a_ledger_opened_to_read_takes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """A reader cannot write, neither by a command nor by a move of its own, and goes on reading."""
    record(ledger)
    with closing(open_ledger(path_in(tmp_path))) as reader:
        move = Move(event=ThreadFiled(), occurred_on=None, source="recalled", words={})
        for write in (lambda: record(reader), lambda: reader.append(FIRST, [move], actor=ACTOR)):
            with pytest.raises((FootprintError, OperationalError), match="readonly"):
                write()
        assert reader.size() == START + 1
    assert check_whole(tmp_path) == START + 1


def _stranger(path: Path) -> None:
    with raw(path) as connection:
        connection.execute("CREATE TABLE event (position INTEGER PRIMARY KEY, topic TEXT)")
        connection.execute("INSERT INTO event VALUES (1, 'ledger.opened')")


STRANGERS = {
    "no database": lambda path: path.write_bytes(b"Minutes of the meeting\n" * 300),
    "short": lambda path: path.write_bytes(b"x"),
    "empty": lambda path: path.touch(),
    "another database": _stranger,
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("writing", [False, True], ids=["to read", "to write"])
@pytest.mark.parametrize("kind", STRANGERS)
def test_what_is_no_ledger_is_refused(tmp_path: Path, kind: str, *, writing: bool) -> None:
    """A file that is no ledger is called that, whatever it is, and is left as it was."""
    path = path_in(tmp_path)
    STRANGERS[kind](path)
    before = None if path.is_dir() else path.read_bytes()
    with pytest.raises(Refused, match="is not a footprint ledger"):
        reopen(tmp_path) if writing else open_ledger(path)
    assert before is None or path.read_bytes() == before


@pytest.mark.parametrize("writing", [False, True], ids=["to read", "to write"])
def test_a_missing_file_is_not_found(tmp_path: Path, *, writing: bool) -> None:
    """A ledger that is not there is not found, and is not made by looking."""
    with pytest.raises(NotFound, match="footprint init"):
        reopen(tmp_path) if writing else open_ledger(path_in(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("ledger")
def test_a_newer_format_asks_for_a_newer_version(tmp_path: Path) -> None:
    """A ledger of a format that is not known yet is refused with what to do."""
    with attacked(path_in(tmp_path)) as connection:
        connection.execute(
            "UPDATE event SET state ="
            " CAST(replace(CAST(state AS TEXT), '\"format\":1', '\"format\":2') AS BLOB)"
        )
    for writing in (False, True):
        with pytest.raises(Unreadable, match="newer version"):
            reopen(tmp_path) if writing else open_ledger(path_in(tmp_path))


def test_a_ledger_is_not_made_over_another(ledger: Ledger, tmp_path: Path) -> None:
    """Making a ledger where one is refuses, and leaves it whole."""
    record(ledger)
    opened = LedgerOpened(authority="Other", origin="other", key="none")
    with pytest.raises(Refused, match="already"):
        create_ledger(path_in(tmp_path), opened, [], actor=ACTOR, sealer=None)
    assert check_whole(tmp_path) == START + 1


@pytest.mark.parametrize("kind", ["no database", "another database"])
def test_a_ledger_is_not_made_over_something_else(tmp_path: Path, kind: str) -> None:
    """Making a ledger where another file is refuses in words, and leaves that file as it was."""
    STRANGERS[kind](path := path_in(tmp_path))
    before = path.read_bytes()
    with pytest.raises(FootprintError):
        make_ledger(tmp_path, signed=False)
    assert path.read_bytes() == before
