"""What a sheet means, said by a file or an option; and the file that says what was understood."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from cli_helpers import NOT_FOUND, REFUSED, USAGE, Place, one_message
from import_helpers import (
    POOLE,
    THREADS,
    changed,
    nothing_was_recorded,
    poole_rows,
    put,
    put_bytes,
    views,
)
from sheets_helpers import xlsx_bytes

pytestmark = pytest.mark.slow  # a process for each case


def without(*headings: str) -> list[list[str]]:
    """The sheet without these columns."""
    rows = poole_rows()
    kept = [at for at, heading in enumerate(rows[0]) if heading not in headings]
    return [[row[at] for at in kept] for row in rows]


def reasons(place: Place, *args: str) -> set[str]:
    """Why rows would be refused."""
    ran = place.run("import", *args, "--json")
    assert ran.code == (REFUSED if ran.json["refused"] else 0)
    return {one["reason"] for one in ran.json["refused"]}


# --- a file -----------------------------------------------------------------------------------


def test_what_is_saved_says_the_same(fresh: Place, poole_views: list[Any]) -> None:
    """Columns and values that nobody here knows, said once, kept, and used again."""
    names = {"Date raised": "Wann", "Child ID": "Kind", "Theme": "Thema", "IRO": "Wer"}
    rows = [[names.get(cell, cell) for cell in row] for row in poole_rows()]
    rows = [[{"Resolved": "Erledigt"}.get(cell, cell) for cell in row] for row in rows]
    path = put(fresh, "de.csv", rows)
    said = put_bytes(
        fresh, "said.toml",
        b'[columns]\n"raised.on" = "Wann"\nchild = ["Kind"]\nthemes = "Thema"\niro = "WER"\n'
        b'[values.closures]\nerledigt = "resolved"\n',
    )  # fmt: skip
    kept = str(fresh.folder / "kept.toml")
    first = fresh.json("import", path, "--mapping", said, "--save-mapping", kept)
    again = fresh.json("import", path, "--mapping", kept, "--yes")
    assert (
        again["mapping"]
        == first["mapping"]
        == tomllib.loads((fresh.folder / "kept.toml").read_text())
    )
    assert views(fresh) == poole_views


def test_what_nobody_has_said_stays_unknown(fresh: Place) -> None:
    """It is in the file as `?`, which is no code: the row is refused until somebody says it."""
    path = put(fresh, "x.csv", changed({(2, "Theme"): "Bananas", (3, "IRO"): "Jane Turner"}, 4))
    kept = fresh.folder / "kept.toml"
    ran = fresh.run("import", path, "--yes", "--skip-bad", "--save-mapping", str(kept), "--dry-run")
    assert ran.code == 0
    tables = tomllib.loads(kept.read_text())
    assert tables["values"]["themes"]["Bananas"] == "?"
    assert tables["values"]["iro"]["Jane Turner"] == "?"
    refused = fresh.run("import", path, "--mapping", str(kept), "--json").json["refused"]
    assert {one["row"] for one in refused} == {2, 3}
    kept.write_text(kept.read_text().replace('Bananas = "?"', 'Bananas = "PLC"')
                    .replace('"Jane Turner" = "?"', '"Jane Turner" = "JT"'))  # fmt: skip
    assert reasons(fresh, path, "--mapping", str(kept)) == set()


@pytest.mark.parametrize("first", [False, True], ids=["behind", "before"])
def test_a_heading_of_several_sheets_keeps_its_use(fresh: Place, first: bool) -> None:  # noqa: FBT001
    """Where one sheet has no place for a column, the file does not take it from the other.

    Nor does it stand in for the column that had its place, wherever it is.
    """

    def with_details(rows: list[list[str]]) -> list[list[str]]:
        own = [[f"Words {n}" if n else "Details"] for n in range(len(rows))]
        return [more + row if first else row + more for row, more in zip(rows, own, strict=True)]

    def second(book: Any) -> None:
        sheet = book.create_sheet("Other")
        for row in with_details(poole_rows()[:1] + poole_rows()[5:8]):
            sheet.append(row)

    plain = with_details(without("Concern", "Alert no")[:4])
    path = put_bytes(fresh, "two.xlsx", xlsx_bytes(plain, second))
    kept = str(fresh.folder / "kept.toml")
    fresh.done("import", path, "--save-mapping", kept)
    fresh.done("import", path, "--mapping", kept, "--yes")
    said = [fresh.done("show", str(n)).out.splitlines() for n in range(1, 7)]
    told = ["Words 1", "Words 2", "Words 3", *(row[9] for row in poole_rows()[5:8])]
    assert all(f"    {text}" in lines for text, lines in zip(told, said, strict=True))


def test_a_saved_mapping_holds_any_heading(fresh: Place) -> None:
    """Quotes, brackets, new lines and controls in a heading come back as they were."""
    rows = poole_rows()[:3]
    rows = [[*row, "x", "y"] for row in rows]
    rows[0][-2:] = ['"]\n[always]\nsource = "recalled', "a\x1b]\u202e= [#"]
    path = put(fresh, "odd.csv", rows)
    kept = str(fresh.folder / "kept.toml")
    first = fresh.json("import", path, "--save-mapping", kept)
    assert "always" not in first["mapping"]
    assert "\x1b" not in (fresh.folder / "kept.toml").read_text()
    assert fresh.json("import", path, "--mapping", kept)["mapping"] == first["mapping"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x = [", ["is not TOML"]),
        (b"\xff\xfe", ["is not TOML"]),
        (
            (b'[columns]\nnonsense = "a"\nchild = 3\n[values]\nzz = {}\n[values.roles]\na = 3\n'
            b'[always]\nchild = "1"\n[reading]\nyear = 3\ndates = "us"\n[other]\n'),
            ["'nonsense' is no field", "columns, child", "'zz' is no list", "values, roles",
             "always: 'child'", "reading, year", "reading, dates", "'other' is not one of"],
        ),
        (b'[always]\nservice = "Bananas"\n', ["service cannot be 'Bananas' in every row"]),
    ],
    ids=["no TOML", "no text", "wrong", "no code"],
)  # fmt: skip
def test_a_mapping_that_is_none(fresh: Place, data: bytes, said: list[str]) -> None:
    """One message, with all that is wrong; nothing is recorded."""
    mapping = put_bytes(fresh, "m.toml", data)
    message = one_message(fresh.run("import", str(POOLE), "--yes", "--mapping", mapping), USAGE)
    for one in said:
        assert one in message


def test_a_mapping_that_is_not_there(fresh: Place) -> None:
    """Or that is a folder."""
    for name in ("nowhere.toml", "."):
        ran = fresh.run("import", str(POOLE), "--mapping", name)
        assert f"{name} cannot be read" in one_message(ran, USAGE)


# --- options ----------------------------------------------------------------------------------


def test_the_source_and_the_kind_are_said_or_every_row_is_refused(fresh: Place) -> None:
    """Neither is ever inferred."""
    path = put(fresh, "x.csv", without("Record", "Level"))
    assert any("--source" in said for said in reasons(fresh, path))
    only_source = reasons(fresh, path, "--source", "recalled")
    assert any("challenge or alert" in said for said in only_source)
    args = ["--source", "recalled", "--kind", "alert", "--yes"]
    assert fresh.json("import", path, *args)["threads"]["new"] == THREADS
    assert {(one["kind"], one["source"]) for one in fresh.json("log")} == {("alert", "recalled")}


def test_an_option_that_cannot_be(fresh: Place) -> None:
    """Each is a usage error that names it; also where a script's variable was empty."""
    for option, value in (
        ("--source", "hearsay"), ("--source", ""), ("--kind", "letter"), ("--year", "16"),
        ("--dates", "american"), ("--dates", ""),
    ):  # fmt: skip
        said = one_message(fresh.run("import", str(POOLE), "--yes", option, value), USAGE)
        assert option.removeprefix("--") in said
    nothing_was_recorded(fresh)


