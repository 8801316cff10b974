"""A ledger made from an export of entries: what `footprint init --from` does."""

from __future__ import annotations

from pathlib import Path

from footprint.engine.sqlite import files_of
from footprint.errors import NotFound, Refused
from footprint.ledger.elsewhere.copying import STILL_PERSONAL
from footprint.ledger.elsewhere.taking import Taken, read_entries
from footprint_cli.doing.givenout import new_file
from footprint_cli.screen.lines import say
from footprint_cli.screen.progress import shown_progress
from footprint_cli.screen.text import entries_said, say_json, visible


def read_back(source: Path, path: Path, *, as_json: bool) -> None:
    """Make the ledger that a file holds, and say what it is.

    Raises:
        NotFound: there is no such file.
        Refused: it is no export of entries as it was written, what it holds does not verify, or
            something is at the path. Nothing is made.
    """
    if there := files_of(path):
        raise Refused(f"Something is at {there[0]} already.", "Choose another path with --ledger.")
    try:
        file = source.open("rb")
    except FileNotFoundError as error:
        raise NotFound(f"There is no file at {source}.", "Name another with --from.") from error
    except OSError as error:
        raise Refused(
            f"{source} cannot be read: {error.strerror}.", "Name another with --from."
        ) from error
    path.parent.mkdir(parents=True, exist_ok=True)
    with file, new_file(path, "--ledger"), shown_progress("Reading") as progress:
        taken = read_entries(file, path, _must_verify, progress=progress)
    _say(taken, path, as_json=as_json)


def _must_verify(made: Path) -> None:
    """Raise `Refused` unless the file holds together: what this machine knows is asked later.

    An older export is no less a ledger where a signer here has signed more since.
    """
    from footprint.audit.verify import verify_ledger

    nobody = made.with_name(f"{made.name}.home")  # no folder: no signer, no witness and no key
    with shown_progress("Verifying") as progress:
        verdict = verify_ledger(made, nobody, progress=progress)
    if verdict.findings:
        raise Refused(
            f"What the file holds does not verify: {visible(verdict.findings[0].message)}.",
            "Nothing was made. Find out who changed it.",
        )


def _say(taken: Taken, path: Path, *, as_json: bool) -> None:
    if as_json:
        say_json({
            "ledger": str(path.absolute()), "origin": taken.origin, "entries": taken.size,
            "root": taken.root.hex(), "words": taken.words,
        })  # fmt: skip
        return
    what = "A ledger" if taken.words else "An audit copy"
    say(f"{what} is at {path}: {entries_said(taken.size)} of {taken.origin}.")
    say(f"Root: {taken.root.hex()}")
    say(
        "It holds together. Whether it is the right one, a kept checkpoint tells: footprint"
        " verify --against FILE."
    )
    if not taken.words:
        say(f"! {STILL_PERSONAL}")
        return
    say("Its words are in the clear. To lock them: footprint vault lock.")
    say(
        "To record in it, this machine needs the ledger's signer: bring its home here, and"
        " footprint checkpoint --moved; where it is lost, see: footprint checkpoint --help."
    )
