"""The tree shows the architecture: who may import whom, and how long a file may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "footprint.errors": set(),
    "footprint.durable": {"footprint.errors"},
    "footprint.england": set(),
    "footprint.progress": set(),
    "footprint.apart": set(),
    "footprint.domain": {"footprint.errors"},
    "footprint.proof": set(),
    "footprint.vault": {"footprint.errors", "footprint.durable"},
    "footprint.engine": {"footprint.errors"},
    "footprint.ledger": {
        "footprint.errors", "footprint.durable", "footprint.progress", "footprint.domain",
        "footprint.proof", "footprint.vault", "footprint.engine",
    },
    "footprint.projections": {
        "footprint.errors", "footprint.apart", "footprint.domain", "footprint.ledger",
        "footprint.engine",
    },
    "footprint.reports": {"footprint.errors", "footprint.domain", "footprint.projections"},
    "footprint.audit": {
        "footprint.errors", "footprint.progress", "footprint.apart", "footprint.domain",
        "footprint.proof", "footprint.vault",
        "footprint.engine", "footprint.ledger.store.codec", "footprint.ledger.receipt",
        "footprint.ledger.store.sealing", "footprint.ledger.signing.home",
    },
    "footprint.witness": {"footprint.errors", "footprint.durable", "footprint.proof"},
    "footprint.evidence": {
        "footprint.errors", "footprint.domain", "footprint.proof", "footprint.ledger",
        "footprint.audit", "footprint.witness",
    },
    "footprint.sheets": {
        "footprint.errors", "footprint.durable", "footprint.progress", "footprint.apart",
    },
    "footprint.intake": {
        "footprint.errors", "footprint.progress", "footprint.apart", "footprint.domain",
        "footprint.ledger", "footprint.sheets",
    },
    "footprint.demo": {"footprint.domain", "footprint.ledger"},
}  # fmt: skip
_SHARED = {"settings", "session", "faults"}
OF_THE_COMMAND_LINE = {
    "screen": set[str](),
    "thread": {"screen"},
    "forms": {"screen"},
    "entering": {"screen", "thread", *_SHARED},
    "asking": {"screen", "thread", "entering", *_SHARED},
    "status": {"screen", "asking", *_SHARED},
    "doing": {"screen", "thread", "forms", "entering", "status", *_SHARED},
    "completion": {"entering", "commands", "main", *_SHARED},
    "commands": {
        "screen",
        "thread",
        "forms",
        "entering",
        "asking",
        "status",
        "doing",
        "completion",
        "options",
        *_SHARED,
    },
}
"""The rooms of the command line. What a shell offers is read off the grammar, which names in turn
what looks it up: `commands` and `completion` know each other."""
OF_THE_LEDGER = {
    "store": set[str](),
    "signing": set[str](),
    "": {"store"},
    "words": {"store", ""},
    "elsewhere": {"store", "signing", ""},
    "checkpoints": {"store", "signing", ""},
}
"""The rooms of the ledger; the application that they are for, or stand upon, has no name."""
SOURCES = sorted([*(ROOT / "footprint").rglob("*.py"), *(ROOT / "cli").rglob("*.py")])
MOST_LINES = 400


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module: str) -> str:
    return max((room for room in MAY_IMPORT if _within(module, room)), key=len, default="")


def _within(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    """A room imports itself and what the table allows; nobody imports the command line."""
    if "cli" in path.relative_to(ROOT).parts:
        return
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    own = room_of(module)
    wrong = [
        name
        for name in imports(path)
        if name.split(".")[0] in {"footprint", "footprint_cli"}
        and not _within(name, own)
        and not any(_within(name, allowed) for allowed in MAY_IMPORT[own])
        and name != "footprint"
    ]
    assert not wrong


@pytest.mark.parametrize("room", OF_THE_COMMAND_LINE)
def test_the_command_line_has_rooms_too(room: str) -> None:
    """Each imports itself and what the table allows."""
    for path in sorted((ROOT / "cli" / "footprint_cli" / room).glob("*.py")):
        others = {_place_in("footprint_cli", name) for name in imports(path)} - {"", room}
        assert others <= OF_THE_COMMAND_LINE[room], path


@pytest.mark.parametrize("room", OF_THE_LEDGER)
def test_the_ledger_has_rooms_too(room: str) -> None:
    """Each imports itself and what the table allows."""
    for path in sorted((ROOT / "footprint" / "ledger" / room).glob("*.py")):
        inside = [name for name in imports(path) if _within(name, "footprint.ledger")]
        places = {_place_in("footprint.ledger", name) for name in inside}
        others = {place if place in OF_THE_LEDGER else "" for place in places} - {room}
        assert others <= OF_THE_LEDGER[room], path


def _place_in(package: str, name: str) -> str:
    return name.removeprefix(f"{package}.").partition(".")[0] if _within(name, package) else ""


@pytest.mark.parametrize(
    ("folder", "table"),
    [("cli/footprint_cli", OF_THE_COMMAND_LINE), ("footprint/ledger", OF_THE_LEDGER)],
)
def test_every_room_is_known(folder: str, table: dict[str, set[str]]) -> None:
    """None is without its arrows."""
    assert {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")} == {*table} - {""}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_long(path: Path) -> None:
    """A file that grows past this has a seam."""
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


def test_the_library_is_imported_in_few_places() -> None:
    """`eventsourcing` changes its shape in its next major version: the move should be small."""
    users = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(_within(name, "eventsourcing") for name in imports(path))
    }
    assert users == {
        "footprint/ledger/ledger.py", "footprint/ledger/factory.py", "footprint/ledger/mapper.py",
        "footprint/ledger/store/recorder.py", "footprint/ledger/store/recorder_sqlite.py",
        "footprint/ledger/store/recorder_postgres.py",
        "cli/footprint_cli/faults.py",
    }  # fmt: skip
