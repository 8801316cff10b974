"""The command that gives out checkpoints, asks witnesses for their word, and goes on after loss."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from footprint.errors import Misused, Refused
from footprint.ledger.ledger import Ledger
from footprint_cli import options as o
from footprint_cli.entering.appending import writing
from footprint_cli.entering.caution import at_terminal, heed
from footprint_cli.faults import WasRecorded
from footprint_cli.screen.lines import say
from footprint_cli.settings import Options, Settings


def checkpoint(
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write it there.")
    ] = None,
    sign: Annotated[
        bool,
        typer.Option("--sign", help="On a server: sign what is new, and give nothing out."),
    ] = False,
    request: Annotated[
        bool, typer.Option("--request", help="As a request to a witness, to be sent to it.")
    ] = False,
    since: Annotated[
        int | None,
        typer.Option(
            "--since",
            metavar="N",
            min=0,
            help="With --request: the size that the witness says it saw.",
        ),
    ] = None,
    witness: Annotated[
        str | None,
        typer.Option("--for", metavar="NAME", help="With --request: to which trusted witness."),
    ] = None,
    cosigned: Annotated[
        str | None,
        typer.Option("--cosigned", metavar="FILE", help="Keep a witness's answer; - is stdin."),
    ] = None,
    moved: Annotated[
        bool, typer.Option("--moved", help="This file was moved here, and the old one is gone.")
    ] = False,
    resume_from: Annotated[
        Path | None,
        typer.Option(
            "--resume-from",
            metavar="NOTE",
            help="The signer's state is lost: go on from a checkpoint that was kept outside.",
        ),
    ] = None,
    accept_loss: Annotated[
        str | None,
        typer.Option(
            "--accept-loss",
            metavar="REASON",
            help="A backup was put back: go on from what is left.",
        ),
    ] = None,
    new_key: Annotated[
        str | None,
        typer.Option("--new-key", metavar="REASON", help="Sign with a new key from now on."),
    ] = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
) -> None:
    """Issue a signed checkpoint for somebody outside to keep.

    Or for a witness to cosign; and, with its own options, go on after a loss.

    footprint checkpoint --output checkpoint-2017-05.txt

    footprint checkpoint --request --output request.txt
    """
    said = {
        "--sign": sign or None, "--request": request or None, "--since": since, "--for": witness,
        "--cosigned": cosigned, "--moved": moved or None, "--resume-from": resume_from,
        "--accept-loss": accept_loss, "--new-key": new_key,
    }  # fmt: skip
    options = {name: value for name, value in said.items() if value is not None}
    mode, make = _mode(options, output)
    if output and output.exists():
        raise Refused(f"There is a file at {output} already.", "Name another with --output.")
    settings = Settings(ledger, actor)
    reasons = {"accept-loss": accept_loss or "", "new-key": new_key or ""}
    with writing(settings, signing=True) as opened:
        heed(reasons, opened.policy(), ask=at_terminal())
        if mode:
            _say(mode(opened, options, settings))
        text = _made(output, lambda: make(opened, options, settings)) if make else ""
    if output and make:
        say(_WRITTEN[request].format(output))
    else:
        typer.echo(text, nl=False)


_WRITTEN = {
    True: "The request is in {}. Send it to the witness.",
    False: "The checkpoint is in {}. Give it to somebody outside to keep.",
}

_ISSUED, _REQUESTED = "exchange.issued", "exchange.requested"
_MODES = {
    frozenset(): ("", _ISSUED),
    frozenset({"--sign"}): ("exchange.signed", ""),
    frozenset({"--request"}): ("", _REQUESTED),
    frozenset({"--request", "--since"}): ("", _REQUESTED),
    frozenset({"--request", "--for"}): ("", _REQUESTED),
    frozenset({"--request", "--for", "--since"}): ("", _REQUESTED),
    frozenset({"--cosigned"}): ("exchange.cosigned", ""),
    frozenset({"--moved"}): ("losses.moved", ""),
    frozenset({"--resume-from"}): ("losses.resumed", ""),
    frozenset({"--accept-loss"}): ("losses.restored", ""),
    frozenset({"--accept-loss", "--resume-from"}): ("losses.restored", ""),
    frozenset({"--accept-loss", "--new-key"}): ("losses.restored", ""),
    frozenset({"--accept-loss", "--new-key", "--resume-from"}): ("losses.restored", ""),
    frozenset({"--new-key"}): ("losses.rekeyed", ""),
    frozenset({"--new-key", "--resume-from"}): ("losses.rekeyed", ""),
}
"""What the options that go together do, and what is given out then: a module and its function."""

_Does = Callable[[Ledger, Options, Settings], list[str]]
"""Does what options say; returns the lines that say so."""
_Makes = Callable[[Ledger, Options, Settings], str]
"""Makes the text that is given out."""


def _mode(options: Options, output: Path | None) -> tuple[_Does | None, _Makes | None]:
    """What is to be done, and what is to be given out. Raises `Misused` where it is two things."""
    if "--request" not in options and options.keys() & {"--since", "--for"}:
        raise Misused("--since and --for belong to a request.", "Give --request too.")
    given = [*options, *(["--output"] if output and "--cosigned" in options else [])]
    if frozenset(given) not in _MODES:
        raise Misused(f"{' and '.join(given)} do not go together.", "Give one at a time.")
    does, makes = _MODES[frozenset(given)]
    return _named(does), _named(makes or (_ISSUED if output else ""))


def _named(name: str) -> Any:
    """The function of that name in `doing`, whose module is imported only now."""
    module, _, function = name.partition(".")
    return getattr(import_module(f"footprint_cli.doing.{module}"), function) if name else None


def _say(lines: list[str]) -> None:
    try:
        for line in lines:
            say(line)
    except OSError as error:
        raise WasRecorded("the ledger", see="replay") from error


def _made(output: Path | None, make: Callable[[], str]) -> str:
    """Make what is given out, into a file where one is named: what cannot be kept is not issued."""
    if output is None:
        return make()
    with output.open("x", encoding="utf-8", newline="") as file:
        try:
            text = make()
            file.write(text)
        except BaseException:
            output.unlink(missing_ok=True)
            raise
    return text
