"""One concern of several children: a thread each, one question, named in words alone."""

from __future__ import annotations

import json
import shlex
import sqlite3
from contextlib import closing
from zipfile import ZipFile

from cli_helpers import DONE, REFUSED, USAGE, Answer, Place, concern, on_terminal, one_message

THREE = ("--child", "204118", "--child", "204119", *concern(child="204117"))


def words_of(place: Place, ref: str) -> str:
    return place.done("show", ref).out


def test_a_thread_each(fresh: Place) -> None:
    """Each has the concern and its own child, names the others, and has its receipt."""
    ran = fresh.done("challenge", *THREE)
    assert ran.out.count("challenge raised at stage 0") == 3
    assert ran.out.count("footprint receipt CH-") == 3
    assert [row["ref"] for row in fresh.json("log")] == ["CH-1", "CH-2", "CH-3"]
    children = [fresh.json("show", ref, "--with-words")["child"] for ref in "123"]
    assert sorted(children) == ["204117", "204118", "204119"]
    assert "together: CH-2, CH-3" in words_of(fresh, "1")
    assert "together: CH-1, CH-2" in words_of(fresh, "3")
    fresh.done("verify")


def test_which_of_several_threads_is_whose(fresh: Place) -> None:
    """Each block names its child; the receipts, for each child's file, name none."""
    lines = fresh.done("challenge", "--child", "204118", *concern(child="204117")).out.splitlines()
    first = [line.partition(":")[0] for line in lines if "challenge raised" in line]
    assert first == ["CH-1, child 204118", "CH-2, child 204117"]
    receipts = [line for line in lines if line.startswith("footprint receipt")]
    assert len(receipts) == 2
    assert not any("2041" in line for line in receipts)
    children = [fresh.json("show", ref, "--with-words")["child"] for ref in "12"]
    assert children == ["204118", "204117"]


def test_of_one_child_nothing_is_said_but_the_thread(fresh: Place) -> None:
    """There it is plain whose it is."""
    assert "204117" not in fresh.done("challenge", *concern()).out


def test_nothing_in_the_clear_names_it_though_time_and_facts_suggest_it(fresh: Place) -> None:
    """No fact of one names another. They are of one moment all the same, and so are receipts."""
    made = fresh.json("challenge", *THREE)
    assert len({(one["size"], one["root"]) for one in made}) == 1
    with closing(sqlite3.connect(fresh.ledger)) as connection:
        rows = connection.execute("SELECT state FROM event WHERE position > 6").fetchall()
    assert len(rows) == 3
    assert not any(b"CH-" in state or b"together" in state for (state,) in rows)
    facts = [json.loads(state) for (state,) in rows]
    own = {name for name in facts[0] if len({repr(one[name]) for one in facts}) > 1}
    assert own == {"command_id", "event_id", "recorded_at", "words"}


def test_as_json_they_are_an_array(fresh: Place) -> None:
    """One object each, as of one child; one child is one object, as ever."""
    assert [one["ref"] for one in fresh.json("challenge", *THREE)] == ["CH-1", "CH-2", "CH-3"]
    assert fresh.json("challenge", *concern(child="204120"))["ref"] == "CH-4"
    fields = (
        '{"child": ["204121", "204122"], "service": "CSC", "theme": "PLC",'
        ' "role": "team-manager", "words": "No meeting."}'
    )
    made = fresh.json("alert", "--fields-file", "-", stdin=fields)
    assert [one["ref"] for one in made] == ["CH-5", "CH-6"]


def test_all_or_none(fresh: Place) -> None:
    """One number that is none refuses all; a dry run says all, and records nothing."""
    size = fresh.entries()
    said = one_message(fresh.run("challenge", *concern(), "--child", "Sam"), REFUSED)
    assert "case number" in said
    assert fresh.entries() == size
    dry = fresh.done("challenge", *THREE, "--dry-run").out
    assert dry.count("challenge raised at stage 0") == 3
    assert len(fresh.json("challenge", *THREE, "--dry-run")) == 3
    assert fresh.entries() == size


def test_the_same_child_twice_is_once(fresh: Place) -> None:
    """A number that was typed twice begins one thread."""
    fresh.done("challenge", "--child", "204117", *concern(child="204117"))
    assert [row["ref"] for row in fresh.json("log")] == ["CH-1"]
    assert "together" not in words_of(fresh, "1")


def test_an_empty_number_is_missing(fresh: Place) -> None:
    """As where a script's variable was empty."""
    assert "--child" in one_message(fresh.run("challenge", *concern(child="")), USAGE)


def test_one_question(fresh: Place) -> None:
    """On a terminal they are answered together, and each is looked up."""
    answers: list[Answer] = [
        ("case number: ", "204117, 204118\n"), ("Service", "csc\n"), ("Team", "\n"),
        ("Theme", "sib\n"), ("Whom you ask", "team-manager\n"),
        ("Words", "Separated without a plan for contact.\n"), ("Record it?", "\n"),
    ]  # fmt: skip
    code, said = on_terminal(fresh, "challenge", answers=answers)
    assert code == DONE, said
    for child in ("204117", "204118"):
        assert f"{child} has no thread yet." in said
    assert "Child's case number: 204117, 204118" in said
    assert [row["themes"] for row in fresh.json("log")] == [["SIB"], ["SIB"]]


