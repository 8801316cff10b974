"""Where keys are kept: found by what the rows name, and put out of the way in the right order."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError

from footprint.errors import Refused
from footprint.vault.code import code_of
from footprint.vault.key import Keys
from footprint.vault.lock import Lock, new_lock

ORIGIN = "iro.example/Ä ledger"


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self, *, forgets: bool = False) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.forgets = forgets

    def set_password(self, service: str, username: str, password: str) -> None:
        if not self.forgets:
            self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("it is not there")


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "home", ORIGIN)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    ring = Ring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", ring)
    return ring


def kept(keys: Keys, *, in_keyring: bool = False, in_use: bool = True) -> Lock:
    lock = new_lock()
    keys.add(lock, keyring=in_keyring, in_use=in_use)
    return lock


def test_a_key_is_found_by_its_id(keys: Keys) -> None:
    """Also where others are, and one that is not used yet; what is not here is not."""
    used, other, coming = kept(keys), kept(keys), kept(keys, in_use=False)
    assert [keys.find(one.id) for one in (used, other, coming)] == [used, other, coming]
    assert {*keys.ids()} == {used.id, other.id, coming.id}
    assert keys.find(new_lock().id) is None
    assert keys.where(new_lock().id) == ""
    assert Keys(keys.folder.parent.parent, "another.example/ledger").ids() == []


def test_a_key_is_its_owners_alone(keys: Keys) -> None:
    """The file and its folder; and in the file is what was printed."""
    lock = kept(keys)
    (file,) = keys.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert file.read_text() == f"{code_of(lock.key)}\n"
    assert keys.where(lock.id) == str(file)


def test_an_empty_vault_is_under_the_key_that_came_last(keys: Keys) -> None:
    """And not under one that was never put to use."""
    assert keys.newest() is None
    kept(keys, in_use=False)
    assert keys.newest() is None
    first, last = kept(keys), kept(keys)
    for at, lock in enumerate((first, last), 1):
        os.utime(keys.where(lock.id), (at, at))
    assert keys.newest() == last


def test_a_new_key_is_settled_by_what_rows_are_under(keys: Keys) -> None:
    """It takes its place where rows are under it, as often as that is asked; else it is dropped."""
    old, new = kept(keys), kept(keys, in_use=False)
    for _ in range(2):
        keys.settle(new.id)
    assert sorted(file.suffix for file in keys.folder.iterdir()) == [".key", ".key"]
    never = kept(keys, in_use=False)
    keys.settle(new.id)
    assert keys.find(never.id) is None
    keys.keep_only(new.id)
    assert (keys.find(old.id), keys.find(new.id)) == (None, new)
    keys.keep_only(None)
    assert list(keys.folder.iterdir()) == []


@pytest.mark.parametrize("content", ["", "keyrin", "58N2", "\xff", "KEY-OF-ANOTHER"])
def test_a_key_that_was_damaged_is_said_to_be(keys: Keys, content: str) -> None:
    """Never a key that is not the one."""
    lock = kept(keys)
    other = code_of(new_lock().key)
    Path(keys.where(lock.id)).write_text(content.replace("KEY-OF-ANOTHER", other), "latin-1")
    with pytest.raises(Refused, match=r"cannot be read: .*vault recover"):
        keys.find(lock.id)


# --- the keyring ------------------------------------------------------------------------------


def test_a_key_can_be_in_the_keyring(keys: Keys, ring: Ring) -> None:
    """Then it is in no file; it is found, and destroyed, like any other."""
    lock = kept(keys, in_keyring=True)
    assert [*ring.kept.values()] == [code_of(lock.key)]
    assert [file.read_text() for file in keys.folder.iterdir()] == ["keyring\n"]
    assert keys.find(lock.id) == lock
    assert keys.where(lock.id) == "the keyring"
    keys.keep_only(None)
    assert (ring.kept, keys.ids()) == ({}, [])


def test_a_keyring_that_lost_the_key_is_said_to(keys: Keys, ring: Ring) -> None:
    """And what then: the code. To destroy what is lost is no error."""
    lock = kept(keys, in_keyring=True)
    ring.kept.clear()
    with pytest.raises(Refused, match="the key is not in it"):
        keys.find(lock.id)
    keys.keep_only(None)
    assert keys.ids() == []


def test_a_keyring_that_forgets_is_not_trusted(keys: Keys, ring: Ring) -> None:
    """What it does not give back at once is not kept; no file says that it were."""
    ring.forgets = True
    with pytest.raises(Refused, match="does not give back"):
        kept(keys, in_keyring=True)
    assert keys.ids() == []


def test_without_a_keyring_that_is_said(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this login has none, and where the package is not installed."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", NoKeyring())
    with pytest.raises(Refused, match=r"keyring of this login cannot be used.*--key-file"):
        kept(keys, in_keyring=True)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(Refused, match=r"not installed\. Install it: pip install"):
        kept(keys, in_keyring=True)
    assert keys.ids() == []
