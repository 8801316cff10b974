"""All that is held about one child, with the real program: as a page and as JSON."""

from __future__ import annotations

import json
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import NOT_FOUND, REFUSED, USAGE, Place, concern, one_message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CHILD = "204117"
HOSTILE = '<script>alert("1")</script> & \u202egnp.exe \x1b[31mred\nA second line.'


class Page(HTMLParser):
    """The texts and the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def written(place: Place, *args: str) -> tuple[dict[str, Any], Page, str]:
    """The record, the page, and what was said."""
    ran = place.done("sar", *args, "--output", "answer")
    folder = place.folder / "answer"
    record = json.loads((folder / "record.json").read_bytes())
    return record, Page((folder / "record.html").read_text("utf-8")), ran.out


@pytest.fixture
def three(begun: Place) -> Place:
    """Two threads of one child, CH-1 and CH-3, and CH-2 of another."""
    begun.done("challenge", *concern(child="999001", words="About another child."))
    begun.done("alert", *concern(words=HOSTILE, theme="EDU"))
    begun.done("tell", "1", "--party", "child", "--view", "supports", "--words", "She agrees.")
    return begun


def test_both_threads_of_the_child_and_nothing_of_another(three: Place) -> None:
    """Every entry with its words, who recorded it and when; no byte of the other child's."""
    record, page, said = written(three, CHILD)
    assert [thread["ref"] for thread in record["threads"]] == ["CH-1", "CH-3"]
    assert "CH-1, CH-3" in said
    (told,) = (e for e in record["threads"][0]["recorded"] if e["topic"] == "party.told")
    assert told["words"] == {"child": CHILD, "text": "She agrees.", "view": "supports"}
    assert (told["actor"], told["facts"]["party"]) == ("mb", "child")
    assert record["ledger"]["root"] == three.json("verify")["root"]
    for file in (three.folder / "answer").iterdir():
        data = file.read_bytes()
        assert b"999001" not in data
        assert b"another child" not in data
        assert b"CH-2" not in data
    assert "She agrees." in page.text
    assert "draft for the data protection officer" in said
    assert "draft for the data protection officer" in page.text


def test_hostile_text_shows_as_typed_and_does_nothing(three: Place) -> None:
    """Markup is text, controls are visible, and the page fetches nothing."""
    record, page, _ = written(three, CHILD)
    assert record["threads"][1]["recorded"][0]["words"]["text"] == HOSTILE
    assert "script" not in page.tags
    assert {"link", "img", "iframe"}.isdisjoint(page.tags)
    assert '<script>alert("1")</script> & ⟨202E⟩gnp.exe ␛[31mred\nA second line.' in page.text
    headings = [tag for tag in page.tags if tag in ("h1", "h2", "h3")]
    assert headings == ["h1", *["h2", "h3", "h3"] * 2]


@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.isprintable))
def test_words_come_back_as_they_were_typed(begun: Place, text: str) -> None:
    """From the JSON exactly, and from the page what a terminal would show of them."""
    if not text.strip():
        return
    begun.done("note", "1", "--words-file", "-", stdin=text.encode())
    record = begun.json("sar", CHILD)
    assert record["threads"][0]["recorded"][-1]["words"]["text"] == text


def test_what_was_corrected_is_there_twice(three: Place) -> None:
    """As it stands, as it was recorded, and why."""
    three.done("correct", "1", "--entry", "7", "--words", "Put better.", "--reason", "Too harsh.")
    record, page, _ = written(three, CHILD)
    first, *_, correction = record["threads"][0]["recorded"]
    assert first["words"]["text"].startswith("Third placement")
    assert correction["words"]["reason"] == "Too harsh."
    assert record["threads"][0]["history"][0]["words"] == "Put better."
    for text in ("Put better.", "“Third placement", "Too harsh."):
        assert text in page.text


def test_legal_advice_is_left_out_and_named(three: Place) -> None:
    """The note, its corrections, and a document marked so; all of it where it is asked for."""
    three.done("note", "1", "--privileged", "--words", "Counsel says yes.")
    at = three.entries()
    three.done("correct", "1", "--entry", str(at), "--words", "Counsel says no.", "--reason", "Eh.")
    record, page, said = written(three, CHILD)
    assert record["left_out"]["legal_advice"] == [at, at + 1]
    assert f"the words of entries {at}, {at + 1}" in said
    assert "Counsel" not in page.text + json.dumps(record)
    assert "(words left out: legal advice)" in page.text
    assert "Counsel says no." in json.dumps(three.json("sar", CHILD, "--with-legal-advice"))


def test_the_number_of_the_right_child_is_left_out(three: Place) -> None:
    """A thread that is said to be another child's names her nowhere, and says so."""
    asked = ["redact", "3", "--basis", "wrong-child", "--right-child", "999001", "--why", "No."]
    three.done(*asked, env={"FOOTPRINT_ACTOR": "anna"})
    record, page, said = written(three, CHILD)
    at = three.entries()
    assert record["left_out"]["another_child"] == [at]
    assert f"may be another child's, whose case number is left out of entry {at}." in said
    assert "999001" not in page.text + json.dumps(record)


def test_redactions_are_named_as_such(three: Place) -> None:
    """Which entry, on what basis and when; the words are nowhere."""
    asked = ["redact", "3", "--entry", "9", "--basis", "third-party", "--why", "Names her."]
    three.done(*asked, env={"FOOTPRINT_ACTOR": "anna"})
    three.done("redact", "3", "--approve", env={"FOOTPRINT_ACTOR": "bo"})
    record, page, _ = written(three, CHILD)
    assert record["left_out"]["redacted"] == [9]
    entry = record["threads"][1]["recorded"][0]
    assert entry["words"] is None
    assert entry["words_left_out"].endswith(": third party (entry 12)")
    assert f"(words {entry['words_left_out']})" in page.text
    assert "gnp" not in page.text


def test_the_folder_is_new_and_its_owner_s_alone(three: Place) -> None:
    """It is named without the case number, which may come from a file as well."""
    (three.folder / "number").write_text(f"{CHILD}\n")
    three.done("sar", "--child-file", "number")
    (folder,) = three.folder.glob("subject-access-*")
    assert CHILD not in folder.name
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, *sorted(folder.iterdir()))]
    assert modes == [0o700, 0o600, 0o600]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    again = one_message(three.run("sar", CHILD), REFUSED)
    assert "There is something at" in again
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert not list(three.folder.glob(".*new"))


def test_bad_input_is_one_message(three: Place, tmp_path: Path) -> None:
    """Nothing is written."""
    for args, code, said in (
        ([], USAGE, "one of the two"),
        ([CHILD, "--child-file", "x"], USAGE, "one of the two"),
        (["000000"], NOT_FOUND, "Nothing is held under that case number"),
        (["--child-file", "nowhere"], USAGE, "cannot be read"),
        ([CHILD, "--json", "--output", "x"], USAGE, "writes no folder"),
        ([CHILD, "--output", "no/such/folder"], REFUSED, "cannot be written"),
        ([CHILD, "--output", str(tmp_path)], REFUSED, "There is something at"),
    ):
        assert said in one_message(three.run("sar", *args), code)
    assert not list(three.folder.glob("*subject*"))
