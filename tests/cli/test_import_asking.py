"""A sheet brought in by somebody at a terminal: what is asked, and what no answer records."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence

import pytest
from cli_helpers import DONE, INTERRUPTED, REFUSED, Answer, Place, on_terminal
from import_helpers import ENTRIES, POOLE, changed, nothing_was_recorded, poole_rows, put

pytestmark = pytest.mark.slow  # a process for each case

ASKS = "Record 99 entries (threads: 26 new)? [y/N]: "
SOURCE = "2 recalled: from memory\r\n"
KIND = "2 alert: formal alerts\r\n"


def told(place: Place, path: str, *answers: Answer, options: Sequence[str] = ()) -> tuple[int, str]:
    """How it ended, and all that was on the screen."""
    return on_terminal(place, "import", path, *options, answers=answers)


def bare(place: Place) -> str:
    """The sheet without the columns that say the source and the kind."""
    rows = poole_rows()
    gone = {rows[0].index("Record"), rows[0].index("Level")}
    return put(place, "x.csv", [[c for n, c in enumerate(row) if n not in gone] for row in rows])


def test_what_would_be_recorded_is_shown_and_asked(fresh: Place) -> None:
    """The mapping and the counts come first; yes records it, with a receipt."""
    code, said = told(fresh, str(POOLE), (ASKS, "y\n"))
    assert code == DONE
    before, _, after = said.partition("[y/N]")
    assert "Date raised                    raised: day" in before
    assert "Recorded: 99 entries" in after
    assert "footprint receipt CH-26" in after
    assert "raised: day" not in after
    assert fresh.entries() == 6 + ENTRIES


@pytest.mark.parametrize(
    "answer", ["n\n", "\n", None, "\x04"], ids=["no", "nothing", "Ctrl-C", "Ctrl-D"]
)
def test_without_a_yes_nothing_is_recorded(fresh: Place, answer: str | None) -> None:
    """No, no answer, and going away are all the same."""
    code, said = told(fresh, str(POOLE), (ASKS, answer))
    assert code == REFUSED
    assert said.endswith("\nNothing was recorded.\n")
    assert "Traceback" not in said
    nothing_was_recorded(fresh)


def test_what_no_column_says_is_asked_once(fresh: Place) -> None:
    """The source, by number or by word; another answer is asked for again. It is kept."""
    options = ["--save-mapping", "kept.toml"]
    path = bare(fresh)
    answers = [(SOURCE, "perhaps\n"), ("1 or 2", "recalled\n"), (KIND, "2\n"), ("[y/N]: ", "y\n")]
    code, said = told(fresh, path, *answers, options=options)
    assert code == DONE, said
    assert {(one["kind"], one["source"]) for one in fresh.json("log")} == {("alert", "recalled")}
    kept = tomllib.loads((fresh.folder / "kept.toml").read_text())
    assert kept["always"] == {"source": "recalled", "kind": "alert"}


@pytest.mark.parametrize("answer", [None, "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_a_question_left_alone_records_nothing(fresh: Place, answer: str | None) -> None:
    """At the first question already."""
    code, said = told(fresh, bare(fresh), (SOURCE, answer))
    assert code == (INTERRUPTED if answer is None else REFUSED), said
    assert "Traceback" not in said
    assert "recorded" in said
    nothing_was_recorded(fresh)


def test_whoever_asks_not_to_be_asked_is_not(fresh: Place) -> None:
    """--no-input, --json and --dry-run on a terminal are what they are in a script."""
    path = bare(fresh)
    for option in ("--no-input", "--json", "--dry-run"):
        code, said = told(fresh, path, options=[option])
        assert code == REFUSED
        assert "Were they" not in said
        assert "[y/N]" not in said
    nothing_was_recorded(fresh)


def test_a_guess_that_is_agreed_to_is_recorded(fresh: Place) -> None:
    """It is shown before the question."""
    path = put(fresh, "x.csv", changed({(2, "Theme"): "Placment change"}, 2))
    code, said = told(fresh, path, ("[y/N]: ", "y\n"))
    assert code == DONE, said
    assert (
        "Theme 'Placment change' is taken for PLC: a guess, in 1 row" in said.partition("[y/N]")[0]
    )
    assert {"PLC"} <= {theme for one in fresh.json("log") for theme in one["themes"]}


def test_a_bad_row_is_not_asked_about(fresh: Place) -> None:
    """There is nothing to agree to: it is all or nothing. With --skip-bad there is."""
    path = put(fresh, "x.csv", changed({(2, "IRO"): "Jane Turner"}, 3))
    code, said = told(fresh, path)
    assert code == REFUSED
    assert "[y/N]" not in said
    nothing_was_recorded(fresh)
    code, said = told(fresh, path, ("[y/N]: ", "y\n"), options=["--skip-bad"])
    assert code == DONE
    assert "x-rejects.csv" in said
    assert len(fresh.json("log")) == 2


def test_what_was_agreed_to_is_what_is_recorded(fresh: Place) -> None:
    """Where somebody else brings the same in before the answer, that is said instead."""
    path = put(fresh, "x.csv", changed({}, 3))

    def meanwhile() -> str:
        fresh.done("import", path, "--yes")
        return "y\n"

    code, said = told(fresh, path, ("[y/N]: ", meanwhile))
    assert code == REFUSED
    assert "somebody has recorded in the meantime" in said
    assert len(fresh.json("log")) == 3


@pytest.mark.slow
def test_a_bar_while_a_long_sheet_is_read(fresh: Place) -> None:
    """On a terminal only, and gone at the end; into a pipe nothing of it is written."""
    row = changed({}, 1)[1]
    rows = [[f"N{n}", *row[1:4], str(300_000 + n), *row[5:]] for n in range(60_000)]
    path = put(fresh, "long.csv", [poole_rows()[0], *rows])
    code, said = told(fresh, path, options=["--dry-run"])
    assert code == DONE
    assert "Looking" in said
    assert "60000/6000" in said
    assert fresh.done("import", path).err == "Nothing was recorded. To record it: --yes.\n"
