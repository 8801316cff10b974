"""The real program, on a machine whose clock says another day: `clocked.py DAY ARGUMENT...`."""

from __future__ import annotations

import sys
from datetime import datetime, tzinfo

from footprint_cli import run

from footprint.ledger import identity


class Clock(datetime):
    """The machine's clock, on the day that was asked for, at the time that it is."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """That day at noon; what is recorded later on it never runs back."""
        return datetime.fromisoformat(f"{DAY}T12:00:00").replace(tzinfo=tz)


DAY = sys.argv.pop(1)
identity.datetime = Clock  # type: ignore[misc]
run()
