"""Removing words for good, with the real program, and looking for them in the raw files."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import Any

import orjson
import pytest
from cli_helpers import DONE, NOT_FOUND, REFUSED, TAMPERED, USAGE, Place, on_terminal, one_message
from losses import back_up, put_back
from verifier_helpers import FILE as SECOND

pytestmark = pytest.mark.slow  # a process for each case

WHY = ["--basis", "third-party", "--why", "It names his sister."]
ANNA, BO = {"FOOTPRINT_ACTOR": "anna"}, {"FOOTPRINT_ACTOR": "bo"}
REF = "4"
FIGURES = (["log"], ["times"], ["counts"], ["due", "--day", "2016-09-01"])


def sql(place: Place, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(place.ledger)) as connection, connection:
        return connection.execute(query, values).fetchall()


def vault_of(place: Place, stream: str) -> list[tuple[Any, ...]]:
    return sql(place, "SELECT vault.* FROM vault JOIN event USING (position) WHERE stream = ?",
               stream)  # fmt: skip


def secrets(place: Place, stream: str) -> set[bytes]:
    """The words of a thread, and its case number, as they would be found in a file."""
    texts = {text for *_, words in vault_of(place, stream) for text in orjson.loads(words).values()}
    children = {c.decode() for (c,) in sql(place, "SELECT child FROM vault_child WHERE stream = ?",
                                           stream)}  # fmt: skip
    return {text.encode() for text in texts | children}


def raw(place: Place) -> bytes:
    """Every byte of every file beside the ledger, the views and the signer's home included."""
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def found(place: Place, words: set[bytes]) -> set[bytes]:
    everything = raw(place)
    return {word for word in words if word in everything}


def redact(place: Place, *of: str, asked: list[str] = WHY) -> None:
    """Asked for by one, approved by another."""
    place.done("redact", *of, *asked, env=ANNA)
    thread = [one for one in of if one != "--entry"][: 2 if of[0] == "--child" else 1]
    place.done("redact", *thread, "--approve", env=BO)


def advice(place: Place) -> list[str]:
    said: list[str] = place.json("status")["advice"]
    return [line for line in said if "redact" in line]


def figures(place: Place) -> list[Any]:
    return [place.json(*view) for view in FIGURES]


# --- gone, and everything else stays ----------------------------------------------------------


def test_words_and_case_number_are_in_none_of_the_files(poole: Place) -> None:
    """The facts are; and every figure, proof and note from before still holds."""
    kept, bundle = poole.folder / "kept.txt", poole.folder / "bundle.zip"
    poole.done("checkpoint", "--output", str(kept))
    poole.done("evidence", REF, "--output", str(bundle))
    gone = secrets(poole, "CH-0000004")
    before = figures(poole)
    root = poole.json("verify")["root"]
    assert found(poole, gone) == gone
    redact(poole, REF)
    assert found(poole, gone) == set()
    after = figures(poole)
    for record in after[0]:
        record["entries"] -= 2 * (record["ref"] == "CH-4")
    assert after == before
    verdict = poole.json("verify", "--against", str(kept))
    assert (verdict["verdict"], verdict["redacted"], verdict["findings"]) == ("verified", 4, [])
    assert verdict["root"] != root
    assert poole.json("verify-bundle", str(bundle), "--against", str(kept))["verdict"] == "verified"
    second = subprocess.run(
        [sys.executable, SECOND, poole.ledger, "--against", kept], capture_output=True, check=False
    )
    assert second.returncode == DONE, second.stdout
    shown = poole.done("show", REF).out
    assert "(words removed, third party, entry 107)" in shown
    assert "Adoption drift" in shown


def test_some_entries_go_and_the_others_stay(poole: Place) -> None:
    """An entry with its corrections; the case number is still the thread's."""
    (first, *_), child = vault_of(poole, "CH-0000004"), poole.json("show", REF, "--with-words")
    text = orjson.loads(first[2])["text"].encode()
    correct = ["--words", "Said otherwise.", "--reason", "It named her."]
    poole.done("correct", REF, "--entry", str(first[0]), *correct)
    redact(poole, REF, "--entry", str(first[0]))
    assert found(poole, {text, b"Said otherwise", b"It named her"}) == set()
    assert poole.json("show", REF, "--with-words")["child"] == child["child"]
    poole.done("verify")


