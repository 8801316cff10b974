"""The commands about whom this machine trusts: trust show, add, remove, quorum, adopt."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from footprint.errors import Misused
from footprint.proof.key import WITNESS, Verifier
from footprint.proof.lines import NoteError
from footprint.proof.policy import NONE, Policy, policy_bytes
from footprint.witness import trust as trusting
from footprint_cli import options as o
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import say_json, visible
from footprint_cli.settings import Settings

trust = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Whom this machine trusts.\n\n"
    "The keys of ledgers and witnesses, and how many must agree.\n\n"
    "footprint trust show",
)


@trust.command()
def show(json: o.Json = False) -> None:
    """The trusted keys and the quorum, as a tlog-policy file.

    footprint trust show
    """
    policy = trusting.trust_in(Settings().home_path)
    if json:
        say_json(_as_record(policy))
        return
    data = policy_bytes(policy)
    if sys.stdout.isatty():
        typer.echo(visible(data.decode("utf-8", "surrogateescape"), lines=True), nl=False)
    else:
        typer.echo(data, nl=False)
    _say_quorum(policy)


@trust.command()
def add(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A verifier key: name+id+base64.")],
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="NAME", help="What a witness is called here; else by the key's name."
        ),
    ] = None,
) -> None:
    """Trust the key of a ledger or of a witness.

    Get it from its owner, never with the evidence.

    footprint trust add audit.example/w1+2a3b4c5d+BAAB... --name audit
    """
    try:
        verifier = Verifier.from_vkey(key.strip())
    except NoteError as error:
        raise Misused(
            f"That is no verifier key: {error}.",
            "A key is one word, as footprint init and footprint witness init print it.",
        ) from error
    policy = _change(lambda policy: trusting.with_key(policy, verifier, name))
    kind = "witness" if verifier.kind == WITNESS else "log"
    say(f"The {kind} {name or verifier.name} is trusted now.")
    _say_quorum(policy)
    if verifier.kind == WITNESS and policy.quorum == NONE:
        say(
            "Its lines are checked, and not needed. To ask for it: footprint trust quorum"
            f" {name or verifier.name}; for one of several: footprint trust quorum 1.",
            err=True,
        )


@trust.command()
def remove(
    named: Annotated[
        str, typer.Argument(metavar="NAME-or-KEY", help="A witness, a ledger's origin, or a key.")
    ],
) -> None:
    """No longer trust a key.

    footprint trust remove audit
    """
    policy = _change(lambda policy: trusting.without(policy, named))
    say(f"{named} is not trusted any more.")
    _say_quorum(policy)


@trust.command()
def quorum(
    named: Annotated[
        str,
        typer.Argument(
            metavar="NAME|none|N", help="A witness or a group; none; or how many of all witnesses."
        ),
    ],
) -> None:
    """Say which witnesses must have cosigned a checkpoint.

    With fewer it does not count.

    footprint trust quorum 1
    """
    _say_quorum(_change(lambda policy: trusting.with_quorum(policy, named)), err=False)


@trust.command()
def adopt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A whole tlog-policy file.")],
) -> None:
    """Put a whole policy in the place of what this machine trusts.

    footprint trust adopt trust.txt
    """
    policy = trusting.read_trust(file)
    trusting.adopt_trust(Settings().home_path, policy)
    say(f"Logs trusted: {len(policy.logs)}. Witnesses: {len(policy.witnesses)}.")
    _say_quorum(policy)


def _change(change: Callable[[Policy], Policy]) -> Policy:
    return trusting.change_trust(Settings().home_path, change)


def _say_quorum(policy: Policy, *, err: bool = True) -> None:
    say(f"Witnesses needed: {trusting.quorum_told(policy)}.", err=err)


def _as_record(policy: Policy) -> dict[str, object]:
    return {
        "logs": [
            {"origin": log.key.name, "key": log.key.vkey, "url": _text(log.url) or None}
            for log in policy.logs
        ],
        "witnesses": [
            {"name": _text(one.name), "key": one.key.vkey, "url": _text(one.url) or None}
            for one in policy.witnesses
        ],
        "groups": [
            {
                "name": _text(group.name),
                "threshold": group.threshold,
                "members": [_text(member) for member in group.members],
            }
            for group in policy.groups
        ],
        "quorum": _text(policy.quorum),
    }


def _text(octets: str) -> str:
    """A name for JSON, which knows no octets: those that are no UTF-8 are escaped."""
    return octets.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
