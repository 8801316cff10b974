"""The commands of whoever looks after it: status, rebuild."""

from __future__ import annotations

from typing import Any

import typer

from footprint.audit.vouchers import from_signer
from footprint.domain.adoption import calendar_years
from footprint.domain.days import spelt
from footprint.errors import NotFound
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.ledger.signer_home import folder_of
from footprint_cli import options as o
from footprint_cli.session import reading
from footprint_cli.settings import Settings
from footprint_cli.signing import signing_advice
from footprint_cli.text import say_json, visible


def status(
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
) -> None:
    """Where things are and where each setting came from, and what needs doing."""
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
            typer.echo(f"{name.replace('_', ' '):<18} {visible(str(value))}"
                       + (f"  ({visible(origin)})" if origin else ""))  # fmt: skip
    for advice in found.get("advice", []):
        typer.echo(f"! {visible(advice)}")


def _about(ledger: Ledger, settings: Settings) -> dict[str, Any]:
    opened, size, policy = ledger.opened, ledger.size(), ledger.policy()
    local = from_signer(settings.home_path, opened.origin, (ledger.head() or (0, ""))[1])
    advice = signing_advice(ledger, folder_of(settings.home_path, opened.origin))
    today = london_today()
    if policy.calendar.running_out(today):
        advice.append(
            f"The calendar ends on {spelt(policy.calendar.last)}, and due dates are not known"
            " after that. Lengthen it: footprint policy adopt --calendar-to"
            f" {calendar_years(today)[1].year}."
        )
    return {
        "authority": opened.authority,
        "origin": opened.origin,
        "entries": size,
        "last_recorded_at": ledger.entry(size).recorded_at,
        "signed": local.state.size if local.state else 0,
        "calendar": f"{policy.calendar.name} {policy.calendar.version}, to {policy.calendar.last}",
        "words": "kept here" if ledger.has_vault() else "not in this copy",
        "advice": advice,
    }


def rebuild(
    ledger: o.Ledger = None,
) -> None:
    """Fold the stored views again from the first entry. Entries are not touched."""
    from footprint.projections.views import Views

    with reading(Settings(ledger)) as opened:
        count = Views.stored(opened).rebuild()
    typer.echo(f"The views were rebuilt from {count} entries.")
