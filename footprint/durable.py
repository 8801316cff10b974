"""Files that must never be half-written, and a lock that other processes heed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep

from footprint.errors import Refused

LOCK_SECONDS = 30


def write_durably(path: Path, data: bytes) -> None:
    """Put the data there, for its owner alone: the old file or the new one, never a part of one.

    Raises:
        OSError: it could not be written; the old file is as it was.
    """
    temporary = path.with_name(path.name + ".new")
    _write(temporary, data)
    move_durably(temporary, path)


def write_new(path: Path, data: bytes) -> None:
    """Put a new file there, for its owner alone: whole, or not at all.

    Raises:
        FileExistsError: something is there already; it is as it was.
        OSError: it could not be written.
    """
    with making(path) as temporary:
        temporary.write_bytes(data)


def put_in_place(path: Path, data: bytes) -> None:
    """Put the data in the place of a file of somebody's own: whole, or not at all.

    Its mode stays, and its owner and group where that may be done. Where a link stands, what it
    leads to is replaced. A new file is for its owner alone.

    Raises:
        OSError: it could not be written; the old file is as it was.
    """
    path = path.resolve()
    with _beside(path) as temporary:
        _write(temporary, data)
        with suppress(FileNotFoundError):
            there = path.stat()
            _give(temporary, there.st_uid, there.st_gid)
            temporary.chmod(there.st_mode & 0o7777)  # behind that, which takes some of it away
        move_durably(temporary, path)


@contextmanager
def making(path: Path) -> Iterator[Path]:
    """The place where a new file is made, which then gets its name: whole, or not at all.

    It is beside that name, for its owner alone, and empty. A process that is killed leaves it,
    `.NAME.N.new`; whatever else ends the block takes it away.

    Raises:
        FileExistsError: something is there already; it is as it was.
        OSError: it could not be written.
    """
    with _beside(path) as temporary:
        temporary.touch(mode=0o600, exist_ok=False)
        yield temporary
        with temporary.open("rb+") as made:
            os.fsync(made.fileno())
        _claim(temporary, path)
    _sync_folder(path.parent)


def write_new_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Put a new folder there with these files, for its owner alone: all of it, or nothing.

    Raises:
        FileExistsError: something is there already; it is as it was.
        OSError: it could not be written.
    """
    with making_folder(path) as temporary:
        for name, data in files.items():
            _write(temporary / name, data)


@contextmanager
def making_folder(path: Path) -> Iterator[Path]:
    """The place where a new folder is filled, which then gets its name: whole, or not at all.

    It is beside that name, for its owner alone, and empty. Whoever fills it sees to it that its
    files are written through. A process that is killed leaves it, `.NAME.*.new`.

    Raises:
        FileExistsError: something is there already; it is as it was.
        OSError: it could not be written.
    """
    from shutil import rmtree  # noqa: PLC0415 - a folder is rare, and the import is felt
    from tempfile import mkdtemp  # noqa: PLC0415

    if os.path.lexists(path):
        raise FileExistsError(path)
    temporary = Path(mkdtemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent))
    try:
        yield temporary
        _sync_folder(temporary)
        move_durably(temporary, path)
    finally:
        rmtree(temporary, ignore_errors=True)  # it is not there any more where all went well


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Where what is to be at a path is made first: nothing is there, nor left behind."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        temporary.unlink(missing_ok=True)  # of a process that had this number, and was killed
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(fd, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(data)  # all of it: the system's own call may write less and say so
        file.flush()
        os.fsync(fd)


def _give(path: Path, owner: int, group: int) -> None:
    """Have it be theirs, as far as that may be done: only root gives a file to somebody else."""
    for whose in ((-1, group), (owner, -1)):
        with suppress(OSError, AttributeError):  # Windows has no such call
            os.chown(path, *whose)


def _claim(written: Path, path: Path) -> None:
    """Give a file a name that nobody has: a link does that at once, where links can be made."""
    try:
        path.hardlink_to(written)
    except FileExistsError:
        raise
    except OSError:
        path.touch(mode=0o600, exist_ok=False)
        written.replace(path)


def move_durably(path: Path, to: Path) -> None:
    """Give a file or a folder its name, in the same folder: whole and there, or not there yet.

    Raises:
        OSError: it could not be moved, or a folder with something in it is there.
    """
    path.replace(to)
    _sync_folder(to.parent)


def folder_name(origin: str) -> str:
    """A folder's name for what is kept about a log of this origin. Safe for any origin."""
    slug = re.sub(r"[^a-z0-9]+", "-", origin.lower()).strip("-")[:40]
    digest = sha256(origin.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{slug}-{digest[:12]}"


@contextmanager
def held(path: Path, whose: str) -> Iterator[None]:
    """The lock of `hold`, for as long as the block runs."""
    fd = hold(path, whose)
    try:
        yield
    finally:
        release(fd)


def hold(path: Path, whose: str) -> int:
    """Hold the lock in a file until `release`, waiting for it, but not for ever.

    Args:
        path: the file; it is made where it is not there.
        whose: who is said to be busy, where another process does not let go.

    Raises:
        Refused: another process held it for 30 seconds.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    until = monotonic() + LOCK_SECONDS
    while not _try_lock(fd):
        if monotonic() > until:
            os.close(fd)
            raise Refused(
                f"Another process has held {whose} for {LOCK_SECONDS} seconds.",
                "Nothing was recorded. Try again; if it lasts, see what else runs footprint.",
            )
        sleep(0.01)
    return fd


def hold_at_once(path: Path) -> int | None:
    """The same without waiting: None where another process holds it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if _try_lock(fd):
        return fd
    os.close(fd)
    return None


def release(fd: int) -> None:
    """Let others have the lock."""
    os.close(fd)


def _sync_folder(folder: Path) -> None:
    with suppress(PermissionError):  # Windows does not open folders, and needs no such call
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _try_lock(fd: int) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        import msvcrt  # noqa: PLC0415

        with suppress(OSError):
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            return True
        return False
    with suppress(BlockingIOError):
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
