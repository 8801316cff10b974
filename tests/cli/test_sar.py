"""A subject access request answered by the real program: what is in the files, and what is not."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli_helpers import NOT_FOUND, REFUSED, USAGE, Place, concern, one_message

pytestmark = pytest.mark.slow  # a process for each command

CHILD, OTHER_CHILD = "204117", "999111"
FIRST, LATER, OTHER = "The carer rang in tears.", "She may stay at her school.", "Of another child."
ADVICE, MENDED = "Counsel says wait.", "Counsel says: act now."
TOLD, HER_VIEW = "Told her at school.", "supports"
WRONG, RIGHT, WHY = "Her aunt at\n3 Mill Lane.", "Her aunt,\nat home.", "No address <here>."
GONE, BASIS = "Her brother moved in with a friend.", ["--basis", "third-party", "--why", "Brother."]
HARD = "<script>alert(1)</script> {{ x }} \x1b[31mred\u202e &lt;b&gt; \u05e9\u05dc\u05d5\u05dd"
BO = {"FOOTPRINT_ACTOR": "bo"}


@pytest.fixture(scope="module")
def place(_new: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A child with two threads and all that can be in them, and a thread of another child."""
    made = _new.copy(tmp_path_factory.mktemp("sar") / "place")
    made.done("challenge", *concern(words=FIRST, on="2025-11-03"))  # entry 7
    made.done("challenge", *concern(words=OTHER, child=OTHER_CHILD))
    made.done("challenge", *concern(words=LATER), "--proceedings", "yes")
    made.done("note", "1", "--words", ADVICE, "--privileged")  # 10
    made.done("correct", "1", "--entry", "10", "--words", MENDED, "--reason", "Misheard.")
    made.done("tell", "1", "--party", "child", "--view", HER_VIEW, "--words", TOLD)
    made.done("note", "1", "--words", WRONG)  # 13
    made.done("correct", "1", "--entry", "13", "--words", RIGHT, "--reason", WHY)
    made.done("note", "1", "--words", GONE)  # 15
    made.done("redact", "1", "--entry", "15", *BASIS)
    made.done("redact", "1", "--approve", env=BO)  # 17
    made.done("note", "3", "--words", HARD)
    return made


class Answer(NamedTuple):
    """What was said, and what is in the folder that was made."""

    folder: Path
    said: str
    page: str
    record: Any

    @property
    def raw(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.folder.iterdir())


def sar(place: Place, folder: Path, *args: str) -> Answer:
    ran = place.done("sar", CHILD, "--output", str(folder), *args)
    assert ran.err == ""
    record = json.loads((folder / "record.json").read_text("utf-8"))
    return Answer(folder, ran.out, (folder / "record.html").read_text("utf-8"), record)