def test_all_threads_of_a_child_go_together(poole: Place) -> None:
    """Two threads of one child, by the case number; a third child's is untouched."""
    for text in ("He has no school.", "He has no therapist."):
        poole.done("challenge", "--child", "777001", "--service", "CSC", "--theme", "EDU",
                   "--role", "team-manager", "--words", text)  # fmt: skip
    gone = {b"777001", b"He has no school", b"He has no therapist"}
    others = secrets(poole, "CH-0000005")
    redact(poole, "--child", "777001")
    assert found(poole, gone) == set()
    assert found(poole, others) == others
    one_message(poole.run("redact", "--child", "777001", *WHY), NOT_FOUND)
    verdict = poole.json("verify")
    assert (verdict["verdict"], verdict["redacted"]) == ("verified", 4)


def test_a_thread_goes_on_under_the_right_child(poole: Place) -> None:
    """One command for each of the two people: the wrong number is gone, all else is as it was."""
    wrong = poole.json("show", REF, "--with-words")
    before = figures(poole)
    asked = ["--basis", "wrong-child", "--why", "Mistyped.", "--right-child", "777002"]
    redact(poole, REF, asked=asked)
    right = poole.json("show", REF, "--with-words")
    assert found(poole, {wrong["child"].encode()}) == set()
    assert right["child"] == "777002"
    was, now = ([(row["topic"], row["occurred_on"], row.get("words")) for row in record["history"]
                 if row["topic"] != "entry.corrected"] for record in (wrong, right))  # fmt: skip
    assert now[: len(was)] == was
    after = figures(poole)
    for view in (1, 2, 3):
        assert after[view] == before[view]
    assert poole.json("verify")["verdict"] == "verified"


MOVED = ["--basis", "wrong-child", "--why", "Wrong brother."]


def test_whoever_approves_sees_whose_thread_it_will_be(poole: Place) -> None:
    """A right child that was mistyped is seen: in the list, before anything is done, and after."""
    wrong = poole.json("show", REF, "--with-words")["child"]
    asked = poole.done("redact", REF, *MOVED, "--right-child", "204163", env=ANNA).out
    assert "CH-4 is to go on under 204163. 204163 has no thread yet." in asked
    (row,) = poole.json("redact")
    assert (row["right_child"], row["right_child_threads"]) == ("204163", [])
    would = poole.done("redact", REF, "--approve", "--dry-run", env=BO).out
    assert "204163 has no thread yet." in would
    assert "CH-4: asked for by anna, wrong child: Wrong brother." in would
    first, *others = poole.json("redact", REF, "--approve", "--dry-run", env=BO)
    assert (first["right_child"], first["right_child_threads"]) == ("204163", [])
    assert {"right_child"} & {*others[0]} == set()
    code, listed = on_terminal(poole, "redact", FOOTPRINT_ACTOR="bo")
    assert (code, "204163 has no thread yet." in listed) == (DONE, True)
    code, said = on_terminal(poole, "redact", REF, "--approve", answer="n", FOOTPRINT_ACTOR="bo")
    flat = " ".join(said.split())
    assert code == REFUSED, said
    assert f"204163 has no thread yet. Now it is of {wrong}. Its words would be entered" in flat
    again, gone = flat.split("These words would be removed for good:")
    assert ("CH-4, entry 19" in again, "CH-4, entry 19" in gone) == (True, False)
    assert "CH-4, entry 106" in gone
    assert "CH-4: asked for by anna, wrong child: Wrong brother." in gone
    assert flat.endswith("Nothing was removed. The request still waits.")
    assert "What is removed for good cannot be brought back. Do all of that? [y/N]" in gone
    code, said = on_terminal(poole, "redact", REF, "--approve", answer="y", FOOTPRINT_ACTOR="bo")
    flat = " ".join(said.split())
    assert code == DONE, said
    assert "CH-4 goes on under 204163, with its words. What was removed is gone" in flat
    assert "The words are gone" not in flat


