"""Identities and times for new entries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from secrets import token_bytes
from time import time_ns

from footprint.domain.days import london_day


def new_id() -> str:
    """A UUIDv7 as text (RFC 9562, 5.7): milliseconds since 1970, then random bits."""
    raw = bytearray((time_ns() // 1_000_000).to_bytes(6, "big") + token_bytes(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def utc_now() -> str:
    """The machine's clock: UTC, microseconds, `Z`."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def london_today() -> date:
    """Today in Europe/London, by the machine's clock."""
    return london_day(utc_now())