def test_what_is_given_of_one_child_names_no_other(fresh: Place) -> None:
    """Neither a note for the child's file nor an answer to the child tells of the others."""
    fresh.done("challenge", *THREE)
    note = fresh.done("casenote", "1").out
    fresh.done("sar", "204118")
    answered = [path.read_text("utf-8") for path in fresh.folder.glob("subject-access-*/*")]
    assert len(answered) > 1
    assert any("other children's threads: left out" in text for text in answered)
    for given in (note, *answered):
        assert "CH-2" not in given
        assert "CH-3" not in given


def test_the_page_of_a_thread_names_no_other(fresh: Place) -> None:
    """Neither as recorded nor as corrected; what was put right of it is said to be left out."""
    fresh.done("challenge", *THREE)
    set_to = ("--set", "together=CH-3", "--reason", "The other is a cousin.")
    fresh.done("correct", "1", "--entry", "7", *set_to)
    for asked in ((), ("--with-words",)):
        page = fresh.done("replay", "1", "--html", *asked).out
        assert "CH-2" not in page
        assert "CH-3" not in page
    assert "the new ones left out: other children; corrected" in page
    assert "The other is a cousin." in page


def test_evidence_warns_that_it_names_the_others(fresh: Place) -> None:
    """They are sealed with the rest: whoever makes it is told which, and without words none is."""
    fresh.done("challenge", *THREE)
    for named, options in ((True, ("--with-words",)), (False, ())):
        to = ("--output", str(fresh.folder / f"{named}.zip"))
        warned = " ".join(fresh.json("evidence", "1", *to, *options)["warnings"])
        assert ("began with this one (CH-2, CH-3)" in warned) == named
        told = fresh.done(
            "evidence", "2", "--output", str(fresh.folder / f"{named}2.zip"), *options
        )
        assert ("CH-1, CH-3" in told.err) == named
        assert "CH-1" not in told.out
        with ZipFile(fresh.folder / f"{named}.zip") as bundle:
            held = b"".join(map(bundle.read, bundle.namelist()))
        assert (b"CH-3" in held) == named


# --- one of them was another child's ------------------------------------------------------------


MOVED = ("--basis", "wrong-child", "--why", "Mistyped.", "--right-child", "555555")
ANNA, BO = {"FOOTPRINT_ACTOR": "anna"}, {"FOOTPRINT_ACTOR": "bo"}


def answer_to(place: Place, child: str) -> str:
    """All that an answer to a child's request holds."""
    folder = place.folder / f"answer-{child}"
    place.done("sar", child, "--output", str(folder))
    return "".join(path.read_text("utf-8") for path in folder.iterdir())


def test_the_right_child_has_no_link_to_the_others(fresh: Place) -> None:
    """Nothing of them goes over, neither recorded nor corrected; and its answer names none."""
    fresh.done("challenge", *THREE)
    set_to = ("--set", "together=CH-1", "--reason", "The other is a cousin.")
    fresh.done("correct", "2", "--entry", "8", *set_to)
    fresh.done("redact", "2", *MOVED, env=ANNA)
    fresh.done("redact", "2", "--approve", env=BO)
    assert "together" not in words_of(fresh, "2")
    answered = answer_to(fresh, "555555")
    assert "CH-2" in answered
    assert not any(text in answered for text in ("CH-1", "CH-3", "together"))


def test_the_others_still_name_it_and_that_is_said(fresh: Place) -> None:
    """Who approves is told which they are, and what is typed then puts them right."""
    fresh.done("challenge", *THREE)
    fresh.done("redact", "2", *MOVED, env=ANNA)
    ran = fresh.run("redact", "2", "--approve", "--json", env=BO)
    assert ran.json["ref"] == "CH-2"
    told = [line for line in ran.err.splitlines() if line.startswith("!")]
    assert [line.partition(" as ")[0] for line in told] == [
        "! CH-1 still names CH-2",
        "! CH-3 still names CH-2",
    ]
    for line, ref, left in zip(told, "13", ("CH-3", "CH-1"), strict=True):
        command = shlex.split(line.partition("footprint ")[2].replace("TEXT", "Mistyped."))
        fresh.done(*command)
        assert f"together: {left}\n" in words_of(fresh, ref)


def told_on_removing(place: Place, *of: str) -> list[str]:
    """Which others are said to name what is removed."""
    thread = of[: 2 if of[0] == "--child" else 1]
    place.done("redact", *of, "--basis", "retention", "--why", "It is time.", env=ANNA)
    err = place.done("redact", *thread, "--approve", env=BO).err
    return [line.removeprefix("! ").partition(" as ")[0] for line in err.splitlines()]


def test_what_names_it_no_more_is_not_said(fresh: Place) -> None:
    """Nor where an entry goes and the thread stays."""
    fresh.done("challenge", *THREE)
    fresh.done("correct", "1", "--entry", "7", "--set", "together=CH-3", "--reason", "A cousin.")
    assert told_on_removing(fresh, "2") == ["CH-3 still names CH-2"]
    assert told_on_removing(fresh, "1", "--entry", "7") == []
    assert told_on_removing(fresh, "--child", "204117") == []


def test_what_goes_at_the_same_time_is_not_said(fresh: Place) -> None:
    """Two threads of one child that were said to belong together, which both go."""
    for ref, other in (("1", "CH-2"), ("2", "CH-1")):
        fresh.done("challenge", *concern())
        position = str(fresh.entries())
        set_to = ("--set", f"together={other}", "--reason", "Of one concern.")
        fresh.done("correct", ref, "--entry", position, *set_to)
    assert told_on_removing(fresh, "--child", "204117") == []
