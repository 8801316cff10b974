"""The vault locked: every row or none, whatever happens meanwhile; nothing is left in the clear."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from ledger_helpers import (
    ACTOR,
    as_file,
    challenge,
    erase_words,
    home_in,
    make_ledger,
    note,
    path_in,
    place_in,
    record,
    reopen,
    seized,
    sign,
    signer_in,
    vault_keys_in,
)
from locks import (
    CHILDREN,
    WORDS,
    in_clear,
    in_files,
    locked,
    rekeyed,
    root,
    said,
    stored,
    unlocked,
    unmixed,
)

from footprint import durable
from footprint.audit.verify import verify_ledger
from footprint.domain.asks import File
from footprint.engine.connecting import connect_readonly
from footprint.errors import Refused
from footprint.ledger.store.vault import Locked
from footprint.ledger.words import locking
from footprint.ledger.words.erasing import NotYetGone, is_marked
from footprint.vault import key as vault_key
from footprint.vault.key import Keys


@pytest.fixture
def folder(engine: str, tmp_path: Path) -> Path:  # noqa: ARG001 - it comes first
    """A ledger with three threads of two children, words on each, and words of its own."""
    with closing(make_ledger(tmp_path)) as ledger:
        for child, text in zip((CHILDREN[0], *CHILDREN), WORDS, strict=True):
            stream = ledger.record(challenge(f"{text}. " * 40, child), actor=ACTOR).stream
            record(ledger, text, stream)
    return tmp_path


def test_locking_changes_no_proof_and_leaves_nothing_in_the_clear(folder: Path) -> None:
    """Lock, another key, and back: the same root and words; what was there before is in no file."""
    before, clear = root(folder), said(folder)
    assert in_clear(folder) == [*WORDS, *CHILDREN]
    as_it_was = stored(folder)
    first = locked(folder)
    assert (first.rows, first.not_yet) == (9, None)
    assert in_clear(folder) == []
    unmixed(folder, first.lock)
    assert (root(folder), said(folder)) == (before, clear)

    second = rekeyed(folder)
    assert second.not_yet is None
    assert first.lock.head not in in_files(folder)
    assert vault_keys_in(folder).ids() == [second.lock.id]
    unmixed(folder, second.lock)
    assert (root(folder), said(folder)) == (before, clear)

    assert unlocked(folder) == 9
    assert vault_keys_in(folder).ids() == []
    assert stored(folder) == as_it_was
    assert (root(folder), said(folder)) == (before, clear)
    assert not is_marked(signer_in(folder).folder)


def test_no_salt_is_left_beside_locked_words(folder: Path) -> None:
    """With it, whoever has the file could try case numbers until the commitment fits."""
    salts = [salt for _, salt, _ in stored(folder)[0]]
    locked(folder)
    everything = in_files(folder)
    assert not any(salt in everything for salt in salts)


def test_without_the_key_nothing_with_words_is_read_or_recorded(folder: Path) -> None:
    """It is said; what needs no words goes on; and with the key back, so does all."""
    locked(folder)
    away = folder / "away"
    (home_in(folder) / "vaults").rename(away)
    with closing(reopen(folder)) as ledger:
        size = ledger.size()
        assert isinstance(ledger.vault.shut, Locked)
        for read in (ledger.vault.sealed, ledger.vault.words, ledger.vault.child):
            with pytest.raises(Locked, match="vault recover"):
                read("CH-0000001")
        with pytest.raises(Locked):
            ledger.vault.threads_of(CHILDREN[0])
        for ask, stream in ((challenge(), None), (note(), "CH-0000001")):
            with pytest.raises(Locked):
                ledger.record(ask, actor=ACTOR, stream=stream)
        assert ledger.size() == size
        filed = File(on=None, source="recalled", words={})
        ledger.record(filed, actor=ACTOR, stream="CH-0000001")
        assert [len(ledger.entries(f"CH-000000{nth}")) for nth in (1, 2, 3)] == [3, 2, 2]
    sign(folder)
    with as_file(folder) as path:
        verdict = verify_ledger(path, home_in(folder))
    assert (verdict.verdict, verdict.words_checked) == ("verified", False)
    for do in (rekeyed, unlocked):
        with pytest.raises(Locked):
            do(folder)
    shutil.rmtree(home_in(folder) / "vaults")
    away.rename(home_in(folder) / "vaults")
    with closing(reopen(folder)) as ledger:
        assert ledger.vault.shut is None
        record(ledger, "Back.", "CH-0000001")
    root(folder)


def test_an_open_writer_goes_on_as_the_vault_is_now(folder: Path) -> None:
    """However often another process locks it, gives it another key, or unlocks it: no mixture."""
    with closing(reopen(folder)) as writer:
        for change in (locked, rekeyed, unlocked, locked, rekeyed):
            changed = change(folder)
            record(writer, WORDS[0], "CH-0000002")
            record(writer, WORDS[0])
            unmixed(folder, None if isinstance(changed, int) else changed.lock)
        assert writer.vault.words("CH-0000002").keys() <= {*range(1, writer.size() + 1)}
    root(folder)


@pytest.mark.usefixtures("engine")
def test_a_vault_with_nothing_in_it_can_be_locked(tmp_path: Path) -> None:
    """What is recorded first is locked, and there was never anything in the clear."""
    make_ledger(tmp_path).close()
    lock = locked(tmp_path).lock
    with closing(reopen(tmp_path)) as ledger:
        assert ledger.vault.empty
        record(ledger, WORDS[0])
    unmixed(tmp_path, lock)
    assert in_clear(tmp_path) == []
    root(tmp_path)


def test_it_is_refused_where_it_makes_no_sense(folder: Path) -> None:
    """To lock twice; to unlock what is not, or give it another key. Nothing changes."""
    before = stored(folder)
    for do in (rekeyed, unlocked):
        with pytest.raises(Refused, match="is not locked"):
            do(folder)
    assert stored(folder) == before
    locked(folder)
    before = stored(folder)
    with pytest.raises(Refused, match="locked already"):
        locked(folder)
    assert stored(folder) == before
    assert len(vault_keys_in(folder).ids()) == 1


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_a_copy_elsewhere_cannot_take_the_key_away(folder: Path) -> None:
    """The ledger itself would be left without; who may not record in it, may not lock it either."""
    lock = locked(folder).lock
    copy = folder / "copy.db"
    shutil.copy(path_in(folder), copy)
    with closing(reopen(folder, copy)) as ledger:
        for change in (
            lambda: locking.unlock(ledger, vault_keys_in(folder)),
            lambda: locking.rekey(
                ledger, vault_keys_in(folder), signer_in(folder, copy).folder, keyring=False
            ),
        ):
            with pytest.raises(Refused, match="checkpoint --moved"):
                change()
    assert vault_keys_in(folder).ids() == [lock.id]
    root(folder)


def test_a_row_that_does_not_open_stops_the_change(folder: Path) -> None:
    """It is named, and all is as it was: the key is not destroyed."""
    lock = locked(folder).lock
    with seized(folder) as connection:
        (words,) = connection.execute("SELECT words FROM vault WHERE position = 9").fetchone()
        connection.execute("DELETE FROM vault WHERE position = 9")
        other = words[:-1] + bytes([words[-1] ^ 1])
        connection.execute("INSERT INTO vault VALUES (9, ?, ?)", (bytes(32), other))
    before = stored(folder)
    for do in (rekeyed, unlocked):
        with pytest.raises(Refused, match=r"words of entry 9 cannot be opened.*footprint verify"):
            do(folder)
    assert stored(folder) == before
    assert vault_keys_in(folder).find(lock.id) == lock
    with closing(reopen(folder)) as ledger, pytest.raises(Refused, match="entry 9"):
        ledger.vault.words("CH-0000002")


def test_words_of_no_entry_stop_the_change(folder: Path) -> None:
    """They cannot be put under a lock, since they have no place; and they do not belong there."""
    with seized(folder) as connection:
        connection.execute("INSERT INTO vault VALUES (999, ?, ?)", (b"\x07" * 32, b"{}"))
    with pytest.raises(Refused, match="entry 999, which is not there"):
        locked(folder)
    unmixed(folder, None)


def test_while_somebody_reads_the_bytes_are_not_yet_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is locked, and said; who reads on has what there was; `redact --finish` ends it."""
    monkeypatch.setattr("footprint.ledger.words.erasing._PATIENCE_SECONDS", 0)
    with closing(connect_readonly(place_in(folder))) as reader, reader.one_moment():
        assert reader.execute("SELECT count(*) FROM vault").fetchone() == (6,)
        assert isinstance(locked(folder).not_yet, NotYetGone)
        assert is_marked(signer_in(folder).folder)
        assert in_clear(folder)
    erase_words(folder, signer_in(folder).folder)
    assert not is_marked(signer_in(folder).folder)
    assert in_clear(folder) == []
    root(folder)


