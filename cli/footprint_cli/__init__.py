"""The command line: what people type, and what they see. Knows everybody; nobody knows it."""

import gc
import os
import signal


def _interrupted(_signal: int, _frame: object) -> None:
    # Before the command begins there is nothing to tidy up, and nothing to say.
    os._exit(130)


def run() -> None:
    """Run one command. An interruption while it still starts ends it at once."""
    usual = signal.signal(signal.SIGINT, _interrupted)
    # What is imported stays: to look again and again for what of it can go is a tenth of a start.
    gc.disable()
    try:
        if "_FOOTPRINT_COMPLETE" in os.environ:  # a shell asks, while somebody types
            from footprint_cli.completion.completing import answer

            answer()
            return
        from footprint_cli.main import run as run_command

        signal.signal(signal.SIGINT, usual)
        run_command()
    finally:
        gc.freeze()  # and another tenth at the end, which frees it all anyway
