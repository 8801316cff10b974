"""A process of our own: this same Python without what its user's program does."""

from __future__ import annotations

import sys


def running(module: str) -> list[str]:
    """The command that runs the `main` of one of our modules in a new process.

    `-P`, and our own path handed on: nothing that lies beside the evidence is ever imported.
    """
    start = f"import sys; sys.path[:] = sys.argv[1:]; from {module} import main; main()"
    return [sys.executable, "-P", "-c", start, *map(str, sys.path)]
