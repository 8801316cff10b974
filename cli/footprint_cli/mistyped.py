"""What was typed and is not in the grammar: said as every other refusal is.

What is given beyond what a command takes is never repeated: most often it is words without their
quotes.
"""

from __future__ import annotations

import re
from ast import literal_eval
from typing import Any

from typer._click import exceptions as wrong

from footprint.domain.nearest import did_you_mean
from footprint.errors import Misused
from footprint_cli.screen.text import shortened

_LONGEST = 40
_QUOTED = re.compile(r"""No such command ('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
"""What was typed for a command, as the grammar's own message repeats it."""


def mistyped(error: wrong.UsageError) -> Misused:
    """The refusal that a fault of the grammar comes to."""
    context: Any = error.ctx
    if context is None:
        return _without_value(error)
    command = " ".join(_path(context))
    more = f"All that it takes: {command} --help."
    match error:
        case wrong.NoSuchOption():
            what = f"{command} has no option {shortened(error.option_name, _LONGEST)}."
            return Misused(what, f"{_meant(error.option_name, context)}{more}")
        case wrong.MissingParameter():
            name = error.param.make_metavar(context) if error.param else "REF"
            about = getattr(error.param, "help", None)
            return Misused(f"Missing: {name.strip('[]')}.", f"{about} {more}" if about else more)
        case wrong.BadParameter():
            return Misused(_value(error), more)
    if hasattr(context.command, "commands"):
        return _no_command(str(error), context, command)
    return Misused(
        f"More was given than {command} takes, or in another order.",
        f'Words with spaces stand in quotes: --words "Spoke to the carer." {more}',
    )


def _path(context: Any) -> list[str]:
    """The command as it is typed, without what the program was started as."""
    names = []
    while context.parent:
        names.append(context.info_name)
        context = context.parent
    return ["footprint", *reversed(names)]


def _no_command(message: str, context: Any, command: str) -> Misused:
    names = list(context.command.list_commands(context))
    quoted = _QUOTED.match(message)
    if quoted is None:
        return Misused(f"Missing: what {command} is to do.", f"One of: {', '.join(names)}.")
    given = str(literal_eval(quoted[1]))
    question = did_you_mean(given, names)
    if context.parent:
        there = f"There are: {', '.join(names)}."
        return Misused(
            f"{command} has no command {shortened(given, _LONGEST)!r}.",
            f"{question} {there}".lstrip(),
        )
    return Misused(
        f"There is no command {shortened(given, _LONGEST)!r}.",
        f"{question} All of them: footprint --help.".lstrip(),
    )


def _meant(option: str, context: Any) -> str:
    """The question about an option; a single dash has only its letter."""
    names = [
        name for param in context.command.get_params(context)
        for name in (*param.opts, *param.secondary_opts) if name.startswith("--")
    ]  # fmt: skip
    if not context.parent:
        return "An option stands behind its command, as in: footprint log --json. "
    if option.startswith("--"):
        return f"{did_you_mean(option, names)} ".lstrip()
    near = [name for name in names if name.startswith(f"-{option}")]
    return f"An option has two dashes: {', '.join(near)}. " if near else ""


def _value(error: wrong.BadParameter) -> str:
    """What a value has to be: our options are texts, numbers and flags."""
    kind: Any = error.param.type if error.param else None
    name = (error.param.opts[-1] if error.param else "") or "That"
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if getattr(kind, "name", "").startswith("int"):
        bounds = f" from {least:,} to {most:,}" if None not in (least, most) else ""
        return f"{name} has to be a whole number{bounds}; what was given is none."
    return f"{name} cannot be that: {error.message}"


def _without_value(error: wrong.UsageError) -> Misused:
    """An option that lacks its value, or has one too many; of which command is not told."""
    option = getattr(error, "option_name", "That")
    if "not take" in str(error):
        return Misused(
            f"{option} stands alone: nothing is given with it.", f"Write it as {option}."
        )
    return Misused(f"{option} needs a value behind it.", f"Give one, or leave {option} out.")
