"""The auditors' page, typed on two machines, and on that of a thief: `docs/evidence.md` is run."""

from __future__ import annotations

from datetime import date
from shlex import join

import pytest
from cli_helpers import DONE, REFUSED, TAMPERED, concern
from pages import Lived, empty, live, type_in
from thief import steal

pytestmark = pytest.mark.slow  # a process for each command


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> list[Lived]:
    """The page, lived through: a home each, and files that go between them."""
    service = empty(tmp_path_factory.mktemp("evidence") / "place")
    for args in (["init", "--authority", "Borough of Testing"], ["challenge", *concern()]):
        assert type_in(service, date(2026, 1, 5), join(["footprint", *args]))[0] == DONE
    auditor = {"FOOTPRINT_HOME": str(service.folder / "auditor")}
    return live(
        "evidence.md", service, people={"auditor": auditor}, meanwhile=lambda _: steal(service)
    )


def test_the_page_is_what_happens(lived: list[Lived]) -> None:
    """Each command says what the page says it does."""
    assert lived
    for step, _, said in lived:
        assert said == step.said, step.command


def test_the_witness_alone_stops_the_thief(lived: list[Lived]) -> None:
    """Nothing fails before the rewriting; after it the service's own machine sees nothing, and the
    auditor's refuses, then contradicts, then finds the ledger tampered with."""
    codes = [(step.who, code) for step, code, _ in lived]
    first = codes.index(("auditor", REFUSED))
    assert {code for _, code in codes[:first]} == {DONE}
    assert codes[first + 1 :] == [("service", DONE), ("auditor", TAMPERED), ("auditor", TAMPERED)]
