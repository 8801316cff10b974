"""The page `docs/reports.md` is run, from the demonstration to next year's report."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from cli_helpers import DONE
from pages import Lived, empty, live, type_in

pytestmark = pytest.mark.slow  # a process for each command


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Lived]]:
    """The page, lived through on a demonstration that was built before it begins."""
    place = empty(tmp_path_factory.mktemp("reports") / "place")
    code, _ = type_in(place, date(2017, 5, 2), f"footprint demo --ledger {place.ledger}")
    assert code == DONE
    return place.folder, live("reports.md", place)


def test_the_page_is_what_happens(lived: tuple[Path, list[Lived]]) -> None:
    """Each command says what is written, and none is refused."""
    for step, code, said in lived[1]:
        assert (said, code) == (step.said, DONE), step.command


def test_what_was_issued_stays_the_same(lived: tuple[Path, list[Lived]]) -> None:
    """As it was known, it is made again in June to the byte; as it is known then, it is another."""
    issued, again, now = (
        (lived[0] / name).read_bytes() for name in ("committee.json", "again.json", "now.json")
    )
    assert issued == again
    assert json.loads(now)["made"]["position"] > json.loads(issued)["made"]["position"]


def test_next_year_shows_both(lived: tuple[Path, list[Lived]]) -> None:
    """20 alerts as issued, 21 as now known."""
    page = (lived[0] / "committee-2018.md").read_text("utf-8")
    [row] = re.findall(r"^\| Formal alerts raised .*$", page, re.MULTILINE)[-1:]
    assert [cell.strip() for cell in row.split("|")[2:4]] == ["20", "21"]
