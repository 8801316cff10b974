"""The signer: the order of commit and state, and every ledger that it must not sign."""

from __future__ import annotations

import shutil
import stat
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from ledger_helpers import (
    ORIGIN,
    START,
    attacked,
    check_whole,
    home_in,
    leaf_of,
    lock_is_free,
    path_in,
    raw,
    record,
    record_threads,
    reopen,
    signer_in,
)

from footprint.errors import NotFound, Refused
from footprint.ledger.checkpoints.kept import issue_checkpoint
from footprint.ledger.identity import new_ids
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.home import Signed, folder_of, load_state
from footprint.ledger.signing.signer import LedgerSigner

pytestmark = pytest.mark.usefixtures("ledger")
"""Each test has a new signed ledger in its folder."""


@pytest.fixture
def engine() -> str:
    """What is here is about files."""
    return "file"


def keys(folder: Path) -> Path:
    return folder_of(home_in(folder), ORIGIN)


def state_of(folder: Path) -> Signed:
    state = load_state(keys(folder))
    assert state is not None
    return state


def write_one(folder: Path) -> None:
    with closing(reopen(folder)) as ledger:
        record(ledger)


def rows(path: Path) -> list[tuple[object, ...]]:
    with raw(path) as connection:
        events = connection.execute("SELECT * FROM event ORDER BY position").fetchall()
        return events + connection.execute("SELECT * FROM vault").fetchall()


def refused(folder: Path, words: str, path: Path | None = None) -> None:
    """Assert that a write is refused in these words, and that it changed neither side."""
    before = rows(path or path_in(folder)), (keys(folder) / "state").read_bytes()
    with closing(reopen(folder, path)) as ledger, pytest.raises(Refused, match=words):
        record(ledger)
    assert (rows(path or path_in(folder)), (keys(folder) / "state").read_bytes()) == before


# --- the order of commit and state ----------------------------------------------------------


def test_the_state_follows_the_ledger(ledger: Ledger, tmp_path: Path) -> None:
    """After each write the state is of the whole ledger, and the head is signed over it."""
    for expected in range(START + 1, START + 6):
        record(ledger)
        state = state_of(tmp_path)
        assert (state.size, state.leaf) == (expected, ledger.leaf(expected))
        assert check_whole(tmp_path) == expected


