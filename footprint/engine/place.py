"""Where a ledger is: a file, or a schema in a database on a server."""

from __future__ import annotations

import re
from os.path import expanduser
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from footprint.errors import Misused

_SCHEMES = ("postgresql", "postgres")
_NAME = r"[a-z][a-z0-9_]{0,39}"
"""Short enough for the names of its roles, and the same with quotes or without."""
_DEFAULT = "footprint"
_ADDRESS = "Give a path, or postgresql://LOGIN@HOST/DATABASE?schema=NAME."


class Server:
    """A ledger on PostgreSQL: `postgresql://login@host/database?schema=name`.

    `url` is what the driver is given; it may hold a password. `schema` is the ledger's own.
    """

    # No tuple, since what writes those would write the password; and no generated class, whose
    # library takes longer to import than all that completes a reference.
    __slots__ = ("schema", "url")

    def __init__(self, url: str, schema: str) -> None:
        self.url, self.schema = url, schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Server) and (self.url, self.schema) == (other.url, other.schema)

    def __hash__(self) -> int:
        return hash((self.url, self.schema))

    def __repr__(self) -> str:
        return f"Server({self})"

    def __str__(self) -> str:
        """The address without a password: for people, and for what is kept."""
        return self._without(password_only=True)

    @property
    def login(self) -> str | None:
        """The login that the address names; None where it names none."""
        parts = urlsplit(self.url)
        return unquote(parts.username or "") or dict(parse_qsl(parts.query)).get("user") or None

    @property
    def location(self) -> str:
        """The same without the login: one text for everybody who works with this ledger."""
        return self._without(password_only=False)

    def _without(self, *, password_only: bool) -> str:
        parts = urlsplit(self.url)
        login, _, where = parts.netloc.rpartition("@")
        if password_only and login:
            where = f"{login.partition(':')[0]}@{where}"
        secret = {"password", "passfile", "sslpassword"} | (set() if password_only else {"user"})
        query = [(key, value) for key, value in parse_qsl(parts.query) if key not in secret]
        asked = urlencode([*query, ("schema", self.schema)], safe="/")
        return f"{_SCHEMES[0]}://{where}{parts.path}?{asked}"


Place = Path | Server


def path_of(text: str) -> Path:
    """A path as somebody writes it; a tilde before a user whom nobody knows is a letter."""
    return Path(expanduser(text))  # noqa: PTH111 - that of a Path fails there


def place_of(text: str) -> Place:
    """Where a ledger is, by what somebody named.

    Raises:
        Misused: it is the address of something else.
    """
    if "://" not in text:
        return path_of(text)
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise Misused(f"That is no address: {error}.", _ADDRESS) from error
    if parts.scheme not in _SCHEMES:
        raise Misused(
            f"A ledger is in a file or on PostgreSQL, and not at {parts.scheme}://.",
            _ADDRESS,
        )
    given = parse_qsl(parts.query)
    schema = dict(given).get("schema", _DEFAULT)
    if not re.fullmatch(_NAME, schema):
        raise Misused(
            f"{schema!r} cannot be a ledger's schema.",
            "It has small letters, digits and _, begins with a letter, and is no longer than 40.",
        )
    rest = urlencode([(key, value) for key, value in given if key != "schema"], safe="/")
    # By hand: `urlunsplit` drops the slashes of an address without a host, postgresql:///database.
    url = f"{_SCHEMES[0]}://{parts.netloc}{parts.path}" + (f"?{rest}" if rest else "")
    return Server(url, schema)


def located(place: Place) -> str:
    """The one text for where a ledger is that is kept about it."""
    return place.location if isinstance(place, Server) else str(place.resolve())