def test_the_threads_that_the_right_child_has_are_named(poole: Place) -> None:
    """Its own is none of them, before or after; and a script is told as well."""
    other = poole.json("show", "5", "--with-words")["child"]
    poole.done("redact", REF, *MOVED, "--right-child", other, env=ANNA)
    (row,) = poole.json("redact")
    assert "CH-5" in row["right_child_threads"]
    has = ", ".join(row["right_child_threads"])
    code, said = on_terminal(poole, "redact", REF, "--approve", answer="n", FOOTPRINT_ACTOR="bo")
    assert code == REFUSED
    assert f"{other} has {has}." in " ".join(said.split())
    answer = poole.json("redact", REF, "--approve", env=BO)
    assert (answer["right_child"], answer["right_child_threads"]) == (
        other,
        row["right_child_threads"],
    )


def test_a_request_for_all_of_a_thread_is_withdrawn_as_the_refusal_says(poole: Place) -> None:
    """By two people, with its own words: it is listed no more, and nobody can approve it."""
    gone = secrets(poole, "CH-0000004")
    poole.done("redact", REF, *MOVED, "--right-child", "204163", env=ANNA)
    back = poole.run("correct", REF, "--entry", "106", "--take-back", "--reason", "!", env=ANNA)
    assert "footprint redact CH-4 --entry 106 --basis CODE" in one_message(back, REFUSED)
    poole.done("redact", REF, "--entry", "106", *WHY, env=ANNA)
    poole.done("redact", REF, "--approve", "--request", "107", env=BO)
    assert poole.json("redact") == []
    refused = one_message(poole.run("redact", REF, "--approve", env=BO), REFUSED)
    assert "No redaction of CH-4 waits" in refused
    assert found(poole, gone) == gone
    second = subprocess.run(
        [sys.executable, SECOND, poole.ledger], capture_output=True, check=False
    )
    assert b"Finding" not in second.stdout


def test_what_only_goes_is_shown_as_what_goes(poole: Place) -> None:
    """For good, with who asked for it and why, as that now stands."""
    poole.done("redact", REF, *WHY, env=ANNA)
    mended = ["--set", "why=Not meant.", "--reason", "Mistaken."]
    poole.done("correct", REF, "--entry", "106", *mended, env=ANNA)
    (row,) = poole.json("redact")
    assert (row["right_child"], row["right_child_threads"]) == (None, None)
    code, said = on_terminal(poole, "redact", REF, "--approve", answer="n", FOOTPRINT_ACTOR="bo")
    assert code == REFUSED
    assert "These words would be removed for good:" in said
    assert "CH-4: asked for by anna, third party: Not meant." in said
    assert "This cannot be undone. Remove them?" in said


def test_who_removes_the_words_of_a_request_is_told_that_it_is_withdrawn(poole: Place) -> None:
    """Whoever asks, and whoever approves: why somebody asked may just have said too much."""
    at = str(poole.json("show", REF)["history"][0]["position"])
    poole.done("redact", REF, "--entry", at, *WHY, env=ANNA)
    told = "CH-4, entry 106, asks for words to be removed. Without its own it is withdrawn"
    asked = poole.run("redact", REF, "--entry", "106", *WHY, env=ANNA)
    assert (asked.code, told in " ".join(asked.err.split())) == (DONE, True)
    approve = ["redact", REF, "--approve", "--request", "107"]
    _, said = on_terminal(poole, *approve, answer="n", FOOTPRINT_ACTOR="bo")
    assert told in " ".join(said.split())
    _, said = on_terminal(poole, *approve[:-1], "106", answer="n", FOOTPRINT_ACTOR="bo")
    assert "withdrawn" not in said


def test_a_reason_that_another_put_so_is_told_as_theirs(poole: Place) -> None:
    """One alone may not speak against, or for, what somebody else asked for in their name."""
    poole.done("redact", REF, *WHY, env=ANNA)
    mended = ["--set", "why=Not meant.", "--reason", "Mistaken."]
    poole.done("correct", REF, "--entry", "106", *mended, env={"FOOTPRINT_ACTOR": "eve"})
    _, said = on_terminal(poole, "redact", REF, "--approve", answer="n", FOOTPRINT_ACTOR="bo")
    told = "CH-4: asked for by anna, third party: Not meant. (So put by eve, entry 107.)"
    assert told in " ".join(said.split())


