"""What `status` looks at: a table of checks, each from what is known to what is wrong.

All of it is quick, whatever the ledger's size: what reads every entry is `verify`.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from footprint.audit.vouchers import Local, from_signer
from footprint.domain.adoption import calendar_years
from footprint.domain.days import london_day, spelt
from footprint.domain.entry import Entry
from footprint.engine.place import Place, Server, located
from footprint.engine.sqlite import files_of
from footprint.errors import FootprintError, Refused
from footprint.ledger import queries
from footprint.ledger.checkpoints import newest_witnessed
from footprint.ledger.ledger import Ledger
from footprint.ledger.sealing import entry_leaf
from footprint.ledger.signer_home import folder_of, load_state
from footprint.proof.lines import NoteError
from footprint.proof.note import parse, verified_by
from footprint.witness.trust import trust_in
from footprint_cli.asking.drafts import left
from footprint_cli.findings import Finding, Told, Wrong, findings
from footprint_cli.keeping import words_kept
from footprint_cli.redactions import redaction_advice
from footprint_cli.serving import may_sign, server_advice
from footprint_cli.session import vault_keys
from footprint_cli.settings import Settings
from footprint_cli.signing import signing_advice

LONG = 31
"""Days from which a ledger has gone long without a witness, or a checkpoint."""
_QUIET = 366
"""Days without an entry from which the clock is rather wrong than the ledger unused."""
_LAST = 10
"""How many entries are hashed again."""
_LEAST_FREE = 100 << 20
"""Bytes: an entry takes a thousandth of a thousandth of that, and a redaction writes files anew."""


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


def checked(known: Known) -> list[Finding]:
    """What each check comes to. An audit copy has no signer, no words and no witness to ask."""
    copy = not known.ledger.vault.here and known.file is not None
    checks = _OF_A_COPY if copy else _CHECKS
    return [found for what, check in checks.items() for found in findings(what, check(known))]


# --- the ledger, and what signs it ----------------------------------------------------------


def _ledger(known: Known) -> Told:
    faults = [*_schema(known), *_entries(known), *_head(known)]
    unknown = "" if known.local.key else " (whose key is not here)"
    return Told(
        f"opens; its last entries are as they were hashed, and its head as it was signed{unknown}."
        " All of it: footprint verify.",
        [Wrong(said, "Find out what happened: footprint verify.") for said in faults],
    )


def _schema(known: Known) -> Iterator[str]:
    if known.file is None:
        return  # its owner's, and much to ask of a server
    from footprint.audit.structure import check_schema
    from footprint.audit.verdict import Verdict

    verdict = Verdict()
    check_schema(known.ledger.connection, verdict)
    yield from (f"The ledger's tables were changed: {one.message}." for one in verdict.findings)


def _entries(known: Known) -> Iterator[str]:
    for position in range(max(known.size - _LAST, 0) + 1, known.size + 1):
        row = queries.row_at(known.ledger.connection, position)
        if row is None:
            yield f"Entry {position} is not there."
        elif entry_leaf(*row[1:]) != known.ledger.leaf(position):
            yield f"Entry {position} was changed."


def _head(known: Known) -> Iterator[str]:
    size, note = known.head
    if size != known.size and known.file:
        yield f"{known.size} entries are there, and the signed head is of {size}."
    with suppress(NoteError):
        if known.local.key is None or verified_by(parse(note), [known.local.key]):
            return
    yield "The head of the ledger is not signed with the key on this machine."


def _signer(known: Known) -> Told:
    if known.file is None:
        wrong = server_advice(known.ledger, known.folder)
    else:
        wrong = signing_advice(known.ledger, known.folder)
    if not may_sign(known.ledger):
        return Told("not this login's: another one signs.", wrong)
    return Told("the key is here, and signed what is there.", wrong)


def _elsewhere(known: Known) -> Told:
    """Whether somebody could be in the wrong ledger: by default, with others at hand."""
    here, origin = known.ledger.place, known.settings.ledger.origin
    others = signed_elsewhere(known.settings.home_path, here)
    if origin != "default" or not others:
        return Told(f"this ledger, by {_by(origin)}.")
    return Told("", [Wrong(
        f"FOOTPRINT_LEDGER is not set, and this login records in another ledger too: {others[0]}.",
        "Name the one that is meant, in FOOTPRINT_LEDGER or with --ledger.",
    )])  # fmt: skip


def _by(origin: str) -> str:
    return "default; this login records in no other" if origin == "default" else origin


def signed_elsewhere(home: Path, here: Place) -> list[str]:
    """Where else this home's signers last signed a ledger that is still there."""
    found = []
    for state in sorted(home.glob("signers/*/state")):
        with suppress(FootprintError):
            signed = load_state(state.parent)
            there = signed.ledger if signed else located(here)
            if there != located(here) and ("://" in there or Path(there).exists()):
                found.append(there)
    return found


