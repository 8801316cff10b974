"""Whose the answer to a subject access request is, and from what ledger none is given."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli_helpers import NOT_FOUND, REFUSED, Place, concern, one_message
from ledger_helpers import attacked

pytestmark = pytest.mark.slow  # a process for each command

CHILD = "204117"
ANNA, BO = {"FOOTPRINT_ACTOR": "anna"}, {"FOOTPRINT_ACTOR": "bo"}


def page_of(place: Place) -> str:
    """The page that `sar` writes."""
    place.done("sar", CHILD, "--output", "answer")
    return (place.folder / "answer" / "record.html").read_text("utf-8")


def test_a_child_of_the_demonstration_with_two_threads(year: Place, tmp_path: Path) -> None:
    """Both are in it, as many entries as they have, and no other child's number or thread."""
    log = year.json("log", "--with-words")
    refs = [r["ref"] for r in log if r["child"] == CHILD]
    year.done("sar", CHILD, "--output", str(tmp_path / "answer"))
    record = json.loads((tmp_path / "answer" / "record.json").read_bytes())
    assert len(refs) == 2
    assert sorted(t["ref"] for t in record["threads"]) == sorted(refs)
    assert all(len(t["entries"]) == t["standing"]["entries"] for t in record["threads"])
    page = (tmp_path / "answer" / "record.html").read_text("utf-8")
    for other in log:
        if other["child"] != CHILD:
            assert not re.search(rf"\b({other['child']}|{other['ref']})\b", page)


def test_what_the_ledger_knows_is_said_and_the_rest_left_open(begun: Place) -> None:
    """Who was told, and from what it was recorded, as corrected; and what legal advice there is."""
    begun.done("tell", "1", "--party", "parent", "--source", "recalled")
    begun.done("correct", "1", "--entry", "8", "--set", "party=child", "--reason", "Not him.")
    (begun.folder / "opinion.pdf").write_bytes(b"x")
    begun.done("attach", "1", "opinion.pdf", "--privileged")
    record = begun.json("sar", CHILD)
    known = {one["name"]: one["known"] for one in record["to_complete"]}
    told = known["The recipients, and any transfer abroad"]
    assert told == "Told, as these entries say: child."
    assert "1 recalled from memory" in known["The source, where it was not the child"]
    assert known["The purposes"] == ""
    page = page_of(begun)
    assert told in page
    assert "document of legal advice attached" in page
    assert "opinion" not in page
    assert list(record["threads"][0]["entries"][0]["facts"])[:2] == ["service", "themes"]


# --- what is of somebody else -----------------------------------------------------------------


def test_the_number_of_the_right_child_is_not_given_to_the_wrong_one(begun: Place) -> None:
    """While a request waits to move a thread, the number is among its words; once moved, the
    thread is the right child's."""
    asked = ["--basis", "wrong-child", "--why", "It is another's.", "--right-child", "777001"]
    begun.done("redact", "1", *asked, env=ANNA)
    record = begun.json("sar", CHILD)
    assert "777001" not in json.dumps(record) + page_of(begun)
    assert "another child's case number: left out" in json.dumps(record)
    assert "A redaction waits to be approved (CH-1)" in json.dumps(record["draft"])
    begun.done("redact", "1", "--approve", "--no-input", env=BO)
    one_message(begun.run("sar", CHILD), NOT_FOUND)
    moved = json.dumps(begun.json("sar", "777001"))
    assert "Third placement in nine months" in moved
    assert CHILD not in moved


# --- from what ledger -------------------------------------------------------------------------


@pytest.mark.parametrize("attack", [
    "UPDATE vault SET words = CAST(replace(words, 'Third', 'Fourth') AS BLOB)",
    "DELETE FROM vault WHERE position = 7",
    "DELETE FROM vault_child WHERE stream = 'CH-0000002'",
    "UPDATE vault_child SET child = CAST('999' AS BLOB) WHERE stream = 'CH-0000002'",
])  # fmt: skip
def test_nothing_is_given_of_a_ledger_that_was_changed(begun: Place, attack: str) -> None:
    """Words that are not those recorded, and a thread that is kept out of sight, are refused."""
    begun.done("alert", *concern())
    with closing(sqlite3.connect(begun.ledger)) as ledger:
        schema = ledger.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    with attacked(begun.ledger) as ledger:
        ledger.execute(attack)
        for (sql,) in schema:
            ledger.execute(sql)
    assert "does not verify" in one_message(begun.run("sar", CHILD), REFUSED)
    assert not list(begun.folder.glob("*subject*"))
