"""Last year's sheet brought in: what is recorded, that it is recorded once, and what stands where.

Nothing is recorded by looking; what is recorded is whole, proved, and nowhere in the clear.
"""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from typing import Any

import pytest
from cli_helpers import DONE, REFUSED, Place
from import_helpers import (
    ENTRIES,
    POOLE,
    THREADS,
    all_of,
    changed,
    clear,
    in_files,
    nothing_was_recorded,
    poole_rows,
    put,
    views,
)
from verifier_helpers import FILE as SECOND

pytestmark = pytest.mark.slow  # a process for each command

CHILD = "193307"
WORDS = "Viability assessment of the paternal aunt lacks any view from the child."
ANSWER = "Addendum commissioned."


def brings(place: Place, *args: str) -> tuple[dict[str, int], int]:
    """The threads that a file comes to, without those that there are none of; and its entries."""
    said = place.json("import", *args)
    return {name: count for name, count in said["threads"].items() if count}, said["entries"]


# --- what is recorded -------------------------------------------------------------------------


def test_poole_goes_in_without_a_mapping(brought: Place, poole_views: list[Any]) -> None:
    """26 threads of 99 entries, and every figure is the demonstration's."""
    assert brought.entries() == 6 + ENTRIES
    assert views(brought) == poole_views


def test_what_was_brought_in_is_proved(brought: Place) -> None:
    """By the program with its views, and by the second verifier, which shares nothing with it."""
    brought.done("verify", "--views")
    done = subprocess.run(
        [sys.executable, str(SECOND), str(brought.ledger), "--json"],
        capture_output=True,
        check=False,
    )
    said = json.loads(done.stdout)
    assert (said["entries"], said.get("findings", [])) == (6 + ENTRIES, [])
    assert done.returncode in (DONE, 5)  # it is given no keys to trust


def test_the_receipt_is_of_the_last_entry(fresh: Place) -> None:
    """One receipt for all of it, which proves that the last entry, and all before it, is there."""
    said = fresh.json("import", str(POOLE), "--yes")
    assert (said["recorded"], said["refused"], said["rejects"]) == (True, [], None)
    assert f"entry {6 + ENTRIES} of {6 + ENTRIES}" in said["receipt"]
    fresh.done("verify", "--receipt", said["receipt"])


def test_a_thread_says_where_it_comes_from(brought: Place) -> None:
    """`show` names the row and the sheet's own number; the case note for the file does not."""
    said = brought.done("show", "7").out
    assert f"    {WORDS}\n    brought in from row 8 of a file, where it is A07\n" in said
    assert "recalled from memory" in said
    assert "Day not known: impact" in said
    note = brought.done("casenote", "7").out
    assert WORDS in note
    assert "row 8" not in note
    shown = brought.json("show", "7", "--with-words")
    assert sha256(POOLE.read_bytes()).hexdigest() in json.dumps(shown)


# --- once -------------------------------------------------------------------------------------


def renamed(rows: list[list[str]]) -> list[list[str]]:
    """Other names for the columns, in another order."""
    names = {"Date raised": "Raised on", "Child ID": "Case number", "Outcome": "How closed"}
    return [[names.get(cell, cell) for cell in reversed(row)] for row in rows]


AGAIN: dict[str, Any] = {
    "renamed.csv": (lambda: renamed(poole_rows()), "csv"),
    "sorted.xlsx": (lambda: [poole_rows()[0], *sorted(poole_rows()[1:], reverse=True)], "xlsx"),
}


@pytest.mark.parametrize("name", AGAIN)
def test_what_is_here_is_recorded_once(brought: Place, name: str) -> None:
    """However the file is called, sorted, laid out or saved; that is no error."""
    rows, kind = AGAIN[name]
    before = all_of(brought)
    path = put(brought, name, rows(), kind)
    assert brings(brought, path, "--yes") == ({"same": THREADS}, 0)
    assert all_of(brought) == before