def test_an_index_on_the_case_number_keeps_no_copy(poole: Place) -> None:
    """Somebody has put one there by hand: it is a finding, and what it held goes all the same."""
    gone = secrets(poole, "CH-0000004")
    sql(poole, "CREATE INDEX by_child ON vault_child (child)")
    sql(poole, "PRAGMA wal_checkpoint(TRUNCATE)")
    redact(poole, REF)
    assert found(poole, gone) == set()
    assert poole.run("verify").code == TAMPERED
    sql(poole, "DROP INDEX by_child")
    poole.done("verify")


def test_a_correction_that_went_alone_is_told(poole: Place) -> None:
    """What it put in place is gone, and what was first said stands there: nobody may take that
    for what was meant."""
    at = str(poole.json("show", REF)["history"][0]["position"])
    poole.done("correct", REF, "--entry", at, "--words", "Said otherwise.", "--reason", "Ada.")
    last = poole.entries()
    asked = poole.done("redact", REF, "--entry", str(last), *WHY, env=ANNA)
    assert f"entry {at} says again what it said before" in asked.err
    poole.done("redact", REF, "--approve", env=BO)
    shown = poole.done("show", REF).out
    assert (
        "recorded as: words that were corrected, the new ones removed, third party, entry"
        f" {last + 2}; corrected on"
    ) in shown
    assert "removed since" not in shown


# --- two people ---------------------------------------------------------------------------------


def test_it_takes_two(poole: Place) -> None:
    """Who asked cannot approve, nor who recorded; nothing is removed until somebody does."""
    gone = secrets(poole, "CH-0000004")
    answer = poole.json("redact", REF, *WHY, env=ANNA)
    assert (answer["ref"], answer["position"]) == ("CH-4", 106)
    asked = one_message(poole.run("redact", REF, "--approve", env=ANNA), REFUSED)
    assert "anna asked for this redaction" in asked
    demo = {"FOOTPRINT_ACTOR": "Demo"}
    wrote = one_message(poole.run("redact", REF, "--approve", env=demo), REFUSED)
    assert "recorded entries that are to be removed (19, 20, 22)" in wrote
    assert found(poole, gone) == gone
    assert advice(poole) == [
        "Redactions wait to be approved: CH-4. Look at them: footprint redact."
    ]
    (waiting,) = poole.json("redact")
    assert (waiting["ref"], waiting["asked_by"], waiting["entries"]) == ("CH-4", "anna", "all")
    would = poole.done("redact", REF, "--approve", "--dry-run", env=BO).out
    assert "Nothing is recorded" in would
    assert "CH-4, entry 19" in would
    answer = poole.json("redact", REF, "--approve", env=BO)
    assert answer["positions"] == [107]
    assert (poole.json("redact"), advice(poole)) == ([], [])


def test_one_thread_that_is_refused_keeps_all_of_a_child(poole: Place) -> None:
    """Bo wrote the second thread: nothing is removed, and nothing is said to be unfinished."""
    for env in (ANNA, BO):
        poole.done("challenge", "--child", "777001", "--service", "CSC", "--theme", "EDU",
                   "--role", "team-manager", "--words", "He has no school.", env=env)  # fmt: skip
    poole.done("redact", "--child", "777001", *WHY, env=ANNA)
    one_message(poole.run("redact", "--child", "777001", "--approve", env=BO), REFUSED)
    assert found(poole, {b"777001"})
    assert advice(poole) == [
        "Redactions wait to be approved: CH-27, CH-28. Look at them: footprint redact."
    ]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["4", "--why", "No basis."], USAGE, "Missing: --basis"),
        (["4", "--basis", "retention"], USAGE, "Missing: --why"),
        (["4", "--basis", "spite", "--why", "!"], REFUSED, "basis of a redaction 'spite'"),
        (["4", "--child", "1", *WHY], USAGE, "one of the two"),
        ([*WHY], USAGE, "Name a thread"),
        (["--child", "1", "--entry", "7", *WHY], USAGE, "are of one thread"),
        (["4", "--right-child", " ", *WHY], USAGE, "--right-child is empty"),
        (["--child", "no-such-child", *WHY], NOT_FOUND, "no thread of that child"),
        (["999", *WHY], NOT_FOUND, "There is no thread '999'"),
        (["4", "--approve", "--why", "!"], USAGE, "--why does not go with --approve"),
        (["4", "--finish"], USAGE, "ref does not go with --finish"),
        (["4", "--approve"], REFUSED, "No redaction of CH-4 waits"),
        (["4", "--entry", "21", *WHY], REFUSED, "Entry 21 of CH-4 has no words"),
        (["4", "--entry", "7", *WHY], REFUSED, "Entry 7 of CH-4 has no words"),
    ],
)  # fmt: skip
def test_bad_input_is_one_message(year: Place, args: list[str], code: int, said: str) -> None:
    """What is wrong and what to do; nothing is changed."""
    before = year.entries()
    assert said.casefold() in one_message(year.run("redact", *args), code).casefold()
    assert year.entries() == before


