"""What `status` looks at: each thing that can be wrong is said, with what to do about it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import DONE, INTERRUPTED, on_terminal
from erring import DAY, START, Bench, Mistake
from footprint_cli.status.checking import CHECKS
from footprint_cli.status.findings import Finding, Told, Wrong, findings, lines

NOTE = 'note 1 --words "Spoke to the carer."'
WITNESS = "witness"
"""What is wrong of every ledger that nobody was told of."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def begun(bench: Bench) -> Bench:
    """A ledger with one challenge, put back for each test."""
    bench.lay(Mistake("", DONE, ""))
    return bench


def after(bench: Bench, *commands: str) -> None:
    for command in commands:
        ran = bench.run(command)
        assert ran.code == DONE, ran


def looked(bench: Bench, line: str = "status", **more: str) -> dict[str, Any]:
    """What each check came to, by its name; of several that are wrong, the first."""
    ran = bench.run(f"{line} --json", **more)
    assert ran.code == DONE, ran
    found: dict[str, Any] = {}
    for one in ran.json["checks"]:
        found.setdefault(one["what"], one)
    said = [f"{one['said']} {one['next']}" for one in ran.json["checks"] if not one["ok"]]
    assert ran.json["advice"] == said
    return found


def wrong(found: dict[str, Any]) -> set[str]:
    return {what for what, one in found.items() if not one["ok"]} - {WITNESS}


def one_wrong(found: dict[str, Any], what: str) -> str:
    """The text of the only thing that is wrong."""
    assert wrong(found) == {what}, found
    assert found[what]["next"]
    return f"{found[what]['said']} {found[what]['next']}"


def altered(bench: Bench, *statements: str) -> None:
    """The ledger, written to by something else."""
    with closing(sqlite3.connect(bench.place.ledger, isolation_level=None)) as connection:
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        kept = connection.execute(triggers).fetchall()
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in kept:
            connection.execute(sql)


# --- where all is well --------------------------------------------------------------------------


def test_each_check_has_a_line(begun: Bench) -> None:
    """Every one is told, in order; but that nobody outside was told of it, all is well."""
    found = looked(begun)
    assert list(found) == list(CHECKS)
    assert wrong(found) == set()
    assert all(one["said"] and (one["next"] is None or not one["ok"]) for one in found.values())


def test_it_is_readable_at_eighty_columns(begun: Bench) -> None:
    """Plain lines: what there is, an empty one, and the checks, none longer than the screen."""
    said = begun.run("status").out
    head, checks = said.split("\n\n", 1)
    assert head.startswith("ledger             PLACE/ledger.db  (FOOTPRINT_LEDGER)\n")
    assert all(len(line) <= 80 for line in checks.splitlines())
    marks = {line[19:23].strip() for line in checks.splitlines() if line[:19].strip()}
    assert marks == {"ok", "!"}


@pytest.mark.parametrize("command", [
    "footprint checkpoint --new-key REASON", "footprint trust adopt FILE",
    "footprint policy adopt --calendar-to 2028", "footprint checkpoint --request > request.txt",
])  # fmt: skip
def test_a_command_is_not_cut(command: str) -> None:
    """What is to be typed stands on one line, however long what is before it."""
    for more in range(60):
        text = f"{'x' * more} If it is gone: {command}, with a note."
        assert any(command in one for one in lines(Finding("signer", ok=False, said=text)))


def test_all_that_is_wrong_is_told_and_else_that_it_is_well() -> None:
    """A line for each; not also that all is well."""
    two = Told("well", [Wrong("one", "do"), Wrong("two", "do")])
    assert [(one.ok, one.said) for one in findings("x", two)] == [(False, "one"), (False, "two")]
    assert findings("x", Told("well")) == [Finding("x", ok=True, said="well")]


# --- the ledger and its signer ------------------------------------------------------------------


CHANGE = (
    "UPDATE event SET state = CAST(replace(CAST(state AS TEXT), 'PLC', 'SIB') AS BLOB)"
    " WHERE position = 7"
)


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([CHANGE], "Entry 7 was changed."),
        (["CREATE TABLE notes (text TEXT)"], "tables were changed"),
        (["UPDATE head SET note = replace(note, '— ', '— x')"], "not signed with the key"),
        (["UPDATE head SET size = 6"], "7 entries are there, and the signed head is of 6"),
    ],
)
def test_what_was_changed_in_the_ledger_is_said(
    begun: Bench, statements: Sequence[str], said: str
) -> None:
    """As far as it can be told without reading all of it."""
    altered(begun, *statements)
    text = one_wrong(looked(begun), "ledger")
    assert said in text
    assert "footprint verify" in text


