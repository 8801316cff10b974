"""What is no export of entries as it was written is refused, with nothing left behind."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from exports import given_out, read_back
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_helpers import CHILD, make_ledger, record_threads
from strategies import text

from footprint.errors import Refused
from footprint.ledger.checkpoints.kept import issue_checkpoint


def refused(lines: bytes, folder: Path) -> str:
    """Why lines are refused; nothing is left of them."""
    before = sorted(folder.iterdir())
    with pytest.raises(Refused) as error:
        read_back(lines, folder / "new.db")
    assert sorted(folder.iterdir()) == before
    return str(error.value)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A short export with each kind of line."""
    folder = tmp_path_factory.mktemp("small")
    with closing(make_ledger(folder)) as ledger:
        record_threads(ledger, 3)
        issue_checkpoint(ledger)
    return given_out(folder)


def edited(lines: bytes, number: int, old: str, new: str) -> bytes:
    split = lines.splitlines(keepends=True)
    changed = split[number].replace(old.encode(), new.encode(), 1)
    assert changed != split[number]
    return b"".join([*split[:number], changed, *split[number + 1 :]])


EDITS = {
    "specversion": (3, '"specversion":"1.0"', '"specversion":"2.0"', "specversion is '2.0'"),
    "a key twice": (3, '{"data"', '{"data":{},"data"', "not written as"),
    "white space": (3, '{"data"', '{ "data"', "not written as"),
    "another position": (3, '"position":3', '"position":4', "entry 3 should be here"),
    "another state": (7, '"themes":["PLC"]', '"themes":["ASQ"]', "not the leaf"),
    "other words": (7, "Sibling", "Sister", "not those that the entry was committed to"),
    "no JSON": (2, "{", "", "not JSON"),
    "another case number": (11, f'"child":"{CHILD}"', '"child":"204118"', "not those that were"),
    "another checkpoint": (13, "\\n9\\n", "\\n8\\n", "not those that were written"),
    "a note of more": (-1, "\\n9\\n", "\\n8\\n", "first line says"),
    "another log": (0, '"source":"iro', '"source":"irr', "not written as"),
    "fewer entries": (0, '"entries":9', '"entries":8', "not where its kind|does not have"),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_is_refused(small: bytes, tmp_path: Path, what: str) -> None:
    """With the line, and what is wrong with it."""
    number, old, new, said = EDITS[what]
    number %= len(small.splitlines())
    found = refused(edited(small, number, old, new), tmp_path)
    assert any(part in found for part in said.split("|")), found


def test_an_edit_of_the_signature_is_refused(small: bytes, tmp_path: Path) -> None:
    """The form is right; it is the ledger's own key that did not sign that."""
    last = orjson.loads(small.splitlines()[-1])["data"]["note"]
    good = last.rsplit(" ", 1)[1].strip()
    bad = good[:20] + ("A" if good[20] != "A" else "B") + good[21:]
    number = len(small.splitlines()) - 1
    assert "does not verify" in refused(edited(small, number, good, bad), tmp_path)


@pytest.mark.parametrize("keep", range(1, 16))
def test_a_file_that_is_cut_is_refused(small: bytes, tmp_path: Path, keep: int) -> None:
    """After any line, and within any."""
    lines = small.splitlines(keepends=True)
    assert "cut" in refused(b"".join(lines[: keep - 1]), tmp_path)
    assert "cut off" in refused(b"".join(lines[: keep - 1]) + lines[keep - 1][:-1], tmp_path)


def test_more_than_was_written_is_refused(small: bytes, tmp_path: Path) -> None:
    """Behind the end, between, twice, and in another order."""
    lines = small.splitlines(keepends=True)
    assert "behind it" in refused(small + b"\n", tmp_path)
    refused(small + small, tmp_path)
    for at in range(len(lines)):
        refused(b"".join([*lines[: at + 1], lines[at], *lines[at + 1 :]]), tmp_path)
        refused(b"".join([*lines[:at], *lines[at + 1 :]]), tmp_path)
        swapped = [*lines]
        swapped[at - 1], swapped[at] = swapped[at], swapped[at - 1]
        refused(b"".join(swapped), tmp_path)


def test_a_line_that_is_too_long_is_refused(
    small: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is held."""
    monkeypatch.setattr("footprint.ledger.elsewhere.taking.LONGEST_LINE", 1000)
    assert "too long" in refused(small[:-1] + b"x" * 2000, tmp_path)


FIRST = '{"specversion":"1.0","type":"footprint.export.begun","source":"x","data":'
STRANGE = {
    "nothing": b"", "a blank line": b"\n", "a list": b"[]\n", "null": b"null\n", "empty": b"{}\n",
    "no type": b'{"specversion":"1.0"}\n', "no UTF-8": b"\xff\n", "deep": b"[" * 5000 + b"\n",
    "no object in it": f"{FIRST}7}}\n".encode(),
    "a number too large": f'{FIRST}{{"entries":{10**20},"words":true}}}}\n'.encode(),
}  # fmt: skip


@pytest.mark.parametrize("line", STRANGE.values(), ids=STRANGE)
def test_what_is_no_export_is_refused(small: bytes, tmp_path: Path, line: bytes) -> None:
    """As the first line, and as any other."""
    lines = small.splitlines(keepends=True)
    for at in range(len(lines)):
        refused(b"".join([*lines[:at], line, *lines[at + 1 :]]), tmp_path)


def test_what_is_there_is_left(small: bytes, tmp_path: Path) -> None:
    """A file of somebody's."""
    (tmp_path / "new.db").write_text("mine")
    with pytest.raises(FileExistsError):
        read_back(small, tmp_path / "new.db")
    assert (tmp_path / "new.db").read_text() == "mine"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_byte_changed_is_refused(small: bytes, data: st.DataObject) -> None:
    """In any line: there is one form, and the last line holds a digest of the others."""
    at = data.draw(st.integers(0, len(small) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != small[at]))
    with TemporaryDirectory() as folder:
        refused(small[:at] + bytes([byte]) + small[at + 1 :], Path(folder))


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_rewritten_entry_is_refused(small: bytes, data: st.DataObject) -> None:
    """Also by somebody who knows the form, and mends leaf and digest: the root is signed."""
    lines = small.splitlines(keepends=True)
    at = data.draw(st.integers(1, 9))
    event = orjson.loads(lines[at])
    event["data"]["state"]["actor"] = data.draw(text(min_size=1, max_size=9))
    state = orjson.dumps(event["data"]["state"], option=orjson.OPT_SORT_KEYS)
    place = f"footprint/event/v1\n{event['subject']}\n{event['version']}\n{event['type'][10:]}\n"
    event["id"] = sha256(b"\x00" + place.encode() + state).hexdigest()
    new = orjson.dumps(event, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    if new == lines[at]:
        return
    lines[at] = new
    last = orjson.loads(lines[-1])
    last["data"]["sha256"] = sha256(b"".join(lines[:-1])).hexdigest()
    lines[-1] = orjson.dumps(last, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    with TemporaryDirectory() as folder:
        assert "does not verify" in refused(b"".join(lines), Path(folder))
