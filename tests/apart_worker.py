"""Work for a process of our own, by the name of what is to go well or wrong."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator

from footprint.apart import be_worker
from footprint.errors import Contradicted, Refused


class UnsendableError(Exception):
    """An error that no pickle holds."""

    def __init__(self) -> None:
        super().__init__("held")
        self.lock = threading.Lock()


def printing() -> Iterator[str]:
    sys.stdout.write("a banner\n")
    sys.stdout.flush()
    yield "said"
    os.write(1, b"more")
    yield "and said"


def endless() -> Iterator[bytes]:
    while True:
        yield bytes(100_000)


def _raising(error: Exception) -> Iterator[str]:
    yield "first"
    raise error


WORKS: dict[str, Callable[[], Iterator[object]]] = {
    "nothing": lambda: iter(()),
    "prints": printing,
    "endless": endless,
    "refuses": lambda: _raising(Refused("It is so.", "Do that.", ["one", "two"])),
    "cannot be made again": lambda: _raising(Contradicted("It is so.", "Do that.", proof="both")),
    "cannot be sent": lambda: _raising(UnsendableError()),
    "no memory": lambda: _raising(MemoryError()),
    "exits": lambda: os._exit(3),  # type: ignore[return-value]
}


def main() -> None:
    """Do what the task says."""
    be_worker(lambda name: WORKS[name]())
