"""The newcomer's way, from a ledger that is made to the auditor's check: `docs/first-week.md`."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from cli_helpers import DONE
from pages import Lived, empty, live

pytestmark = pytest.mark.slow  # a process for each command


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Lived]]:
    """The page, lived through by somebody who has set nothing but a name, and an auditor."""
    place = empty(tmp_path_factory.mktemp("week") / "place")
    newcomer = {"FOOTPRINT_LEDGER": None, "FOOTPRINT_HOME": None}
    auditor = newcomer | {"HOME": str(place.folder / "auditor")}
    return place.folder, live("first-week.md", place, people={"": newcomer, "auditor": auditor})


def test_the_page_is_what_happens(lived: tuple[Path, list[Lived]]) -> None:
    """Each command says what is written, and none is refused."""
    for step, code, said in lived[1]:
        assert (said, code) == (step.said, DONE), step.command


def test_the_way_of_a_newcomer_is_all_there(lived: tuple[Path, list[Lived]]) -> None:
    """From the ledger that is made to the proof, nothing left out."""
    typed = [step.command.split()[1] for step, *_ in lived[1]]
    way = ["init", "challenge", "alert", "escalate", "close", "due", "impact", "log", "replay",
           "report", "verify", "checkpoint", "evidence", "verify-bundle"]  # fmt: skip
    assert sorted(set(way), key=typed.index) == way


def test_nobody_but_the_service_has_the_words(lived: tuple[Path, list[Lived]]) -> None:
    """Neither the case number nor a word is in what the auditor was given."""
    with ZipFile(lived[0] / "CH-1.zip") as bundle:
        given = [bundle.read(name) for name in bundle.namelist()]
    given += [(lived[0] / f"{name}-2026-03.{kind}").read_bytes()
              for name, kind in (("audit", "db"), ("checkpoint", "txt"))]  # fmt: skip
    for secret in (b"204117", b"disruption meeting"):
        assert all(secret not in one for one in given)
