"""What is given out: from a ledger that is whole, into a file that is new."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from footprint.audit.verify import verify_ledger
from footprint.domain.entry import Words
from footprint.domain.moves.redacting import RIGHT_CHILD
from footprint.errors import Refused
from footprint.proof.policy import Policy
from footprint_cli.doing.verdicts import whom
from footprint_cli.screen.lines import say
from footprint_cli.screen.progress import shown_progress
from footprint_cli.screen.text import visible
from footprint_cli.settings import Settings


def must_be_whole(settings: Settings) -> Policy:
    """Nothing is given out of a ledger that contradicts itself or what is known of it here.

    What is given out may be proved entry by entry; that none is missing, only reading all of the
    ledger can tell.

    Returns:
        Whom this machine trusts.

    Raises:
        Refused: it does; the first finding is named.
    """
    trust, doubt = whom(None, settings)
    if doubt:
        say(doubt, err=True)
    with shown_progress("Verifying first") as progress:
        path, home = settings.place, settings.home_path
        verdict = verify_ledger(path, home, (), trust, progress=progress)
    if verdict.findings:
        raise Refused(
            f"The ledger does not verify: {visible(verdict.findings[0].message)}.",
            "Nothing was given out. All that is wrong: footprint verify.",
        )
    return trust


def must_be_of_one_child(ref: str, words: Mapping[int, Words]) -> None:
    """No words are given of a thread that is said to be another child's: they name both.

    Raises:
        Refused: somebody asked for it to go on under the right number, and nobody has approved it.
    """
    for position, said in words.items():
        if RIGHT_CHILD in said:
            raise Refused(
                f"{ref} is said to be another child's (entry {position}), and its words name both.",
                "Nothing was given out. See to that first: footprint redact.",
            )


def already_there(path: Path, option: str) -> Refused:
    """The refusal of a name that something has, in the words of the option that gives it."""
    return Refused(f"There is a file at {path} already.", f"Name another with {option}.")


def must_be_new(path: Path | None, option: str) -> None:
    """Refuse a file that is there, or a link of its name, before anything is done."""
    if path and os.path.lexists(path):
        raise already_there(path, option)


@contextmanager
def new_file(path: Path, option: str) -> Iterator[None]:
    """Say in the words of the option that names it why a file cannot be made.

    Raises:
        Refused: something is there, or it cannot be written.
    """
    try:
        yield
    except FileExistsError as error:
        raise already_there(path, option) from error
    except OSError as error:
        raise Refused(
            f"{path} cannot be written: {error.strerror}.", f"Name another with {option}."
        ) from error
