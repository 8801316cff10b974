"""Lines of the program, each in a process that begins where all is imported: `typed_apart.py DAY`.

On stdin comes a JSON list of pairs, an environment and the lines that are typed in it, one after
the other; on stdout goes a list for each, of how every line ended and what it said.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence

import clocked  # the clock first
from footprint_cli.main import app
from typer.main import get_command

list(get_command(app).commands.values())  # type: ignore[attr-defined]


def typed(env: Mapping[str, str], line: Sequence[str]) -> tuple[int, str]:
    """How a line ends that is typed in this environment, and what it says."""
    with tempfile.TemporaryFile() as said:
        if not (child := os.fork()):
            _run(env, line, said.fileno())
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read().decode()


def _run(env: Mapping[str, str], line: Sequence[str], said: int) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(env["PWD"])
    sys.argv = list(line)
    code: object = 70
    try:
        clocked.run()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    print(json.dumps([[typed(env, line) for line in lines] for env, lines in json.load(sys.stdin)]))  # noqa: T201
