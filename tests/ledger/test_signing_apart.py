"""Signing on a server: apart from recording, by whoever has the key, and after a loss."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree, rmtree

import ledger_helpers
import pytest
from ledger_helpers import (
    ACTOR,
    ORIGIN,
    START,
    as_file,
    check_whole,
    home_in,
    leaf_of,
    make_ledger,
    record,
    record_threads,
    reopen,
    seized,
    sign,
)
from losses import WHY, backed_up, kept, keys_in, lose, note_of, restored
from server_ledgers import address_in, on_server
from servers import running

from footprint.audit.verdict import TAMPERED, VERIFIED
from footprint.audit.verify import verify_ledger
from footprint.engine.connection import ServerError
from footprint.engine.place import Server
from footprint.errors import Refused
from footprint.ledger.checkpoints import recovery
from footprint.ledger.checkpoints.kept import issue_checkpoint
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.home import folder_of, load_state
from footprint.ledger.signing.signer import LedgerSigner


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[str]:
    """In a file whoever records signs: what is here is about servers."""
    with on_server(tmp_path):
        yield "server"


def recorded(folder: Path, times: int = 1) -> int:
    """Record threads without signing them. The size."""
    with closing(reopen(folder)) as ledger:
        record_threads(ledger, times)
        return ledger.size()


def covered(folder: Path) -> int:
    """How many entries the head covers."""
    with closing(reopen(folder)) as ledger:
        size, _ = ledger.head() or (0, "")
        return size


def remembered(folder: Path) -> int:
    """How many the signer of this machine remembers."""
    state = load_state(keys_in(folder))
    assert state is not None
    return state.size


# --- who records does not sign ----------------------------------------------------------------


def test_what_is_recorded_waits_for_the_signer(ledger: Ledger, tmp_path: Path) -> None:
    """Entries stand without a receipt until a checkpoint covers them, however many there are."""
    first = record(ledger)
    position = first.entries[0].position
    assert (covered(tmp_path), ledger.receipt(first.stream, position)) == (START, None)
    recorded(tmp_path, 300)
    sign(tmp_path)
    assert covered(tmp_path) == remembered(tmp_path) == START + 301
    receipt = ledger.receipt(first.stream, position)
    assert receipt is not None
    assert receipt.size == START + 301
    assert check_whole(tmp_path) == START + 301


def test_a_checkpoint_of_what_is_signed_already_is_the_same(ledger: Ledger, tmp_path: Path) -> None:
    """Nothing new: the same note again, once among those issued."""
    record(ledger)
    notes = []
    for _ in range(3):
        with closing(reopen(tmp_path, signing=True)) as signing:
            notes.append(issue_checkpoint(signing))
    assert len(set(notes)) == 1
    assert ledger.connection.execute("SELECT count(*) FROM checkpoint").fetchone() == (1,)


@pytest.mark.usefixtures("ledger")
def test_a_recorder_cannot_sign_and_a_signer_cannot_record(tmp_path: Path) -> None:
    """Each is told by its name, with what its owner would have to grant."""
    logins = {True: ("only_records", "recorder"), False: ("only_signs", "signer")}
    for signing, (login, role) in logins.items():
        place = address_in(tmp_path, login, role)
        with pytest.raises(Refused, match=f"{login} may not.*GRANT"):
            open_ledger(
                place, sealer=lambda _o: ledger_helpers.signer_in(tmp_path), signing=signing
            )


@pytest.mark.usefixtures("ledger")
def test_a_signers_login_is_enough_to_sign(tmp_path: Path) -> None:
    """With no other role: it reads, hashes, signs and issues."""
    recorded(tmp_path, 2)
    place = address_in(tmp_path, "only_signs", "signer")
    sealer = LedgerSigner(keys_in(tmp_path), ORIGIN, place)
    with closing(open_ledger(place, sealer=lambda _o: sealer, signing=True)) as ledger:
        issue_checkpoint(ledger)
        assert not ledger.vault.here
    assert covered(tmp_path) == START + 2


def test_what_was_changed_before_it_was_signed_is_not_signed(
    ledger: Ledger, tmp_path: Path
) -> None:
    """An entry whose bytes are not those of its leaf: nothing is signed or remembered."""
    position = record(ledger).entries[0].position
    with seized(tmp_path) as connection:
        connection.execute("UPDATE event SET state = '{}' WHERE position = ?", (position,))
    with pytest.raises(Refused, match=f"Entry {position} is not the one"):
        sign(tmp_path)
    assert covered(tmp_path) == remembered(tmp_path) == START


def test_a_lock_that_is_held_too_long_leaves_the_connection_as_it_was(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Nothing is recorded, what is there is read as before, and the next one is recorded."""
    ledger.connection.execute("SELECT set_config('lock_timeout', '100ms', false)")
    with closing(reopen(tmp_path)) as other, other.writing():
        record(other)
        with pytest.raises(ServerError) as caught:
            record(ledger)
        assert caught.value.state == "55P03"
        assert ledger.size() == START
    assert record(ledger).entries[0].position == START + 2