# --- a crash ----------------------------------------------------------------------------------


class Crashed(BaseException):
    """The process is gone."""


class Steps:
    """Lets so many durable steps be done, and crashes at the next: before it, or just after."""

    def __init__(self, patch: pytest.MonkeyPatch, steps: int, *, after: bool) -> None:
        self.left, self.after, self.crashed = steps, after, False
        move = self._around(durable.move_durably)
        for module in (durable, vault_key):
            patch.setattr(module, "move_durably", move)
        patch.setattr(Keys, "_drop", self._around(Keys._drop))

    def _around(self, do: Callable[..., None]) -> Callable[..., None]:
        def step(*args: object) -> None:
            self.left -= 1
            if not self.left and not self.after:
                self._crash()
            do(*args)
            if not self.left:
                self._crash()

        return step

    def _crash(self) -> None:
        self.crashed = True
        raise Crashed


@pytest.mark.parametrize(
    "engine", ["file", pytest.param("server", marks=pytest.mark.slow)], indirect=True
)
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("change", [locked, rekeyed, unlocked])
def test_a_crash_leaves_what_can_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object], *, after: bool
) -> None:
    """At every durable step: all is read with what is here, and the next change goes on from it."""
    before, clear = root(folder), said(folder)
    crashes = 0
    for step in range(1, 7):
        _put(folder, is_locked=change is not locked)
        with monkeypatch.context() as patch:
            steps = Steps(patch, step, after=after)
            try:
                change(folder)
            except Crashed:
                crashes += 1
        assert (root(folder), said(folder)) == (before, clear), step
        _put(folder, is_locked=True)
        assert len(rekeyed(folder).lock.id) == 4
        assert len(vault_keys_in(folder).ids()) == 1
        if not steps.crashed:
            break
    assert crashes >= {locked: 3, rekeyed: 4, unlocked: 1}[change]


