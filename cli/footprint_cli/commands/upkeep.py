"""The commands of whoever looks after it: status, rebuild."""

from __future__ import annotations

from datetime import date
from typing import Any

import typer

from footprint.audit.vouchers import from_signer
from footprint.domain.adoption import calendar_years
from footprint.domain.days import london_day, spelt
from footprint.engine.place import Server
from footprint.errors import NotFound, Refused
from footprint.ledger.checkpoints import newest_witnessed
from footprint.ledger.copying import STILL_PERSONAL
from footprint.ledger.departing import departed_to
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.ledger.signer_home import folder_of
from footprint.proof.cosigned import utc
from footprint.witness.trust import trust_in
from footprint_cli import options as o
from footprint_cli.keeping import words_kept
from footprint_cli.redactions import redaction_advice
from footprint_cli.serving import may_sign, not_signed, server_advice
from footprint_cli.session import reading, vault_keys
from footprint_cli.settings import Settings
from footprint_cli.signing import signing_advice
from footprint_cli.text import say_json, visible

_COPY = f"This is an audit copy, to count and verify; nothing is recorded in it. {STILL_PERSONAL}"
_LONG = 31
"""Days from which on status says how long a ledger has gone unwitnessed."""


def status(
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
) -> None:
    """Where things are, and what needs doing.

    Each setting with where it came from.

    footprint status
    """
    settings = Settings(ledger, actor)
    found: dict[str, Any] = {
        "ledger": settings.ledger.value,
        "ledger_from": settings.ledger.origin,
        "actor": settings.actor.value,
        "actor_from": settings.actor.origin,
        "home": settings.home.value,
        "home_from": settings.home.origin,
    }
    try:
        with reading(settings) as opened:
            found |= _about(opened, settings)
    except NotFound as error:
        found["advice"] = [str(error)]
    if json:
        say_json(found)
        return
    for name, value in found.items():
        if name != "advice" and not name.endswith("_from"):
            origin = found.get(f"{name}_from")
            shown = "-" if value is None else visible(str(value))
            typer.echo(f"{name.replace('_', ' '):<18} {shown}"
                       + (f"  ({visible(origin)})" if origin else ""))  # fmt: skip
    for advice in found.get("advice", []):
        typer.echo(f"! {visible(advice)}")


def _about(ledger: Ledger, settings: Settings) -> dict[str, Any]:
    opened, size, policy = ledger.opened, ledger.size(), ledger.policy()
    local = from_signer(settings.home_path, opened.origin, (ledger.head() or (0, ""))[1])
    folder = folder_of(settings.home_path, opened.origin)
    served = isinstance(ledger.place, Server)
    advice = server_advice(ledger, folder) if served else signing_advice(ledger, folder)
    advice += redaction_advice(ledger, folder)
    today = london_today()
    # Witnesses are asked by whoever signs.
    witnessed = _witnessed(ledger, settings, today, advice if may_sign(ledger) else [])
    if policy.calendar.running_out(today):
        advice.append(
            f"The calendar ends on {spelt(policy.calendar.last)}, and due dates are not known"
            " after that. Lengthen it: footprint policy adopt --calendar-to"
            f" {calendar_years(today)[1].year}."
        )
    words, about_words = words_kept(ledger, vault_keys(settings.home_path, opened.origin))
    advice += about_words
    if to := departed_to(ledger.connection, ledger.place, ledger.vault):
        advice = [f"This ledger has moved: it goes on at {to}. Nothing is recorded here any more."]
    return {
        "authority": opened.authority,
        "origin": opened.origin,
        "key": local.key.vkey if local.key else None,
        "entries": size,
        "last_recorded_at": ledger.entry(size).recorded_at,
        **(_signed_there(ledger) if served else {"signed": local.state.size if local.state else 0}),
        **witnessed,
        "calendar": f"{policy.calendar.name} {policy.calendar.version}, to {policy.calendar.last}",
        "words": words,
        "advice": advice if served or ledger.vault.here else [_COPY],
    }


def _signed_there(ledger: Ledger) -> dict[str, int]:
    """How far entries are signed where others do that, and how many are not."""
    count = not_signed(ledger)
    return {"signed": ledger.size() - count, "not_signed": count}


def _witnessed(
    ledger: Ledger, settings: Settings, today: date, advice: list[str]
) -> dict[str, Any]:
    """How far trusted witnesses have cosigned, and since when they have not; what to do next."""
    try:
        trust = trust_in(settings.home_path)
    except Refused as error:
        advice.append(str(error))
        return {}
    size, at = newest_witnessed(ledger.connection, trust) or (0, None)
    since = ledger.entry(size + 1).recorded_at if size < ledger.size() else None
    days = (today - london_day(since)).days if since else 0
    request = "footprint checkpoint --request > request.txt."
    if not trust.witnesses:
        advice.append(
            "No witness is trusted here: nobody outside remembers this ledger. Find one, and take"
            f" its key: footprint trust add KEY; then {request}"
        )
    elif at is None:
        advice.append(f"No witness has cosigned this ledger yet. Ask one: {request}")
    elif days > _LONG:
        advice.append(f"The ledger has gone unwitnessed for {days} days. Ask a witness: {request}")
    return {
        "witnessed": size,
        "witnessed_at": utc(at) if at is not None else None,
        "unwitnessed_since": since,
    }


def rebuild(
    ledger: o.Ledger = None,
) -> None:
    """Fold the stored views again from the first entry.

    Entries are not touched.

    footprint rebuild
    """
    from footprint.projections.views import Views

    with reading(Settings(ledger)) as opened:
        views = Views.stored(opened)
        if views.place is None:
            raise Refused(
                f"This login keeps no views at {opened.place}: it reads the entries each time.",
                "There is nothing to rebuild. Whoever records there can: footprint rebuild.",
            )
        count = views.rebuild()
    typer.echo(f"The views were rebuilt from {count} entries.")
