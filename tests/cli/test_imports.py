"""What a command does not import: start-up is felt by whoever records one line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest
from cli_helpers import Place, concern

HEAVY = ("sqlalchemy", "rich", "pydantic", "holidays", "platformdirs", "psycopg")
LISTS = "footprint.domain.name_words"
"""What only words are held against."""

_WATCHED = """
import sys
from footprint_cli import run
try:
    run()
except SystemExit as end:
    code = end.code or 0
else:
    code = 0
names = {name.partition(".")[0] for name in sys.modules} | set(sys.modules)
print("\\nimported", code, *sorted(names & set(%r)))
"""

WRITING = {
    "challenge": ["challenge", *concern()],
    "alert": ["alert", *concern()],
    "alert REF": ["alert", "1", "--role", "team-manager"],
    "respond": ["respond", "1", "--response", "holding", "--role", "team-manager"],
    "close": ["close", "1", "--closure", "withdrawn"],
    "note": ["note", "1", "--words", "Spoke to the carer."],
    "cafcass": ["cafcass", "1", "--step", "considered"],
    "impact": ["impact", "1", "--impact", "plan", "--words", "A plan."],
    "tell": ["tell", "1", "--party", "child"],
    "filed": ["filed", "1"],
    "handover": ["handover", "1", "--iro", "jd"],
    "correct": ["correct", "1", "--entry", "7", "--set", "on=4/11/2025", "--reason", "Misread."],
    "note --json": ["note", "1", "--words", "Spoke to the carer.", "--json"],
    "note --dry-run": ["note", "1", "--words", "Spoke to the carer.", "--dry-run"],
}


def imported(
    place: Place, *args: str, more: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> set[str]:
    """The heavy libraries that a successful run had imported at its end."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED % ((*HEAVY, *more),), *args],
        capture_output=True, text=True, env=place.env(**(env or {})), check=True,
    )  # fmt: skip
    said, code, *names = done.stdout.strip().splitlines()[-1].split()
    assert (said, code) == ("imported", "0"), done
    return set(names)


@pytest.mark.parametrize("command", WRITING)
def test_a_writing_command_imports_nothing_that_only_reports_need(
    begun: Place, command: str
) -> None:
    """Recording imports no database toolkit, table printer, holidays or folder finder."""
    assert imported(begun, *WRITING[command]) == set()


def test_escalating_imports_nothing_that_only_reports_need(begun: Place) -> None:
    """Escalating an alert is as light as recording a note."""
    begun.done("alert", "1", "--role", "team-manager")
    asked = ["escalate", "1", "--reason", "serious", "--role", "principal-manager"]
    assert imported(begun, *asked) == set()


def test_only_words_are_held_against_lists(begun: Place) -> None:
    """Without words, no pattern and no list of names is read."""
    for args in (["filed", "1"], ["cafcass", "1", "--step", "considered"]):
        assert imported(begun, *args, more=[LISTS]) == set()
    assert imported(begun, *WRITING["note"], more=[LISTS]) == {LISTS}


ONE_THREAD = ["show 1", "replay 1", "casenote 1", "sar 204117 --json"]
NO_THREAD = ["--help", "note --help", "checkpoint", "status", "policy show"]


OF_WRITING = (
    "cryptography", "footprint.domain.moves", "footprint.ledger.signing.signer",
    "footprint.proof.key", "footprint.ledger.elsewhere.copying",
)  # fmt: skip
OF_FEW = (
    "secrets", "footprint.ledger.elsewhere.copying", "footprint.ledger.store.proofs",
    "footprint.domain.moves.correcting", "footprint.domain.moves.redacting",
)  # fmt: skip


@pytest.mark.parametrize("line", ["show 1", "replay 1", "casenote 1", "show 1 --json"])
def test_who_reads_one_thread_imports_nothing_that_writes(begun: Place, line: str) -> None:
    """No deciding, no signing, and nothing that signs."""
    assert imported(begun, *line.split(), more=OF_WRITING) == set()


def test_what_few_commands_need_is_not_imported_to_record(begun: Place) -> None:
    """No copy, no correction and no proof for a note."""
    assert imported(begun, *WRITING["note"], more=OF_FEW) == set()


@pytest.mark.parametrize("args", [line.split() for line in (*ONE_THREAD, *NO_THREAD)], ids=str)
def test_what_needs_no_view_imports_no_database_toolkit(begun: Place, args: list[str]) -> None:
    """One thread, the help, a checkpoint and the status are read without SQLAlchemy."""
    assert "sqlalchemy" not in imported(begun, *args)


def test_the_policy_is_shown_without_the_package_of_holidays(begun: Place) -> None:
    """What was adopted is in the ledger: no version of a package changes what is printed."""
    assert imported(begun, "policy", "show", "calendar", "--toml") == set()


@pytest.mark.parametrize(
    "line", ["show 1", "challenge --follows 1", "challenge --theme PL", "close 1 --closure r"]
)
def test_what_is_usually_completed_costs_no_grammar(begun: Place, line: str) -> None:
    """A reference and a code are found without what commands need to run."""
    env = {"_FOOTPRINT_COMPLETE": "complete_fish", "COMP_WORDS": f"footprint {line}"}
    heavy = ["typer", "eventsourcing", "cryptography", "orjson", "inspect"]
    assert imported(begun, more=heavy, env=env) == set()


_COLLECTING = """
import gc
from footprint_cli import run
def collected(): return sum(generation["collections"] for generation in gc.get_stats())
before = collected()
try:
    run()
except SystemExit as end:
    told = end.code or 0, collected() - before, gc.isenabled(), gc.get_freeze_count()
    print("\\nat the end", *told)
"""


@pytest.mark.parametrize(("command", "collecting"), [("--version", "False"), ("show", "True")])
def test_nothing_is_collected_before_a_command_makes_something(
    begun: Place, command: str, collecting: str
) -> None:
    """A start makes nothing that could be freed; what the command makes can be again."""
    done = subprocess.run(
        [sys.executable, "-c", _COLLECTING, command, *["1"] * (command == "show")],
        capture_output=True, text=True, env=begun.env(), check=True,
    )  # fmt: skip
    code, collections, enabled, frozen = done.stdout.split()[-4:]
    assert (code, enabled) == ("0", collecting), done
    assert int(collections) <= 3  # it was 38 of the version, and 64 of a thread
    assert int(frozen) > 10_000
