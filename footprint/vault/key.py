"""Where the vault's key is on this machine: outside the file, by the origin of the ledger.

A folder in the user's home has a file for each key, under the key's id: `ID.key`, readable by its
owner alone. In it is the recovery code, or the word `keyring`, where the code is in the keyring of
the operating system. Which key is in force is said by the rows, which name it; so a change needs no
moment at which everything turns over. A new key is there as `ID.key.next` before anything is locked
under it, and is no more looked at than any other until a row names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from footprint.durable import folder_name, held, move_durably, write_durably
from footprint.errors import FootprintError, Misused, Refused, why
from footprint.vault.code import code_of, key_of
from footprint.vault.lock import Lock

_KEY, _NEXT = ".key", ".key.next"
_KEYRING = "keyring"
_SERVICE = "footprint vault"


class Keys:
    """The keys of one ledger's vault that are on this machine.

    Args:
        home: the user's own folder, where the signer is as well.
        origin: the ledger's.
    """

    def __init__(self, home: Path, origin: str) -> None:
        self.folder = home / "vaults" / folder_name(origin)
        self._origin = origin

    # --- looking ----------------------------------------------------------------------------

    def find(self, key_id: bytes) -> Lock | None:
        """The lock whose key has this id, or None where that key is not here.

        Raises:
            Refused: it is here, and cannot be read.
        """
        file = self._file(key_id)
        return self._read(file) if file else None

    def newest(self) -> Lock | None:
        """What an empty vault is locked under: the key that came last; None where there is none.

        Raises:
            Refused: it cannot be read.
        """
        files = sorted(self.folder.glob(f"*{_KEY}"), key=lambda file: file.stat().st_mtime_ns)
        return self._read(files[-1]) if files else None

    def ids(self) -> list[bytes]:
        """The ids of all keys that are here."""
        return [_id_of(file) for file in self._files()]

    def where(self, key_id: bytes) -> str:
        """Where a key is, in words; nothing where it is not here."""
        file = self._file(key_id)
        if file is None:
            return ""
        return "the keyring" if _in_keyring(file) else str(file)

    def _file(self, key_id: bytes) -> Path | None:
        files = (self.folder / (key_id.hex() + suffix) for suffix in (_KEY, _NEXT))
        return next((file for file in files if file.exists()), None)

    def _files(self) -> Iterator[Path]:
        for suffix in (_KEY, _NEXT):
            yield from self.folder.glob(f"*{suffix}")

    def _read(self, file: Path) -> Lock:
        user = self._user(_id_of(file))
        try:
            code = _from_keyring(user) if _in_keyring(file) else file.read_text(encoding="ascii")
            lock = Lock(key_of(code))
            if lock.id != _id_of(file):
                raise ValueError("it is another key")  # noqa: TRY301 - said just below
        except (OSError, ValueError, Misused) as error:
            said = error.what if isinstance(error, Misused) else why(error)
            raise Refused(
                f"The vault's key in {file} cannot be read: {said.rstrip('.')}.",
                "Put it back, or bring the key by its recovery code: footprint vault recover.",
            ) from error
        return lock

    # --- changing ---------------------------------------------------------------------------

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone with the keys: whoever settles them must not take another's new key away.

        Raises:
            Refused: another process held them for 30 seconds.
            OSError: the folder cannot be written.
        """
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        with held(self.folder / "lock", "the keys of the vault"):
            yield

    def add(self, lock: Lock, *, keyring: bool, in_use: bool = False) -> None:
        """Keep a key: beside the others until it is used, or, `in_use`, as one that is.

        Raises:
            Refused: there is no keyring, or it does not take it.
            OSError: the folder cannot be written.
        """
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        code = code_of(lock.key)
        if keyring:
            _to_keyring(self._user(lock.id), code)
        name = lock.id.hex() + (_KEY if in_use else _NEXT)
        write_durably(self.folder / name, f"{_KEYRING if keyring else code}\n".encode())

    def settle(self, key_id: bytes | None) -> None:
        """Put a new key in its place if rows are under it; drop new keys that none is under.

        For whoever holds the keys, as `keep_only` is.
        """
        for file in list(self.folder.glob(f"*{_NEXT}")):
            if _id_of(file) == key_id:
                move_durably(file, file.with_name(key_id.hex() + _KEY))
            else:
                self._drop(file)
        for half in self.folder.glob("*.new"):
            half.unlink(missing_ok=True)  # a key that a crash kept from being written

    def keep_only(self, key_id: bytes | None) -> None:
        """Destroy every key but one: nothing is under the others any more."""
        for file in list(self._files()):
            if _id_of(file) != key_id:
                self._drop(file)

    def _drop(self, file: Path) -> None:
        if _in_keyring(file):
            _out_of_keyring(self._user(_id_of(file)))
        file.unlink(missing_ok=True)

    def _user(self, key_id: bytes) -> str:
        return f"{self._origin} {key_id.hex()}"


def _id_of(file: Path) -> bytes:
    with suppress(ValueError):
        return bytes.fromhex(file.name.partition(".")[0])
    return b""


def _in_keyring(file: Path) -> bool:
    with suppress(OSError):
        return file.read_bytes().strip() == _KEYRING.encode()
    return False


# --- the operating system's keyring ---------------------------------------------------------


@contextmanager
def _keyring() -> Iterator[Any]:
    """The keyring of this login. Raises `Refused` where it is not there, or does not work."""
    try:
        keyring = import_module("keyring")
    except ImportError as error:
        raise Refused(
            "The vault's key is to be in the keyring, and the package keyring is not installed.",
            "Install it: pip install 'iro-footprint[keyring]'; or have the key in a file:"
            " --key-file, of vault lock, rekey and recover.",
        ) from error
    try:
        yield keyring
    except FootprintError:
        raise
    except Exception as error:  # each keyring fails in a way of its own
        raise _unusable(str(error) or type(error).__name__) from error


def _unusable(why: str) -> Refused:
    return Refused(
        f"The keyring of this login cannot be used: {why.splitlines()[0].rstrip('.')}.",
        "Unlock it or set one up; or have the key in a file: --key-file, of vault lock, rekey and"
        " recover.",
    )


def _to_keyring(user: str, code: str) -> None:
    with _keyring() as keyring:
        keyring.set_password(_SERVICE, user, code)
        if keyring.get_password(_SERVICE, user) != code:
            raise _unusable("it does not give back what it was given")


def _from_keyring(user: str) -> str:
    with _keyring() as keyring:
        code = keyring.get_password(_SERVICE, user)
        if code is None:
            raise _unusable("the key is not in it")
        return str(code)


def _out_of_keyring(user: str) -> None:
    with suppress(FootprintError), _keyring() as keyring:  # what is left there opens nothing
        keyring.delete_password(_SERVICE, user)
