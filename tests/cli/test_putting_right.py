"""The page `docs/putting-right.md` is run: what is typed there does what it says."""

from __future__ import annotations

import pytest
from cli_helpers import Place
from pages import Lived, fresh, live

pytestmark = pytest.mark.slow  # a process for each command


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, list[Lived]]:
    """The page, lived through, with the document that it names."""
    place = fresh(tmp_path_factory.mktemp("right") / "place")
    (place.folder / "plan.pdf").write_bytes(b"%PDF-1.7 The placement plan.")
    return place, live("putting-right.md", place)


def test_the_page_is_what_happens(lived: tuple[Place, list[Lived]]) -> None:
    """Each command says what the page says it does."""
    for step, _, said in lived[1]:
        assert said == step.said, step.command


def test_one_person_is_not_enough(lived: tuple[Place, list[Lived]]) -> None:
    """The only refusal on the page."""
    assert [step.command for step, code, _ in lived[1] if code] == ["footprint redact 1 --approve"]


def test_what_was_removed_is_in_none_of_the_files(lived: tuple[Place, list[Lived]]) -> None:
    """Neither the sister's words nor the wrong case number."""
    files = [path for path in lived[0].folder.rglob("*") if path.is_file()]
    everything = b"".join(path.read_bytes() for path in files)
    assert b"204171" in everything
    for gone in (b"sister says", b"204117", b"Quotes his sister"):
        assert gone not in everything