def test_on_a_terminal_it_is_shown_and_asked(poole: Place) -> None:
    """Nobody is there to answer here: what would go is named, and nothing went."""
    poole.done("redact", REF, *WHY, env=ANNA)
    code, sent = on_terminal(poole, "redact", REF, "--approve", "--no-input", FOOTPRINT_ACTOR="bo")
    assert (code, "The words are gone" in sent) == (DONE, True)


# --- while somebody holds the files, and when the plug is pulled --------------------------------


@pytest.mark.slow
def test_a_reader_who_holds_the_log_is_said_and_finished_later(poole: Place) -> None:
    """Exit 1: it is recorded, and not yet gone; status says so until it is finished."""
    gone = secrets(poole, "CH-0000004")
    poole.done("redact", REF, *WHY, env=ANNA)
    with closing(sqlite3.connect(poole.ledger)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
        ran = poole.run("redact", REF, "--approve", env=BO)
        assert ran.code == REFUSED
        assert "footprint receipt CH-4 entry 107" in ran.out
        assert "not yet gone from the files: another process is reading" in ran.err
        assert advice(poole) == [
            "Deleted words may still be in the files. Erase them: footprint redact --finish."
        ]
        assert poole.run("redact", "--finish").code == REFUSED
    assert poole.json("verify")["verdict"] == "verified"
    poole.done("redact", "--finish")
    assert (found(poole, gone), advice(poole)) == (set(), [])


_KILLED = """
import os, signal
from footprint.ledger.words import redacting
def killed(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)
redacting.{step} = killed
from footprint_cli.main import run
run()
"""


@pytest.mark.parametrize(("step", "done"), [("mark", 0), ("remember", 1), ("erase", 1)])
def test_a_crash_between_the_steps_is_finished(poole: Place, step: str, done: int) -> None:
    """Before it is committed nothing has happened; after that the rest can be done again."""
    gone = secrets(poole, "CH-0000004")
    poole.done("redact", REF, *WHY, env=ANNA)
    args = [sys.executable, "-c", _KILLED.format(step=step), "redact", REF, "--approve"]
    killed = subprocess.run(args, env=poole.env(**BO), capture_output=True, check=False)
    assert killed.returncode == -9
    assert poole.entries() == 106 + done
    assert poole.json("verify")["redacted"] == 4 * done
    if not done:
        assert found(poole, gone) == gone
        poole.done("redact", REF, "--approve", env=BO)
    else:
        assert "--finish" in str(advice(poole))
        poole.done("redact", "--finish")
    assert (found(poole, gone), advice(poole)) == (set(), [])


# --- an old vault, an old backup ----------------------------------------------------------------


def test_an_old_vault_that_is_put_back_is_closed_again(poole: Place) -> None:
    """verify says 0 with a remark, no command shows the words, and --reapply removes them."""
    gone, rows = secrets(poole, "CH-0000004"), vault_of(poole, "CH-0000004")
    children = sql(poole, "SELECT * FROM vault_child WHERE stream = 'CH-0000004'")
    redact(poole, REF)
    for row in rows:
        sql(poole, "INSERT INTO vault VALUES (?, ?, ?)", *row)
    sql(poole, "INSERT INTO vault_child VALUES (?, ?)", *children[0])
    assert found(poole, gone) == gone
    verdict = poole.json("verify")
    assert (verdict["verdict"], len(verdict["remarks"])) == ("verified", 1)
    for command in (["show", REF], ["replay", REF], ["casenote", REF]):
        assert "Placement order" not in poole.done(*command).out
    assert advice(poole) == [
        "Redacted words are back in the vault. Remove them again: footprint redact --reapply."
    ]
    assert "the case number" in poole.done("redact", "--reapply").out
    assert (found(poole, gone), advice(poole)) == (set(), [])
    assert poole.done("redact", "--reapply").out == "No redacted words are back.\n"


def test_a_case_number_that_is_back_is_not_recorded_again(poole: Place) -> None:
    """A note that is made meanwhile has none, and the number goes when it is asked to."""
    ((stream, child),) = sql(poole, "SELECT * FROM vault_child WHERE stream = 'CH-0000004'")
    redact(poole, REF)
    sql(poole, "INSERT INTO vault_child VALUES (?, ?)", stream, child)
    poole.done("note", REF, "--words", "Recorded meanwhile.")
    assert poole.json("show", REF, "--with-words")["child"] is None
    assert "the case number" in poole.done("redact", "--reapply").out
    assert (found(poole, {child}), advice(poole)) == (set(), [])
    poole.done("verify")


def test_a_moved_thread_keeps_its_right_child_when_the_old_one_is_back(poole: Place) -> None:
    """What has to go is the number that was wrong."""
    asked = ["--basis", "wrong-child", "--why", "Mistyped.", "--right-child", "777002"]
    redact(poole, REF, asked=asked)
    assert poole.done("redact", "--reapply").out == "No redacted words are back.\n"
    assert poole.json("show", REF, "--with-words")["child"] == "777002"


def test_a_backup_from_before_a_redaction_is_closed_again(poole: Place) -> None:
    """The redaction is lost with what the backup did not have; accepting that asks for it again."""
    gone, backup = secrets(poole, "CH-0000004"), poole.folder / "backup.db"
    back_up(poole.ledger, backup)
    redact(poole, REF)
    put_back(backup, poole.ledger)
    backup.unlink()
    accepted = poole.done("checkpoint", "--accept-loss", "The disk failed.", env=ANNA).out
    assert "CH-4 was redacted in what is lost. It is asked for again" in accepted
    assert advice(poole) == [
        "Redactions wait to be approved: CH-4. Look at them: footprint redact."
    ]
    assert found(poole, gone) == gone
    poole.done("redact", REF, "--approve", env=BO)
    assert (found(poole, gone), advice(poole)) == (set(), [])
    assert poole.json("verify")["verdict"] == "verified"


def test_a_moved_thread_is_not_taken_away_with_a_backup(poole: Place) -> None:
    """Its right number is remembered nowhere: who accepts the loss is told to give it again."""
    backup, right = poole.folder / "backup.db", ["--right-child", "777002"]
    back_up(poole.ledger, backup)
    asked = ["--basis", "wrong-child", "--why", "Mistyped.", *right]
    redact(poole, REF, asked=asked)
    put_back(backup, poole.ledger)
    accepted = poole.done("checkpoint", "--accept-loss", "The disk failed.", env=ANNA).out
    assert "If CH-4 went on under its right case number, do not approve that" in accepted
    again = poole.json("redact", REF, *asked, env=ANNA)["position"]
    poole.done("redact", REF, "--approve", "--request", str(again), env=BO)
    assert poole.json("show", REF, "--with-words")["child"] == "777002"
    assert (poole.json("redact"), advice(poole)) == ([], [])


def test_an_entry_that_took_a_lost_one_s_place_is_another(poole: Place) -> None:
    """Numbers are given out again after a loss: what was redacted is known by its leaf."""
    backup = poole.folder / "backup.db"
    back_up(poole.ledger, backup)
    poole.done("note", REF, "--words", "About his sister.")
    redact(poole, REF, "--entry", "106")
    put_back(backup, poole.ledger)
    poole.done("checkpoint", "--accept-loss", "The disk failed.")
    poole.done("note", REF, "--words", "About the school.")
    assert advice(poole) == []
    assert "No redacted words are back" in poole.done("redact", "--reapply").out


def test_an_audit_copy_has_nothing_to_remove(poole: Place) -> None:
    """It never had a word."""
    for table in ("vault", "vault_child"):
        sql(poole, f"DROP TABLE {table}")
    assert "audit copy" in one_message(poole.run("redact", REF, *WHY), REFUSED)
    assert (poole.json("redact"), advice(poole)) == ([], [])
