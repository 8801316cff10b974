"""The checks of what is around a ledger: days, stored views, disk, and who may open its files."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from footprint.domain.adoption import calendar_years
from footprint.domain.days import london_day, spelt
from footprint.engine.sqlite import files_of
from footprint_cli.status.findings import Told, Wrong
from footprint_cli.status.known import Known

_QUIET = 366
"""Days without an entry from which the clock is rather wrong than the ledger unused."""
_LEAST_FREE = 100 << 20
"""Bytes: an entry takes a thousandth of a thousandth of that, and a redaction writes files anew."""


# --- days -----------------------------------------------------------------------------------


def clock(known: Known) -> Told:
    """Whether this machine could have the wrong day."""
    last = datetime.fromisoformat(known.last.recorded_at)
    on = london_day(known.last.recorded_at)
    wrong = []
    if known.now < last:
        wrong.append(Wrong(
            f"This machine says that it is {known.now:%Y-%m-%d %H:%M} (UTC), and the last entry was"
            f" recorded at {last:%Y-%m-%d %H:%M}.",
            "Set the clock before anything is recorded: a time cannot be put right.",
        ))  # fmt: skip
    elif (known.today - on).days > _QUIET:
        wrong.append(Wrong(
            f"By this machine's clock it is {spelt(known.today)}, and the last entry was recorded"
            f" on {spelt(on)}.",
            "If that is not so, set the clock before anything is recorded.",
        ))  # fmt: skip
    return Told(f"{spelt(known.today)}; the last entry is of {spelt(on)}.", wrong)


def calendar(known: Known) -> Told:
    """How far due dates are known."""
    days = known.ledger.policy().calendar
    well = f"due dates are known to {spelt(days.last)}."
    if not days.running_out(known.today):
        return Told(well)
    return Told(well, [Wrong(
        f"The calendar ends on {spelt(days.last)}, and due dates are not known after that.",
        f"Lengthen it: footprint policy adopt --calendar-to {calendar_years(known.today)[1].year}.",
    )])  # fmt: skip


# --- where it is ----------------------------------------------------------------------------


def views(known: Known) -> Told:
    """Whether the stored views are of this ledger, and how far behind."""
    if known.file is None:
        return Told("on the server, or made when they are read.")
    from footprint.projections.standing import FOLDED_BY, standing, views_path

    path = views_path(known.file)
    stand = standing(path)
    if stand is None:
        well = "not made yet: they are when one is read."
        return Told(well, [Wrong("The stored views cannot be read.", _ANEW)] * path.exists())
    wrong = []
    if stand.origin != known.ledger.opened.origin:
        wrong.append(Wrong("The stored views are of another ledger.", _ANEW))
    elif stand.position > known.size:
        said = f"The stored views are of {stand.position} entries, and {known.size} are there."
        wrong.append(Wrong(said, _ANEW))
    if stand.folded_by != FOLDED_BY:
        return Told("of another version: made again when one is read.", wrong)
    if not known.size > stand.position:
        return Told("at the last entry.", wrong)
    behind = known.size - stand.position
    return Told(f"{behind} behind the last entry: brought up when one is read.", wrong)


_ANEW = "Nothing is lost: they are made again when one is read; or now: footprint rebuild."


def disk(known: Known) -> Told:
    """Whether there is room for a redaction."""
    if known.file is None:
        return Told("the server's.")
    free, own = shutil.disk_usage(known.file.parent).free, known.file.stat().st_size
    well = f"more is free than the ledger takes ({_megabytes(own)} MB)."
    if free >= max(_LEAST_FREE, own):
        return Told(well)
    return Told(well, [Wrong(
        f"{_megabytes(free)} MB are free where the ledger is, and it takes {_megabytes(own)}:"
        " a redaction, which writes it anew, may not find room.",
        f"Make room in {known.file.parent}.",
    )])  # fmt: skip


def _megabytes(count: int) -> str:
    return f"{-(-count // 1_000_000):,}"


def permissions(known: Known) -> Told:
    """Who else on this machine may open the files, as far as mode bits say it."""
    if os.name != "posix":
        return Told("cannot be told on this system.")
    ledger = files_of(known.file) if known.file else []
    secret = [*known.folder.glob("seed*"), *known.settings.home_path.glob("vaults/*/*.key")]
    return Told("the files are for this login alone.", [
        Wrong(f"Other logins of this machine may open {path}.", f"Close it: chmod go= {path}")
        for path in (*ledger, *secret) if _is_open(path)
    ])  # fmt: skip


def _is_open(path: Path) -> bool:
    """Whether others have any right to a file; what SQLite has taken away meanwhile is nobody's."""
    with suppress(OSError):
        return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    return False
