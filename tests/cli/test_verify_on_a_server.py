"""`verify` of a ledger on a server, as each of those who work with it types it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_helpers import CANNOT_TELL, DONE, TAMPERED, Place, Ran, concern
from servers import OWNER, address, grant, login, new_schema, superuser

pytestmark = pytest.mark.slow
Run = Callable[..., Ran]
ROLES = {"rec": "recorder", "aud": "auditor", "sig": "signer"}


@pytest.fixture(scope="module")
def schema() -> Iterator[str]:
    """A name for a ledger, and logins for it."""
    with new_schema() as name:
        yield name


@pytest.fixture(scope="module")
def service(schema: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The program on the service's machine, with a ledger of one challenge, under a login."""
    run = program(schema, tmp_path_factory.mktemp("service"))
    assert run(OWNER, "init", "--authority", "Borough of Testing").code == DONE
    for who, role in ROLES.items():
        grant(schema, f"footprint_tests_{who}", [role])
    return run


@pytest.fixture(scope="module")
def outside(schema: str, service: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The program on a machine that holds nothing of the ledger's."""
    assert service
    return program(schema, tmp_path_factory.mktemp("outside"))


def program(schema: str, folder: Path) -> Run:
    (folder / "person").mkdir()
    place = Place(folder)

    def run(user: str, *args: str) -> Ran:
        ledger = str(address(schema, user))
        return place.run(*args, env={"FOOTPRINT_LEDGER": ledger, "FOOTPRINT_ACTOR": None})

    return run


def test_a_receipt_is_covered_by_the_next_checkpoint(service: Run, outside: Run) -> None:
    """Before it: verified, and said that none covers the entry yet. After it: nothing to say."""
    recorded = service("footprint_tests_rec", "challenge", *concern(), "--json").json
    asked = ("footprint_tests_aud", "verify", "--receipt", recorded["receipt"])
    before = outside(*asked)
    assert before.code == DONE
    assert "The newest entry is not covered by a checkpoint yet" in before.out
    assert f"no checkpoint covers entry {recorded['position']} yet" in before.out
    assert "Words were not checked" in before.out
    assert outside(*asked, "--json").json["unsigned"] == 1
    assert service("footprint_tests_sig", "checkpoint").code == DONE
    after = outside(*asked)
    assert after.code == DONE
    assert "checkpoint" not in after.out
    assert service("footprint_tests_rec", "verify").code == DONE


def test_what_cannot_be_read_is_said_in_words(schema: str, service: Run) -> None:
    """No role, no ledger of that name, no login: 5, a sentence each, and no traceback."""
    login("footprint_tests_nobody")
    for user, said in (
        ("footprint_tests_nobody", f'GRANT {schema}_auditor TO "footprint_tests_nobody"'),
        ("footprint_tests_unknown", "does not exist"),
    ):
        ran = service(user, "verify")
        assert (ran.code, ran.err) == (CANNOT_TELL, "")
        assert said in ran.out


def test_a_guard_that_was_lifted_is_named(schema: str, service: Run) -> None:
    """Until it is put back."""
    guard = f'ALTER TABLE "{schema}".event {{}} TRIGGER event_no_update'
    with superuser() as connection:
        connection.execute(guard.format("DISABLE"))
        ran = service("footprint_tests_rec", "verify")
        connection.execute(guard.format("ENABLE ALWAYS"))
    assert ran.code == TAMPERED
    assert "trigger event.event_no_update is changed" in ran.out
    assert service("footprint_tests_rec", "verify").code == DONE
