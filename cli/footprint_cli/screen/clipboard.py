"""Put a text on the clipboard, by the program that this machine has for that.

The text goes in by standard input: an argument is seen by whoever lists processes. Some of these
programs stay, to hand it out: so they get no pipe of ours whose end would be waited for.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from shutil import which
from tempfile import TemporaryFile
from typing import NamedTuple

from footprint.errors import Refused
from footprint_cli.screen.text import visible

_SECONDS = 5


class Program(NamedTuple):
    """A program that takes a text to the clipboard.

    Args:
        name: of the program.
        options: what it is given.
        display: the variable that says where its screen is; empty where it needs none.
        encoding: of what it reads.
        env: what it has to be told besides.
    """

    name: str
    options: tuple[str, ...] = ()
    display: str = ""
    encoding: str = "utf-8"
    env: Mapping[str, str] = {}


PROGRAMS = (
    Program("wl-copy", ("--type", "text/plain"), "WAYLAND_DISPLAY"),
    Program("xclip", ("-selection", "clipboard", "-in"), "DISPLAY"),
    Program("xsel", ("--clipboard", "--input"), "DISPLAY"),
    Program("pbcopy", env={"LC_CTYPE": "UTF-8"}),  # else it reads another encoding
    Program("clip.exe", encoding="utf-16-le"),  # what else it takes for the machine's own
)


def program_here(env: Mapping[str, str], ref: str) -> Program:
    """The first that is here and has a screen.

    Raises:
        Refused: none is; it says what to install, and what to do without.
    """
    for program in PROGRAMS:
        if (not program.display or env.get(program.display)) and which(program.name):
            return program
    if env.get("WAYLAND_DISPLAY") or env.get("DISPLAY"):
        missing = "Install wl-clipboard" if env.get("WAYLAND_DISPLAY") else "Install xclip or xsel"
    else:
        missing = "This session has no screen, as over ssh: print it and copy it in your own window"
    raise Refused(
        "There is no clipboard here. Nothing was copied.",
        f"{missing}; or pipe it: footprint casenote {ref} | PROGRAM.",
    )


def copy(text: str, program: Program, env: Mapping[str, str]) -> None:
    """Put the text there.

    Raises:
        Refused: the program failed, or does not end; what it said is given.
    """
    line = [which(program.name) or program.name, *program.options]
    with TemporaryFile() as said:
        try:
            done = subprocess.run(  # noqa: S603 - one of the table
                line, input=text.encode(program.encoding), stdout=said, stderr=said,
                env={**env, **program.env}, timeout=_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise _failed(program, f"did not end within {_SECONDS} seconds") from error
        except OSError as error:
            raise _failed(program, f"cannot be run: {error.strerror}") from error
        if done.returncode:
            said.seek(0)
            why = said.read(200).decode(errors="replace").strip().partition("\n")[0]
            raise _failed(program, f"failed: {visible(why) or done.returncode}")


def _failed(program: Program, how: str) -> Refused:
    return Refused(
        f"{program.name} {how}. Do not rely on what the clipboard holds.",
        "Leave --copy out, and copy what is printed.",
    )
