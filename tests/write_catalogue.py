"""Write anew what the catalogue of a published ledger says: run it when its statements change.

python tests/write_catalogue.py
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from servers import OWNER, address, new_schema

from footprint.engine import postgres_catalogue
from footprint.engine.postgres import ServerConnection
from footprint.engine.postgres_catalogue import Catalogue
from footprint.engine.postgres_schema import create_schema

FILE = Path(postgres_catalogue.__file__).with_suffix(".tsv")


def made(name: str = "") -> Catalogue:
    """The catalogue of a schema that was made just now, of this name or another."""
    with new_schema() as free, closing(_connected(name or free)) as connection:
        connection.execute("BEGIN")
        create_schema(connection)
        return postgres_catalogue.catalogue(connection, name or free)


def _connected(schema: str) -> ServerConnection:
    return ServerConnection(address(schema, OWNER))


def as_text(catalogue: Catalogue) -> str:
    """What the published file has of it: the bodies of functions are in the statements already."""
    return "".join(
        f"{kind}\t{name}\t{definition}\n"
        for (kind, name), definition in sorted(catalogue.items())
        if kind != "body"
    )


if __name__ == "__main__":
    FILE.write_text(as_text(made()), encoding="utf-8")
