"""An export of entries read back is the ledger again."""

from __future__ import annotations

import stat
from contextlib import closing, suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from exports import given_out, read_back, redact, rows, schema
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_helpers import (
    CHILD,
    ORIGIN,
    home_in,
    make_ledger,
    note,
    path_in,
    record_threads,
    reopen,
    vault_keys_in,
)
from strategies import says_something, text

from footprint.errors import Refused
from footprint.ledger.checkpoints.kept import issue_checkpoint
from footprint.ledger.elsewhere.copying import write_audit_copy
from footprint.ledger.elsewhere.giving import write_entries
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.words.locking import lock


@pytest.fixture
def engine() -> str:
    """What is here is about files."""
    return "file"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with complete runs, checkpoints and every kind of redaction, to read only."""
    folder = tmp_path_factory.mktemp("made")
    with closing(make_ledger(folder)) as ledger:
        first, second, third, *_ = record_threads(ledger, 300)
        issue_checkpoint(ledger)
        (said,) = ledger.record(note("=1+1 \x00\u2028é😀"), actor="mb", stream=first).entries
        redact(ledger, folder, first, 7, said.position)  # all its words, and not its case number
        redact(ledger, folder, second)
        redact(ledger, folder, third, right_child="300001")
        issue_checkpoint(ledger)
    return folder


def test_it_is_the_ledger_again(made: Path, tmp_path: Path) -> None:
    """Every row of every table, the schema, and it is for its owner alone."""
    taken = read_back(given_out(made), tmp_path / "new.db")
    assert rows(tmp_path / "new.db") == rows(path_in(made))
    assert schema(tmp_path / "new.db") == schema(path_in(made))
    assert (taken.origin, taken.words) == (ORIGIN, True)
    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["new.db"]
    assert rows(tmp_path / "new.db")["subtree"]


def test_facts_alone_are_an_audit_copy(made: Path, tmp_path: Path) -> None:
    """To the row, and no word or case number is in the lines."""
    lines = given_out(made, words=False)
    read_back(lines, tmp_path / "new.db")
    with closing(open_ledger(path_in(made))) as ledger:
        write_audit_copy(ledger, tmp_path / "copy.db")
    assert rows(tmp_path / "new.db") == rows(tmp_path / "copy.db")
    assert schema(tmp_path / "new.db") == schema(tmp_path / "copy.db")
    assert CHILD.encode() not in lines
    assert b"Sibling contact" not in lines


def test_case_numbers_are_those_of_the_ledger(made: Path, tmp_path: Path) -> None:
    """Also of a thread whose words are all redacted, one without a number, and one that moved."""
    read_back(given_out(made), tmp_path / "new.db")
    with closing(open_ledger(tmp_path / "new.db")) as new:
        streams = "CH-0000001", "CH-0000002", "CH-0000003", "CH-0000004"
        assert [new.vault.child(s) for s in streams] == [CHILD, None, "300001", CHILD]


def test_words_that_are_back_are_not_given_out(tmp_path: Path) -> None:
    """A backup put redacted words back: they are left out, and so is the case number."""
    with closing(make_ledger(tmp_path)) as ledger:
        (stream,) = record_threads(ledger, 1)
        before = rows(path_in(tmp_path))
        redact(ledger, tmp_path, stream)
        clean = given_out(tmp_path)
        ledger.connection.executemany("INSERT INTO vault VALUES (?, ?, ?)", before["vault"])
        children = before["vault_child"]
        ledger.connection.executemany("INSERT INTO vault_child VALUES (?, ?)", children)
        assert given_out(tmp_path) == clean


def test_locked_words_are_opened(tmp_path: Path) -> None:
    """What is given out is in the clear, the same as before it was locked."""
    with closing(make_ledger(tmp_path)) as ledger:
        record_threads(ledger, 3)
        clear = given_out(tmp_path)
        folder = folder_of(home_in(tmp_path), ORIGIN)
        lock(ledger, vault_keys_in(tmp_path), folder, keyring=False)
    assert given_out(tmp_path) == clear
    with closing(open_ledger(path_in(tmp_path))) as shut, pytest.raises(Refused, match="locked"):
        write_entries(shut, BytesIO(), words=True)


def test_each_line_is_a_cloud_event(made: Path) -> None:
    """CloudEvents 1.0: required attributes, legal names, scalar values, ids that are unique."""
    lines = given_out(made).splitlines()
    events = [orjson.loads(line) for line in lines]
    for event in events:
        assert {"id", "source", "specversion", "type", "data"} <= event.keys()
        assert (event["specversion"], event["datacontenttype"]) == ("1.0", "application/json")
        for name, value in event.items():
            assert name.isascii()
            assert name.isalnum()
            assert name.islower()
            assert len(name) <= 20
            assert name == "data" or type(value) in {str, int}
    assert len({(event["source"], event["id"]) for event in events}) == len(events)
    assert [event["type"] for event in (events[0], events[-1])] == [
        "footprint.export.begun", "footprint.export.ended",
    ]  # fmt: skip
    assert events[7]["id"] == rows(path_in(made))["event"][6][5].hex()


STORIES = st.lists(
    st.one_of(
        st.tuples(st.just("note"), st.integers(0, 3), text().filter(says_something)),
        st.tuples(st.sampled_from(["thread", "checkpoint"]), st.just(0), st.just("")),
        st.tuples(st.sampled_from(["all", "first", "moved"]), st.integers(0, 3), st.just("")),
        st.tuples(st.just("lock"), st.just(0), st.just("")),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(STORIES, st.booleans())
def test_any_ledger_comes_back(story: list[tuple[str, int, str]], words: bool) -> None:  # noqa: FBT001
    """Whatever was recorded, redacted, checkpointed and locked."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_ledger(folder).close()
        with closing(reopen(folder)) as ledger:
            _live(ledger, folder, story)
        lines = given_out(folder, words=words)
        read_back(lines, folder / "new.db")
        (folder / "other").mkdir()
        (folder / "new.db").replace(path_in(folder / "other"))
        assert given_out(folder / "other", words=words) == lines
        new, old = rows(path_in(folder / "other")), rows(path_in(folder))
        for table in ("event", "subtree", "head", "checkpoint"):
            assert new[table] == old[table]
        assert not words or spoken(folder) == spoken(folder / "other")


