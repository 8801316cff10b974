"""The commands that begin: init and demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.engine.place import Server
from footprint.engine.postgres_schema import ROLES
from footprint.errors import Misused
from footprint.ledger.ledger import Ledger
from footprint_cli import options as o
from footprint_cli.doing.founding import check_place, make_ledger
from footprint_cli.entering.caution import at_terminal, check_actor, check_team
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import say_json
from footprint_cli.settings import Settings


def init(
    authority: Annotated[
        str | None, typer.Option("--authority", metavar="NAME", help="Whose ledger it is.")
    ] = None,
    teams: Annotated[
        list[str] | None,
        typer.Option("--team", metavar="NAME", help="A team of yours. May be repeated."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Instead: the ledger in an export of entries."),
    ] = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    no_input: o.NoInput = False,
) -> None:
    """Make a ledger: its tables, its key and its first policy.

    footprint init --authority "Borough of Poole" --team "Children in Care"

    footprint init --from entries.jsonl
    """
    if source:
        _read_back(source, Settings(ledger), bool(authority or teams), as_json=json)
        return
    if not authority and not (no_input or json) and at_terminal():
        authority = typer.prompt("Whose ledger it is, by the authority's name", err=True)
    if not authority or not authority.strip():
        raise Misused("Missing: --authority.", 'Say whose it is: --authority "Borough of Poole".')
    settings = Settings(ledger, actor)
    place = settings.place
    check_actor(settings.actor.value)
    for team in teams or []:
        check_team(team)
    made = make_ledger(
        place, settings.home_path, authority.strip(), settings.actor.value, teams or []
    )
    try:
        _say_made(made, as_json=json)
    finally:
        made.close()


def _read_back(source: Path, settings: Settings, named: bool, *, as_json: bool) -> None:
    from footprint_cli.doing.readback import read_back

    if named:
        raise Misused(
            "--from makes the ledger that the file holds, which has its authority and teams.",
            "Leave --authority and --team out.",
        )
    place = settings.place
    if isinstance(place, Server):
        raise Misused(
            "An export is read back into a file.",
            "From there it goes to the server: footprint copy FILE ADDRESS.",
        )
    check_place(place)
    read_back(source, place, as_json=as_json)


def _say_made(ledger: Ledger, *, as_json: bool) -> None:
    opened, place = ledger.opened, ledger.place
    where = str(place) if isinstance(place, Server) else str(place.absolute())
    if as_json:
        say_json({"ledger": where, "size": ledger.size(), **vars(opened)})
        return
    say(f"A ledger for {opened.authority} is at {place}.")
    say(f"Its name in checkpoints: {opened.origin}")
    say(f"Its key, for whoever will check it: {opened.key}")
    if isinstance(place, Server):
        say(roles_of(place))
        say("The key signs under a login of its own: see docs/operations.md.")
    else:
        say("Record the first challenge: footprint challenge --help")


def roles_of(server: Server) -> str:
    """What is said of the roles of a ledger that was made on a server."""
    roles = ", ".join(f"{server.schema}_{role}" for role in ROLES)
    return f"Its roles, to be granted to logins: {roles}."


def demo(
    ledger: o.Ledger = None,
) -> None:
    """Build the Poole year 2016-17, and look around in it.

    In a fresh folder, unless --ledger says where.

    footprint demo
    """
    from footprint_cli.commands.demonstration import demonstrate

    demonstrate(ledger)