def test_a_row_that_stands_twice_in_a_file_is_taken_once(fresh: Place) -> None:
    """And is named."""
    rows = changed({}, rows=3)
    path = put(fresh, "twice.csv", [*rows, rows[2]])
    said = fresh.json("import", path, "--yes")
    assert (said["threads"]["new"], said["threads"]["twice"]) == (3, 1)
    assert [(one["row"], "ow 3 says the same" in one["why"]) for one in said["left_out"]] == [
        (5, True)
    ]


def test_a_row_that_has_grown_goes_on(fresh: Place) -> None:
    """What was open when it was brought in is answered now: the same thread, with more entries."""
    open_yet = dict.fromkeys(
        [(2, "Date of response"), (2, "Responded by"), (2, "Response"), (2, "Response summary"),
         (2, "Outcome"), (2, "Date closed"), (2, "What changed for the child")], "",
    )  # fmt: skip
    assert brings(fresh, put(fresh, "then.csv", changed(open_yet, 2)), "--yes")[0] == {"new": 2}
    now = put(fresh, "now.csv", changed({}, 2))
    assert brings(fresh, now, "--yes") == ({"more": 1, "same": 1}, 3)
    assert brings(fresh, now, "--yes") == ({"same": 2}, 0)
    assert len(fresh.json("log")) == 2


def test_a_row_that_has_changed_is_a_correction_or_is_refused(brought: Place) -> None:
    """Without a reason it is refused; with one it is corrected; then it is recognised."""
    path = put(
        brought,
        "now.csv",
        changed({(8, "Response"): "Not agreed", (8, "Date closed"): "02/09/2016"}),
    )
    before = all_of(brought)
    ran = brought.run("import", path, "--yes")
    assert ran.code == REFUSED
    assert "--reason" in ran.out
    assert "CH-7" in ran.out
    assert all_of(brought) == before
    assert brings(brought, path, "--yes", "--reason", "Mistyped in the sheet.")[0] == {
        "changed": 1, "same": THREADS - 1
    }  # fmt: skip
    said = brought.done("show", "7").out
    assert "stage 1: not agreed" in said
    assert "because: Mistyped in the sheet." in said
    assert "Friday 2 September 2016: closed" in said
    assert brings(brought, path, "--yes") == ({"same": THREADS}, 0)
    assert len(brought.json("log")) == THREADS
    brought.done("verify", "--views")


def test_a_name_in_the_reason_is_told_once(brought: Place) -> None:
    """However many rows are corrected for it."""
    cells = {(row, "Response"): "Not agreed" for row in (8, 9)}
    path = put(brought, "now.csv", changed(cells))
    ran = brought.run("import", path, "--dry-run", "--reason", "Jane Whitfield mistyped it.")
    assert ran.code == DONE
    assert (ran.out + ran.err).count("Jane Whitfield") == 1


def test_another_case_number_under_the_same_number_is_refused(brought: Place) -> None:
    """The wrong child is not a second thread, nor a correction of a cell."""
    path = put(brought, "now.csv", changed({(8, "Child ID"): "999999"}))
    ran = brought.run("import", path, "--yes", "--reason", "x")
    assert ran.code == REFUSED
    assert "CH-7" in ran.out
    assert "999999" not in brought.done("show", "7").out
    assert brought.entries() == 6 + ENTRIES


# --- looking ----------------------------------------------------------------------------------


def test_looking_records_nothing(fresh: Place) -> None:
    """Without --yes in a script it is a dry run; --dry-run stands before --yes; exit 0."""
    before = all_of(fresh)
    for args in ([], ["--dry-run", "--yes"], ["--no-input"]):
        ran = fresh.done("import", str(POOLE), *args)
        assert "Threads: 26 new. Entries to record: 99." in ran.out
        assert "Date raised                    raised: day" in ran.out
        assert ran.err == "Nothing was recorded. To record it: --yes.\n"
    assert fresh.json("import", str(POOLE))["recorded"] is False
    assert all_of(fresh) == before


