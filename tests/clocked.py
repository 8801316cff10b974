"""The real program, on a machine whose clock says another day: `clocked.py DAY ARGUMENT...`."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, tzinfo

DAY = sys.argv.pop(1)
time.time = datetime.fromisoformat(f"{DAY}T12:00:00").replace(tzinfo=UTC).timestamp

from footprint_cli import run  # noqa: E402 - whoever asks for the time asks this clock

from footprint.ledger import identity  # noqa: E402 - as above


class Clock(datetime):
    """The machine's clock, on the day that was asked for, at noon; times never run back."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """That day at noon."""
        return datetime.fromisoformat(f"{DAY}T12:00:00").replace(tzinfo=tz)


identity.datetime = Clock  # type: ignore[misc]
if __name__ == "__main__":
    run()