def test_a_key_that_is_another_one_is_said(begun: Bench) -> None:
    """The seed of another signer in this one's folder."""
    (seed,) = begun.place.home.glob("signers/*/seed")
    seed.write_text("07" * 32 + "\n", "ascii")
    assert "does not belong" in one_wrong(looked(begun), "signer")


def test_a_lost_state_is_said(begun: Bench) -> None:
    """With the command that goes on without it."""
    (state,) = begun.place.home.glob("signers/*/state")
    state.unlink()
    assert "--resume-from NOTE" in one_wrong(looked(begun), "signer")


def test_a_ledger_that_moved_is_only_that(begun: Bench) -> None:
    """Nothing else is worth doing there."""
    after(begun, "copy PLACE/ledger.db PLACE/new.db")
    found = looked(begun)
    assert list(found) == ["ledger"]
    assert "goes on at PLACE/new.db" in one_wrong(found, "ledger")
    assert wrong(looked(begun, "status --ledger PLACE/new.db")) == set()


def test_an_audit_copy_is_looked_at_as_one(begun: Bench) -> None:
    """It has no signer, no words and nobody to ask."""
    after(begun, "export --audit-copy PLACE/copy.db")
    found = begun.run("status --json --ledger PLACE/copy.db").json
    assert {one["what"] for one in found["checks"]} == {
        "ledger", "views", "disk", "permissions", "clock"
    }  # fmt: skip
    assert all(one["ok"] for one in found["checks"])


# --- which ledger -------------------------------------------------------------------------------


def test_another_ledger_of_this_login_is_named_where_none_was(begun: Bench) -> None:
    """Whoever forgot FOOTPRINT_LEDGER is in the ledger by default, or in none."""
    nowhere = looked(begun, FOOTPRINT_LEDGER="")
    assert "no ledger at PLACE/signer/footprint.db" in nowhere["ledger"]["said"]
    assert "This login last recorded in PLACE/ledger.db." in begun.run(
        "status", FOOTPRINT_LEDGER=""
    ).out.replace("\n" + " " * 23, " ")
    after(begun, START["fresh"][0] + " --ledger PLACE/signer/footprint.db")
    text = one_wrong(looked(begun, FOOTPRINT_LEDGER=""), "which ledger")
    assert "in another ledger too: PLACE/ledger.db" in text
    assert wrong(looked(begun)) == set()  # where it was named, it is meant


# --- days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "said"),
    [("2025-11-30", "recorded at 2025-12-01 12:00"), ("2027-01-05", "Tuesday 5 January 2027")],
)
def test_a_clock_that_is_wrong_is_said(begun: Bench, day: str, said: str) -> None:
    """It is before the last entry, or more than a year after it."""
    found = looked(begun, day=day)
    assert not found["clock"]["ok"]
    assert said in found["clock"]["said"]
    assert "set the clock" in found["clock"]["next"].lower()


def test_a_checkpoint_that_is_old_is_said(begun: Bench) -> None:
    """After a month with entries behind it; never for want of entries."""
    assert "No checkpoint was issued" in one_wrong(looked(begun, day="2026-01-15"), "checkpoint")
    after(begun, "checkpoint --output PLACE/kept.txt")
    assert wrong(looked(begun, day="2026-01-15")) == set()
    after(begun, NOTE)
    text = one_wrong(looked(begun, day="2026-01-15"), "checkpoint")
    assert "of 7 entries, and the first entry behind it is 45 days old" in text


# --- words --------------------------------------------------------------------------------------


def test_the_vault_is_said(begun: Bench) -> None:
    """In the clear, locked, and without its key."""
    assert "in the clear" in looked(begun)["vault"]["said"]
    after(begun, "vault lock")
    assert "recovery code" in looked(begun)["vault"]["said"]
    (key,) = begun.place.home.glob("vaults/*/*.key")
    key.unlink()
    assert "footprint vault recover" in one_wrong(looked(begun), "vault")


