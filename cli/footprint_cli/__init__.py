"""The command line: what people type, and what they see. Knows everybody; nobody knows it."""

import sys


def run() -> None:
    """Run one command, also where it is interrupted while it still starts."""
    try:
        from footprint_cli.main import run as run_command

        run_command()
    except KeyboardInterrupt:
        sys.exit(130)
