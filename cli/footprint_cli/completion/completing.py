"""What a shell offers for the word that is being typed: references, codes, commands, options.

A shell asks in the middle of somebody's line, so nothing else is ever printed: where a ledger is
not there, or cannot be read, nothing is offered. Like all reading of a ledger that nobody else has
open, it may leave its `-shm` and an empty `-wal` beside the file; and it changes nothing in it.

It asks by the environment: `_FOOTPRINT_COMPLETE` is `complete_bash`, `complete_zsh` or
`complete_fish`, and `COMP_WORDS` the line up to the cursor. To `source_bash` and so on the answer
is what that shell has to be told, as `footprint completion show` prints it.
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock, start_new_thread  # `threading` takes longer to import
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from footprint_cli.commands import OF_A_THREAD, SAID
from footprint_cli.entering.codes import Lists, codes, list_of

if TYPE_CHECKING:
    from footprint.engine.connection import Connection

ASKED = "_FOOTPRINT_COMPLETE"
_PATIENCE = 1.0
"""Seconds to wait for a file that somebody holds; a server is waited for a little longer."""
_AT_MOST = 2.0
"""Seconds for the whole answer, whatever takes so long: what is at the place may be anything."""

Offer = tuple[str, str]
"""A word, and what is said of it; empty where nothing is."""

_FORMS: dict[str, Callable[[str, str], str]] = {
    "bash": lambda word, _said: word,
    "zsh": lambda word, said: f"{word}:{said}" if said else word,
    "fish": lambda word, said: f"{word}\t{said}" if said else word,
}


def answer() -> None:
    """Print what a shell asks for, a line each; nothing where that is not known."""
    asked, _, shell = os.environ[ASKED].partition("_")
    if asked == "source":
        from footprint_cli.completion.shells import SCRIPTS

        sys.stdout.write(SCRIPTS.get(shell, ""))
        return
    try:
        with _in_time():
            words = _words(os.environ["COMP_WORDS"])
            kept = _kept(words[-1]) if shell == "bash" else ""
            lines = [_FORMS[shell](word.removeprefix(kept), said) for word, said in _offers(words)]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
    except Exception:  # noqa: BLE001, S110 - a prompt is no place to say what is wrong
        pass


@contextmanager
def _in_time() -> Iterator[None]:
    """End the process, without a word, where what is done in here takes too long.

    By a thread: a signal's handler would wait for SQLite and libpq, and Windows has no such signal.
    """
    done = allocate_lock()
    done.acquire()

    def watch() -> None:
        if not done.acquire(timeout=_AT_MOST):
            os._exit(0)

    start_new_thread(watch, ())
    try:
        yield
    finally:
        done.release()


def _words(line: str) -> list[str]:
    """The words of a line, however they are quoted; the last is being typed, and may be empty."""
    *words, typed = _split(f"{line}.")  # the point stands where the cursor is
    return [*words, typed[:-1]]


def _split(line: str) -> list[str]:
    if not set("\"'\\") & set(line):
        return line.split()
    import shlex

    for end in ("", "'", '"'):  # the cursor may be in the middle of a quotation
        with suppress(ValueError):
            return shlex.split(line + end)
    return []


def _kept(typed: str) -> str:
    """What bash leaves as it is: for it a word begins anew behind `=` and `:`."""
    return typed[: max(map(typed.rfind, "=:")) + 1]


def _offers(words: list[str]) -> list[Offer]:
    """Whole words to put in the place of the last."""
    _, *before, typed = words
    if not before and typed[:1] != "-":
        return [offer for offer in SAID.items() if offer[0].startswith(typed)]
    if before and before[0] not in SAID:
        return []
    option, value = _valued(before, typed)
    if value[:1] == "-":
        return _by_grammar(before, typed)
    # The grammar would find threads too, by all that the command needs to run.
    if option == "--follows" or (not option and len(before) == 1 and before[0] in OF_A_THREAD):
        offered = references(value, _ledger(before))
    elif name := list_of(before, option):
        offered = _codes(name, before, value)
    else:
        return _by_grammar(before, typed)
    head = typed.removesuffix(value)
    return [(head + word, said) for word, said in offered]


def _valued(before: list[str], typed: str) -> tuple[str, str]:
    """The option whose value is being typed, empty where none is, and what there is of a value."""
    if typed[:2] == "--":
        option, is_valued, value = typed.partition("=")
        return (option, value) if is_valued else ("", typed)
    last = before[-1] if before else ""
    return (last if last[:2] == "--" else ""), typed


def _codes(name: str, before: list[str], typed: str) -> Iterator[Offer]:
    """The codes of a list that may be meant: in capitals or not, as they are understood."""
    begun = typed.casefold()
    offered = codes(name, before, lambda: _adopted(_ledger(before)))
    return (offer for offer in offered if offer[0].casefold().startswith(begun))


def _adopted(ledger: str | None) -> Lists:
    from footprint.ledger.offering import lists_in_force

    with closing(_connected(ledger)) as connection:
        return lists_in_force(connection)


def _connected(ledger: str | None) -> Connection:
    from footprint.engine.connecting import connect_readonly
    from footprint_cli.settings import Settings

    place = Settings(ledger).place
    if isinstance(place, Path) and not place.is_file():  # to open a pipe is to wait for its writer
        raise FileNotFoundError(place)
    return connect_readonly(place, patience=_PATIENCE)


def _ledger(before: list[str]) -> str | None:
    """The ledger that the line names, if any."""
    for option, word in zip(before, [*before[1:], ""], strict=True):
        if option == "--ledger":
            return word
        if option.startswith("--ledger="):
            return option.partition("=")[2]
    return None


def _by_grammar(before: list[str], typed: str) -> list[Offer]:
    from typer._completion_classes import BashComplete
    from typer.main import get_command

    from footprint_cli.main import app

    option, value_of, _ = typed.partition("=")
    head = option + value_of if value_of and option[:1] == "-" else ""
    asked = BashComplete(get_command(app), {}, "footprint", ASKED)  # any shell's would do
    offered = asked.get_completions(before, typed)
    return [(f"{head}{one.value}", one.help or "") for one in offered]


def references(typed: str, ledger: str | None = None) -> Iterator[Offer]:
    """The threads that may be meant, each with its themes and how long ago it began.

    Args:
        typed: what there is of a reference.
        ledger: what `--ledger` said, if anything.
    """
    from footprint.domain.reference import begun, number_of
    from footprint.ledger.identity import london_today
    from footprint.ledger.offering import threads_begun

    form = begun(typed)
    if form is None:
        return
    head, digits = form
    with closing(_connected(ledger)) as connection:
        threads = threads_begun(connection, digits)
    today = london_today()
    for stream, facts in threads:
        yield f"{head}{number_of(stream)}", _said(facts, today)


def _said(facts: dict[str, object], today: date) -> str:
    """Its themes, and how long ago; nothing where either cannot be read."""
    from footprint.ledger.offering import is_code

    themes, day = facts.get("themes", []), facts.get("occurred_on")
    if not isinstance(themes, list) or not isinstance(day, str | None):
        return ""
    told = [code for code in map(str, themes) if is_code(code)]
    if day:
        try:
            ago = (today - date.fromisoformat(day)).days
        except ValueError:
            return ""
        told.append({0: "today", 1: "1 day"}.get(ago, f"{ago} days"))
    return ", ".join(told)
