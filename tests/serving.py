"""Ledgers on a server for tests: made by their owner, with a login for each who works there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import cli_helpers
import servers
from ledger_helpers import ACTOR, DAY, ORIGIN, home_in, vault_keys_in

from footprint.domain.adoption import first_policy
from footprint.domain.events import LedgerOpened
from footprint.engine.place import Server
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger, open_ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.signing.signer import LedgerSigner, create_signer


@contextmanager
def made_on_server(folder: Path) -> Iterator[str]:
    """A new ledger with the first policy, and its schema; its signer is in the folder's home.

    `ACTOR` records there; the owner made it.
    """
    with servers.new_schema() as schema:
        place = servers.address(schema, servers.OWNER)
        signer = create_signer(home_in(folder), ORIGIN, place)
        opened = LedgerOpened(authority="Example", origin=ORIGIN, key=signer.verifier.vkey)
        policy = first_policy(DAY, frozenset(), "written by hand")
        create_ledger(place, opened, policy, actor=servers.OWNER, sealer=signer).close()
        servers.grant(schema, ACTOR, ["recorder"])
        yield schema


def opened_on_server(folder: Path, place: Server, *, signing: bool = False) -> Ledger:
    """A ledger there, open to write as another process would open it."""
    return open_ledger(
        place,
        sealer=lambda origin: LedgerSigner(folder_of(home_in(folder), origin), origin, place),
        signing=signing,
        keys=lambda _origin: vault_keys_in(folder),
    )


@contextmanager
def recording_there(folder: Path) -> Iterator[Ledger]:
    """A new ledger on a server, open to record as `ACTOR`."""
    with (
        made_on_server(folder) as schema,
        closing(opened_on_server(folder, servers.address(schema, ACTOR))) as ledger,
    ):
        yield ledger


@dataclass(frozen=True)
class OnServer(cli_helpers.Place):
    """A folder with the home of a signer, whose ledger is on a server, for one login."""

    schema: str = ""
    login: str = servers.OWNER

    @property
    def address(self) -> str:
        return str(servers.address(self.schema, self.login))

    def env(self, **changes: str | None) -> dict[str, str]:
        return super().env(**({"FOOTPRINT_LEDGER": self.address} | changes))

    def as_login(self, *roles: str) -> OnServer:
        """The same for a login with these roles, at a machine that has no signer."""
        login = f"cli_{'_'.join(roles) or 'nobody'}"
        servers.login(login, *(f"{self.schema}_{role}" for role in roles))
        folder = self.folder / login
        (folder / "person").mkdir(parents=True, exist_ok=True)
        home = {"folder": self.folder if "signer" in roles else folder}
        return replace(self, login=login, **home)