def test_what_would_be_refused_is_all_told(fresh: Place) -> None:
    """Exit 1; as JSON each fault with its sheet, row, column, value and reason."""
    bad = {(3, "IRO"): "Jane Turner", (3, "Date raised"): "31/02/2016", (5, "Theme"): "Bananas"}
    path = put(fresh, "bad.xlsx", changed(bad), "xlsx")
    ran = fresh.run("import", path)
    assert ran.code == REFUSED
    assert "row 3: IRO 'Jane Turner': it is a name" in ran.out
    assert "--skip-bad" in ran.err
    ran = fresh.run("import", path, "--json")
    assert (ran.code, ran.err) == (REFUSED, "")
    found = {(one["row"], one["column"], one["value"]) for one in ran.json["refused"]}
    assert found == {(row, column, value) for (row, column), value in bad.items()}
    assert all(one["sheet"] == "Sheet" and one["reason"] for one in ran.json["refused"])
    assert ran.json["threads"]["refused"] == 2
    nothing_was_recorded(fresh)


def test_nothing_of_a_file_reaches_a_terminal_as_a_command(fresh: Place) -> None:
    """Escapes and directions in cells, headings, names of sheets and of files are made visible."""
    evil = "\x1b]0;x\x07\u202egpj\x9b2J"
    rows = changed({(1, "Alert no"): f"No {evil}", (2, "Theme"): evil, (3, "IRO"): f"a {evil}"}, 3)
    rows = [[*row, f"Remark{evil}" if row is rows[0] else evil] for row in rows]
    for kind in ("csv", "ods"):
        name = f"a\x1b[31m\u202e.{kind}"
        path = put(fresh, name, [[_fit(c, kind) for c in row] for row in rows], kind)
        for args in ([], ["--json"], ["--yes", "--skip-bad"])[: 3 if kind == "csv" else 1]:
            ran = fresh.run("import", path, *args)
            assert not set(ran.out + ran.err) & set("\x1b\x07\u202e\x9b\r"), args
            assert "Traceback" not in ran.err


def _fit(cell: str, kind: str) -> str:
    """What XML can hold."""
    return cell if kind == "csv" else cell.replace("\x1b", "").replace("\x07", "")


def test_a_file_name_that_is_no_utf_8(fresh: Place) -> None:
    """It is read as any other, also where the answer is JSON."""
    (fresh.folder / "x.csv").write_bytes(POOLE.read_bytes())
    path = bytes(fresh.folder) + b"/\xff.csv"
    (fresh.folder / "x.csv").rename(path.decode("utf-8", "surrogateescape"))
    assert fresh.json("import", path)["threads"]["new"] == THREADS
    assert fresh.done("import", path, "--yes").code == DONE


# --- what stands where ------------------------------------------------------------------------


def test_nothing_of_the_sheet_stands_in_the_clear(fresh: Place) -> None:
    """No word, case number, name of a sheet, or digest of the file or of a row is in `event`."""
    path = put(fresh, "sheet.xlsx", poole_rows(), "xlsx")
    fresh.done("import", path, "--yes")
    stands = clear(fresh)
    digest = sha256((fresh.folder / "sheet.xlsx").read_bytes()).digest()
    for secret in (CHILD, WORDS, ANSWER, "A07", "Sheet", "Recalled", digest.hex()):
        assert secret.encode() not in stands, secret
    assert digest not in fresh.ledger.read_bytes()


def test_a_child_is_given_the_cells(brought: Place) -> None:
    """Subject access gives the original cells of each entry, and nobody else's."""
    said = json.dumps(brought.json("sar", CHILD))
    for cell in ("CYPSC", WORDS, ANSWER, "A07", "04/08/2016"):
        assert cell in said
    assert "A08" not in said


def test_redacting_an_answer_removes_its_cells(brought: Place) -> None:
    """Everywhere in the files; the other cells of the row stay, and another import brings none."""
    entry = next(e["position"] for e in brought.json("replay", "7") if "answer" in e["what"])
    asked = ["--entry", str(entry), "--basis", "court-order", "--why", "Ordered."]
    brought.done("redact", "7", *asked, env={"FOOTPRINT_ACTOR": "anna"})
    brought.done("redact", "7", "--approve", env={"FOOTPRINT_ACTOR": "bo"})
    assert not in_files(brought, ANSWER)
    assert WORDS in brought.done("show", "7").out
    brought.run("import", str(POOLE), "--yes", "--reason", "x")
    assert not in_files(brought, ANSWER)
