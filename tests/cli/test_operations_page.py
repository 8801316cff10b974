"""The page `docs/operations.md` is run, its SQL too, on a server of its own."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import psycopg
import pytest
import servers
from cli_helpers import DONE
from pages import DOCS, Typed, empty, live

pytestmark = pytest.mark.slow  # it starts a server

LEDGER = "postgresql://{}@/children"
SQL = re.findall(
    r"^```sql\n(.*?)^```$", (DOCS / "operations.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
)


def test_the_page_is_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may do what is said as the page says it, and each command says what is written."""
    place = empty(tmp_path / "place")
    signer, brown = place.folder / "moved", tmp_path / "brown"
    with servers.own_server(monkeypatch) as server:
        monkeypatch.setenv("PGHOST", server.uri.partition("host=")[2].partition("&")[0])

        def owner_says(text: str) -> None:
            with psycopg.connect("postgresql://footprint_owner@/children") as connection:
                connection.execute(text.encode())

        def meanwhile(step: Typed) -> None:
            if "signer" in step.meanwhile:
                shutil.move(place.home, signer)
            owner_says(SQL[2] if "signer" in step.meanwhile else SQL[1])

        with psycopg.connect(server.uri, autocommit=True) as connection:
            connection.execute("CREATE DATABASE children")
            for statement in SQL[0].split(";"):
                connection.execute(statement.encode())
        people = {
            "iro": {"FOOTPRINT_LEDGER": LEDGER.format("m.brown"), "FOOTPRINT_HOME": str(brown)},
            "signer": {"FOOTPRINT_LEDGER": LEDGER.format("footprint_signer_login"),
                       "FOOTPRINT_HOME": str(signer)},
        }  # fmt: skip
        lived = live(
            "operations.md", place, day=date(2026, 1, 5), people=people, meanwhile=meanwhile,
            really=("@db.example.org/", "@/"),
        )  # fmt: skip
    for step, code, said in lived:
        assert (said, code) == (step.said, DONE), step.command
