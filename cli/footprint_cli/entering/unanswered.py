"""A command whose receipt nobody saw: it was killed, or cut off, while it was being recorded.

Whoever enters the same again is not to record it twice. So a command leaves a note in the person's
own folder just before the commit: a digest of what was asked, and which entries are about to be
there. It goes with the receipt. A note that stays is of a command that ended without one; whether
it was recorded then only the ledger knows, and is asked. While a command is at work it holds its
note.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from footprint.domain.asks import Ask
from footprint.durable import folder_name, hold_at_once, release
from footprint.errors import FootprintError, NotKnown
from footprint.ledger.ledger import Ledger, Recorded
from footprint_cli.faults import WasRecorded

_KEPT_SECONDS = 24 * 60 * 60
"""Longer than anybody waits before trying again; a digest of words is not kept for ever."""
_NOT_ANSWERED = (NotKnown, WasRecorded)
"""Errors after which the same may be entered again, and may be there already."""


def folder_of(home: Path, ledger: Ledger) -> Path:
    """Where the notes about commands for a ledger are."""
    return home / "unanswered" / folder_name(ledger.opened.origin)


def command_of(asks: Sequence[Ask], stream: str | None, actor: str) -> bytes:
    """What makes two commands the same: what is asked, of which thread, and by whom.

    Whatever was typed has one, also what cannot be recorded: that is refused later, in its words.
    """
    return repr(([(type(ask).__name__, vars(ask)) for ask in asks], stream, actor)).encode()


def recorded_before(ledger: Ledger, folder: Path, command: bytes) -> list[Recorded]:
    """What this very command recorded when its receipt was not seen; nothing where it did not.

    Its note is taken away, so that whoever means to record the same once more still can.
    """
    for path, note in _notes(folder):
        if "threads" in note and note["digest"] == _digest(command, note["salt"]):
            # Behind whoever was lost while waiting for the lock, and may still be waiting.
            with ledger.writing():
                found = [_there(ledger, *thread) for thread in note["threads"]]
            path.unlink(missing_ok=True)
            if all(found):
                return [one for one in found if one]
    return []


def _there(ledger: Ledger, stream: str, events: Sequence[str]) -> Recorded | None:
    """The entries with these ids, if all of them are there."""
    entries = tuple(one for one in ledger.entries(stream) if one.event_id in events)
    return Recorded(stream=stream, entries=entries) if len(entries) == len(events) else None


@contextmanager
def noted(folder: Path, command: bytes) -> Iterator[Callable[[Sequence[Recorded]], None]]:
    """What is given is told, before the commit, what is about to be recorded.

    The note is gone when the block ends, unless nobody can have seen how it ended.
    """
    note = _Note(folder)
    try:
        yield lambda recorded: note.leave(command, recorded)
    except _NOT_ANSWERED:
        note.let_go()
        raise
    except Exception:
        note.take_away()
        raise
    note.take_away()


class _Note:
    """The note of this process; none where the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / os.urandom(8).hex()
        self._held: int | None = None

    def leave(self, command: bytes, recorded: Sequence[Recorded]) -> None:
        with suppress(OSError, FootprintError):
            if self._held is None:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._held = hold_at_once(self._path)
            self._path.write_bytes(orjson.dumps(_about(command, recorded)))

    def let_go(self) -> None:
        if self._held is not None:
            release(self._held)

    def take_away(self) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self.let_go()


def _about(command: bytes, recorded: Sequence[Recorded]) -> dict[str, Any]:
    salt = os.urandom(16).hex()
    return {
        "salt": salt,
        "digest": _digest(command, salt),
        "threads": [(one.stream, [entry.event_id for entry in one.entries]) for one in recorded],
    }


def _digest(command: bytes, salt: str) -> str:
    return sha256(salt.encode() + command).hexdigest()


def _notes(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The notes that no process is at work on; those that are old are taken away."""
    with suppress(OSError):
        for path in [Path(found.path) for found in os.scandir(folder)]:
            with suppress(OSError, ValueError):
                held = hold_at_once(path)
                if held is None:
                    continue
                release(held)
                if time.time() - path.stat().st_mtime > _KEPT_SECONDS:
                    path.unlink()
                else:
                    yield path, orjson.loads(path.read_bytes())
