"""The commands that tell a shell how to complete: completion install, completion show."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from footprint.durable import put_in_place
from footprint.errors import Misused, Refused
from footprint_cli.completion.shells import (
    SCRIPTS,
    block,
    file_of,
    is_marked,
    unread_at_login,
    with_block,
)
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import visible

completion = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Have a shell complete what is typed.\n\n"
    "References, codes with their labels, commands and options.\n\n"
    "footprint completion install",
)

Shell = Annotated[
    str | None, typer.Option("--shell", help="bash, zsh or fish; else the one that SHELL names.")
]


@completion.command()
def install(
    shell: Shell = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be changed; do not.")
    ] = False,
) -> None:
    """Tell bash, zsh or fish, in the file of yours that it reads. Again, it changes nothing.

    footprint completion install
    """
    shell = _known(shell)
    path = file_of(shell, os.environ, Path.home())
    name = visible(str(path))
    there = _read(path, shell)
    wanted = with_block(there, shell, name)
    if wanted == there:
        say(f"{name} tells {shell} how to complete already. Nothing was changed.")
        return
    lines = block(shell).decode()
    where = "in the place of an earlier one" if is_marked(there) else "at its end"
    if dry_run:
        typer.echo(f"Would write to {name}, {where}:\n\n{lines}", nl=False)
        return
    _write(path, wanted, shell)
    say(
        f"{name} tells {shell} how to complete: a block of {lines.count(chr(10))} lines, {where}."
        " To undo it, delete the block."
    )
    say("Next: open a new shell; type footprint and a space, and press Tab.")
    _say_of_login(shell)


@completion.command()
def show(shell: Shell = None) -> None:
    """Print what the shell is told, to put it where you want it.

    footprint completion show --shell zsh
    """
    typer.echo(SCRIPTS[_known(shell)], nl=False)


def _known(given: str | None) -> str:
    """The shell that is meant. Raises `Misused` where it is none of the three."""
    shell = given or Path(os.environ.get("SHELL", "")).name
    if shell in SCRIPTS:
        return shell
    what = f"{shell!r} is not a shell that can be told" if shell else "SHELL does not say which"
    raise Misused(f"{what}: bash, zsh and fish can.", "Name one of them with --shell.")


def _read(path: Path, shell: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise _by_hand(path, "read", error, shell) from error


def _write(path: Path, data: bytes, shell: str) -> None:
    try:
        if path.exists() and not os.access(path, os.W_OK):  # it could be replaced all the same
            raise PermissionError(13, "it is to be read only")
        path.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(path, data)
    except OSError as error:
        raise _by_hand(path, "written", error, shell) from error


def _by_hand(path: Path, done: str, error: OSError, shell: str) -> Refused:
    return Refused(
        f"{path} cannot be {done}: {error.strerror}. It is as it was.",
        f"Put it where {shell} reads it: footprint completion show --shell {shell}.",
    )


def _say_of_login(shell: str) -> None:
    """Where a login shell would not read it, say so."""
    if shell == "bash" and (unread := unread_at_login(Path.home())):
        say(
            f"A login shell (tmux, ssh, macOS) reads {unread} instead: it needs the"
            " line: . ~/.bashrc"
        )
