"""From a case number to its threads, and from a thread to whose it is: for who may read words."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_helpers import (
    DONE,
    INTERRUPTED,
    NOT_FOUND,
    REFUSED,
    Answer,
    Place,
    concern,
    on_terminal,
    one_message,
)  # fmt: skip

OTHER = concern(child="204118", words="No visit\nsince May.", on="2025-11-04", iro="SK")


@pytest.fixture(scope="module")
def _several(_begun: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = _begun.copy(tmp_path_factory.mktemp("several") / "place")
    place.done("challenge", *OTHER)
    place.done("challenge", *concern(on="2025-11-05", words="No plan."))
    return place


@pytest.fixture
def several(_several: Place, tmp_path: Path) -> Place:
    """204117 has CH-1 and CH-3, both mb's; 204118 has CH-2, which is SK's."""
    return _several.copy(tmp_path / "several")


def kept(place: Place) -> dict[str, bytes]:
    """All that is kept in any file, without what SQLite leaves beside one that was read."""
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in files if "-" not in path.suffix}


# --- a case number where a thread belongs -----------------------------------------------------


def test_the_threads_of_a_case_number_are_named(several: Place) -> None:
    """Whatever command it is given to, and nothing is written anywhere on the way."""
    before = kept(several)
    for command in (("show",), ("casenote",), ("replay",), ("note", "--words", "Spoke.")):
        said = one_message(several.run(*command, "204117"), NOT_FOUND)
        assert "204117 is a case number: it has CH-1 and CH-3." in said
        assert "footprint log --child 204117" in said
    assert kept(several) == before


def test_at_the_question_for_a_thread(several: Place) -> None:
    """The next answer can be one of them."""
    answers: list[Answer] = [("Thread: ", "204117\n"), ("it has CH-1 and CH-3.", None)]
    code, said = on_terminal(several, "note", answers=answers)
    assert code == INTERRUPTED
    assert "it has CH-1 and CH-3." in said


def test_who_cannot_read_words_learns_of_no_case_number(several: Place) -> None:
    """In an audit copy, in a locked vault without its key, and in a completed line."""
    offered = several.run(
        env={"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": "footprint show 2041"}
    )
    assert (offered.out, offered.err) == ("", "")
    several.done("export", "--audit-copy", "copy.db")
    said = one_message(several.run("show", "204117", "--ledger", "copy.db"), NOT_FOUND)
    assert said.startswith("There is no thread '204117'.\nThey run from CH-1 to CH-3;")
    several.done("vault", "lock")
    assert "it has CH-1" in one_message(several.run("show", "204117"), NOT_FOUND)
    for key in several.home.glob("vaults/*/*.key"):
        key.unlink()
    assert one_message(several.run("show", "204117"), NOT_FOUND) == said


def test_a_redacted_case_number_is_none_any_more(several: Place) -> None:
    """It finds nothing, as of a child that was never here."""
    why = ("--basis", "wrong-child", "--why", "Not ours.")
    several.done("redact", "2", *why)
    several.done("redact", "2", "--approve", env={"FOOTPRINT_ACTOR": "jd"})
    assert "case number" not in one_message(several.run("show", "204118"), NOT_FOUND)


# --- one child's threads ----------------------------------------------------------------------


def test_the_log_of_one_child(several: Place) -> None:
    """With what else narrows it; read only, and nothing is kept of what was asked."""
    several.done("log")
    before = kept(several)
    assert [row["ref"] for row in several.json("log", "--child", " 204117 ")] == ["CH-1", "CH-3"]
    assert [row["ref"] for row in several.json("log", "--child", "204118", "--iro", "mb")] == []
    assert "child" not in several.json("log", "--child", "204117")[0]
    assert kept(several) == before
    one_message(several.run("log", "--child", "999"), NOT_FOUND)


# --- words under a table ----------------------------------------------------------------------


@pytest.mark.parametrize("columns", [100, 40])
@pytest.mark.parametrize("command", ["log", "due"])
def test_case_numbers_and_words_on_a_terminal(several: Place, command: str, columns: int) -> None:
    """Under the table, by reference; without being asked for they are not there."""
    code, said = on_terminal(several, command, "--with-words", columns=columns)
    assert code == DONE
    assert "CH-2, child 204118\n    No visit\n    since May.\n" in said
    assert said.count("child 204117") == 2
    assert "204118" not in on_terminal(several, command, columns=columns)[1]


def test_words_of_all_that_was_recorded_on_a_terminal(several: Place) -> None:
    """Each entry's, with the case number; an entry without words is left out."""
    several.done("note", "1", "--words", "Spoke to the carer.")
    several.done(
        "respond", "2", "--role", "team-manager", "--response", "holding", "--from", "J. Doe"
    )
    said = on_terminal(several, "replay", "--with-words")[1]
    assert "\nentry 8, CH-2, child 204118\n    No visit\n    since May.\n" in said
    assert "\nentry 10, CH-1, child 204117\n    Spoke to the carer.\n" in said
    assert "\nentry 11, CH-2, child 204118\n    from: J. Doe\n" in said
    assert "entry 1," not in said


# --- whose threads ----------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["log", "due"])
def test_an_iro_in_any_case(several: Place, command: str) -> None:
    """To the letter, or not; the title has the code as it is."""
    for given, refs in {"SK": ["CH-2"], "sk": ["CH-2"], "MB": ["CH-1", "CH-3"]}.items():
        found = [row["ref"] for row in several.json(command, "--iro", given)]
        assert [ref for ref in found if ref] == refs
    assert "for SK" in on_terminal(several, "due", "--iro", "sk")[1]


@pytest.mark.parametrize("how", [("log",), ("log", "--late", "--json"), ("due",), ("due", "--ics")])
def test_an_iro_whom_nothing_is_of(several: Place, how: tuple[str, ...]) -> None:
    """It is said, with whose threads there are."""
    said = one_message(several.run(*how, "--iro", "ZZ"), REFUSED)
    assert said == "No thread is of 'ZZ'.\nThere are threads of SK and mb.\n"


def test_an_iro_in_a_ledger_without_a_thread(fresh: Place) -> None:
    """Nothing to show is all there is to say."""
    assert fresh.json("log", "--iro", "ZZ") == []
