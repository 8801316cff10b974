"""The bank holidays of England, for the calendar that a ledger adopts.

From the `holidays` package, and only at the moment of adoption: what was adopted is in the
ledger, so no figure depends on the package's version afterwards.
"""

from __future__ import annotations

from datetime import date


def bank_holidays(first: date, last: date) -> tuple[set[date], str]:
    """The bank holidays between two days, and where they were taken from."""
    from importlib.metadata import version  # noqa: PLC0415

    import holidays  # noqa: PLC0415 - large, and needed only by `init` and `policy adopt`

    years = range(first.year, last.year + 1)
    days = holidays.country_holidays("GB", subdiv="ENG", years=years)
    found = {day for day in days if first <= day <= last}
    return found, f"holidays {version('holidays')}, England"
