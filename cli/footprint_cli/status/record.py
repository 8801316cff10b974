"""The checks of a ledger itself: what signs it, who else remembers it, and its words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from footprint.domain.days import spelt
from footprint.engine.place import Place, located
from footprint.errors import FootprintError, Refused
from footprint.ledger.signing.home import load_state
from footprint.ledger.store import queries
from footprint.ledger.store.sealing import entry_leaf
from footprint.proof.lines import NoteError
from footprint.proof.note import parse, verified_by
from footprint.witness.trust import trust_in
from footprint_cli.asking.drafts import left
from footprint_cli.status.findings import Told, Wrong
from footprint_cli.status.known import Known
from footprint_cli.status.redactions import redaction_advice
from footprint_cli.status.serving import may_sign, server_advice
from footprint_cli.status.signing import signing_advice

_LONG = 31
"""Days from which a ledger has gone long without a witness, or a checkpoint."""
_LAST = 10
"""How many entries are hashed again."""


# --- the ledger, and what signs it ----------------------------------------------------------


def ledger(known: Known) -> Told:
    """Whether it opens, is as it was published, and ends as it was hashed and signed."""
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


def signer(known: Known) -> Told:
    """Whether this machine can sign it."""
    if known.file is None:
        wrong = server_advice(known.ledger, known.folder)
    else:
        wrong = signing_advice(known.ledger, known.folder)
    if not may_sign(known.ledger):
        return Told("not this login's: another one signs.", wrong)
    return Told("the key is here, and signed what is there.", wrong)


def elsewhere(known: Known) -> Told:
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


def witness(known: Known) -> Told:
    """Who outside remembers it, and since when nobody does."""
    if not may_sign(known.ledger):
        return Told("asked by whoever signs.")
    try:
        trust = trust_in(known.settings.home_path)
        size, at = known.witnessed
    except Refused as error:
        return Told("", [Wrong.of(error)])
    since = known.recorded_after(size)
    days = known.days_since(since)
    request = "footprint checkpoint --request > request.txt"  # no full stop behind a file's name
    wrong = []
    if not trust.witnesses:
        wrong.append(Wrong(
            "No witness is trusted here: nobody outside remembers this ledger.",
            f"Find one, and take its key: footprint trust add KEY; then {request}",
        ))  # fmt: skip
    elif at is None:
        wrong.append(Wrong("No witness has cosigned this ledger yet.", f"Ask one: {request}"))
    elif days > _LONG:
        wrong.append(Wrong(
            f"The ledger has gone unwitnessed for {days} days.", f"Ask a witness: {request}"
        ))  # fmt: skip
    return Told(f"cosigned up to entry {size} of {known.size}.", wrong)


def checkpoint(known: Known) -> Told:
    """How old the newest checkpoint is."""
    newest = queries.newest_checkpoint(known.ledger.connection)
    days = known.days_since(known.recorded_after(newest))
    said = f"the newest is of {newest} entries of {known.size}." if newest else "none issued yet."
    if days <= _LONG:
        return Told(said)
    last = f"The newest checkpoint is of {newest} entries" if newest else "No checkpoint was issued"
    return Told(said, [Wrong(
        f"{last}, and the first entry behind it is {days} days old.",
        "Issue one, and give it to somebody outside: footprint checkpoint --output FILE.",
    )])  # fmt: skip


# --- words ----------------------------------------------------------------------------------


def vault(known: Known) -> Told:
    """Where and how the words are kept."""
    words, wrong = known.words
    locked = "; without it and its recovery code they are lost" if "locked" in words else ""
    return Told(f"{words}{locked}.", wrong)


def redactions(known: Known) -> Told:
    """What waits to be approved, or is unfinished."""
    return Told("none waits, none is unfinished.", redaction_advice(known.ledger, known.folder))


def drafts(known: Known) -> Told:
    """Words that wait on this machine, in the clear and where no redaction reaches them."""
    waiting = left(known.settings.home_path, known.ledger.opened.origin)
    old = [one for one in waiting if one.written_at.date() < known.today]
    well = "words of today wait to be recorded." if waiting else "no words wait to be recorded."
    return Told(well, [Wrong(
        f"Words that footprint {one.command} asked for on {spelt(one.written_at.date())} were not"
        " recorded.",
        f"To record them: footprint {one.command}, of the same thread or child. Else delete the"
        f" file, which no redaction reaches: {one.path}",
    ) for one in old])  # fmt: skip
