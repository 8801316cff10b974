"""Identities and times for new entries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from os import urandom
from time import time_ns

from footprint.domain.days import london_day


def new_ids(count: int) -> list[str]:
    """UUIDv7s as text (RFC 9562, 5.7): milliseconds since 1970, then random bits."""
    now, random = f"{time_ns() // 1_000_000:012x}", urandom(10 * count).hex()
    head = f"{now[:8]}-{now[8:]}-7"
    return [
        f"{head}{one[:3]}-{_VARIANTS[one[3]]}{one[4:7]}-{one[7:19]}"
        for one in (random[at : at + 20] for at in range(0, len(random), 20))
    ]


_VARIANTS = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""Two bits that say which kind of UUID it is (RFC 9562, 4.1), in place of the first of four."""


def utc_now() -> str:
    """The machine's clock: UTC, microseconds, `Z`."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def london_today() -> date:
    """Today in Europe/London, by the machine's clock."""
    return london_day(utc_now())