def _put(folder: Path, *, is_locked: bool) -> None:
    """Locked or not, whatever it was."""
    with closing(reopen(folder)) as ledger:
        now = locking.is_locked(ledger, vault_keys_in(folder))
    if now is not is_locked:
        (locked if is_locked else unlocked)(folder)


def test_a_key_that_cannot_be_written_locks_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: the rows stay as they are."""

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(vault_key, "write_durably", full)
        with pytest.raises(OSError, match="No space"):
            locked(folder)
    unmixed(folder, None)
    assert vault_keys_in(folder).ids() == []


def test_who_changes_the_keys_is_alone_with_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a commit and the end of the old key, nobody else can have a new one taken away."""
    monkeypatch.setattr(durable, "LOCK_SECONDS", 0)
    with vault_keys_in(folder).held():
        for do in (locked, rekeyed, unlocked):
            with pytest.raises(Refused, match="the keys of the vault"):
                do(folder)


def test_what_was_redacted_goes_from_a_locked_vault(folder: Path) -> None:
    """The rows that `forget` deletes are looked for as they are stored; zeros are in every file."""
    locked(folder)
    with closing(reopen(folder)) as ledger:
        found = list(ledger.vault.stored("CH-0000001", (7, 8), child=True))
    assert len(found) == 3
    assert all(len(value) > 32 and any(value[:32]) for value in found)
