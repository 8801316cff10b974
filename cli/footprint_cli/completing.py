"""What a shell offers for the word that is being typed: references, commands, options.

A shell asks in the middle of somebody's line, so nothing else is ever printed: where a ledger is
not there, or cannot be read, nothing is offered.

It asks by the environment: `_FOOTPRINT_COMPLETE` is `complete_bash`, `complete_zsh` or
`complete_fish`, `COMP_WORDS` is the line up to the word that is being typed, and `COMP_CWORD` the
number of that word, from 0. `source_bash` and so on print what that shell has to be told.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date

from footprint_cli.commands import COMMANDS, OF_A_THREAD

ASKED = "_FOOTPRINT_COMPLETE"
_PATIENCE = 1.0
"""Seconds to wait for a file that somebody holds."""

Offer = tuple[str, str]
"""A word, and what is said of it; empty where nothing is."""

_FORMS: dict[str, Callable[[str, str], str]] = {
    "bash": lambda word, _said: word,
    "zsh": lambda word, said: f"{word}:{said}" if said else word,
    "fish": lambda word, said: f"{word}\t{said}" if said else word,
}
SCRIPTS = {
    "bash": """\
_footprint_completion() {
    local IFS=$'\\n'
    COMPREPLY=( $( COMP_WORDS="${COMP_WORDS[*]:0:COMP_CWORD+1}" COMP_CWORD=$COMP_CWORD \\
        _FOOTPRINT_COMPLETE=complete_bash "$1" 2>/dev/null ) )
}
complete -o default -o nosort -F _footprint_completion footprint
""",
    "zsh": """\
#compdef footprint
_footprint_completion() {
    local -a offers
    offers=(${(f)"$(COMP_WORDS="${(pj:\\n:)words[1,CURRENT]}" COMP_CWORD=$((CURRENT - 1)) \\
        _FOOTPRINT_COMPLETE=complete_zsh $words[1] 2>/dev/null)"})
    (( $#offers )) && _describe -V footprint offers || _files
}
compdef _footprint_completion footprint
""",
    "fish": """\
function __footprint_completion
    set -l offers (env COMP_WORDS=(commandline -cp | string collect) \\
        COMP_CWORD=(count (commandline -opc)) \\
        _FOOTPRINT_COMPLETE=complete_fish footprint 2>/dev/null)
    if count $offers >/dev/null
        printf '%s\\n' $offers
    else
        __fish_complete_path (commandline -ct)
    end
end
complete --command footprint --no-files --keep-order --arguments '(__footprint_completion)'
""",
}
"""What each shell is told, once, by whoever uses it. Where nothing is offered, files are."""


def answer() -> None:
    """Print what a shell asks for, a line each; nothing where that is not known."""
    asked, _, shell = os.environ[ASKED].partition("_")
    if asked == "source":
        sys.stdout.write(SCRIPTS.get(shell, ""))
        return
    try:
        lines = [_FORMS[shell](*offer) for offer in _offers()]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
    except Exception:  # noqa: BLE001, S110 - a prompt is no place to say what is wrong
        pass


def _offers() -> list[Offer]:
    line, at = os.environ["COMP_WORDS"], int(os.environ["COMP_CWORD"])
    words = [*line.split(), ""]
    command, typed = words[1], words[at] if at < len(words) else ""
    if at > 1 and command not in COMMANDS:
        return []
    if typed[:1] != "-" and not set("\"'\\") & set(line):
        if at == 1:
            return [(name, "") for name in COMMANDS if name.startswith(typed)]
        # The grammar would find the same, by all that the command needs to run.
        if at == 2 and command in OF_A_THREAD:  # noqa: PLR2004 - the first word behind it
            return list(references(typed))
    return _by_grammar()


def _by_grammar() -> list[Offer]:
    from typer._completion_classes import BashComplete
    from typer.main import get_command

    from footprint_cli.main import app

    # Of the shell, only how the environment is read is this class's.
    asked = BashComplete(get_command(app), {}, "footprint", ASKED)
    offered = asked.get_completions(*asked.get_completion_args())
    return [(str(one.value), one.help or "") for one in offered]


def references(typed: str, ledger: str | None = None) -> Iterator[Offer]:
    """The threads that may be meant, each with its themes and how long ago it began.

    Args:
        typed: what there is of a reference.
        ledger: what `--ledger` said, if anything.
    """
    from footprint.domain.reference import begun, number_of
    from footprint.engine.connecting import connect_readonly
    from footprint.ledger.identity import london_today
    from footprint.ledger.offering import threads_begun
    from footprint_cli.settings import Settings

    form = begun(typed)
    if form is None:
        return
    head, digits = form
    with closing(connect_readonly(Settings(ledger).place, patience=_PATIENCE)) as connection:
        threads = threads_begun(connection, digits)
    today = london_today()
    for stream, facts in threads:
        yield f"{head}{number_of(stream)}", _said(facts, today)


def _said(facts: dict[str, object], today: date) -> str:
    themes, day = facts.get("themes"), facts.get("occurred_on")
    codes = themes if isinstance(themes, list) else []
    told = [code for code in map(str, codes) if code.replace("-", "").isalnum()]
    if isinstance(day, str):
        ago = (today - date.fromisoformat(day)).days
        told.append({0: "today", 1: "1 day"}.get(ago, f"{ago} days"))
    return ", ".join(told)
