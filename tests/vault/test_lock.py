"""A lock opens what was put under it, where it was put, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.ledger.store.sealing import LOCKED, is_locked
from footprint.vault.lock import Lock, NotOpenedError, id_in, new_lock

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS, st.binary(), st.binary())
def test_what_was_closed_is_opened(key: bytes, place: bytes, plain: bytes) -> None:
    """For any bytes, at any place; and it says that it is locked, and under which key."""
    lock = Lock(key)
    stored = lock.close(place, plain)
    assert lock.open(place, stored) == plain
    assert is_locked(stored)
    assert stored.startswith(LOCKED)
    assert id_in(stored) == lock.id


@given(KEYS, st.binary(), st.binary(), st.data())
def test_a_changed_bit_does_not_open(
    key: bytes, place: bytes, plain: bytes, data: st.DataObject
) -> None:
    """Wherever it is."""
    stored = bytearray(Lock(key).close(place, plain))
    stored[data.draw(st.integers(0, len(stored) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(NotOpenedError):
        Lock(key).open(place, bytes(stored))


@given(KEYS, st.binary(max_size=60))
def test_what_was_never_locked_does_not_open(key: bytes, stored: bytes) -> None:
    """Any bytes, also behind the right beginning, however short."""
    for value in (stored, Lock(key).head + stored):
        with pytest.raises(NotOpenedError):
            Lock(key).open(b"", value)


def test_another_key_or_another_place_does_not_open() -> None:
    """Nothing can be moved to another row, nor opened with the key of another ledger."""
    lock = new_lock()
    stored = lock.close(b"one", b"204117")
    for wrong, place in ((new_lock(), b"one"), (lock, b"other")):
        with pytest.raises(NotOpenedError):
            wrong.open(place, stored)


def test_equal_case_numbers_do_not_look_equal() -> None:
    """Nor does any part of them, but for how they begin: nothing links two threads of a child."""
    lock = new_lock()
    locked = {lock.close(b"here", b"204117")[len(lock.head) :] for _ in range(200)}
    assert len(locked) == 200
    assert len({one[:12] for one in locked}) == 200
    assert len({one[12:18] for one in locked}) == 200


def test_a_lock_is_printed_without_its_key() -> None:
    """A key in a message or a traceback would be in a file soon."""
    lock = new_lock()
    assert lock.key.hex() not in repr(lock)
    assert str(lock.key) not in repr(lock)
