"""A line to a server that is cut around a commit."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from footprint.engine.place import Server


class Line:
    """A line to the server that can be cut around a commit: before it is sent on, or after.

    It listens beside the server's socket, passes on what it gets, and looks for the word.
    """

    def __init__(self, folder: Path, to: str) -> None:
        self.cut = ""
        self._is_last = False
        self._to = to
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_for_good(self) -> None:
        """Cut the next commit after it was done, and take no caller any more."""
        self.cut, self._is_last = "after", True

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # whoever waits for a caller wakes up
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server, heard = socket.socket(socket.AF_UNIX), threading.Event()
            server.connect(self._to)
            heard.set()
            for pass_on in (self._forth, self._back):
                threading.Thread(target=pass_on, args=(client, server, heard), daemon=True).start()

    def _forth(self, client: socket.socket, server: socket.socket, heard: threading.Event) -> None:
        while data := _received(client):
            if b"COMMIT" in data and self.cut:
                moment, self.cut = self.cut, ""
                if self._is_last:
                    self.close()
                heard.clear()
                if moment == "after":
                    server.sendall(data)
                    time.sleep(0.3)  # until it is done, and nobody has heard of it
                break
            server.sendall(data)
        _end(client, server)

    def _back(self, client: socket.socket, server: socket.socket, heard: threading.Event) -> None:
        while data := _received(server):
            if heard.is_set():
                with suppress(OSError):
                    client.sendall(data)
        _end(client, server)


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(1 << 16)
    except OSError:
        return b""


def _end(*lines: socket.socket) -> None:
    for line in lines:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()


@contextmanager
def line_to(place: Server, folder: Path) -> Iterator[tuple[Line, Server]]:
    """A line to a server by way of a socket in a folder, and the address that goes by it."""
    host = dict(parse_qsl(urlsplit(place.url).query))["host"]
    line = Line(folder, f"{host}/.s.PGSQL.5432")
    try:
        yield (
            line,
            Server(place.url.replace(quote(host, "/"), quote(str(folder), "/")), place.schema),
        )
    finally:
        line.close()
