"""New files: whole or not at all, and nothing of anybody's is touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from footprint import durable
from footprint.durable import put_in_place, write_new, write_new_folder


def test_a_new_file_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    """With nothing left beside it."""
    path = tmp_path / "new.zip"
    write_new(path, b"all of it")
    assert path.read_bytes() == b"all of it"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["new.zip"]  # noqa: PTH208 - hidden names too


@pytest.mark.parametrize("there", ["file", "folder", "link that leads nowhere"])
def test_what_is_there_stays(tmp_path: Path, there: str) -> None:
    """It is not written over, nor through a link."""
    path = tmp_path / "new.zip"
    if there == "file":
        path.write_bytes(b"mine")
    elif there == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere")
    before = path.lstat()
    with pytest.raises(FileExistsError):
        write_new(path, b"other")
    assert path.lstat() == before
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("links", [True, False], ids=["with links", "without"])
def test_a_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    """A disk that fills up, on a file system with hard links or without: no part of a file."""

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    def unlinkable(_path: Path, _to: Path) -> None:
        raise OSError(95, "Operation not supported")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", unlinkable)
        write_new(tmp_path / "made", b"x")
        assert (tmp_path / "made").read_bytes() == b"x"
        (tmp_path / "made").unlink()
    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_new(tmp_path / "new.zip", b"all of it")
    assert list(tmp_path.iterdir()) == []


# --- folders ------------------------------------------------------------------------------------


FILES = {"a": b"one", "b": b"two"}


def test_a_new_folder_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    """The folder and its files, and nothing beside it."""
    path = tmp_path / "new"
    write_new_folder(path, FILES)
    assert {one.name: one.read_bytes() for one in path.iterdir()} == FILES
    assert {stat.S_IMODE(one.stat().st_mode) for one in path.iterdir()} == {0o600}
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("there", ["file", "empty folder", "link that leads nowhere"])
def test_a_folder_is_not_put_where_something_is(tmp_path: Path, there: str) -> None:
    """Whatever it is, it stays."""
    path = tmp_path / "new"
    if there == "file":
        path.write_bytes(b"mine")
    elif there == "empty folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere")
    before = path.lstat()
    with pytest.raises(FileExistsError):
        write_new_folder(path, FILES)
    assert path.lstat() == before
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_folder_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """A disk that fills up with a file or at the last step: no part of it, under any name."""

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable.os if fails == "fsync" else Path, fails, full)
    with pytest.raises(OSError, match="No space"):
        write_new_folder(tmp_path / "new", FILES)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_somebodys_own_is_replaced_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mode and the link to it stay; where the disk is full, all of it does."""
    kept, link = tmp_path / "kept", tmp_path / "link"
    kept.write_bytes(b"mine")
    kept.chmod(0o644)
    link.symlink_to(kept)
    put_in_place(link, b"and yours")
    assert (link.is_symlink(), kept.read_bytes()) == (True, b"and yours")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o644

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put_in_place(link, b"lost")
    assert kept.read_bytes() == b"and yours"
    assert sorted(os.listdir(tmp_path)) == ["kept", "link"]  # noqa: PTH208 - hidden names too


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
def test_a_file_that_root_replaces_stays_its_owners(tmp_path: Path) -> None:
    """With the group and the whole of the mode: else who has it could not read it any more."""
    kept = tmp_path / "kept"
    kept.write_bytes(b"mine")
    os.chown(kept, 4321, 8765)
    kept.chmod(0o6750)
    put_in_place(kept, b"and yours")
    now = kept.stat()
    assert (now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)) == (4321, 8765, 0o6750)


def test_whose_a_file_is_stays_as_far_as_that_may_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its group even where its owner may not be kept; and where neither may, it is replaced."""
    kept = tmp_path / "kept"
    kept.write_bytes(b"mine")
    asked = []

    def refused(_path: Path, owner: int, group: int) -> None:
        asked.append((owner, group))
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(durable.os, "chown", refused)
    was = kept.stat()
    put_in_place(kept, b"and yours")
    assert asked == [(-1, was.st_gid), (was.st_uid, -1)]
    assert kept.read_bytes() == b"and yours"
