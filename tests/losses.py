"""A ledger that loses something: its newest entries, its signer's state, its key.

On a server, whoever writes here signs too, so that both engines go through the same.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from ledger_helpers import (
    ACTOR,
    ORIGIN,
    as_file,
    home_in,
    leaf_of,
    naive_root,
    path_in,
    raw,
    record_threads,
    reopen,
    seized,
    stored,
)
from server_ledgers import dump, restore, schema_of

from footprint import durable
from footprint.audit.verdict import Verdict
from footprint.audit.verify import verify_ledger
from footprint.audit.vouchers import Voucher, from_note
from footprint.errors import FootprintError
from footprint.ledger.checkpoints.recovery import accept_loss, accept_move, change_key, resume
from footprint.ledger.signing import home
from footprint.ledger.signing.home import folder_of, load_keys
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer
from footprint.proof.note import Note

WHY = "The disk failed."


def keys_in(folder: Path) -> Path:
    """Where the signer's files are."""
    return folder_of(home_in(folder), ORIGIN)


def lose(folder: Path, *names: str) -> None:
    """Files of the signer are gone: `state`, `seed`, or what else."""
    for name in names:
        (keys_in(folder) / name).unlink()


def back_up(live: Path, backup: Path) -> None:
    """A backup as SQLite makes it, while the ledger is open or not."""
    with raw(live) as source, raw(backup) as target:
        source.backup(target)


def put_back(backup: Path, live: Path) -> None:
    """A restore: what is in the file, under the rights of the lost one, and no journal of it."""
    for suffix in ("-wal", "-shm"):
        live.with_name(live.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(backup, live)


def backed_up(folder: Path, name: str = "backup") -> None:
    """A backup of the folder's ledger, on whichever engine it is."""
    if schema_of(folder):
        dump(folder, folder / name)
    else:
        back_up(path_in(folder), folder / name)


def restored(folder: Path, name: str = "backup") -> None:
    """That backup is put back."""
    if schema_of(folder):
        restore(folder, folder / name)
    else:
        put_back(folder / name, path_in(folder))


def write(folder: Path, times: int = 1, path: Path | None = None) -> int:
    """Record some threads, in one transaction, as another process would. The size."""
    with closing(reopen(folder, path, signing=True)) as ledger:
        record_threads(ledger, times)
        return ledger.size()


def kept(folder: Path, name: str) -> Voucher:
    """The head as it is now, kept outside under a name."""
    with stored(folder) as connection:
        (note,) = connection.execute("SELECT note FROM head").fetchone()
    (folder / name).write_text(note, "utf-8")
    return from_note(folder / name)


def note_of(voucher: Voucher) -> Note:
    """The note of a kept checkpoint."""
    assert voucher.note is not None
    return voucher.note


def lose_entries(folder: Path, left: int = 2, lost: int = 3) -> tuple[Voucher, Voucher]:
    """Entries, a backup, more entries, and the backup put back.

    Returns:
        A checkpoint of what is left, and one of what was lost with it.
    """
    write(folder, left)
    early = kept(folder, "early.note")
    backed_up(folder)
    write(folder, lost)
    late = kept(folder, "late.note")
    restored(folder)
    return early, late


def verdict_here(folder: Path, *vouchers: Voucher) -> Verdict:
    """What the signer's machine says."""
    with as_file(folder) as path:
        return verify_ledger(path, home_in(folder), vouchers)


def verdict_of_holder(folder: Path, key: str) -> Verdict:
    """What somebody says who trusts this verifier key and holds nothing else."""
    home = folder / "holder"
    folder_of(home, ORIGIN).mkdir(parents=True, exist_ok=True)
    (folder_of(home, ORIGIN) / "key").write_text(f"{key}\n")
    with as_file(folder) as path:
        return verify_ledger(path, home)


def vkey(folder: Path) -> str:
    """The verifier key in force on this machine."""
    return load_keys(keys_in(folder))[0].vkey


# --- what is done about it ------------------------------------------------------------------


def resumed(folder: Path, note: Note) -> int:
    """`resume`, as another process would. The size."""
    with closing(reopen(folder, signing=True)) as ledger:
        return resume(ledger, note).size


def accepted(folder: Path, note: Note | None = None, rekey: str | None = None) -> int:
    """`accept_loss`. The position of `ledger.restored`."""
    with closing(reopen(folder, signing=True)) as ledger:
        *_, entry = accept_loss(ledger, WHY, actor=ACTOR, note=note, rekey=rekey)
        return entry.position


def rekeyed(folder: Path, note: Note | None = None) -> int:
    """`change_key`. The position of `signer.changed`."""
    with closing(reopen(folder, signing=True)) as ledger:
        (entry,) = change_key(ledger, WHY, actor=ACTOR, note=note)
        return entry.position


def refused(do: Callable[[], object], words: str, folder: Path) -> None:
    """Assert that it is refused in these words, and that neither side has changed."""

    def sides() -> object:
        with stored(folder) as connection:
            rows = connection.execute("SELECT * FROM event").fetchall()
            heads = connection.execute("SELECT * FROM head").fetchall()
        return rows, heads, {n: _bytes(keys_in(folder) / n) for n in ("seed", "key", "state")}

    before = sides()
    with pytest.raises(FootprintError, match=words):
        do()
    assert sides() == before


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def edit(folder: Path, position: int, *, leaf: bool) -> None:
    """Another actor in an entry, by somebody who owns the file; its leaf too, where asked."""
    with seized(folder) as connection:
        where = " FROM event WHERE position = ?"
        stream, version, topic, state = connection.execute(
            "SELECT stream, version, topic, state" + where, (position,)
        ).fetchone()
        state = re.sub(rb'"actor":"[^"]+"', b'"actor":"xy"', state)
        connection.execute("UPDATE event SET state = ? WHERE position = ?", (state, position))
        if leaf:
            made = leaf_of(stream, version, topic, state)
            connection.execute("UPDATE event SET leaf = ? WHERE position = ?", (made, position))


def stored_root(folder: Path) -> Checkpoint:
    """The tree that the stored leaves make, signed or not."""
    with stored(folder) as connection:
        rows = connection.execute("SELECT leaf FROM event ORDER BY position").fetchall()
    return Checkpoint(ORIGIN, len(rows), naive_root([leaf for (leaf,) in rows]))


def put_head(folder: Path, signer: Signer) -> None:
    """The stored leaves under a head that somebody signs."""
    note = signer.sign(checkpoint_text(stored_root(folder)))
    with seized(folder) as connection:
        connection.execute("UPDATE head SET note = ?", (note,))


def moved(folder: Path, path: Path) -> None:
    """`accept_move`: the ledger is at this path now."""
    with closing(reopen(folder, path, signing=True)) as ledger:
        accept_move(ledger)


# --- a crash --------------------------------------------------------------------------------


class Crashed(BaseException):
    """The process is gone."""


class Steps:
    """Lets so many files be moved into place, and crashes at the next: before it or just after."""

    def __init__(self, patch: pytest.MonkeyPatch, steps: int, *, after: bool) -> None:
        self.left, self.after, self.crashed = steps, after, False
        for module in (durable, home):
            patch.setattr(module, "move_durably", self.move)

    def move(self, old: Path, new: Path) -> None:
        self.left -= 1
        if not self.left and not self.after:
            self._crash()
        old.replace(new)
        if not self.left:
            self._crash()

    def _crash(self) -> None:
        self.crashed = True
        raise Crashed