def test_the_year_of_days_without_one(fresh: Place) -> None:
    """November of 2016-17 is in 2016, and March in 2017; without --year they are not known."""
    rows = changed({(2, "Date raised"): "3rd Nov", (3, "Date raised"): "4 March"}, 3)
    rows = [row[:10] + row[-1:] for row in rows][:3]
    path = put(fresh, "x.csv", rows)
    assert any("year" in said for said in reasons(fresh, path))
    fresh.done("import", path, "--year", "2016-17", "--yes")
    assert {one["raised_on"] for one in fresh.json("log")} == {"2016-11-03", "2017-03-04"}


def test_which_way_round_a_day_is(fresh: Place) -> None:
    """Where no cell shows it, that is said; --dates decides."""
    rows = [row[:10] + row[-1:] for row in changed({(2, "Date raised"): "03/04/2016"}, 1)]
    path = put(fresh, "x.csv", rows)
    notes = fresh.json("import", path)["notes"]
    assert any("could be read two ways" in note and "03/04/2016" in note for note in notes)
    fresh.done("import", path, "--dates", "month-first", "--yes")
    assert [one["raised_on"] for one in fresh.json("log")] == ["2016-03-04"]


def test_days_that_contradict_each_other(fresh: Place) -> None:
    """Both ways are shown, the refusal names the option; what that cannot be true of is told."""
    days = {(at, "Date raised"): day for at, day in enumerate(("05/13/2016", "04/06/2016"), 2)}
    rows = changed({**days, (4, "Date raised"): "25/06/2016"}, 3)
    path = put(fresh, "x.csv", [row[:10] + row[-1:] for row in rows])
    notes = fresh.run("import", path, "--json").json["notes"]
    both = "the month first (05/13/2016) and the day first (25/06/2016), which can be read no other"
    assert any(both in note for note in notes)
    assert not any("read day first" in note for note in notes)
    (refused,) = reasons(fresh, path)
    assert "some put the day first and some the month; --dates day-first or" in refused
    said = fresh.json("import", path, "--dates", "day-first")
    assert (said["threads"]["new"], said["refused"]) == (3, [])
    assert any("the month first (05/13/2016), which can" in note for note in said["notes"])
    assert not any("25/06/2016" in note for note in said["notes"])
    nothing_was_recorded(fresh)


