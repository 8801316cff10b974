"""Every command on a server, each under the login whose task it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import servers
from cli_helpers import (
    CANNOT_TELL,
    DONE,
    NOT_FOUND,
    REFUSED,
    USAGE,
    Answer,
    Place,
    Ran,
    concern,
    on_terminal,
    one_message,
)
from import_helpers import POOLE
from serving import OnServer

pytestmark = pytest.mark.slow  # a process for each command


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnServer]:
    """A ledger of 7 entries on a server, as whoever made it sees it; one challenge is in it."""
    with servers.new_schema() as schema:
        place = OnServer(tmp_path_factory.mktemp("owner") / "place", schema)
        (place.folder / "person").mkdir(parents=True)
        place.done("init", "--authority", "Borough of Testing", "--team", "North Team")
        place.as_login("recorder").done("challenge", *concern(on="2025-11-03"))
        yield place


@pytest.fixture(scope="module")
def recorder(owner: OnServer) -> OnServer:
    return owner.as_login("recorder")


@pytest.fixture(scope="module")
def manager(owner: OnServer) -> OnServer:
    return owner.as_login("manager")


@pytest.fixture(scope="module")
def auditor(owner: OnServer) -> OnServer:
    return owner.as_login("auditor")


@pytest.fixture(scope="module")
def signer(owner: OnServer) -> OnServer:
    """At the machine that has the key."""
    return owner.as_login("signer")


@pytest.fixture(scope="module")
def keeper(owner: OnServer) -> OnServer:
    return owner.as_login("keeper")


@pytest.mark.parametrize(
    ("line", "offered"), [("show ", "CH-1\n"), ("challenge --theme PLC", "PLC\n")]
)
def test_a_reference_and_a_code_are_completed(auditor: OnServer, line: str, offered: str) -> None:
    """By whoever may read; whoever may not, or gives a wrong password, hears nothing."""
    env = {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": f"footprint {line}"}
    assert auditor.run(env=env) == Ran(DONE, offered, "")
    for address in (f"{auditor.address}x", auditor.address.replace("auditor", "nobody_at_all")):
        assert auditor.run(env=env | {"FOOTPRINT_LEDGER": address}) == Ran(DONE, "", "")


def test_a_case_number_has_threads_for_who_reads_words(
    recorder: OnServer, auditor: OnServer
) -> None:
    """Another login learns no more of it than of any text that is no thread."""
    assert "204117 is a case number: it has CH-1" in one_message(
        recorder.run("show", "204117"), NOT_FOUND
    )
    number, text = (one_message(auditor.run("show", of), NOT_FOUND) for of in ("204117", "204999"))
    assert number == text.replace("204999", "204117")
    one_message(auditor.run("log", "--child", "204117"), REFUSED)


RECORDED: tuple[list[str], ...] = (
    ["alert", *concern(service="CAMHS", theme="EMH")],
    ["respond", "1", "--response", "agreed", "--role", "team-manager", "--action-by", "2027-03-01"],
    ["escalate", "2", "--reason", "serious", "--role", "director"],
    ["cafcass", "2", "--step", "considered"],
    ["impact", "1", "--impact", "plan", "--words", "The plan was changed."],
    ["note", "1", "--words", "Spoke to the carer."],
    ["tell", "1", "--party", "child"],
    ["close", "1", "--closure", "resolved", "--basis", "agreed"],
    ["reopen", "1"],
    ["filed", "1"],
    ["handover", "1", "--iro", "JD"],
    ["attach", "1", "{letter}", "--title", "A letter"],
    ["correct", "1", "--entry", "7", "--set", "service=EDU", "--reason", "Misread."],
    ["import", str(POOLE), "--yes"],
    ["policy", "adopt", "--calendar-to", "2031"],
    ["redact", "1", "--entry", "7", "--basis", "third-party", "--why", "It names a carer."],
)  # fmt: skip
READ: tuple[list[str], ...] = (
    ["due"], ["show", "1"], ["replay", "1"], ["casenote", "1"], ["log"], ["times"], ["counts"],
    ["log", "--at-entry", "20"], ["report", "annual", "2016-17", "--full"], ["redact"],
    ["report", "quarter", "2016-17", "Q4"], ["policy", "show"], ["status"], ["rebuild"],
    ["export", "--csv", "{out}/tables"], ["export", "--xlsx", "{out}/tables.xlsx", "--with-words"],
    ["export", "--entries", "{out}/facts"], ["export", "--audit-copy", "{out}/audit.db"],
    ["evidence", "1", "--with-words", "--output", "{out}/1.zip"],
    ["sar", "204117", "--output", "{out}/sar"], ["verify", "--views"],
)  # fmt: skip


@pytest.mark.slow
def test_the_whole_grammar(
    recorder: OnServer, manager: OnServer, auditor: OnServer, signer: OnServer, keeper: OnServer,
    tmp_path: Path,
) -> None:  # fmt: skip
    """Recorded by the recorder, signed by the signer, removed by the keeper, read by the manager.

    What was recorded since the last checkpoint is read like all else; what is given out as signed
    says that it is without. Then all of it is verified, and goes back into a file.
    """
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear IRO")
    signer.done("checkpoint")
    for args in RECORDED:
        recorder.done(*(arg.format(letter=letter) for arg in args))
    for args in READ:
        ran = manager.run(*(arg.format(out=tmp_path) for arg in args))
        assert ran.code in {DONE, CANNOT_TELL}, (args, ran)
        assert "Traceback" not in ran.err
        if "--entries" in args or "--audit-copy" in args:
            assert "not signed yet" in ran.out
    kept = tmp_path / "checkpoint.txt"
    keeper.done("redact", "1", "--approve")
    one_message(
        manager.run("export", "--entries", str(tmp_path / "words"), "--with-words"), REFUSED
    )
    signer.done("checkpoint", "--output", str(kept))
    manager.done("export", "--entries", str(tmp_path / "words"), "--with-words")
    for login in (manager, auditor):
        assert "Verified" in login.done("verify", "--against", str(kept)).out
    back = tmp_path / "back.db"
    manager.done("init", "--from", str(tmp_path / "words"), "--ledger", str(back))
    assert "Verified" in manager.done("verify", "--ledger", str(back), "--against", str(kept)).out


@pytest.mark.slow
def test_a_ledger_is_copied_there_and_back(fresh: Place, tmp_path: Path) -> None:
    """By the command alone: the same root, and a checkpoint that was kept before still holds."""
    fresh.done("challenge", *concern())
    kept = fresh.folder / "kept.txt"
    fresh.done("checkpoint", "--output", str(kept))
    with servers.new_schema() as schema:
        there = OnServer(fresh.folder, schema)
        moved = fresh.json("copy", str(fresh.ledger), there.address)
        assert moved["entries"] == 8
        assert "goes on at" in one_message(fresh.run("note", "1", "--words", "Late."), REFUSED)
        assert "has moved" in fresh.done("status").out
        assert "Verified" in there.done("verify", "--against", str(kept)).out
        there.as_login("recorder").done("note", "1", "--words", "There.")
        audit = tmp_path / "audit.db"
        there.done("copy", there.address, str(audit), "--without-vault")
        back = fresh.folder / "back.db"
        assert there.json("copy", there.address, str(back))["entries"] == 10
        said = one_message(there.run("note", "1", "--words", "Late."), REFUSED)
        assert str(back) in said
    at_home = {"FOOTPRINT_LEDGER": str(back)}
    fresh.done("note", "1", "--words", "Back.", env=at_home)
    assert "Verified" in fresh.done("verify", "--against", str(kept), env=at_home).out


# --- what is said of it -------------------------------------------------------------------------


def advice(place: OnServer) -> str:
    return "\n".join(place.json("status")["advice"])


def test_status_by_who_asks(
    owner: OnServer, recorder: OnServer, auditor: OnServer, signer: OnServer
) -> None:
    """Nobody but who signs misses the key; an address is shown without its password."""
    assert "key that signs" not in advice(recorder)
    assert "reads no words" in advice(auditor)
    assert "key that signs" not in advice(signer)
    lost = signer.json("status", env={"FOOTPRINT_HOME": str(owner.folder / "nothing")})
    assert "key that signs" in "\n".join(lost["advice"])
    secret = recorder.address.replace("@", ":hunter2@", 1)
    shown = recorder.done("status", "--ledger", secret).out
    assert "hunter2" not in shown
    assert recorder.login in shown


def test_status_counts_what_is_not_signed(recorder: OnServer) -> None:
    """Entries that no checkpoint covers yet, and since when."""
    before = recorder.json("status")
    recorder.done("note", "1", "--words", "Spoke to the carer.")
    after = recorder.json("status")
    assert after["not_signed"] == before["not_signed"] + 1
    assert after["signed"] == before["signed"]
    assert "no checkpoint covers yet" in advice(recorder)


def test_a_receipt_says_that_it_is_not_signed_yet(recorder: OnServer) -> None:
    """The next checkpoint will cover it."""
    said = recorder.done("note", "1", "--words", "Spoke to the school.").out
    assert "footprint receipt CH-1 entry" in said
    assert "It is signed with the next checkpoint." in said


MAY_NOT: tuple[tuple[str, list[str], int, str], ...] = (
    ("manager", ["note", "1", "--words", "x"], REFUSED, "may not record"),
    ("auditor", ["note", "1", "--words", "x", "--dry-run"], REFUSED, "may not record"),
    ("signer", ["note", "1", "--words", "x"], REFUSED, "may not record"),
    ("recorder", ["checkpoint"], REFUSED, "may not sign"),
    ("auditor", ["show", "1", "--with-words"], REFUSED, "may not read the words"),
    ("auditor", ["sar", "204117"], REFUSED, "may not read the words"),
    ("auditor", ["rebuild"], REFUSED, "keeps no views"),
    ("", ["log"], REFUSED, "may not read the ledger"),
    ("recorder", ["note", "1", "--words", "x", "--actor", "zz"], USAGE, "whoever records is the"),
    ("recorder", ["init", "--authority", "x"], REFUSED, "is at"),
)


@pytest.mark.parametrize(("role", "args", "code", "says"), MAY_NOT)
def test_who_may_not_is_told(
    owner: OnServer, role: str, args: list[str], code: int, says: str
) -> None:
    """In words, with who can change it."""
    place = owner.as_login(*filter(None, [role]))
    assert says in one_message(place.run(*args), code)


def told(place: Place, ledger: str, code: int, *args: str, **env: str | None) -> str:
    """What is said where a ledger cannot be had."""
    return one_message(place.run(*(args or ("log",)), "--ledger", ledger, env=env), code)


def test_what_is_wrong_with_an_address_is_told(owner: OnServer) -> None:
    """No server, no database, no such login, no ledger, no schema's name: each in its words."""
    base = owner.address
    assert "cannot be reached" in told(owner, "postgresql://a@127.0.0.1:1/postgres", REFUSED)
    nowhere = base.replace("/postgres?", "/nowhere?")
    assert 'database "nowhere" does not exist' in told(owner, nowhere, REFUSED)
    nobody = base.replace(servers.OWNER, "nobody_at_all")
    assert "does not let this login in" in told(owner, nobody, REFUSED)
    elsewhere = base.replace(owner.schema, "elsewhere")
    assert "no ledger at" in told(owner, elsewhere, NOT_FOUND)
    assert "cannot be a ledger's schema" in told(owner, base.replace(owner.schema, "X"), USAGE)
    assert "not at mysql" in told(owner, "mysql://a/b", USAGE)


