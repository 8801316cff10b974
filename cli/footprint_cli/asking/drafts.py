"""Words that somebody wrote and that are not recorded yet: kept, so that none is lost.

They lie in the clear in the person's own folder, until they are recorded or thrown away; each by
what it is about, so that words about one child are never offered for another. Each has a folder of
its own, with which whatever an editor leaves beside them goes, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

from footprint.domain.reference import meant
from footprint.durable import folder_name
from footprint.errors import Misused, why
from footprint_cli.entering.given import listed


class Draft:
    """The words of one command about one thread, or about the children of a new one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.is_new = False
        """Whether its words were written in this run."""

    @property
    def path(self) -> Path:
        """The file that has the words, where there are some."""
        return self._folder / "words.txt"

    @property
    def command(self) -> str:
        """Which command it is of."""
        return self._folder.name.rpartition("-")[0]

    @property
    def words(self) -> str | None:
        """What is kept; None where nothing is, or it cannot be read.

        An editor may have saved it as it did in the last century.
        """
        try:
            data = self.path.read_bytes()
        except OSError:
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
        return text.strip() or None

    @property
    def written_at(self) -> datetime:
        """When, by this machine's clock and time zone."""
        return datetime.fromtimestamp(self.path.stat().st_mtime).astimezone()

    def keep(self, words: str) -> None:
        """Keep these instead. Where that cannot be, they are recorded all the same."""
        self.is_new = True
        with suppress(Misused, OSError, UnicodeEncodeError):
            self.file().write_text(words, "utf-8")

    def file(self) -> Path:
        """The file for an editor, made where there is none.

        Raises:
            Misused: it cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(0o600)
        except OSError as error:
            raise Misused(
                f"{self.path} cannot be written ({why(error)}).", "Type the words on one line."
            ) from error
        return self.path

    def throw_away(self) -> None:
        """Delete it, where it is there."""
        self.is_new = False
        rmtree(self._folder, ignore_errors=True)


def left(home: Path, origin: str) -> list[Draft]:
    """The drafts that this person has for a ledger, whichever command they are of, oldest first."""
    found = map(Draft, _folder_of(home, origin).glob("*-*"))
    return sorted((one for one in found if one.words), key=lambda one: one.written_at)


def _folder_of(home: Path, origin: str) -> Path:
    return home / "drafts" / folder_name(origin)


class Drafts:
    """The drafts of one command for one ledger, and which of them this run has to do with.

    Args:
        home: the person's folder.
        origin: the ledger's.
        command: the command.
    """

    def __init__(self, home: Path, origin: str, command: str) -> None:
        self._folder = _folder_of(home, origin)
        self._command = command
        self._used: dict[Path, Draft] = {}

    def of(self, said: Mapping[str, Any]) -> Draft:
        """The draft about what was said so far: a thread, or the children of a new one."""
        about = (meant(str(said.get("ref"))), *sorted(listed(said.get("child"))))
        path = self._folder / f"{self._command}-{sha256(repr(about).encode()).hexdigest()[:32]}"
        return self._used.setdefault(path, Draft(path))

    def move(self, mistaken: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """What was written in this run is about what is said now: it was said by mistake before."""
        draft = self.of(mistaken)
        if draft.is_new and draft is not self.of(said):
            self.of(said).keep(draft.words or "")
            draft.throw_away()

    @property
    def kept(self) -> bool:
        """Whether words are kept that this run has to do with."""
        return any(draft.words for draft in self._used.values())

    def throw_away(self, said: Mapping[str, Any]) -> None:
        """Delete the one about what was said: it is recorded."""
        self.of(said).throw_away()