def test_one_sheet_of_several(fresh: Place) -> None:
    """--sheet names it, and reads a hidden one; one that is not there is not found."""

    def hidden(book: Any) -> None:
        sheet = book.create_sheet("Old")
        sheet.sheet_state = "hidden"
        for row in poole_rows()[:1] + poole_rows()[10:12]:
            sheet.append(row)

    path = put_bytes(fresh, "x.xlsx", xlsx_bytes(poole_rows()[:4], hidden))
    said = fresh.json("import", path)
    assert (said["threads"]["new"], said["left_out"][0]["sheet"]) == (3, "Old")
    assert "hidden" in said["left_out"][0]["why"]
    assert fresh.json("import", path, "--sheet", "Old")["threads"]["new"] == 2
    both = fresh.json("import", path, "--sheet", "Old", "--sheet", "Sheet")
    assert both["threads"]["new"] == 5
    message = one_message(fresh.run("import", path, "--yes", "--sheet", "old"), NOT_FOUND)
    assert "There is 'Sheet', 'Old'." in message
    assert "There is no sheet 'x'" in one_message(
        fresh.run("import", str(POOLE), "--sheet", "x"), 4
    )
    nothing_was_recorded(fresh)


def test_what_is_guessed_is_not_recorded_by_a_script(fresh: Place) -> None:
    """A value that is near to a code is shown with its guess, and its row is refused."""
    path = put(fresh, "x.csv", changed({(2, "Theme"): "Placment change"}, 3))
    ran = fresh.run("import", path, "--yes")
    assert ran.code == REFUSED
    assert "a guess" in ran.out
    assert "the nearest is PLC" in ran.out
    nothing_was_recorded(fresh)
