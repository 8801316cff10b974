"""The command that proves the evidence trail: verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.audit.verdict import CANNOT_TELL, TAMPERED, Verdict
from footprint.audit.verify import verify_ledger
from footprint.audit.vouchers import from_note, from_receipt
from footprint.domain.days import london_day, spelt
from footprint.errors import NotFound
from footprint_cli import options as o
from footprint_cli.doing.verdicts import (
    EXIT,
    as_record,
    redacted_line,
    say_found,
    say_remarks,
    whom,
)
from footprint_cli.screen.lines import say
from footprint_cli.screen.progress import shown_progress
from footprint_cli.screen.text import say_json, visible
from footprint_cli.session import reading
from footprint_cli.settings import Settings


def verify(
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="FILE", help="A checkpoint you kept. May be repeated."),
    ] = None,
    receipt: Annotated[
        str | None, typer.Option("--receipt", metavar="LINE", help="A receipt line to check.")
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option("--trust", metavar="FILE", help="Whom to trust; else as this machine does."),
    ] = None,
    views: Annotated[
        bool, typer.Option("--views", help="Also that the stored views equal the entries.")
    ] = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
) -> None:
    """Prove the evidence trail.

    It ends with 0 verified, 3 tampered, 5 cannot tell.

    footprint verify

    footprint verify --against checkpoint-2017-05.txt
    """
    settings = Settings(ledger)
    place = settings.place
    if isinstance(place, Path) and not place.exists():
        raise NotFound(f"There is no ledger at {place}.", "Name it with --ledger.")
    vouchers = [from_note(file) for file in against or []]
    if receipt:
        vouchers.append(from_receipt(receipt))
    policy, doubt = whom(trust, settings)
    with shown_progress("Reading entries") as progress:
        verdict = verify_ledger(place, settings.home_path, vouchers, policy, progress=progress)
    if doubt:
        verdict.doubt(doubt)
    if views and verdict.verdict != TAMPERED:
        _check_views(settings, verdict)
    if json:
        say_json(_as_record(verdict))
    else:
        _say(verdict)
    raise typer.Exit(EXIT[verdict.verdict])


def _check_views(settings: Settings, verdict: Verdict) -> None:
    from footprint.projections.stores import Failed
    from footprint.projections.views import Views, are_stored

    with reading(settings) as opened:
        if not are_stored(opened):
            verdict.remark("there are no stored views to check; they come back when read")
            return
        views = Views.stored(opened)
        try:
            if views.are_outdated():
                verdict.remark("the stored views are another version's; they come back when read")
                return
            for found in views.check():
                verdict.find("view", found)
        except Failed as error:
            why = getattr(error, "orig", None) or error  # what SQLAlchemy wraps
            verdict.find("view", f"the stored views cannot be read: {why}")
        finally:
            views.close()


def _as_record(verdict: Verdict) -> dict[str, object]:
    witnessed = vars(verdict.witnessed) if verdict.witnessed else None
    since = verdict.unwitnessed_since or None
    apart = {"unsigned": verdict.unsigned}
    return as_record(verdict) | apart | {"witnessed": witnessed, "unwitnessed_since": since}


def _say(verdict: Verdict) -> None:
    of = f" of {verdict.entries}" if verdict.uncovered else ""
    whole = f"Verified: {verdict.covered}{of} entries, none altered, dropped or slipped in."
    say_found(verdict, whole)
    if verdict.verdict == CANNOT_TELL and not verdict.doubts:
        say(
            f"{verdict.entries} entries do not contradict themselves, but nothing outside the"
            " ledger vouches for them."
        )
        say("Give a checkpoint that you kept: --against FILE.")
    if verdict.covered is not None and verdict.uncovered:
        say(
            f"Newer than what vouches for the rest: {verdict.uncovered}. What is newer does not"
            " contradict itself, and rests on the service alone."
        )
    if verdict.unsigned:
        say(_unsigned(verdict.unsigned))
    _say_witnessed(verdict)
    if verdict.redacted:
        say(redacted_line(verdict.redacted))
    if not verdict.words_checked:
        say(
            "Words were not checked, or not all: they are not in this copy, not for this login to"
            " read, or locked."
        )
    say_remarks(verdict)


def _unsigned(count: int) -> str:
    if count == 1:
        return "The newest entry is not covered by a checkpoint yet: the next one will cover it."
    return f"{count} entries are not covered by a checkpoint yet: the next one will cover them."


def _say_witnessed(verdict: Verdict) -> None:
    """How long the ledger has gone unwitnessed, where a witness is trusted."""
    if verdict.witnessed is None and not verdict.unwitnessed_since:
        return
    witnessed = verdict.witnessed
    newest = (
        f"The newest witnessed checkpoint is of {witnessed.size} entries, of {_day(witnessed.at)}"
        if witnessed
        else "No stored checkpoint is witnessed"
    )
    since = verdict.entries - (witnessed.size if witnessed else 0)
    if since:
        many = f"{since} entries" if since > 1 else "1 entry"
        newest += f"; {many} since, the oldest recorded on {_day(verdict.unwitnessed_since)}"
    say(f"{newest}.")


def _day(instant: str) -> str:
    """The day of a time in England; a time that is none as it is."""
    try:
        return spelt(london_day(instant))
    except (ValueError, OverflowError):
        return visible(instant) or "a day not known"