def spoken(folder: Path) -> list[object]:
    """All words and case numbers of the ledger in a folder."""
    vaulted = (path_in(folder), lambda _origin: vault_keys_in(folder))
    with closing(open_ledger(vaulted[0], keys=vaulted[1])) as ledger:
        streams = sorted({entry.stream for entry in ledger.all_entries()})
        return [(ledger.vault.words(stream), ledger.vault.child(stream)) for stream in streams]


def _live(ledger: Ledger, folder: Path, story: list[tuple[str, int, str]]) -> None:
    """Do what a story says, as far as the rules allow it."""
    streams = record_threads(ledger, 4)
    for what, which, said in story:
        with suppress(Refused):
            if what == "note":
                ledger.record(note(said), actor="mb", stream=streams[which])
            elif what == "thread":
                record_threads(ledger, 1)
            elif what == "checkpoint":
                issue_checkpoint(ledger)
            elif what == "lock":
                at = folder_of(home_in(folder), ORIGIN)
                lock(ledger, vault_keys_in(folder), at, keyring=False)
            elif what == "first":
                there = sorted(ledger.vault.words(streams[which]))
                redact(ledger, folder, streams[which], *there[:1])
            else:
                right = {"right_child": "300001"} if what == "moved" else {}
                redact(ledger, folder, streams[which], **right)


def test_a_ledger_that_nobody_signed_is_not_given_out(tmp_path: Path) -> None:
    """There would be nothing to verify it by."""
    with closing(make_ledger(tmp_path, signed=False)) as ledger, pytest.raises(Refused):
        write_entries(ledger, BytesIO(), words=False)