def test_the_state_is_written_only_after_the_commit(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the state is written, another connection already sees the entry."""
    seen = []

    def remember(_folder: Path, signed: Signed) -> None:
        with raw(path_in(tmp_path)) as connection:
            seen.append((signed.size, *connection.execute("SELECT size FROM head").fetchone()))

    monkeypatch.setattr("footprint.ledger.signing.signer.save_state", remember)
    record(ledger)
    assert seen == [(START + 1, START + 1)]


@pytest.mark.parametrize("lost", [1, 2, 300])
def test_a_crash_before_the_state_is_made_good(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    """A ledger ahead of the state by what the key signed goes on, and the state catches up."""
    monkeypatch.setattr(LedgerSigner, "settle", LedgerSigner.abandon)
    record_threads(ledger, lost)
    assert state_of(tmp_path).size == START
    monkeypatch.undo()
    write_one(tmp_path)
    assert state_of(tmp_path).size == check_whole(tmp_path) == START + lost + 1


def test_several_crashes_in_a_row_are_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write may lose its state: the next one starts from the last that was remembered."""
    monkeypatch.setattr(LedgerSigner, "settle", LedgerSigner.abandon)
    for _ in range(4):
        write_one(tmp_path)
    assert state_of(tmp_path).size == START
    monkeypatch.undo()
    write_one(tmp_path)
    assert state_of(tmp_path).size == check_whole(tmp_path) == START + 5


@pytest.mark.parametrize("spoilt", ["another note", "no signature", "another size", "no note"])
def test_after_a_crash_only_an_own_signature_counts(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    """Entries beyond the state that the head's signature does not cover are refused."""
    older = (ledger.head() or (0, ""))[1]
    monkeypatch.setattr(LedgerSigner, "settle", LedgerSigner.abandon)
    record(ledger)
    monkeypatch.undo()
    note = (ledger.head() or (0, ""))[1]
    notes = {
        "another note": older,
        "no signature": note.rpartition("\u2014")[0],
        "another size": note.replace(f"\n{START + 1}\n", f"\n{START}\n"),
        "no note": "",
    }
    with attacked(path_in(tmp_path)) as connection:
        connection.execute("UPDATE head SET note = ?", (notes[spoilt],))
    refused(tmp_path, "is not signed with the key at")


def test_a_state_that_cannot_be_written_loses_nothing(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The committed entry stands and is said to; the next writer makes the state good."""
    monkeypatch.setattr("footprint.ledger.signing.signer.save_state", _no_room)
    record(ledger)
    assert ledger.signed is not None
    monkeypatch.undo()
    assert check_whole(tmp_path) == START + 1
    assert lock_is_free(tmp_path)
    write_one(tmp_path)
    assert check_whole(tmp_path) == START + 2


def _no_room(_folder: Path, _signed: Signed) -> None:
    raise OSError("no room on the disk")


@pytest.mark.parametrize("why", ["written", "refused", "failed"])
def test_the_lock_is_free_afterwards(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """Whatever becomes of a write, no other process waits for it."""
    if why == "refused":
        (keys(tmp_path) / "state").unlink()
    if why == "failed":
        monkeypatch.setattr("footprint.ledger.signing.signer.extend_all", _no_room)
    if why == "written":
        record(ledger)
    else:
        with pytest.raises((Refused, OSError)):
            record(ledger)
    assert lock_is_free(tmp_path)


# --- ledgers that it must not sign ----------------------------------------------------------


def insert_above(path: Path) -> None:
    """A well-formed entry beside the application: every guard of the database is satisfied."""
    with raw(path) as connection:
        position, stream, version, topic, state = connection.execute(
            "SELECT position, stream, version, topic, state FROM event"
            " WHERE stream LIKE 'CH-%' ORDER BY position DESC LIMIT 1"
        ).fetchone()
        forged = orjson.loads(state)
        forged.pop("words", None)
        (forged["event_id"],) = new_ids(1)
        state = orjson.dumps(forged, option=orjson.OPT_SORT_KEYS)
        leaf = leaf_of(stream, version + 1, topic, state)
        row = (position + 1, stream, version + 1, topic, state, leaf)
        connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", row)


def test_an_entry_inserted_by_hand_stops_the_next(ledger: Ledger, tmp_path: Path) -> None:
    """A perfect row above the head is not signed over; nothing is recorded on top of it."""
    record(ledger)
    insert_above(path_in(tmp_path))
    refused(tmp_path, "something else wrote to it")


def test_an_entry_inserted_by_hand_with_its_head_stops_the_next(
    ledger: Ledger, tmp_path: Path
) -> None:
    """The same with the head's size put up to match, since the note is not of that size."""
    record(ledger)
    insert_above(path_in(tmp_path))
    with raw(path_in(tmp_path)) as connection:
        connection.execute("UPDATE head SET size = size + 1")
    refused(tmp_path, "is not signed with the key at")


@pytest.mark.parametrize("older", [False, True], ids=["another signature", "an older head"])
def test_a_head_changed_under_an_open_ledger_stops_the_next(
    ledger: Ledger, tmp_path: Path, *, older: bool
) -> None:
    """What a process signed itself a moment ago it does not take for granted."""
    record(ledger)
    with raw(path_in(tmp_path)) as connection:
        (before,) = connection.execute("SELECT note FROM head").fetchone()
    record(ledger)
    with raw(path_in(tmp_path)) as connection:
        (note,) = connection.execute("SELECT note FROM head").fetchone()
        flipped = f"{note[:-4]}{'A' if note[-4] != 'A' else 'B'}{note[-3:]}"
        connection.execute("UPDATE head SET note = ?", (before if older else flipped,))
    with pytest.raises(Refused, match="is not signed with the key at"):
        record(ledger)
    with raw(path_in(tmp_path)) as connection:
        connection.execute("UPDATE head SET note = ?", (note,))
    record(ledger)
    assert check_whole(tmp_path) == START + 3


def test_a_head_that_is_gone_stops_the_next(tmp_path: Path) -> None:
    """Without its head a ledger is not signed."""
    with attacked(path_in(tmp_path)) as connection:
        connection.execute("DELETE FROM head")
    refused(tmp_path, "signed head says 0")


@pytest.mark.parametrize("mended", [False, True], ids=["head left", "old head put back"])
def test_a_deleted_tail_stops_the_next(ledger: Ledger, tmp_path: Path, *, mended: bool) -> None:
    """Entries that were signed and are gone are missed, with or without their head."""
    record_threads(ledger, 3)
    size, note = ledger.head() or (0, "")
    record(ledger)
    with attacked(path_in(tmp_path)) as connection:
        connection.execute("DELETE FROM event WHERE position > ?", (size,))
        connection.execute("DELETE FROM vault WHERE position > ?", (size,))
        connection.execute("DELETE FROM vault_child WHERE stream > 'CH-0000003'")
        if mended:
            connection.execute("UPDATE head SET size = ?, note = ?", (size, note))
    refused(tmp_path, "older copy was put back" if mended else "something else wrote")


def test_a_deleted_tail_whose_words_are_left_stops_the_next(ledger: Ledger, tmp_path: Path) -> None:
    """Left-over vault rows at the missing positions make it no less a refusal in plain words."""
    record_threads(ledger, 3)
    with attacked(path_in(tmp_path)) as connection:
        connection.execute("DELETE FROM event WHERE position > ?", (START + 2,))
    refused(tmp_path, "footprint verify")


@pytest.mark.parametrize("more", [0, 1, 5], ids=["less", "as many", "more"])
def test_an_older_backup_stops_the_next(ledger: Ledger, tmp_path: Path, more: int) -> None:
    """A backup put back is refused, also once as much or more was appended as was lost."""
    record(ledger)
    with raw(path_in(tmp_path)) as live, raw(tmp_path / "backup.db") as backup:
        live.backup(backup)
        old_state = (keys(tmp_path) / "state").read_bytes()
    record(ledger)
    ledger.close()
    state = (keys(tmp_path) / "state").read_bytes()
    restore(tmp_path)
    (keys(tmp_path) / "state").write_bytes(old_state)
    for _ in range(more):  # by the application, with an old copy of the state
        write_one(tmp_path)
    (keys(tmp_path) / "state").write_bytes(state)
    refused(tmp_path, "older copy was put back")


def restore(folder: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path_in(folder).with_name("ledger.db" + suffix).unlink(missing_ok=True)
    shutil.copy(folder / "backup.db", path_in(folder))


def test_an_edited_last_leaf_stops_the_next(ledger: Ledger, tmp_path: Path) -> None:
    """The entry at the last signed size has to have the leaf that was signed."""
    record(ledger)
    with attacked(path_in(tmp_path)) as connection:
        found = connection.execute(
            "SELECT position, stream, version, topic, state FROM event"
            " ORDER BY position DESC LIMIT 1"
        ).fetchone()
        position, stream, version, topic, state = found
        state = state.replace(b'"CSC"', b'"EDU"')
        connection.execute(
            "UPDATE event SET state = ?, leaf = ? WHERE position = ?",
            (state, leaf_of(stream, version, topic, state), position),
        )
    refused(tmp_path, "entries were changed")


def test_a_copy_elsewhere_takes_nothing(tmp_path: Path) -> None:
    """Two copies must not both take entries: the refusal names the way to move a ledger."""
    (tmp_path / "elsewhere").mkdir()
    copy = tmp_path / "elsewhere" / "ledger.db"
    with raw(path_in(tmp_path)) as live, raw(copy) as other:
        live.backup(other)
    refused(tmp_path, "--moved", copy)
    write_one(tmp_path)  # the original goes on


# --- the key and the state ------------------------------------------------------------------


@pytest.mark.parametrize("what", ["seed", "folder", "garbled seed"])
def test_without_its_key_a_write_is_refused(tmp_path: Path, what: str) -> None:
    """A ledger takes no entry that its signer cannot sign; reading goes on."""
    if what == "folder":
        shutil.rmtree(home_in(tmp_path))
    elif what == "seed":
        (keys(tmp_path) / "seed").unlink()
    else:
        (keys(tmp_path) / "seed").write_text("not hex")
    before = rows(path_in(tmp_path))
    with closing(reopen(tmp_path)) as ledger, pytest.raises(NotFound, match="FOOTPRINT_HOME"):
        record(ledger)
    assert rows(path_in(tmp_path)) == before
    with closing(open_ledger(path_in(tmp_path))) as reader:
        assert reader.size() == START


def test_without_its_state_a_write_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    """A signer that forgot what it signed signs nothing."""
    (keys(tmp_path) / "state").unlink()
    with pytest.raises(Refused, match="no longer knows"):
        record(ledger)
    assert ledger.size() == START


def flip_a_peak(state: bytes) -> bytes:
    told = orjson.loads(state)
    first = told["peaks"][0]
    told["peaks"][0] = ("1" if first[0] == "0" else "0") + first[1:]
    return orjson.dumps(told)


GARBLED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _state: b"",
    "cut": lambda state: state[: len(state) // 2],
    "no JSON": lambda _state: b"\xff\xfe{",
    "a list": lambda _state: b"[]",
    "no facts": lambda _state: b"{}",
    "a peak less": lambda state: orjson.dumps(
        orjson.loads(state) | {"peaks": orjson.loads(state)["peaks"][1:]}
    ),
    "another size": lambda state: orjson.dumps(orjson.loads(state) | {"size": START + 1}),
    "a negative size": lambda state: orjson.dumps(orjson.loads(state) | {"size": -1}),
    "a size in words": lambda state: orjson.dumps(orjson.loads(state) | {"size": "6"}),
    "a flipped peak": flip_a_peak,
}


@pytest.mark.parametrize("how", GARBLED)
def test_a_garbled_state_is_refused(tmp_path: Path, how: str) -> None:
    """A state that cannot be what the signer wrote is not built on."""
    path = keys(tmp_path) / "state"
    path.write_bytes(GARBLED[how](path.read_bytes()))
    refused(tmp_path, "state")


def test_another_key_does_not_sign_quietly(tmp_path: Path) -> None:
    """A seed that is not the one of the key in the first entry signs nothing."""
    (keys(tmp_path) / "seed").write_text("07" * 32)
    with closing(reopen(tmp_path)) as ledger, pytest.raises((Refused, NotFound)):
        record(ledger)


def test_two_signers_take_turns(ledger: Ledger, tmp_path: Path) -> None:
    """Two processes with the same home write by turns, each from where the other stopped."""
    with closing(reopen(tmp_path)) as other:
        for _ in range(5):
            record(ledger)
            record(other)
            record(other)
    assert state_of(tmp_path).size == check_whole(tmp_path) == START + 15


def test_key_and_state_are_their_owners_alone(ledger: Ledger, tmp_path: Path) -> None:
    """Nobody else can read the seed, the state or the lock, nor list the folder."""
    record(ledger)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in keys(tmp_path).iterdir()}
    assert modes == dict.fromkeys(("seed", "key", "state", "lock"), 0o600)
    assert stat.S_IMODE(keys(tmp_path).stat().st_mode) == 0o700
    assert stat.S_IMODE(path_in(tmp_path).stat().st_mode) == 0o600


def test_the_seed_is_nowhere_in_the_ledger(ledger: Ledger, tmp_path: Path) -> None:
    """The seed never reaches the database, in no form, nor the signer's state or repr."""
    record_threads(ledger, 3)
    seed = signer_in(tmp_path).signer.seed
    forms = (seed, seed.hex().encode(), b64encode(seed), seed.hex().upper().encode())
    files = [*tmp_path.glob("ledger.db*"), keys(tmp_path) / "state", keys(tmp_path) / "key"]
    for file in files:
        assert not any(form in file.read_bytes() for form in forms)
    assert seed.hex() not in repr(signer_in(tmp_path).signer)


@pytest.mark.usefixtures("ledger")
def test_a_head_that_was_changed_stops_the_next(tmp_path: Path) -> None:
    """A write would put the evidence out of sight."""
    with attacked(path_in(tmp_path)) as connection:
        connection.execute("UPDATE head SET note = 'rubbish'")
    refused(tmp_path, "is not signed with the key at")


@pytest.mark.usefixtures("ledger")
def test_no_checkpoint_is_issued_of_a_changed_head(tmp_path: Path) -> None:
    """What is given out stays for good: the signer looks first."""
    with attacked(path_in(tmp_path)) as connection:
        connection.execute("UPDATE head SET note = 'rubbish'")
    with closing(reopen(tmp_path)) as opened, pytest.raises(Refused, match="not signed"):
        issue_checkpoint(opened)
    with attacked(path_in(tmp_path)) as connection:
        assert connection.execute("SELECT * FROM checkpoint").fetchall() == []
