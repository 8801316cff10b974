"""Redaction, the vault's lock and a loss on a server, from the command line, by several logins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_helpers import DONE, REFUSED, Place, concern, one_message
from server_ledgers import dump, eraser, in_data_files, on_server, restore
from servers import OWNER, address, grant

pytestmark = pytest.mark.slow  # a process for each command

LOGINS = {
    "rec": ["recorder"], "keep": ["keeper"], "sig": ["signer"], "chief": ["recorder", "signer"],
}  # fmt: skip
WORDS = "The uncle is back in the house."
As = Callable[..., dict[str, str]]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Place, As]]:
    """A ledger on a server with a home for each login, and what names one of them."""
    with on_server(tmp_path) as schema:

        def by(login: str, home: str = "") -> dict[str, str]:
            where = address(schema, login)
            joined = "&" if "?" in where.url else "?"
            return {
                "FOOTPRINT_LEDGER": f"{where.url}{joined}schema={schema}",
                "FOOTPRINT_HOME": str(tmp_path / (home or login)),
            }

        made = Place(tmp_path)
        made.done("init", "--authority", "Example", env=by(OWNER, "sig"))
        for login, roles in LOGINS.items():
            grant(schema, login, roles)
        made.done("challenge", *concern(words=WORDS), env=by("rec"))
        yield made, by


def test_a_redaction_by_two_logins(place: tuple[Place, As]) -> None:
    """Asked for by one, approved by a keeper who has no key; and in no file of the server after."""
    here, by = place
    why = ["--basis", "retention", "--why", "It is over."]
    here.done("redact", "1", *why, env=by("rec"))
    said = here.run("redact", "1", "--approve", "--no-input", env=by("rec"))
    assert said.code == REFUSED
    assert WORDS.encode() in in_data_files()
    approved = here.run("redact", "1", "--approve", "--no-input", env=by("keep"))
    if eraser("keep") == "keep":
        assert (approved.code, "write-ahead log" in approved.out) == (DONE, True)
    else:
        assert "ledger's owner: footprint redact --finish" in approved.err
        here.done("redact", "--finish", env=by(OWNER, "keep"))
    assert WORDS.encode() not in in_data_files()
    assert WORDS not in here.done("show", "1", env=by("rec")).out
    here.done("checkpoint", env=by("sig"))


def test_a_vault_is_locked_and_unlocked_by_the_owner(place: tuple[Place, As]) -> None:
    """Others read with the recovery code; without it they neither read nor record words."""
    here, by = place
    for other in ("rec", "keep"):
        said = one_message(here.run("vault", "lock", env=by(other)), REFUSED)
        assert "only the ledger's owner" in said or "may not record" in said
    locked = here.run("vault", "lock", env=by(OWNER, "keep")).out
    here.done("redact", "--finish", env=by(eraser("keep"), "keep"))
    assert WORDS.encode() not in in_data_files()
    refused = here.run("challenge", *concern(), env=by("rec"))
    assert "vault recover" in one_message(refused, REFUSED)
    code = "\n".join(re.findall(r"^    ([0-9A-Z-]{34})$", locked, re.MULTILINE))
    here.done("vault", "recover", "--code-file", "-", stdin=code, env=by("rec"))
    assert WORDS in here.done("show", "1", env=by("rec")).out
    here.done("challenge", *concern(), env=by("rec"))
    here.done("vault", "unlock", env=by(OWNER, "keep"))
    assert WORDS.encode() in in_data_files()


def test_a_backup_put_back_is_a_loss(place: tuple[Place, As], tmp_path: Path) -> None:
    """Who signs is told; whoever accepts it records and signs; then it goes on."""
    here, by = place
    dump(tmp_path, tmp_path / "backup")
    for _ in range(2):
        here.done("challenge", *concern(), env=by("rec"))
    here.done("checkpoint", env=by("sig"))
    restore(tmp_path, tmp_path / "backup")
    assert "--accept-loss" in one_message(here.run("checkpoint", env=by("sig")), REFUSED)
    for _ in range(4):
        here.done("challenge", *concern(), env=by("rec"))
    assert "--accept-loss" in one_message(here.run("checkpoint", env=by("sig")), REFUSED)
    loss = ["checkpoint", "--accept-loss", "The disk failed."]
    assert "ay not" in one_message(here.run(*loss, env=by("sig")), REFUSED)
    here.done(*loss, env=by("chief", "sig"))
    here.done("challenge", *concern(), env=by("rec"))
    here.done("checkpoint", env=by("sig"))
