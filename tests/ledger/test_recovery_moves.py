"""A file that was moved or copied: two at once never sign two trees."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import orjson
import pytest
from ledger_helpers import ACTOR, START, check_whole, make_ledger, path_in, reopen
from losses import WHY, accepted, back_up, keys_in, lose_entries, moved, verdict_here, write

from footprint.audit.verdict import VERIFIED
from footprint.errors import Refused
from footprint.ledger.checkpoints.recovery import accept_loss
from footprint.ledger.signing.home import load_state


@pytest.fixture(autouse=True)
def _ledger(tmp_path: Path) -> None:
    """A new signed ledger, that nobody has open: files are put back over it."""
    make_ledger(tmp_path).close()


# --- the file is somewhere else -------------------------------------------------------------


def test_a_link_is_the_same_file(tmp_path: Path) -> None:
    """A symbolic link to the ledger, or to its folder, is no second ledger."""
    link, folder = tmp_path / "link.db", tmp_path / "linked"
    link.symlink_to(path_in(tmp_path))
    folder.symlink_to(tmp_path, target_is_directory=True)
    write(tmp_path, path=link)
    assert write(tmp_path, path=folder / "ledger.db") == START + 2


def test_a_file_moved_behind_a_link_is_moved(tmp_path: Path) -> None:
    """The old path leads to the new one: nothing is left there that could take entries."""
    there = tmp_path / "there.db"
    write(tmp_path)
    path_in(tmp_path).rename(there)
    path_in(tmp_path).symlink_to(there)
    with pytest.raises(Refused, match="--moved"):
        write(tmp_path)
    moved(tmp_path, path_in(tmp_path))
    assert write(tmp_path) == write(tmp_path, path=there) - 1


def test_a_second_name_of_the_file_is_a_second_file(tmp_path: Path) -> None:
    """A hard link is not told from a copy, and would have a journal of its own."""
    other = tmp_path / "other.db"
    write(tmp_path)
    other.hardlink_to(path_in(tmp_path))
    with pytest.raises(Refused, match="still a file"):
        moved(tmp_path, other)


def test_moved_and_moved_back(tmp_path: Path) -> None:
    """Each way it waits for `--moved`; a move that took no entry is forgotten."""
    here, there = path_in(tmp_path), tmp_path / "there.db"
    write(tmp_path)
    here.rename(there)
    there.rename(here)
    write(tmp_path)
    here.rename(there)
    moved(tmp_path, there)
    write(tmp_path, path=there)
    there.rename(here)
    with pytest.raises(Refused, match="--moved"):
        write(tmp_path)
    moved(tmp_path, here)
    assert write(tmp_path) == check_whole(tmp_path) == START + 4


def test_a_copy_that_took_entries_elsewhere(tmp_path: Path) -> None:
    """Taken away and brought back, it is the original that has to give way, and that is a loss."""
    here, there = path_in(tmp_path), tmp_path / "there.db"
    write(tmp_path)
    back_up(here, there)
    aside = here.rename(tmp_path / "aside.db")
    moved(tmp_path, there)
    write(tmp_path, path=there)
    aside.rename(here)
    with pytest.raises(Refused, match="now at"):
        write(tmp_path)
    with pytest.raises(Refused, match="still a file"):
        moved(tmp_path, here)
    with pytest.raises(Refused, match="still a file"):
        accepted(tmp_path)
    there.unlink()
    with pytest.raises(Refused, match="8 were signed"):
        moved(tmp_path, here)
    assert accepted(tmp_path) == START + 2
    write(tmp_path)
    assert verdict_here(tmp_path).verdict == VERIFIED


def test_a_backup_put_back_under_another_path(tmp_path: Path) -> None:
    """The old file is gone, and what is left is elsewhere: the loss is accepted there."""
    lose_entries(tmp_path)
    there = path_in(tmp_path).rename(tmp_path / "there.db")
    with closing(reopen(tmp_path, there)) as ledger:
        accept_loss(ledger, WHY, actor=ACTOR)
    assert write(tmp_path, path=there) == START + 4
    state = load_state(keys_in(tmp_path))
    assert state is not None
    assert state.ledger == str(there)
    assert orjson.loads((keys_in(tmp_path) / "state").read_bytes())["size"] == START + 4
