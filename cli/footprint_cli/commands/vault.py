"""The commands about the vault at rest: vault lock, unlock, rekey, recover."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from footprint.errors import Misused, Refused
from footprint.ledger.ledger import Ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.words import locking
from footprint.vault.code import code_of, key_of
from footprint.vault.key import Keys
from footprint.vault.lock import Lock
from footprint_cli import options as o
from footprint_cli.entering.appending import writing
from footprint_cli.entering.given import read_file
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import visible
from footprint_cli.session import reading, vault_keys
from footprint_cli.settings import Settings

vault = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Encrypt the words and case numbers, or cease to.\n\n"
    "The key is outside the ledger: a stolen file then shows facts alone.\n\n"
    "footprint vault lock",
)

InKeyring = Annotated[
    bool,
    typer.Option(
        "--keyring/--key-file",
        help="Keep the key in this login's keyring, or in a file.",
    ),
]
_LONGEST_CODE = 1_000
_GROUPS_A_LINE = 7


@vault.command()
def lock(in_keyring: InKeyring = False, ledger: o.Ledger = None) -> None:
    """Encrypt the words and case numbers.

    The recovery code of the key is printed, once. Entries, counts and proofs stay as they are:
    nothing is recorded by it.

    footprint vault lock
    """
    with _changing(Settings(ledger)) as (opened, keys, folder):
        locked = locking.lock(opened, keys, folder, keyring=in_keyring)
        _say_locked(f"The vault is locked: {locked.rows} rows", opened, keys, locked)


@vault.command()
def rekey(in_keyring: InKeyring = False, ledger: o.Ledger = None) -> None:
    """Encrypt them under another key, and destroy the old one.

    Its code opens nothing any more. Older backups stay as they are: the old code opens those.

    footprint vault rekey
    """
    with _changing(Settings(ledger)) as (opened, keys, folder):
        locked = locking.rekey(opened, keys, folder, keyring=in_keyring)
        _say_locked(f"The vault has another key: {locked.rows} rows", opened, keys, locked)


@vault.command()
def unlock(ledger: o.Ledger = None) -> None:
    """Put the words in the clear again, and destroy the key.

    The case numbers too.

    footprint vault unlock
    """
    with _changing(Settings(ledger)) as (opened, keys, _folder):
        rows = locking.unlock(opened, keys)
    say(
        f"The vault is unlocked: {rows} rows are in the clear, for whoever can open the file. The"
        " key is destroyed."
    )


@vault.command()
def recover(
    code_file: Annotated[
        str | None,
        typer.Option(
            "--code-file", metavar="FILE", help="The recovery code; - is stdin. Else it is asked."
        ),
    ] = None,
    in_keyring: InKeyring = False,
    ledger: o.Ledger = None,
) -> None:
    """Bring the key to this machine by its recovery code.

    The code is never an option's value.

    footprint vault recover --code-file code.txt
    """
    settings = Settings(ledger)
    with reading(settings) as opened:
        key_id = opened.vault.key_id
        if key_id is None:
            raise Refused(
                "Nothing in this ledger is locked: there is no key to bring.",
                "If it is another ledger, name it with --ledger.",
            )
        found = Lock(key_of(_code(code_file)))
        if found.id != key_id:
            raise Refused(
                f"That is the code of key {found.id.hex()}, and the words are locked under key"
                f" {key_id.hex()}.",
                "Take the code that was printed last, or the backup that this one belongs to.",
            )
        keys = vault_keys(settings.home_path, opened.opened.origin)
        keys.add(found, keyring=in_keyring, in_use=True)
    say(f"The key is in {keys.where(key_id)}: the words can be read here.")


# --- what they share --------------------------------------------------------------------------


@contextmanager
def _changing(settings: Settings) -> Iterator[tuple[Ledger, Keys, Path]]:
    """The ledger, to write; the keys of its vault, and the folder of its signer."""
    with writing(settings) as opened:
        origin, home = opened.opened.origin, settings.home_path
        yield opened, vault_keys(home, origin), folder_of(home, origin)


def _say_locked(what: str, ledger: Ledger, keys: Keys, locked: locking.Relocked) -> None:
    where = keys.where(locked.lock.id)
    try:
        for line in (f"{what}. Its key is in {visible(where)}.", *_code_lines(locked.lock)):
            say(line)
    except OSError as error:
        raise Refused(
            f"{what}; but the recovery code could not be printed.",
            "For another key, and its code: footprint vault rekey.",
        ) from error
    beside = isinstance(ledger.place, Path) and ledger.place.resolve().parent
    if beside and Path(where).is_relative_to(beside):
        say(
            "! The key is below the folder of the ledger: a copy of that folder holds both. Leave"
            f" {where} out of the backups of the ledger.",
            err=True,
        )
    if locked.not_yet:
        raise locked.not_yet


def _code_lines(lock: Lock) -> Iterator[str]:
    groups = code_of(lock.key).split("-")
    yield from ("Its recovery code, which is not shown again:", "")
    for at in range(0, len(groups), _GROUPS_A_LINE):
        yield f"    {'-'.join(groups[at : at + _GROUPS_A_LINE])}"
    yield ""
    yield (
        "Print it, and keep it away from this machine and from the backups of the ledger. It brings"
        " the key to another machine (footprint vault recover), and back to this one. Whoever has"
        " it and the file can read the words; without it and without the key they are lost for"
        " good."
    )


def _code(source: str | None) -> str:
    if source is not None:
        return read_file(source, _LONGEST_CODE).decode("utf-8", "replace")
    if not sys.stdin.isatty():
        raise Misused(
            "The recovery code is read from a file, so that no history of commands has it.",
            "Give --code-file FILE; - is standard input.",
        )
    return str(typer.prompt("Recovery code", hide_input=True, err=True))