def test_who_may_make_no_ledger_is_told(owner: OnServer) -> None:
    """What the login lacks; nothing is made."""
    place = owner.as_login("recorder")
    new = place.address.replace(owner.schema, f"{owner.schema}_new")
    said = told(place, new, REFUSED, "init", "--authority", "x")
    assert "may not make a ledger" in said


_WITHOUT = """
import sys
sys.modules["psycopg"] = None
from footprint_cli.main import run
run()
"""


def test_without_its_driver(owner: OnServer, fresh: Place) -> None:
    """A server's address is refused with what to install; files need none."""

    def run(place: Place) -> subprocess.CompletedProcess[Any]:
        asked = [sys.executable, "-c", _WITHOUT, "log"]
        return subprocess.run(asked, capture_output=True, text=True, env=place.env(), check=False)

    refused = run(owner)
    assert (refused.returncode, refused.stdout) == (USAGE, "")
    assert "driver for PostgreSQL is not installed" in refused.stderr
    assert run(fresh).returncode == DONE


def test_questions_are_asked_there_too(owner: OnServer) -> None:
    """By whoever may record; two children get a thread each, in one transaction."""
    somebody = owner.as_login("recorder")
    answers: list[Answer] = [
        ("case number: ", "204118, 204119\n"), ("Service [", "\n"), ("Team", "\n"),
        ("Theme", "sib\n"), ("Whom you ask [", "\n"), ("Words", "No contact.\n"),
        ("Record it?", "\n"),
    ]  # fmt: skip
    before = len(somebody.json("log"))
    code, said = on_terminal(somebody, "challenge", answers=answers)
    assert code == DONE, said
    assert said.count("It is signed with the next checkpoint.") == 2
    assert len(somebody.json("log")) == before + 2
    code, said = on_terminal(somebody)  # what there is to do
    assert code == DONE, said
    assert "Next: footprint challenge, " in said


def test_who_may_not_record_is_not_told_to(auditor: OnServer) -> None:
    """What they can type next is to look."""
    code, said = on_terminal(auditor)
    assert code == DONE, said
    assert "Next: footprint show CH-" in said
