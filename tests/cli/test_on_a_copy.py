"""Every command on an audit copy: it reads, it refuses words, or it refuses to record."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from cli_helpers import CANNOT_TELL, DONE, NOT_FOUND, REFUSED, Place, one_message
from footprint_cli.main import COMMANDS, app
from import_helpers import POOLE


class Ends(NamedTuple):
    """How a command ends on a copy, and what it says of it."""

    code: int
    said: str = ""


READS = Ends(DONE)
RECORDS = Ends(REFUSED, "is an audit copy: nothing is recorded in it.")
SPEAKS = Ends(REFUSED, "is an audit copy: it has no words to give.")

ON_A_COPY: dict[str, dict[str, Ends]] = {
    "challenge": {
        "--child 204117 --service CSC --theme PLC --role team-manager --words x": RECORDS
    },
    "alert": {"4 --role team-manager": RECORDS},
    "respond": {"4 --response agreed --role team-manager": RECORDS},
    "escalate": {"4 --reason serious --role principal-manager": RECORDS},
    "cafcass": {"4 --step considered": RECORDS},
    "close": {"4 --closure withdrawn": RECORDS},
    "reopen": {"4 --words x": RECORDS},
    "attach": {
        "4 {file}": RECORDS,
        "--check {file}": Ends(REFUSED, "is an audit copy: it has no words to compare with."),
    },
    "impact": {"4 --impact plan --words x": RECORDS},
    "note": {"4 --words x": RECORDS},
    "tell": {"4 --party child": RECORDS},
    "filed": {"4": RECORDS},
    "handover": {"4 --iro jd": RECORDS},
    "correct": {"4 --entry 20 --set on=3/4/2016 --reason x": RECORDS},
    "redact": {
        "": READS,
        "4 --basis retention --why x": RECORDS,
        "4 --approve": RECORDS,
        "--finish": RECORDS,
    },
    "due": {"": READS, "--with-words": SPEAKS, "--ics": READS, "--ics --output {new}": READS},
    "show": {"4": READS, "4 --with-words": SPEAKS},
    "replay": {
        "4": READS,
        "": READS,
        "4 --html --output {new}": READS,
        "4 --with-words": SPEAKS,
        "--with-words --json": SPEAKS,
        "4 --html --with-words": SPEAKS,
    },
    "casenote": {"4": READS, "4 --with-words --json": SPEAKS},
    "log": {"": READS, "--with-words --csv": SPEAKS},
    "times": {"": READS},
    "counts": {"--as-at 2099-01-01": READS},
    "report": {
        "annual 2016-17 --full": READS,
        "annual 2016-17 --full --issue": RECORDS,
        "quarter 2016-17 Q4": READS,
        "quarter 2016-17 Q4 --with-words": SPEAKS,
    },
    "sar": {
        "193307": Ends(REFUSED, "is an audit copy: it has no words and no case numbers."),
    },
    "verify": {"--views": Ends(CANNOT_TELL)},
    "checkpoint": {"": RECORDS, "--new-key x": RECORDS},
    "import": {"{sheet}": RECORDS, "{sheet} --yes": RECORDS},
    "export": {
        "--audit-copy {new}": READS,
        "--entries {new}": READS,
        "--csv {new}": READS,
        "--xlsx {new}": READS,
        "--entries {new} --with-words": SPEAKS,
        "--csv {new} --with-words": SPEAKS,
        "--xlsx {new} --with-words": SPEAKS,
    },
    "copy": {"{copy} {new}": RECORDS, "{copy} {new} --without-vault": READS},
    "evidence": {"4 --output {new}": READS, "4 --output {new} --with-words": SPEAKS},
    "verify-bundle": {"{file}": Ends(CANNOT_TELL)},  # of no ledger
    "witness": {"status": Ends(NOT_FOUND, "no witness")},  # the same
    "trust": {"show": READS},  # the same
    "completion": {"show --shell bash": READS},  # the same
    "vault": {
        "lock": RECORDS,
        "rekey": RECORDS,
        "unlock": RECORDS,
        "recover --code-file {file}": Ends(REFUSED, "Nothing in this ledger is locked"),
    },
    "status": {"": READS},
    "rebuild": {"": READS},
    "policy": {"show": READS, "adopt --closure-day 2026-12-24": RECORDS},
    "init": {
        "--authority X": Ends(REFUSED, "Something is at"),
        "--from {file}": Ends(REFUSED, "Something is at"),
    },
    "demo": {"--ledger {copy}": Ends(REFUSED, "Something is at")},
}
"""Each command as it is typed where the ledger is an audit copy, and how it ends."""

RUNS = [(f"{name} {rest}".strip(), ends) for name, runs in ON_A_COPY.items()
        for rest, ends in runs.items()]  # fmt: skip


@pytest.fixture(scope="module")
def copy(year: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An audit copy, and nothing else of the ledger's."""
    folder = tmp_path_factory.mktemp("audit") / "place"
    (folder / "person").mkdir(parents=True)
    year.done("export", "--audit-copy", str(folder / "ledger.db"))
    (folder / "file").write_text("A document.")
    return Place(folder)


def with_dry_run(line: str, ends: Ends) -> list[str]:
    """A line as it is; one that records, and can be tried, also so."""
    name = line.split(maxsplit=1)[0]
    tried = ends == RECORDS and name in ("note", "redact", "policy")  # each has a way of its own
    return [line, f"{line} --dry-run"] if tried else [line]


def remove(made: Path) -> None:
    """What a command has made, whether it is a file or a folder."""
    if made.is_dir():
        shutil.rmtree(made)
    made.unlink(missing_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize(("line", "ends"), RUNS, ids=str)
def test_a_command_on_a_copy(copy: Place, line: str, ends: Ends) -> None:
    """It ends as the table says, says so once, and the copy is as it was."""
    before = copy.ledger.read_bytes()
    new = copy.folder / "new"
    places = {"file": copy.folder / "file", "new": new, "copy": copy.ledger, "sheet": POOLE}
    for one in with_dry_run(line, ends):
        args = [a.format(**places) for a in shlex.split(one)]
        ran = copy.run(*args)
        if ends.code == REFUSED or ends.said:
            assert ends.said in one_message(ran, ends.code)
        else:
            assert ran.code == ends.code, ran
        assert not new.exists() or ends.code == DONE
        remove(new)
    assert copy.ledger.read_bytes() == before


def test_every_command_is_in_the_table() -> None:
    """A command that is added says here what it does on a copy."""
    assert set(ON_A_COPY) == set(COMMANDS)


def _with_option(flag: str) -> set[str]:
    """The commands that take an option, those within a group as well."""
    grammar: Any = typer.main.get_command(app)
    return {name for name in COMMANDS if _takes(grammar.commands[name], flag)}


def _takes(command: Any, flag: str) -> bool:
    within = getattr(command, "commands", {}).values()
    return any(flag in p.opts for p in command.params) or any(_takes(c, flag) for c in within)


def test_every_way_to_ask_for_words_is_in_the_table() -> None:
    """Wherever --with-words is an option, of a ledger, a copy refuses it."""
    refusing = {name for name, runs in ON_A_COPY.items() if SPEAKS in runs.values()}
    assert _with_option("--with-words") - {"verify-bundle"} == refusing


def test_what_can_be_tried_is_what_records() -> None:
    """Whatever takes --dry-run, of a ledger, is refused on a copy, and so is trying it."""
    recording = {name for name, runs in ON_A_COPY.items() if RECORDS in runs.values()}
    assert (
        _with_option("--dry-run") - {"completion"} | {"checkpoint", "copy", "report", "vault"}
        == recording
    )
