"""A document, tied to a thread by its digest: with the real program and real files."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest
from cli_helpers import NOT_FOUND, REFUSED, USAGE, Place, one_message

pytestmark = pytest.mark.slow  # a process for each command


def document(place: Place, name: str = "care plan.pdf", data: bytes = b"%PDF-1.7 plan") -> Path:
    path = place.folder / name
    path.write_bytes(data)
    return path


def test_a_document_is_known_by_its_digest(begun: Place) -> None:
    """Digest, size, type and title are with the words; the file is not."""
    data = b"%PDF-1.7 A plan that the ledger never reads."
    file = document(begun, data=data)
    ran = begun.done("attach", "1", str(file), "--words", "As put to the review.")
    assert "The document itself stays where it is" in ran.out
    (row,) = begun.json("attach", "--check", str(file))
    assert (row["ref"], row["position"], row["actor"]) == ("CH-1", 8, "mb")
    said = begun.json("show", "1", "--with-words")["history"][-1]
    assert (said["title"], said["type"]) == ("care plan.pdf", "application/pdf")
    assert (said["size"], said["sha256"]) == (str(len(data)), sha256(data).hexdigest())
    shown = begun.done("show", "1").out
    assert "title: care plan.pdf" in shown
    assert data not in begun.ledger.read_bytes()
    begun.done("verify")


def test_the_facts_do_not_give_it_away(begun: Place) -> None:
    """Who guesses the document cannot confirm it once the words are gone."""
    file = document(begun)
    begun.done("attach", "1", str(file))
    anna, bo = {"FOOTPRINT_ACTOR": "anna"}, {"FOOTPRINT_ACTOR": "bo"}
    asked = ["redact", "1", "--entry", "8", "--basis", "third-party", "--why", "Names her."]
    begun.done(*asked, env=anna)
    begun.done("redact", "1", "--approve", env=bo)
    missing = one_message(begun.run("attach", "--check", str(file)), NOT_FOUND)
    assert "whose words were removed matches nothing" in missing
    digest = sha256(file.read_bytes()).hexdigest().encode()
    files = [path for path in begun.folder.rglob("*") if path.is_file()]
    assert not any(digest in path.read_bytes() for path in files)


def test_a_document_is_known_when_its_thread_was_moved(begun: Place) -> None:
    """Its digest was entered again, with the right child's number, in a correction."""
    file = document(begun)
    begun.done("attach", "1", str(file))
    anna, bo = {"FOOTPRINT_ACTOR": "anna"}, {"FOOTPRINT_ACTOR": "bo"}
    asked = ["redact", "1", "--basis", "wrong-child", "--right-child", "999111", "--why", "No."]
    begun.done(*asked, env=anna)
    begun.done("redact", "1", "--approve", env=bo)
    (row,) = begun.json("attach", "--check", str(file))
    assert row["position"] == 8


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("mail.MSG", "application/vnd.ms-outlook"),
        ("no suffix", "application/octet-stream"),
        ("x.unheard-of", "application/octet-stream"),
    ],
)
def test_the_type_is_told_by_the_name(begun: Place, name: str, type_: str) -> None:
    """The same on every machine for what an office writes; else bytes."""
    begun.done("attach", "1", str(document(begun, name)))
    assert begun.json("show", "1", "--with-words")["history"][-1]["type"] == type_


def test_the_same_document_is_attached_once_to_a_thread(begun: Place) -> None:
    """Under another name too; another thread may have it as well, and a changed file is another."""
    first, second = document(begun), document(begun, "copy.pdf")
    begun.done("attach", "1", str(first))
    again = one_message(begun.run("attach", "1", str(second)), REFUSED)
    assert "Entry 8 is of that very document" in again
    second.write_bytes(b"%PDF-1.7 plan, page 2")
    one_message(begun.run("attach", "--check", str(second)), NOT_FOUND)
    begun.done("attach", "1", str(second))


def test_legal_advice_stays_out_of_the_case_note(begun: Place) -> None:
    """A document that is marked so is left out like a note that is."""
    begun.done("attach", "1", str(document(begun)), "--privileged", "--title", "Advice")
    note = begun.done("casenote", "1").out
    assert "Advice" not in note
    assert "1 note of legal advice left out" in note


def test_what_is_kept_of_it_is_corrected(begun: Place) -> None:
    """Its title may have a name in it; a digest that is none is refused."""
    begun.done("attach", "1", str(document(begun)))
    because = ["--reason", "It names her."]
    begun.done("correct", "1", "--entry", "8", "--set", "title=A plan", *because)
    assert "title: A plan" in begun.done("show", "1").out
    wrong = ["correct", "1", "--entry", "8", "--set", "sha256=0", *because]
    assert "sha256 of a document cannot be '0'" in one_message(begun.run(*wrong), REFUSED)


def test_the_document_that_stands_is_the_one_that_matches(begun: Place) -> None:
    """Where the wrong file was attached and corrected; also under the right child's number."""
    wrong, right = document(begun, "wrong.pdf", b"wrong"), document(begun, "right.pdf", b"right")
    begun.done("attach", "1", str(wrong))
    digest = sha256(b"right").hexdigest()
    said = ["--set", f"sha256={digest}", "--reason", "It was the other file."]
    begun.done("correct", "1", "--entry", "8", *said)
    assert "Entry 8 is" in one_message(begun.run("attach", "1", str(right)), REFUSED)
    one_message(begun.run("attach", "--check", str(wrong)), NOT_FOUND)
    asked = ["--basis", "wrong-child", "--right-child", "204118", "--why", "Another's."]
    begun.done("redact", "1", *asked, env={"FOOTPRINT_ACTOR": "anna"})
    begun.done("redact", "1", "--approve", "--no-input", env={"FOOTPRINT_ACTOR": "bo"})
    (row,) = begun.json("attach", "--check", str(right))
    assert (row["ref"], row["position"]) == ("CH-1", 8)


def test_bad_input_is_one_message(begun: Place) -> None:
    """What is no document, or cannot be read; nothing is recorded."""
    empty, fifo = document(begun, "empty", b""), begun.folder / "pipe"
    os.mkfifo(fifo)
    before = begun.entries()
    for args, code, said in (
        (["1"], USAGE, "Missing: FILE"),
        (["1", "nowhere.pdf"], USAGE, "No such file"),
        (["1", str(empty)], USAGE, "is empty"),
        (["1", str(fifo)], USAGE, "is not a file"),
        (["1", str(begun.folder)], USAGE, "is not a file"),
        (["1", str(begun.ledger), "--check", str(begun.ledger)], USAGE, "stands alone"),
        (["9", str(begun.ledger)], NOT_FOUND, "There is no thread '9'"),
        (["--check", str(fifo)], USAGE, "is not a file"),
    ):
        assert said in one_message(begun.run("attach", *args), code)
    assert begun.entries() == before
