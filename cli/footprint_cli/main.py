"""The grammar: which command is where, and how a run of the program ends.

A command's module is imported when that command runs, so that writing a line pays for nothing
that only reports need.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib import import_module
from keyword import iskeyword
from typing import Annotated, Any

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError
from typer.core import TyperArgument, TyperCommand, TyperGroup

from footprint.errors import Contradicted, FootprintError, Misused, NotFound, NotKnown, Refused
from footprint_cli.commands import COMMANDS, groups

DONE, REFUSED, USAGE, TAMPERED, NOT_FOUND, CANNOT_TELL, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
_EXIT: dict[type[FootprintError], int] = {
    Refused: REFUSED, Misused: USAGE, NotFound: NOT_FOUND, Contradicted: TAMPERED,
    NotKnown: CANNOT_TELL,
}  # fmt: skip


class _Command(TyperCommand):
    """A command whose help has examples as they are typed, and brackets what can be left out."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        taken = (one for one in self.params if isinstance(one, TyperArgument))
        return ["[OPTIONS]", *(one.metavar or one.make_metavar(ctx) for one in taken)]

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as it is called
        from footprint_cli import helping

        helping.write(self.help, formatter)


class _Commands(TyperGroup):
    """Commands of a command, with examples too."""

    format_help_text = _Command.format_help_text


class _Lazily(MutableMapping[str, Any]):
    """The commands by name, each built when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        module = import_module(f"footprint_cli.commands.{COMMANDS[name]}")
        made = getattr(module, name.replace("-", "_") + "_" * iskeyword(name))
        if isinstance(made, typer.Typer):  # it has commands of its own
            made.info.cls = _Commands
            for command in made.registered_commands:
                command.cls = _Command
        else:
            one = typer.Typer(add_completion=False, rich_markup_mode=None)
            one.command(name, cls=_Command)(made)
            made = one
        return typer.main.get_command(made)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __setitem__(self, name: str, command: Any) -> None:
        raise TypeError("commands are listed in COMMANDS")

    __delitem__ = __setitem__  # type: ignore[assignment]


class Grammar(_Commands):
    """The commands of `COMMANDS`."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Lazily()

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as it is called
        """One line a command, under whom it is for."""
        widest = max(map(len, self.commands))
        room = formatter.width - widest - 4
        for whom, names in groups().items():
            rows = [(name.ljust(widest), self.commands[name].get_short_help_str(room))
                    for name in names]  # fmt: skip
            with formatter.section(f"Commands for {whom}"):
                formatter.write_dl(rows)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _in_words():
            return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        found = super().resolve_command(ctx, args)
        gc.freeze()  # from here on there is something to collect: what the command itself makes
        gc.enable()
        return found

    def invoke(self, ctx: Any) -> Any:
        try:
            with _in_words():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            from footprint_cli.screen.lines import say

            typer.echo(err=True)
            say(
                "Interrupted. An entry is recorded whole or not at all;"
                " footprint replay shows the last ones.",
                err=True,
            )
            raise typer.Exit(INTERRUPTED) from None


@contextmanager
def _in_words() -> Iterator[None]:
    """Say what was mistyped as every other refusal is said. To be given nothing is to be helped."""
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except UsageError as error:
        from footprint_cli.mistyped import mistyped

        raise mistyped(error) from error


app = typer.Typer(
    cls=Grammar,
    add_completion=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        from footprint import __version__

        typer.echo(f"footprint {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """The footprint of Independent Reviewing Officers: challenge, recorded and provable.

    Begin with init, or look around in a real year with demo. COMMAND --help says what a command
    takes, with examples; those about a thread can be tried in the demonstration.

    footprint challenge --help
    """
    if ctx.invoked_subcommand is not None:
        return
    from footprint_cli.entering.caution import at_terminal

    if not at_terminal():
        typer.echo(ctx.get_help(), err=True)
        raise typer.Exit(USAGE)
    gc.enable()
    from footprint_cli.doing.frontpage import show_front_page

    show_front_page()


def run() -> None:
    """Run one command. Every refusal is one message and an exit code; nothing is a traceback."""
    try:
        app()
    except FootprintError as error:
        _say(error)
        sys.exit(next((code for kind, code in _EXIT.items() if isinstance(error, kind)), REFUSED))
    except Exception as error:  # noqa: BLE001 - a person sees a message, never a traceback
        from footprint_cli.faults import explained

        _say(explained(error))
        sys.exit(REFUSED)


def _say(error: FootprintError) -> None:
    from footprint_cli.screen.lines import say

    say(error.what, err=True)
    for one in error.listed:
        say(f"- {one}", err=True)
    if error.next_step:
        say(error.next_step, err=True)