# --- a crash, and two machines ----------------------------------------------------------------

_DIE_BEFORE_REMEMBERING = """
import os, signal, sys
from pathlib import Path
from footprint.ledger.signing import signer
from ledger_helpers import sign
signer.save_state = lambda folder, signed: os.kill(os.getpid(), signal.SIGKILL)
sign(Path(sys.argv[1]))
"""


def test_killed_between_commit_and_remembering(ledger: Ledger, tmp_path: Path) -> None:
    """The head is ahead of what the signer remembers: the next one finds its own signature."""
    folder = Path(ledger_helpers.__file__).parent
    environment = os.environ | {"PYTHONPATH": str(folder), "FOOTPRINT_TEST_SERVER": running()}
    for crash in range(1, 3):
        record(ledger)
        command = [sys.executable, "-c", _DIE_BEFORE_REMEMBERING, str(tmp_path)]
        died = subprocess.run(command, env=environment, check=False)
        assert died.returncode == -signal.SIGKILL
        assert (covered(tmp_path), remembered(tmp_path)) == (START + crash, START)
    record(ledger)
    sign(tmp_path)
    assert remembered(tmp_path) == check_whole(tmp_path) == START + 3


def test_a_commit_that_fails_is_not_remembered(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither side has moved, and the next checkpoint is the first of that size."""
    record(ledger)
    with closing(reopen(tmp_path, signing=True)) as signing, monkeypatch.context() as patch:

        def fails() -> None:
            raise ServerError("no room left", "53100")

        patch.setattr(signing.connection, "commit", fails)
        with pytest.raises(ServerError, match="no room"):
            issue_checkpoint(signing)
        patch.undo()
        assert (covered(tmp_path), remembered(tmp_path)) == (START, START)
        issue_checkpoint(signing)
    assert covered(tmp_path) == remembered(tmp_path) == START + 1


def test_two_machines_with_one_key_take_turns(ledger: Ledger, tmp_path: Path) -> None:
    """Each goes on from the head that the other signed, since the key is its own."""
    other = folder_of(tmp_path / "other home", ORIGIN)
    copytree(keys_in(tmp_path), other)
    for turn in range(4):
        record(ledger)
        if turn % 2:
            sign(tmp_path)
        else:
            place = address_in(tmp_path, "other", "signer")
            signer = LedgerSigner(other, ORIGIN, place)
            with closing(
                open_ledger(place, sealer=lambda _o, it=signer: it, signing=True)  # type: ignore[misc]
            ) as signing:
                issue_checkpoint(signing)
    assert covered(tmp_path) == remembered(tmp_path) == check_whole(tmp_path) == START + 4


# --- after a loss, with entries that nobody has signed yet --------------------------------------


def losing(folder: Path) -> Ledger:
    return reopen(folder, signing=True)


def verdict(folder: Path) -> str:
    """What the signer's machine says once all is signed."""
    sign(folder)
    with as_file(folder) as path:
        return verify_ledger(path, home_in(folder)).verdict


@pytest.fixture
def behind(engine: str, tmp_path: Path) -> Path:  # noqa: ARG001 - it comes first
    """Two entries that are signed, and three above the head that are not."""
    make_ledger(tmp_path).close()
    recorded(tmp_path, 2)
    sign(tmp_path)
    recorded(tmp_path, 3)
    return tmp_path


def test_a_lost_state_is_resumed_with_entries_above_the_head(behind: Path) -> None:
    """What is remembered is what was signed; what waits is signed next."""
    note = note_of(kept(behind, "kept.note"))
    lose(behind, "state")
    with closing(losing(behind)) as ledger:
        assert recovery.resume(ledger, note).size == START + 2
    assert verdict(behind) == VERIFIED
    assert remembered(behind) == check_whole(behind) == START + 5


@pytest.mark.parametrize("lost", [False, True], ids=["", "and the old one is lost"])
def test_a_new_key_goes_on_with_entries_above_the_head(behind: Path, *, lost: bool) -> None:
    """They are hashed and carried along; the new key signs them with the entry that names it."""
    if lost:
        lose(behind, "seed")
    with closing(losing(behind)) as ledger:
        (entry,) = recovery.change_key(ledger, WHY, actor=ACTOR)
    assert entry.position == covered(behind) == START + 6
    assert verdict(behind) == VERIFIED


def test_a_new_key_does_not_take_what_was_changed_above_the_head(behind: Path) -> None:
    """Nobody has signed it, and its leaf still tells: the next checkpoint refuses it."""
    with seized(behind) as connection:
        connection.execute(
            "UPDATE event SET state = convert_to(replace(convert_from(state, 'UTF8'),"
            " '\"CSC\"', '\"EDU\"'), 'UTF8') WHERE position = ?",
            (START + 4,),
        )
    with pytest.raises(Refused, match="is not the one whose leaf is stored"):
        sign(behind)


def test_a_backup_that_took_entries_before_the_signer_saw_it(behind: Path) -> None:
    """Recorders do not wait for the signer: the loss is accepted above what they recorded since."""
    backed_up(behind)
    recorded(behind, 4)
    sign(behind)
    late = kept(behind, "late.note")
    restored(behind)
    recorded(behind, 9)  # more than were lost
    with pytest.raises(Refused, match="--accept-loss REASON"):
        sign(behind)
    with closing(losing(behind)) as ledger:
        *_, entry = recovery.accept_loss(ledger, WHY, actor=ACTOR)
    said = vars(entry.event)
    assert (said["size"], said["left"]) == (START + 9, START + 2)
    assert entry.position == START + 2 + 3 + 9 + 1
    assert verdict(behind) == VERIFIED
    with as_file(behind) as path:
        told = verify_ledger(path, home_in(behind), [late])
    assert told.verdict == TAMPERED
    assert "ledger.restored" in told.findings[0].message


def test_a_backup_of_before_a_signature_is_no_loss(behind: Path) -> None:
    """All entries are there, and the head is older than what the signer remembers: it goes on."""
    backed_up(behind)
    sign(behind)
    restored(behind)
    assert (covered(behind), remembered(behind)) == (START + 2, START + 5)
    recorded(behind)
    with closing(losing(behind)) as ledger, pytest.raises(Refused, match="No entry is lost"):
        recovery.accept_loss(ledger, WHY, actor=ACTOR)
    assert verdict(behind) == VERIFIED
    assert remembered(behind) == START + 6


def test_a_backup_of_before_a_signature_is_moved_and_resumed(behind: Path) -> None:
    """The state is lost as well: the newer note from outside tells how far it had been signed."""
    backed_up(behind)
    sign(behind)
    note = note_of(kept(behind, "kept.note"))
    restored(behind)
    lose(behind, "state")
    with closing(losing(behind)) as ledger:
        assert recovery.resume(ledger, note).size == START + 5
    assert verdict(behind) == VERIFIED


def test_a_tree_that_was_signed_twice_is_no_loss(behind: Path) -> None:
    """Two trees under one key and of one size: that is not explained away."""
    backed_up(behind)
    state = (keys_in(behind) / "state").read_bytes()
    recorded(behind, 2)
    sign(behind)
    newer = (keys_in(behind) / "state").read_bytes()
    restored(behind)
    (keys_in(behind) / "state").write_bytes(state)
    recorded(behind, 4)
    sign(behind)
    (keys_in(behind) / "state").write_bytes(newer)
    for do in (recovery.accept_loss, recovery.change_key):
        with closing(losing(behind)) as ledger, pytest.raises(Refused, match="not those that"):
            do(ledger, WHY, actor=ACTOR)


# --- another address ------------------------------------------------------------------------


def test_another_name_of_the_same_server_is_the_same_ledger(behind: Path) -> None:
    """It waits for `--moved`, and is not taken for a second one that is still there."""
    place = ledger_helpers.place_in(behind)
    assert isinstance(place, Server)
    other = Server(place.url + "&application_name=other", place.schema)
    with closing(_opened(behind, other)) as ledger, pytest.raises(Refused, match="--moved"):
        issue_checkpoint(ledger)
    with closing(_opened(behind, other)) as ledger:
        recovery.accept_move(ledger)
        issue_checkpoint(ledger)
    assert covered(behind) == START + 5


def test_a_second_ledger_of_the_same_origin_is_a_second_ledger(
    behind: Path, tmp_path: Path
) -> None:
    """A copy in another schema is not gone on with while the first one is there."""
    backed_up(behind)
    second = tmp_path / "second"
    second.mkdir()
    with on_server(second):
        make_ledger(second).close()
        rmtree(home_in(second))
        (second / "backup").symlink_to(behind / "backup", target_is_directory=True)
        restored(second)
        place = ledger_helpers.place_in(second)
        assert isinstance(place, Server)
        with (
            closing(_opened(behind, place)) as ledger,
            pytest.raises(Refused, match="still a ledg"),
        ):
            recovery.accept_move(ledger)


def _opened(folder: Path, place: Server) -> Ledger:
    """The ledger under an address, with the signer of a folder."""
    signer = LedgerSigner(keys_in(folder), ORIGIN, place)
    return open_ledger(place, sealer=lambda _origin: signer, signing=True)


def test_what_was_hashed_is_what_is_published(behind: Path) -> None:
    """The leaves that a server checked are those of the published format."""
    with as_file(behind) as path, ledger_helpers.raw(path) as connection:
        rows = connection.execute("SELECT stream, version, topic, state, leaf FROM event")
        for *entry, leaf in rows:
            assert leaf_of(*entry) == leaf