@pytest.fixture(scope="module")
def answer(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """The answer to the child's request, as it is given without more options."""
    return sar(place, tmp_path_factory.mktemp("answer") / "request")


def entry(record: Any, position: int) -> Any:
    return next(one for thread in record["threads"] for one in thread["entries"]
                if one["position"] == position)  # fmt: skip


# --- what is in it ------------------------------------------------------------------------------


def test_both_threads_of_the_child_and_nothing_of_another(answer: Answer) -> None:
    """In order, with every word; not one byte of the other child's."""
    _, said, page, record = answer
    assert [thread["ref"] for thread in record["threads"]] == ["CH-1", "CH-3"]
    assert [len(thread["entries"]) for thread in record["threads"]] == [9, 2]
    for text in (FIRST, LATER, TOLD):
        assert text in page
        assert text in json.dumps(record)
    for text in (OTHER, OTHER_CHILD, "CH-2"):
        assert text.encode() not in answer.raw
        assert text not in said
    assert entry(record, 12)["words"]["view"] == HER_VIEW
    assert entry(record, 7)["occurred_on"] == "2025-11-03"
    assert [t["proceedings"] for t in record["threads"]] == [False, True]
    assert page.count("rule 12.73") == 1


def test_it_names_its_ledger_and_its_moment(place: Place, answer: Answer) -> None:
    """Whose it is, how many entries it had, and the root of them all, as verify has it."""
    _, _, page, record = answer
    root = place.json("verify")["root"]
    about = record["ledger"]
    assert (about["authority"], about["position"]) == ("Borough of Testing", place.entries())
    assert (about["checkpoint_size"], about["root"]) == (place.entries(), root)
    assert "Borough of Testing" in page


def test_what_was_corrected_is_there_as_it_was_and_as_it_is(answer: Answer) -> None:
    """With the reason, and who put it right."""
    _, _, page, record = answer
    note, correction = entry(record, 13), entry(record, 14)
    assert (note["words"]["text"], note["words_as_recorded"]["text"]) == (RIGHT, WRONG)
    assert note["corrected_by"] == [14]
    assert (correction["words"]["reason"], correction["actor"]) == (WHY, "mb")
    assert f'dir="auto">{RIGHT}</div>' in page
    assert re.search(
        rf"recorded as: words “{WRONG}”; corrected on .* by mb because:"
        r" No address &lt;here&gt;\. \(entry 14\)",
        page,
    )


def test_a_redaction_is_named_and_its_words_are_not_there(answer: Answer) -> None:
    """Which entry, when, on what basis and by which entry; on the page, in the record, and said."""
    _, said, page, record = answer
    assert GONE.encode() not in answer.raw
    assert re.search(
        r"CH-1, entry 15: words removed on \w+day \d+ \w+ \d{4}: third party \(entry 17\)\.", page
    )
    assert re.search(r"\(words removed on .*: third party, entry 17\)", page)
    assert "removed for good (1 entry)" in said
    left = next(one for one in record["left_out"] if one["position"] == 15)
    assert (left["why"], left["basis"], left["redaction"]) == ("redacted", "third-party", 17)
    assert entry(record, 15)["words"] is None


def test_legal_advice_stays_out_with_what_corrects_it(
    place: Place, tmp_path: Path, answer: Answer
) -> None:
    """And comes where it is asked for; either way it is said."""
    _, said, page, record = answer
    for text in (ADVICE, MENDED, "Misheard."):
        assert text.encode() not in answer.raw
    assert "Legal advice is left out: the words of 2 entries." in said
    assert "CH-1, entry 10: words left out: legal advice." in page
    left = [one["position"] for one in record["left_out"] if one["why"] == "legal advice"]
    assert left == [10, 11]
    _, said, page, record = sar(place, tmp_path / "with", "--with-legal-advice")
    assert "Legal advice is in it" in said
    assert (MENDED in page, ADVICE in page, "Misheard." in page) == (True, True, True)
    assert entry(record, 10)["words"]["text"] == MENDED
    assert [one["position"] for one in record["left_out"]] == [15]


def test_evidence_of_another_child_s_thread_waits(place: Place, tmp_path: Path) -> None:
    """The words of a thread that is said to be another child's name both: none are given out."""
    doubted = place.copy(tmp_path / "doubted")
    asked = ["--basis", "wrong-child", "--right-child", "888001", "--why", "Mistyped."]
    doubted.done("redact", "3", *asked)
    assert b"888001" not in sar(doubted, tmp_path / "request").raw
    bundle = ["evidence", "3", "--output", "bundle.zip"]
    refused = one_message(doubted.run(*bundle, "--with-words"), REFUSED)
    assert "CH-3 is said to be another child's (entry" in refused
    doubted.done(*bundle)


def test_it_is_a_draft_and_says_what_is_open(place: Place, tmp_path: Path, answer: Answer) -> None:
    """On the screen, on the page and in the record alike; also a redaction that only waits."""
    _, said, page, record = answer
    assert "DRAFT for the data protection officer" in said
    for line in record["draft"]:
        assert f"- {line}\n" in said
        assert f"<li>{line}</li>" in page.replace("&#39;", "'")
    for what in ("Third parties", "Serious harm", "Documents", "cannot be found"):
        assert what in said
    assert page.count("To be completed") == len(record["to_complete"])
    assert "waits to be approved" not in said
    waits = place.copy(tmp_path / "waits")
    waits.done("redact", "3", *BASIS)
    assert "A redaction waits to be approved (CH-3)" in sar(waits, tmp_path / "again").said


def test_what_was_typed_is_shown_and_never_obeyed(answer: Answer) -> None:
    """Exact in the record; on the page visible and inert, with nothing fetched from anywhere."""
    _, _, page, record = answer
    assert entry(record, 18)["words"]["text"] == HARD
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ x }} \u241b[31mred\u27e8202E\u27e9" in page
    assert "&amp;lt;b&amp;gt; \u05e9\u05dc\u05d5\u05dd" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert (b"\x1b" in answer.raw, "\u202e" in page) == (False, False)


def test_the_page_is_in_order_for_whoever_cannot_see_it(answer: Answer) -> None:
    """A language, a title, one main heading, and no level of heading left out."""
    page = answer.page
    levels = [int(level) for level in re.findall(r"<h([1-6])>", page)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert '<html lang="en-GB">' in page
    assert "<title>Subject access: what is held about one child</title>" in page


# --- where it goes ------------------------------------------------------------------------------


def test_the_files_are_for_their_owner_alone(place: Place, tmp_path: Path) -> None:
    """In a folder that is not named after the child, of two files."""
    place.done("sar", CHILD, cwd=tmp_path)
    (folder,) = tmp_path.iterdir()
    assert re.fullmatch(r"subject-access-\d{4}-\d\d-\d\d", folder.name)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["record.html", "record.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    before = folder.stat()
    said = one_message(place.run("sar", OTHER_CHILD, cwd=tmp_path), REFUSED)
    assert "something at subject-access-" in said
    assert ([*tmp_path.iterdir()], folder.stat()) == ([folder], before)


def test_as_json_it_is_printed_and_nothing_is_written(
    place: Place, tmp_path: Path, answer: Answer
) -> None:
    """The record to the byte, however the case number is given."""
    (tmp_path / "number").write_text(f"{CHILD}\n", "utf-8")
    (tmp_path / "empty").mkdir()
    record = (answer.folder / "record.json").read_text("utf-8")
    for args, stdin in (
        ([CHILD], ""),
        (["--child-file", str(tmp_path / "number")], ""),
        (["--child-file", "-"], f"\ufeff{CHILD}\r\n"),
    ):
        ran = place.done("sar", *args, "--json", stdin=stdin, cwd=tmp_path / "empty")
        assert ran.out == record
        assert "DRAFT" in ran.err
    assert [*(tmp_path / "empty").iterdir()] == []


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ([], USAGE, "Missing: the child's case number"),
        ([" "], USAGE, "Missing: the child's case number"),
        ([CHILD, "--child-file", "-"], USAGE, "not both"),
        (["--child-file", "no-such-file"], USAGE, "cannot be read"),
        (["--child-file", "-"], USAGE, "single line"),
        ([b"\xff1"], USAGE, "single line"),
        ([CHILD, "--json", "--output", "x"], USAGE, "writes nothing"),
        (["204118"], NOT_FOUND, "whose case number was redacted cannot be found"),
        (["20411"], NOT_FOUND, "no thread of that child"),
        ([CHILD, "--output", "no/such"], REFUSED, "cannot be written"),
        ([CHILD, "--output", "."], REFUSED, "something at"),
    ],
    ids=str,
)
def test_bad_input_is_one_message(
    place: Place, tmp_path: Path, args: list[str | bytes], code: int, said: str
) -> None:
    """What is wrong, and nothing is written; the case number is not said back."""
    message = one_message(place.run("sar", *args, stdin="204117\n204117", cwd=tmp_path), code)
    assert said in message
    assert "20411" not in message
    assert [*tmp_path.iterdir()] == []


# --- ledgers that are not whole -----------------------------------------------------------------


def sql(place: Place, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(place.ledger)) as connection, connection:
        return connection.execute(query, values).fetchall()


def test_an_audit_copy_refuses(begun: Place, tmp_path: Path) -> None:
    """It has nothing by which the child's threads could be found."""
    for table in ("vault", "vault_child"):
        sql(begun, f"DROP TABLE {table}")
    said = one_message(begun.run("sar", CHILD, "--output", str(tmp_path / "x")), REFUSED)
    assert "no words and no case numbers" in said
    assert not (tmp_path / "x").exists()


def test_words_that_are_gone_without_a_redaction_refuse(begun: Place, tmp_path: Path) -> None:
    """Nothing is given out as all that is held, where something was taken away."""
    sql(begun, "DELETE FROM vault")
    said = one_message(begun.run("sar", CHILD, "--output", str(tmp_path / "x")), REFUSED)
    assert "it committed to words that are gone, and no redaction names them" in said
    assert not (tmp_path / "x").exists()


def test_a_thread_that_was_redacted_is_not_found_even_where_it_is_back(begun: Place) -> None:
    """Not by an old vault that was put back either: it may be of another child."""
    begun.done("challenge", *concern(words=LATER))
    row = sql(begun, "SELECT * FROM vault WHERE position = 7")[0]
    child = sql(begun, "SELECT * FROM vault_child WHERE stream = 'CH-0000001'")[0]
    begun.done("redact", "1", "--basis", "wrong-child", "--why", "Mistyped.")
    begun.done("redact", "1", "--approve", env=BO)
    alone = [thread["ref"] for thread in begun.json("sar", CHILD)["threads"]]
    sql(begun, "INSERT INTO vault VALUES (?, ?, ?)", *row)
    sql(begun, "INSERT INTO vault_child VALUES (?, ?)", *child)
    assert [thread["ref"] for thread in begun.json("sar", CHILD)["threads"]] == alone == ["CH-2"]
