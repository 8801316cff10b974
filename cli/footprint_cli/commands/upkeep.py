"""The commands of whoever looks after it: status, rebuild."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import typer

from footprint.engine.place import Server
from footprint.errors import NotFound, Refused
from footprint.ledger.departing import departed_to
from footprint.ledger.elsewhere.copying import STILL_PERSONAL
from footprint.ledger.ledger import Ledger
from footprint.proof.cosigned import utc
from footprint_cli import options as o
from footprint_cli.screen.lines import say, shown_width
from footprint_cli.screen.text import say_json
from footprint_cli.session import reading
from footprint_cli.settings import Settings
from footprint_cli.status.checking import checked
from footprint_cli.status.findings import Finding, Told, Wrong, findings, lines
from footprint_cli.status.known import Known, now
from footprint_cli.status.record import signed_elsewhere
from footprint_cli.status.serving import not_signed

_COPY = f"This is an audit copy, to count and verify; nothing is recorded in it. {STILL_PERSONAL}"


def status(
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
) -> None:
    """Where things are, and whether all is well.

    Each setting with where it came from; what is wrong, with what to do about it.

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
        looked = findings("ledger", Told("", _not_there(error, settings)))
        found |= {"advice": _advice(looked), "checks": looked}
    looked = found.pop("checks")
    if json:
        say_json(found | {"checks": [one.as_json for one in looked]})
        return
    _say(found)
    say("")
    for line in (line for one in looked for line in lines(one, shown_width())):
        typer.echo(line)


def _say(found: dict[str, Any]) -> None:
    for name, value in found.items():
        if name != "advice" and not name.endswith("_from"):
            origin = found.get(f"{name}_from")
            shown = "-" if value is None else value
            say(f"{name.replace('_', ' '):<18} {shown}" + (f"  ({origin})" if origin else ""))


def _advice(looked: Iterable[Finding]) -> list[str]:
    """What is wrong, a text each, as scripts know it."""
    return [str(Wrong(one.said, one.next)) for one in looked if not one.ok]


def _not_there(error: NotFound, settings: Settings) -> list[Wrong]:
    """That no ledger is there; and where this login has one, for whoever forgot to name it."""
    others = signed_elsewhere(settings.home_path, settings.place)
    known = [
        Wrong(f"This login last recorded in {there}.", "Name it: FOOTPRINT_LEDGER, or --ledger.")
        for there in others
    ]
    return [Wrong.of(error), *known]


def _about(ledger: Ledger, settings: Settings) -> dict[str, Any]:
    known = Known(ledger, settings, now())
    local, calendar = known.local, ledger.policy().calendar
    served = isinstance(ledger.place, Server)
    looked = checked(known)
    if to := departed_to(ledger.connection, ledger.place, ledger.vault):
        gone = Wrong(
            f"This ledger has moved: it goes on at {to}.", "Nothing is recorded here any more."
        )
        looked = findings("ledger", Told("", [gone]))
    return {
        "authority": ledger.opened.authority,
        "origin": ledger.opened.origin,
        "key": local.key.vkey if local.key else None,
        "entries": known.size,
        "last_recorded_at": known.last.recorded_at,
        **(_signed_there(ledger) if served else {"signed": local.state.size if local.state else 0}),
        **_witnessed(known),
        "calendar": f"{calendar.name} {calendar.version}, to {calendar.last}",
        "words": known.words[0],
        "advice": _advice(looked) if served or ledger.vault.here else [_COPY],
        "checks": looked,
    }


def _signed_there(ledger: Ledger) -> dict[str, int]:
    """How far entries are signed where others do that, and how many are not."""
    count = not_signed(ledger)
    return {"signed": ledger.size() - count, "not_signed": count}


def _witnessed(known: Known) -> dict[str, Any]:
    """How far trusted witnesses have cosigned, and since when they have not."""
    with suppress(Refused):
        size, at = known.witnessed
        return {
            "witnessed": size,
            "witnessed_at": utc(at) if at is not None else None,
            "unwitnessed_since": known.recorded_after(size),
        }
    return {}


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
    say(f"The views were rebuilt from {count} entries.")
