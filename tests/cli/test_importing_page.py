"""The page `docs/importing.md` is run, and its reference is what there is."""

from __future__ import annotations

import csv
import json
import re
import textwrap
import tomllib
from hashlib import sha256

import pytest
from cli_helpers import Place
from pages import DOCS, Lived, fresh, live

from footprint.domain.vocabulary import DEFAULT_LISTS, FIXED_LISTS
from footprint.errors import Misused
from footprint.intake.asking import SOURCES
from footprint.intake.fields import EVENTS, FIELDS, FLAGS, KINDS
from footprint.intake.headings import LOOKED_THROUGH
from footprint.intake.mapping import mapping_of
from footprint.sheets import limits

pytestmark = pytest.mark.slow  # a process for each command

PAGE = (DOCS / "importing.md").read_text("utf-8")
FILE = re.compile(r"^<!-- file: (\S+) -->\n\n((?: {4}.*\n|\n(?= {4}))+)", re.MULTILINE)
FILES = {name: textwrap.dedent(text) for name, text in FILE.findall(PAGE)}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, list[Lived]]:
    """The page, lived through, with the files that it shows."""
    place = fresh(tmp_path_factory.mktemp("sheet") / "place")
    for name, text in FILES.items():
        (place.folder / name).write_text(text, "utf-8")
    return place, live("importing.md", place)


def test_the_page_is_what_happens(lived: tuple[Place, list[Lived]]) -> None:
    """Each command says what is written; the look first ends with 1, as rows are refused."""
    for step, _, said in lived[1]:
        assert said == step.said, step.command
    refused = [step.command for step, code, _ in lived[1] if code]
    assert refused == [lived[1][0][0].command]


def test_the_mended_file_is_the_rejects_with_a_day_mended(lived: tuple[Place, list[Lived]]) -> None:
    """What the page shows as mended is what the program wrote, but for one cell."""
    text = (lived[0].folder / "escalations-rejects.csv").read_text("utf-8-sig")
    was, now = (list(csv.reader(one.splitlines())) for one in (text, FILES["mended.csv"]))
    assert len(was) == len(now) == 2
    pairs = [
        (a, b) for old, new in zip(was, now, strict=True) for a, b in zip(old, new, strict=True)
    ]
    assert [pair for pair in pairs if pair[0] != pair[1]] == [("31/11/2025", "30/11/2025")]


def test_the_mapping_says_what_the_draft_leaves_open(lived: tuple[Place, list[Lived]]) -> None:
    """Every `?` of the mapping that was saved has its code in the one that is used."""
    draft = tomllib.loads((lived[0].folder / "draft.toml").read_text("utf-8"))
    said = tomllib.loads(FILES["meaning.toml"])
    asked = {(name, value) for name, codes in draft["values"].items()
             for value, code in codes.items() if code == "?"}  # fmt: skip
    assert asked == {(name, value) for name, codes in said["values"].items() for value in codes}


def test_an_entry_is_traced_to_its_row(lived: tuple[Place, list[Lived]]) -> None:
    """By the digest of the file, the row, and the cells that it was made from."""
    place = lived[0]
    place.done("export", "--entries", "entries.jsonl", "--with-words")
    lines = (place.folder / "entries.jsonl").read_text("utf-8").splitlines()
    words = [json.loads(line)["data"].get("words") or {} for line in lines[1:]]
    file = sha256(FILES["escalations.csv"].encode()).hexdigest()
    closed = next(one for one in words if "Date closed" in one.get("original", ""))
    assert (closed["origin_file"], closed["origin_row"]) == (file, "4")
    assert json.loads(closed["original"]) == {"Outcome": "Resolved", "Date closed": "28/11/2025"}
    put_right = next(one for one in words if "new.original" in one)
    assert "brought in from row 4 of a file, where it is E1" in place.done("show", "1").out
    later = sha256(FILES["escalations-february.csv"].encode()).hexdigest()
    assert put_right["new.origin_file"] == later


# --- the reference ----------------------------------------------------------------------------


def table(name: str) -> list[tuple[list[str], list[str]]]:
    """What stands in backticks in the two cells of each row of a table of the reference."""
    text = re.search(rf"<!-- {name} -->\n\n((?:\|.*\n)+)", PAGE)
    assert text
    rows = [line.split("|")[1:3] for line in text[1].splitlines()[2:]]
    return [(re.findall(r"`([^`]+)`", a), re.findall(r"`([^`]+)`", b)) for a, b in rows]


def test_every_field_is_in_the_reference() -> None:
    """And nothing that is none; `answered-2.` has the parts of `answered.`."""
    named = {field for _, fields in table("fields") for field in fields}
    moves = {name for name in named if name.endswith(".")}
    full = named - moves
    for move in moves - {"answered.", "escalated."}:
        base = re.sub(r"-\d", "", move)
        full |= {move + one.removeprefix(base) for one in named - moves if one.startswith(base)}
    assert full == set(FIELDS)


def test_every_list_is_in_the_reference() -> None:
    """With its codes, where they are not the authority's; what is brought in was made elsewhere."""
    fixed = {"kinds": KINDS, "events": EVENTS, "flags": FLAGS, **FIXED_LISTS}
    fixed["sources"] = dict.fromkeys(SOURCES, "")
    rows = table("lists")
    assert {name for names, _ in rows for name in names} == listed("values") | {"iro"}
    for (name, *_), codes in rows:
        if name not in {*DEFAULT_LISTS, "iro"}:
            assert codes == list(fixed[name]), name


def listed(kind: str) -> set[str]:
    """What a mapping may have in a table, by what is said of one that has something else."""
    with pytest.raises(Misused) as refused:
        mapping_of({kind: {"zz": 0}})
    return set(re.split(r", ", re.split(r"there are |is not one of ", refused.value.listed[0])[1]))


@pytest.mark.parametrize("kind", ["always", "reading"])
def test_every_key_of_the_mapping_is_in_the_reference(kind: str) -> None:
    """Of the tables whose keys are fixed."""
    text = PAGE.split("## The mapping file")[1].split("### Fields")[0]
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("|")]
    of, named = "", set()
    for first, second in rows:
        of = first.strip(" `[]") or of
        named |= set(re.findall(r"`([^`]+)`", second)) if of == kind else set()
    assert named == listed(kind)


def test_every_option_is_in_the_reference(lived: tuple[Place, list[Lived]]) -> None:
    """And none that there is not."""
    told = lived[0].done("import", "--help").out.split("Options:")[1]
    there = set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", told, re.MULTILINE)) - {"--help"}
    assert {one.split()[0] for options, _ in table("options") for one in options} == there


def test_the_limits_are_those_of_the_code() -> None:
    """Rows, columns and sizes."""
    mebi = 1 << 20
    assert limits.MOST_TEXT == limits.MOST_FILE
    for said in (
        f"{limits.MOST_ROWS:,} rows", f"{limits.MOST_COLUMNS} columns",
        f"{limits.MOST_TEXT // mebi} MiB of text", f"{limits.LONGEST_CELL:,} characters",
        f"a workbook of {limits.MOST_WORKBOOK // mebi} MiB", f"first {LOOKED_THROUGH} rows",
    ):  # fmt: skip
        assert said in " ".join(PAGE.split()), said
