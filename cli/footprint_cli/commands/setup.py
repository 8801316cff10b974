"""The commands that begin: init and demo."""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path
from typing import Annotated

import typer

from footprint.domain.adoption import calendar_years, first_policy
from footprint.domain.events import LedgerOpened
from footprint.engine.place import Place, Server
from footprint.engine.postgres_schema import ROLES
from footprint.england import bank_holidays
from footprint.errors import Misused, Refused
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger, must_be_empty
from footprint.ledger.signer import create_signer
from footprint_cli import options as o
from footprint_cli.caution import check_actor, check_team
from footprint_cli.settings import Settings
from footprint_cli.text import say_json, visible


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
    no_input: o.NoInput = False,  # noqa: ARG001 - accepted everywhere; nothing is asked yet
) -> None:
    """Make a ledger: its tables, its key, and the policy it starts with.

    footprint init --authority "Borough of Poole" --team "Children in Care"
    """
    if source:
        _read_back(source, Settings(ledger), bool(authority or teams), as_json=json)
        return
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
    from footprint_cli.readback import read_back

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
    _check_place(place)
    read_back(source, place, as_json=as_json)


def _say_made(ledger: Ledger, *, as_json: bool) -> None:
    opened, place = ledger.opened, ledger.place
    where = str(place) if isinstance(place, Server) else str(place.absolute())
    if as_json:
        say_json({"ledger": where, "size": ledger.size(), **vars(opened)})
        return
    typer.echo(f"A ledger for {visible(opened.authority)} is at {place}.")
    typer.echo(f"Its name in checkpoints: {opened.origin}")
    typer.echo(f"Its key, for whoever will check it: {opened.key}")
    if isinstance(place, Server):
        typer.echo(roles_of(place))
        typer.echo("The key signs under a login of its own: see docs/operations.md.")
    else:
        typer.echo("Record the first challenge: footprint challenge --help")


def roles_of(server: Server) -> str:
    """What is said of the roles of a ledger that was made on a server."""
    roles = ", ".join(f"{server.schema}_{role}" for role in ROLES)
    return f"Its roles, to be granted to logins: {roles}."


def make_ledger(place: Place, home: Path, authority: str, actor: str, teams: list[str]) -> Ledger:
    """Make a ledger with the default policy and a signer of its own.

    Raises:
        Refused: the place is not safe, or something is there already.
    """
    _check_place(place)
    _check_texts(authority, *teams)
    today = london_today()
    slug = re.sub(r"[^a-z0-9]+", "-", authority.casefold()).strip("-")[:40] or "ledger"
    # A random suffix: two ledgers of one authority are never one log.
    origin = f"{slug}/footprint/{secrets.token_hex(4)}"
    policy = first_policy(today, *bank_holidays(*calendar_years(today)), teams)
    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
    signer = create_signer(home, origin, place)
    opened = LedgerOpened(authority=authority, origin=origin, key=signer.verifier.vkey)
    try:
        return create_ledger(place, opened, policy, actor=actor, sealer=signer)
    except BaseException:
        shutil.rmtree(signer.folder)  # a key that nothing was signed with
        raise


_NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "davfs", "fuse.davfs", "fuse.sshfs",
    "fuse.rclone", "fuse.gvfsd-fuse", "ncpfs",
})  # fmt: skip
_SYNCED = re.compile(
    r"onedrive|dropbox|google ?drive|icloud|nextcloud|mobile documents", re.IGNORECASE
)


def _check_texts(*texts: str) -> None:
    """Names are text: bytes of another encoding are said, not stored."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Misused(f"{text!r} holds bytes that are not text.", "Type it again.") from error


def _check_place(place: Place) -> None:
    must_be_empty(place)
    check_disk(place)


def check_disk(place: Place) -> None:
    """Refuse a place where SQLite's locks do not hold, as far as it can be told."""
    if isinstance(place, Server):
        return
    whole = place.expanduser().absolute()
    synced = next((part for part in whole.parts if _SYNCED.search(part)), None)
    if synced or str(whole).startswith("\\\\") or _filesystem(whole) in _NETWORK:
        raise Refused(
            f"{whole} is {'in a synced folder' if synced else 'on a network share'}: two machines"
            " that write there would destroy the ledger.",
            "Keep it on a disk of one machine, and copy checkpoints elsewhere.",
        )


def _filesystem(path: Path) -> str:
    """The kind of file system that a path is on, empty where it cannot be told."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        return ""
    real = path.parent.resolve()
    over = [m for m in mounts if real.is_relative_to(m[1].replace("\\040", " "))]
    return max(over, key=lambda m: len(m[1]), default=["", "", ""])[2]


def demo(
    ledger: o.Ledger = None,
) -> None:
    """Build the Poole year 2016-17 in a fresh folder, and look around in it."""
    from footprint_cli.commands.demonstration import demonstrate

    demonstrate(ledger)
