"""Columns that say who a child is: left out, and said to be; what is kept all the same is named."""

from __future__ import annotations

import pytest
from cli_helpers import Place
from import_helpers import in_files, nothing_was_recorded, poole_rows, put

pytestmark = pytest.mark.slow  # a process for each command

CHILD, BORN, AUNT = "Robin Example", "03/04/2012", "Jane Smith"
LEFT_OUT = "! Left out, and kept nowhere but in the file: Name of child; Date of birth. To keep"


@pytest.fixture
def path(fresh: Place) -> str:
    """The first rows of the Poole year, with columns beside those that are used."""
    headings, *rows = poole_rows()[:3]
    more = ["Name of child", "Date of birth", "Mother"]
    return put(fresh, "x.csv", [headings + more, *([*row, CHILD, BORN, AUNT] for row in rows)])


def test_a_name_is_left_out_and_that_is_said(fresh: Place, path: str) -> None:
    """In the look, in the outcome, for a program; and it is in no file of the ledger's."""
    ran = fresh.done("import", path, "--dry-run")
    for heading in ("Name of child", "Date of birth"):
        assert f"  {heading:<30} left out: its cells are not kept" in ran.out
    assert ran.err.startswith(LEFT_OUT)
    record = fresh.json("import", path)
    headings = [one["heading"] for one in record["columns_left_out"]]
    assert (
        headings == record["mapping"]["columns"]["left-out"] == ["Name of child", "Date of birth"]
    )
    nothing_was_recorded(fresh)
    ran = fresh.done("import", path, "--yes")
    assert ran.err.startswith(LEFT_OUT)
    assert [in_files(fresh, who) for who in (CHILD, BORN, AUNT)] == [False, False, True]
    assert "left out of it: Name of child, Date of birth" in fresh.done("show", "1").out
    exported = fresh.folder / "entries.json"
    fresh.done("export", "--entries", str(exported), "--with-words")
    assert CHILD not in exported.read_text("utf-8")
    fresh.done("verify")


def test_a_mapping_keeps_it_or_leaves_more_out(fresh: Place, path: str) -> None:
    """`unused` is kept, and then it is said what it seems to hold; `left-out` is not."""
    mapping = fresh.folder / "m.toml"
    mapping.write_text('[columns]\nunused = "Name of child"\nleft-out = "Mother"\n', "utf-8")
    notes = fresh.json("import", path, "--mapping", str(mapping))["notes"]
    (seems,) = (note for note in notes if "seems to hold" in note)
    assert seems.startswith(
        "Name of child: not used, kept, and seems to hold a full name in 2 rows"
    )
    assert CHILD not in str(notes)
    fresh.done("import", path, "--mapping", str(mapping), "--yes")
    assert [in_files(fresh, who) for who in (CHILD, BORN, AUNT)] == [True, False, False]
    assert fresh.json("import", path)["threads"]["same"] == 2


def test_rows_without_an_iro_are_counted(fresh: Place) -> None:
    """No IRO is made up, and it is said how to say one."""
    headings, *rows = poole_rows()[:4]
    for row in rows[:2]:
        row[headings.index("IRO")] = ""
    path = put(fresh, "x.csv", [headings, *rows])
    for more in ("--dry-run", "--yes"):
        said = fresh.done("import", path, more).out
        assert "2 new threads have no IRO: --iro finds none of them." in said
        assert "[always], iro." in said
    assert [one["iro"] for one in fresh.json("log")].count(None) == 2