def test_a_redaction_that_waits_or_is_unfinished_is_said(begun: Bench) -> None:
    """Asked for, and not yet erased."""
    after(begun, 'redact 1 --basis third-party --why "A name."')
    assert "wait to be approved: CH-1" in one_wrong(looked(begun), "redactions")
    after(begun, "redact 1 --approve --no-input --actor pd")
    assert wrong(looked(begun)) == set()


def test_words_that_were_not_recorded_are_said(begun: Bench) -> None:
    """From the day after, with the command that offers them and where they lie."""
    assert "no words wait" in looked(begun)["drafts"]["said"]
    code, _ = on_terminal(
        begun.place, "note", "1", answers=[("Words: ", "Spoke to Ann.\n"), ("Record it?", None)]
    )
    assert code == INTERRUPTED
    [draft] = begun.place.home.glob("drafts/*/*/*")
    noon = datetime.fromisoformat(f"{DAY}T12:00")
    os.utime(draft, times=(noon.timestamp(),) * 2)
    found = looked(begun)
    assert "of today" in found["drafts"]["said"]
    assert wrong(found) == set()
    os.utime(draft, times=((noon - timedelta(days=1)).timestamp(),) * 2)
    told = one_wrong(looked(begun), "drafts")
    assert "footprint note asked for on Sunday 30 November 2025" in told
    assert told.endswith("words.txt")  # to be copied, without a full stop


# --- where it is --------------------------------------------------------------------------------


def views(bench: Bench) -> Path:
    return bench.place.ledger.with_name("ledger.db.views")


def replaced(column: str, value: object) -> Callable[[Bench], None]:
    def change(bench: Bench) -> None:
        with closing(sqlite3.connect(views(bench), isolation_level=None)) as connection:
            connection.execute(f"UPDATE place SET {column} = ?", (value,))

    return change


def damaged(bench: Bench) -> None:
    for file in views(bench).parent.glob("ledger.db.views*"):
        file.unlink()
    views(bench).write_bytes(b"Dear all,\n")


def test_where_the_views_stand_is_said(begun: Bench) -> None:
    """Not made, at the last entry, behind it, or of another version: all of that is well."""
    assert "not made yet" in looked(begun)["views"]["said"]
    after(begun, "log")
    assert "at the last entry" in looked(begun)["views"]["said"]
    after(begun, NOTE)
    assert "1 behind" in looked(begun)["views"]["said"]
    replaced("folded_by", 1)(begun)
    assert "another version" in looked(begun)["views"]["said"]
    assert wrong(looked(begun)) == set()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replaced("origin", "someone/else"), "of another ledger"),
        (replaced("position", 99), "of 99 entries, and 7 are there"),
        (damaged, "cannot be read"),
    ],
)
def test_views_that_are_not_ours_are_said(
    begun: Bench, change: Callable[[Bench], None], said: str
) -> None:
    """And that nothing is lost by it."""
    after(begun, "log")
    change(begun)
    text = one_wrong(looked(begun), "views")
    assert said in text
    assert "footprint rebuild" in text


def test_a_disk_that_is_nearly_full_is_said(begun: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """There has to be room to write the ledger anew."""
    usage = shutil.disk_usage(begun.folder)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert "5 MB are free" in one_wrong(looked(begun), "disk")


@pytest.mark.skipif(os.name != "posix", reason="mode bits say nothing there")
@pytest.mark.parametrize("what", ["ledger.db", "signer/signers/*/seed"])
def test_files_that_others_may_open_are_said(begun: Bench, what: str) -> None:
    """With the command that closes each; what SQLite keeps beside it is as open as the ledger."""
    (path,) = begun.place.folder.glob(what)
    path.chmod(0o644)
    text = one_wrong(looked(begun), "permissions")
    assert text.partition("chmod go= ")[2].endswith(path.name)
    for file in path.parent.glob(f"{path.name}*"):
        file.chmod(stat.S_IMODE(file.stat().st_mode) & ~0o077)
    assert wrong(looked(begun)) == set()


def test_the_day_of_these_tests() -> None:
    """The ledger is of one day, which the others count from."""
    assert DAY == "2025-12-01"
