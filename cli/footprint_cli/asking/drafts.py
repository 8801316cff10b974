"""Words that somebody wrote and that are not recorded yet: kept, so that none is lost.

They lie in the clear in the person's own folder, until they are recorded or thrown away.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from footprint.durable import folder_name
from footprint.errors import Misused, why


class Draft:
    """The words of one command on one thread.

    Args:
        home: the person's folder.
        origin: the ledger's.
        of: the command, and the thread where there is one.
    """

    def __init__(self, home: Path, origin: str, of: str) -> None:
        self.path = home / "drafts" / folder_name(origin) / f"{folder_name(of)}.txt"

    @property
    def words(self) -> str | None:
        """What is kept; None where nothing is, or it cannot be read."""
        with suppress(OSError, UnicodeDecodeError):
            return self.path.read_text("utf-8").strip() or None
        return None

    @property
    def written_at(self) -> datetime:
        """When, by this machine's clock and time zone."""
        return datetime.fromtimestamp(self.path.stat().st_mtime).astimezone()

    def keep(self, words: str) -> None:
        """Keep these instead. Where that cannot be, they are recorded all the same."""
        with suppress(Misused, OSError, UnicodeEncodeError):
            self.file().write_text(words, "utf-8")

    def file(self) -> Path:
        """The file for an editor, made where there is none.

        Raises:
            Misused: it cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(0o600)
        except OSError as error:
            raise Misused(f"{self.path} cannot be written ({why(error)}).") from error
        return self.path

    def throw_away(self) -> None:
        with suppress(OSError):
            self.path.unlink()
