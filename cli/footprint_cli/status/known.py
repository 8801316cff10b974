"""What the checks of `status` are made from, each read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from footprint.audit.vouchers import Local, from_signer
from footprint.domain.days import london_day
from footprint.domain.entry import Entry
from footprint.engine.place import Server
from footprint.ledger.checkpoints.kept import newest_witnessed
from footprint.ledger.ledger import Ledger
from footprint.ledger.signing.home import folder_of
from footprint.witness.trust import trust_in
from footprint_cli.session import vault_keys
from footprint_cli.settings import Settings
from footprint_cli.status.findings import Wrong
from footprint_cli.status.keeping import words_kept


@dataclass(frozen=True)
class Known:
    """What the checks are made from."""

    ledger: Ledger
    settings: Settings
    now: datetime

    @cached_property
    def today(self) -> date:
        return london_day(self.now.isoformat())

    @cached_property
    def size(self) -> int:
        return self.ledger.size()

    @cached_property
    def head(self) -> tuple[int, str]:
        return self.ledger.head() or (0, "")

    @cached_property
    def last(self) -> Entry:
        return self.ledger.entry(self.size)

    @cached_property
    def folder(self) -> Path:
        """That of the signer."""
        return folder_of(self.settings.home_path, self.ledger.opened.origin)

    @cached_property
    def local(self) -> Local:
        return from_signer(self.settings.home_path, self.ledger.opened.origin, self.head[1])

    @cached_property
    def words(self) -> tuple[str, list[Wrong]]:
        keys = vault_keys(self.settings.home_path, self.ledger.opened.origin)
        return words_kept(self.ledger, keys)

    @cached_property
    def witnessed(self) -> tuple[int, int | None]:
        """How far trusted witnesses have cosigned, and when. Raises `Refused`."""
        trust = trust_in(self.settings.home_path)
        return newest_witnessed(self.ledger.connection, trust) or (0, None)

    @property
    def file(self) -> Path | None:
        return None if isinstance(self.ledger.place, Server) else self.ledger.place

    def recorded_after(self, size: int) -> str | None:
        """When the first entry behind a size was recorded; None where there is none."""
        return self.ledger.entry(size + 1).recorded_at if size < self.size else None

    def days_since(self, moment: str | None) -> int:
        return (self.today - london_day(moment)).days if moment else 0


def now() -> datetime:
    """This machine's clock."""
    from footprint.ledger.identity import utc_now

    return datetime.fromisoformat(utc_now()).astimezone(UTC)