# --- who else remembers it ------------------------------------------------------------------


def _witness(known: Known) -> Told:
    if not may_sign(known.ledger):
        return Told("asked by whoever signs.")
    try:
        trust = trust_in(known.settings.home_path)
        size, at = known.witnessed
    except Refused as error:
        return Told("", [Wrong.of(error)])
    since = known.recorded_after(size)
    days = known.days_since(since)
    request = "footprint checkpoint --request > request.txt."
    wrong = []
    if not trust.witnesses:
        wrong.append(Wrong(
            "No witness is trusted here: nobody outside remembers this ledger.",
            f"Find one, and take its key: footprint trust add KEY; then {request}",
        ))  # fmt: skip
    elif at is None:
        wrong.append(Wrong("No witness has cosigned this ledger yet.", f"Ask one: {request}"))
    elif days > LONG:
        wrong.append(Wrong(
            f"The ledger has gone unwitnessed for {days} days.", f"Ask a witness: {request}"
        ))  # fmt: skip
    return Told(f"cosigned up to entry {size} of {known.size}.", wrong)


def _checkpoint(known: Known) -> Told:
    newest = queries.newest_checkpoint(known.ledger.connection)
    days = known.days_since(known.recorded_after(newest))
    said = f"the newest is of {newest} entries of {known.size}." if newest else "none issued yet."
    if days <= LONG:
        return Told(said)
    last = f"The newest checkpoint is of {newest} entries" if newest else "No checkpoint was issued"
    return Told(said, [Wrong(
        f"{last}, and the first entry behind it is {days} days old.",
        "Issue one, and give it to somebody outside: footprint checkpoint --output FILE.",
    )])  # fmt: skip


# --- words ----------------------------------------------------------------------------------


def _vault(known: Known) -> Told:
    words, wrong = known.words
    locked = "; without it and its recovery code they are lost" if "locked" in words else ""
    return Told(f"{words}{locked}.", wrong)


def _redactions(known: Known) -> Told:
    return Told("none waits, none is unfinished.", redaction_advice(known.ledger, known.folder))


def _drafts(known: Known) -> Told:
    """Words that wait on this machine, in the clear and where no redaction reaches them."""
    drafts = left(known.settings.home_path, known.ledger.opened.origin)
    old = [one for one in drafts if one.written_at.date() < known.today]
    well = "words of today wait to be recorded." if drafts else "no words wait to be recorded."
    return Told(well, [Wrong(
        f"Words that footprint {one.command} asked for on {spelt(one.written_at.date())} were not"
        f" recorded: {one.path}.",
        f"To record them: footprint {one.command}, of the same thread or child. Else delete the"
        " file: no redaction reaches it.",
    ) for one in old])  # fmt: skip


# --- days -----------------------------------------------------------------------------------


def _clock(known: Known) -> Told:
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


def _calendar(known: Known) -> Told:
    calendar = known.ledger.policy().calendar
    well = f"due dates are known to {spelt(calendar.last)}."
    if not calendar.running_out(known.today):
        return Told(well)
    return Told(well, [Wrong(
        f"The calendar ends on {spelt(calendar.last)}, and due dates are not known after that.",
        f"Lengthen it: footprint policy adopt --calendar-to {calendar_years(known.today)[1].year}.",
    )])  # fmt: skip


# --- where it is ----------------------------------------------------------------------------


def _views(known: Known) -> Told:
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


def _disk(known: Known) -> Told:
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


def _permissions(known: Known) -> Told:
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


_Check = Callable[[Known], Told]
_CHECKS: Mapping[str, _Check] = {
    "ledger": _ledger,
    "which ledger": _elsewhere,
    "signer": _signer,
    "redactions": _redactions,
    "witness": _witness,
    "checkpoint": _checkpoint,
    "vault": _vault,
    "drafts": _drafts,
    "views": _views,
    "disk": _disk,
    "permissions": _permissions,
    "clock": _clock,
    "calendar": _calendar,
}
"""What is looked at, in the order in which it is told."""
_OF_A_COPY: Mapping[str, _Check] = {
    what: _CHECKS[what] for what in ("ledger", "views", "disk", "permissions", "clock")
}


def now() -> datetime:
    """This machine's clock."""
    from footprint.ledger.identity import utc_now

    return datetime.fromisoformat(utc_now()).astimezone(UTC)
