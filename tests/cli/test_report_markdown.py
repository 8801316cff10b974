"""A report as Markdown: every figure is there, and nothing that was typed becomes markup."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from footprint_cli.forms.markdown import escaped, markdown
from footprint_cli.forms.said import base_said, said
from footprint_cli.screen.text import visible
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token
from report_helpers import DIGEST, MADE, OVERDUE, POOLE, PUBLISHED, RAISED, reports
from rich.cells import cell_len
from strategies import HARD_TEXTS, text

from footprint.reports.figures import Report, Section, Table

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = {"heading", "paragraph", "inline", "blockquote", "bullet_list", "list_item", "text", "th",
        "table", "thead", "tbody", "tr", "td"}  # fmt: skip
MARKUP = ("*a*", "_b_", "`c`", "[d](http://x)", "![e](f)", "<b>g</b>", "&lt;", "a | b", "\\|",
          "\\", "# h", "#", "1. i", "2)", "- j", "+ k", "---", "===", "> l", "~~m~~", "<http://n>",
          "a  b", "| - |", "[o]: p", "    q", "1.5", "-1", "www.example", "https://x.example",
          "a@b.c", "```", "~~~", "<!-- r -->", "<?s", ":-:", "*", "**", "a*b*c")  # fmt: skip
"""What Markdown would obey."""


def tokens(source: str) -> Iterator[Token]:
    for token in READER.parse(source):
        yield token
        yield from token.children or ()


def kinds(source: str) -> set[str]:
    return {token.type.removesuffix("_open").removesuffix("_close") for token in tokens(source)}


def spaced(text: str) -> str:
    """As it shows: several spaces are one, and those at the ends are none."""
    return " ".join(text.split())


def shown(token: Token) -> str:
    return spaced("".join(child.content for child in token.children or ()))


def tables_of(source: str) -> list[list[list[str]]]:
    """The tables of a text as a reader of Markdown has them, cell by cell, with their headings."""
    found: list[list[list[str]]] = []
    within = False
    for token in READER.parse(source):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in {"th_open", "td_open", "th_close", "td_close"}:
            within = token.nesting == 1
        elif token.type == "inline" and within:
            found[-1][-1].append(shown(token))
    return found


def expected(table: Table, threshold: int) -> list[list[str]]:
    heads = [table.of, *(column.label for column in table.columns)]
    rows = [[spaced(visible(head)) for head in heads]]
    for row in table.rows:
        cells = [spaced(visible(row.label))]
        for figure in row.cells:
            words, base = said(figure, threshold), base_said(figure)
            cells.append(spaced(f"{words} ({base})" if base else words) or "\N{EN DASH}")
        rows.append(cells)
    return rows


@settings(max_examples=50)
@given(reports())
def test_every_figure_is_in_its_table(report: Report) -> None:
    """Each table has its headings and rows, and each figure its words and base."""
    assert tables_of(markdown(report, DIGEST)) == [
        expected(table, report.made.threshold)
        for table in report.tables()
        if table.rows and not table.silent
    ]


@settings(max_examples=50)
@given(reports())
def test_nothing_that_was_typed_becomes_markup(report: Report) -> None:
    """A reader finds the headings, lists and tables of a report, and nothing else."""
    assert kinds(markdown(report, DIGEST)) <= OURS


@pytest.mark.parametrize("typed", [*MARKUP, *HARD_TEXTS], ids=ascii)
@pytest.mark.parametrize("before", ["", "- ", "# ", "> "])
def test_what_people_typed_shows_as_typed(typed: str, before: str) -> None:
    """As a paragraph, in a list, a heading or a quotation: it is read as it was typed."""
    source = before + escaped(typed)
    assert kinds(source) <= OURS
    assert [shown(token) for token in READER.parse(source) if token.type == "inline"] == [
        said for said in [spaced(visible(typed))] if said or before == "# "
    ]


@given(text(max_size=80))
def test_any_text_shows_as_typed(typed: str) -> None:
    """The same of whatever can be typed."""
    found = [shown(token) for token in READER.parse(escaped(typed)) if token.type == "inline"]
    assert "".join(found) == spaced(visible(typed))
    assert kinds(escaped(typed)) <= OURS


def test_the_columns_of_a_table_stand_under_each_other() -> None:
    """On a terminal too: the lines of a table are as wide as each other, in wide characters too."""
    wide = RAISED._replace(of="\N{CJK UNIFIED IDEOGRAPH-5150}e\N{COMBINING ACUTE ACCENT}")
    report = POOLE._replace(sections=(Section("s", "S", (wide, OVERDUE)),))
    blocks = markdown(report, DIGEST).split("\n\n")
    tables = [block.split("\n") for block in blocks if block.startswith("|")]
    assert [len({cell_len(line) for line in lines}) for lines in tables] == [1, 1]


def test_a_title_that_is_the_heading_is_not_said_twice() -> None:
    """Where a copy says no finding the title is the heading, and stands there alone."""
    for finding in ("", f"{RAISED.title}."):
        table = RAISED._replace(finding=finding)
        report = POOLE._replace(sections=(Section("s", "S", (table,)),))
        assert markdown(report, DIGEST).count(RAISED.title) == 1


def test_a_table_without_rows_says_none() -> None:
    """Nothing to list is said, not shown as an empty table."""
    report = POOLE._replace(sections=(Section("s", "S", (RAISED._replace(rows=()),)),))
    source = markdown(report, DIGEST)
    assert f"{RAISED.title}: none." in source
    assert not tables_of(source)


def test_findings_and_definitions_stand_with_the_figures() -> None:
    """The finding is the heading; the definition and the notes are under the table."""
    source = markdown(POOLE, DIGEST)
    for table in POOLE.tables():
        assert f"\n### {table.finding}\n" in source
        assert f"\nHow it is counted: {table.measure}\n" in source
        assert all(f"\n{note}\n" in source for note in table.notes)


def test_all_that_it_was_made_from_is_at_its_end() -> None:
    """Whose ledger, up to where, for which day, with which calendar and labels, by what command."""
    _, _, foot = markdown(POOLE, DIGEST).partition("## What this was made from")
    for told in (MADE.authority, MADE.origin, f"entry {MADE.position}", MADE.root, "31 March 2017",
                 MADE.calendar, "version 1", DIGEST, MADE.command):  # fmt: skip
        assert told in foot


def test_the_same_report_is_the_same_text() -> None:
    """Two renderings are the same, byte for byte, and end with a line."""
    assert markdown(POOLE, DIGEST) == markdown(POOLE, DIGEST)
    assert markdown(POOLE, DIGEST).endswith("\n")


def test_what_is_held_back_reads_as_why() -> None:
    """Fewer than five of a base that may be known, and days of fewer than five."""
    source = markdown(PUBLISHED, DIGEST)
    assert "fewer than 5 of 23" in source
    assert "of fewer than 5 |" in source
    assert "CH-" not in source
