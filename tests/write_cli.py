"""Write `docs/cli.md` anew, all commands by their help: run it when a command's help changes.

python tests/write_cli.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from footprint_cli.commands import groups
from footprint_cli.main import app
from typer import Context
from typer.main import get_command

FILE = Path(__file__).parents[1] / "docs" / "cli.md"
COLUMNS = 80

_BEGINS = """\
# Commands

What `footprint COMMAND --help` says of each command, 80 columns wide. The examples about a thread
can be tried in the demonstration (`footprint demo`), the writing ones with `--dry-run`.

What an option means does not differ from command to command: `--ledger`, `--actor`, `--on`,
`--words` and `--json` are the same wherever they stand. A day is written 3/4/2026 or 2026-04-03.
Every command ends with 0 done, 1 refused, 2 misused, 3 tampered, 4 not found, 5 cannot tell.

<!-- Written by `python tests/write_cli.py`: change the help of the command, not this page. -->
"""


def every() -> Iterator[tuple[str, Any]]:
    """Each command of the grammar and each command of a command, by what is typed for it."""
    for names in groups().values():
        for name in names:
            yield from _within(name, get_command(app).commands[name])  # type: ignore[attr-defined]


def _within(typed: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield typed, command
    for name, one in getattr(command, "commands", {}).items():
        yield from _within(f"{typed} {name}", one)


def help_of(typed: str, command: Any) -> str:
    """A command's help on a terminal that is so wide."""
    grammar = get_command(app)
    own = {"parent": Context(grammar, info_name="", **grammar.context_settings)}
    with Context(command, info_name=f"footprint {typed}", terminal_width=COLUMNS - 2, **own) as at:
        return "\n".join(line.rstrip() for line in command.get_help(at).strip().splitlines())


def as_text() -> str:
    """The page."""
    helps = {typed: help_of(typed, command) for typed, command in every()}
    parts = [_BEGINS]
    for whom, names in groups().items():
        parts.append(f"## For {whom}\n")
        parts += [
            f"### footprint {typed}\n\n```text\n{said}\n```\n"
            for typed, said in helps.items()
            if typed.partition(" ")[0] in names
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
