"""A writer on a server, as a process of its own: says what it tries, and what was acknowledged.

    python server_writer.py ADDRESS NAME SECONDS

Each try is a note with words that nobody else has. What fails is said and not tried again: then it
is there once, or not at all.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from datetime import date

from eventsourcing.persistence import PersistenceError

from footprint.domain.asks import AddNote
from footprint.engine.connection import ServerError
from footprint.engine.place import place_of
from footprint.errors import FootprintError
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.signer import LedgerSigner

THREAD = "CH-0000001"
DAY = date(2017, 1, 9)


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def write(ledger: Ledger, name: str, until: float) -> None:
    """Try note after note, until it is time or one fails."""
    while time.monotonic() < until:
        words = f"{name} at {time.monotonic_ns()}"
        say("tries", words)
        ask = AddNote(on=DAY, source="transcribed", words={"text": words})
        recorded = ledger.record(ask, actor=name, stream=THREAD)
        say("has", recorded.entries[-1].position, words)


def main(address: str, name: str, seconds: str) -> None:
    place = place_of(address)
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        try:
            opened = open_ledger(place, sealer=lambda o: LedgerSigner(place, o, place))  # type: ignore[arg-type]
            with closing(opened) as ledger:
                write(ledger, name, until)
        except (ServerError, FootprintError, PersistenceError) as error:
            say("fails", type(error).__name__, *str(error).split())
            time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
