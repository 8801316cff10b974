"""The page of a report: every figure is there, nothing is obeyed, and nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from footprint_cli.forms.page import page_of
from footprint_cli.forms.said import base_said, said
from footprint_cli.screen.text import visible
from hypothesis import given, settings
from report_helpers import (
    DAYS_TO_CLOSE,
    DIGEST,
    MADE,
    POOLE,
    PUBLISHED,
    RAISED,
    SERVICES,
    STAGES,
    THEMES,
    count,
    reports,
)
from strategies import HARD_TEXTS

from footprint.reports.figures import COUNT, FEW, SHARE, Figure, Report, Section, Table

VOID = {"meta", "rect", "line", "br", "wbr"}


class Read(HTMLParser):
    """A page as a reader has it: its elements, and the text in each that has an end."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(f"{tag}#{dict(attrs).get('id', '')}")
            self.texts.append((tuple(self._open), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().split("#")[0] == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(self._open), data))

    def text(self, *within: str) -> str:
        """All text inside of such elements, with space as a browser shows it."""
        return spaced("".join(t for path, t in self.texts if all(w in path for w in within)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def spaced(text: str) -> str:
    return " ".join(text.split())


def rows_of(page: str, table: Table) -> list[list[str]]:
    """The rows of a table on the page, cell by cell, without its headings."""
    found: list[list[str]] = []
    for path, text in Read(page).texts:
        if f"article#table-{table.name}" not in path or "tbody#" not in path:
            continue
        if path[-1] == "tr#" and not text:
            found.append([])
        elif path[-1] in {"th#", "td#"} and not text:
            found[-1].append("")
        elif "td#" in path or "th#" in path:
            found[-1][-1] += text
    return [[spaced(cell) for cell in row] for row in found]


def expected(table: Table, threshold: int) -> Iterator[list[str]]:
    for row in table.rows:
        cells = [spaced(visible(row.label))]
        for figure in row.cells:
            words = said(figure, threshold)
            cells.append(spaced(f"{words} {base_said(figure)}") if words else "\N{EN DASH}")
        yield cells


def page_with(*tables: Table) -> str:
    return page_of(POOLE._replace(sections=(Section("s", "Section", tables),)), DIGEST)


# --- what is in it ------------------------------------------------------------------------------


@settings(max_examples=30)
@given(reports())
def test_every_figure_is_in_its_table(report: Report) -> None:
    """Each row has its label and each of its figures, with how many it is of, as they are said."""
    page = page_of(report, DIGEST)
    for table in report.tables():
        if not table.silent:
            assert rows_of(page, table) == list(expected(table, report.made.threshold))


def test_a_table_that_says_nothing_is_named_in_a_list() -> None:
    """Where all of it is held back there is its title, and no table of what is not shown."""
    few = (Figure(COUNT, held=FEW),)
    held = tuple(row._replace(cells=few * len(row.cells)) for row in RAISED.rows)
    page = Read(page_with(RAISED._replace(rows=held), SERVICES))
    assert page.text("section#too-few", "li#") == RAISED.title
    assert len(page.named("table")) == 1


@settings(max_examples=30)
@given(reports())
def test_the_same_report_is_the_same_page(report: Report) -> None:
    """A page has nothing in it but its report: two renderings are the same, byte for byte."""
    assert page_of(report, DIGEST).encode() == page_of(report, DIGEST).encode()


def test_all_that_it_was_made_from_is_at_its_foot() -> None:
    """Whose ledger, up to where, for which day, with which calendar and labels, by what command."""
    foot = Read(page_of(POOLE, DIGEST)).text("footer#")
    for told in (MADE.authority, MADE.origin, f"entry {MADE.position}", MADE.root, "31 March 2017",
                 MADE.calendar, "version 1", DIGEST, MADE.command):  # fmt: skip
        assert told in foot


def test_whom_it_is_for_and_what_has_to_be_known_come_first() -> None:
    """The notice and the remarks stand before any figure."""
    text = Read(page_of(POOLE, DIGEST)).text("main#")
    first = text.index("At a glance")
    assert all(text.index(said) < first for said in (POOLE.whom, *POOLE.remarks))


def test_each_table_has_its_finding_its_caption_and_how_it_is_counted() -> None:
    """The finding is the heading; title, definition and notes are with the figures."""
    page = Read(page_of(POOLE, DIGEST))
    for table in POOLE.tables():
        here = f"article#table-{table.name}"
        assert page.text(here, "h3#") == table.finding
        assert page.text(here, "caption#") == table.title
        assert all(said in page.text(here, "p#") for said in (table.measure, *table.notes))


def test_a_title_that_is_the_heading_is_not_seen_twice() -> None:
    """Where a copy says no finding the title is the heading, and the caption is only heard."""
    for finding in ("", f"{RAISED.title}."):
        page = Read(page_with(RAISED._replace(finding=finding)))
        assert page.named("caption") == [{"class": "unseen"}]
        assert page.text("caption#") == RAISED.title


def test_a_table_without_rows_says_none() -> None:
    """Nothing to list is said, not shown as an empty table."""
    page = Read(page_with(RAISED._replace(rows=())))
    assert page.text("article#table-raised", "p#").startswith(f"{RAISED.title}: none.")
    assert not page.named("table")


def test_what_is_seen_first_has_its_base() -> None:
    """No percentage at a glance is without what it is of; a median says how many it is of."""
    page = Read(page_of(POOLE, DIGEST))
    seen = page.text("section#", "ul#", "li#")
    assert "17 % 4 of 23 settled without an alert" in seen
    assert "17 n 19 working days to resolve an alert (median)" in seen


def test_a_report_without_those_tables_has_nothing_at_a_glance() -> None:
    """What is seen first is taken from what is there."""
    assert "At a glance" not in Read(page_with(SERVICES)).text("main#")


def test_every_link_leads_to_a_place_on_the_page() -> None:
    """Links are to the page's own parts, and each is there."""
    page = Read(page_of(POOLE, DIGEST))
    places = {f"#{attrs['id']}" for _, attrs in page.tags if attrs.get("id")}
    links = {str(attrs["href"]) for attrs in page.named("a")}
    assert links <= places
    assert {f"#section-{section.name}" for section in POOLE.sections} <= links


# --- what it is made of -------------------------------------------------------------------------


@pytest.mark.parametrize("hard", [text for text in HARD_TEXTS if text.strip()], ids=ascii)
def test_what_people_typed_shows_as_typed(hard: str) -> None:
    """Whatever a label says is text: the page has the same elements as with a plain one."""
    plain, typed = (
        page_with(SERVICES._replace(finding=said, title=said, of=said, measure=said, notes=(said,),
                  rows=(SERVICES.rows[0]._replace(label=said),)))
        for said in ("plain", hard)
    )  # fmt: skip
    assert [tag for tag, _ in Read(plain).tags] == [tag for tag, _ in Read(typed).tags]
    assert rows_of(typed, SERVICES)[0][0] == spaced(visible(hard))
    assert Read(typed).text("article#table-services", "h3#") == spaced(visible(hard))


@settings(max_examples=30)
@given(reports())
def test_nothing_is_fetched_and_nothing_runs(report: Report) -> None:
    """No script, no style from elsewhere, no picture, no handler: the page forbids them too."""
    page = Read(page_of(report, DIGEST))
    names = {name for _, attrs in page.tags for name in attrs}
    assert not names & {"src", "srcset", "xlink:href", "action", "data", "ping"}
    assert not {name for name in names if name.startswith("on")}
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "form"}
    assert all(str(attrs["href"]).startswith("#") for attrs in page.named("a"))
    assert not re.search(r"url\(|@import|https?:", page.text("style#"))
    assert "default-src 'none'" in str(page.named("meta")[2]["content"])


# --- the threads behind -------------------------------------------------------------------------


def test_the_threads_behind_a_figure_are_each_named_once() -> None:
    """One that is counted twice says so; of a share, those that are not in are the rest."""
    twice = Figure(COUNT, 3, refs=("CH-16", "CH-2", "CH-16"))
    part = Figure(SHARE, 1, 2, refs=("CH-4",), rest=("CH-5",))
    row = SERVICES.rows[0]
    table = SERVICES._replace(rows=(row._replace(cells=(twice,)), row._replace(cells=(part,))))
    behind = Read(page_with(table)).text("details#")
    assert "Alerts: CH-16 (2), CH-2" in behind
    assert "Alerts: CH-4; the rest: CH-5" in behind


def test_every_thread_of_the_year_can_be_traced() -> None:
    """Each reference that a figure has is on the page, with its table."""
    page = Read(page_of(POOLE, DIGEST))
    for table in POOLE.tables():
        found = set(re.findall(r"CH-\d+", page.text(f"article#table-{table.name}", "details#")))
        assert found == {
            ref for _, _, figure in table.figures() for ref in figure.refs + figure.rest
        }


def test_a_published_copy_names_no_thread() -> None:
    """Without references there is nothing to open, and none is said."""
    page = page_of(PUBLISHED, DIGEST)
    assert not Read(page).named("details")
    assert "CH-" not in page


def test_what_is_held_back_reads_as_why() -> None:
    """Fewer than five of a base that may be known, and days of fewer than five."""
    closing = next(table for table in PUBLISHED.tables() if table.name == "closing")
    informal = next(table for table in PUBLISHED.tables() if table.name == "informal")
    page = page_of(PUBLISHED, DIGEST)
    assert rows_of(page, closing)[1][1:3] == ["fewer than 5", "of fewer than 5"]
    assert rows_of(page, informal)[0][1] == "fewer than 5 of 23"
    assert "fewer than" not in Read(page).text("section#", "ul#")


# --- charts -------------------------------------------------------------------------------------


def chart_of(page: str, table: Table) -> str:
    """What stands in a chart, as it is read from left to right and down."""
    read = Read(page)
    return spaced(
        "".join(
            text for path, text in read.texts
            if f"article#table-{table.name}" in path and "table#" not in path and "bdi#" not in path
            and not {"h3#", "p#", "details#"} & set(path)
        )
    )  # fmt: skip


def test_a_chart_is_a_picture_with_a_name() -> None:
    """To whoever does not see it a chart is a picture that says where its figures are."""
    page = Read(page_of(POOLE, DIGEST))
    charts = [attrs for attrs in page.named("div") if attrs.get("role") == "img"]
    drawn = [table for table in POOLE.tables() if table.chart]
    assert [attrs["aria-label"] for attrs in charts] == [
        f"Chart: {table.title}. The table with it has the same figures." for table in drawn
    ]


def test_every_figure_that_is_drawn_is_said_in_the_chart() -> None:
    """The figures of a chart stand at its bars, 0 included."""
    page = page_of(POOLE, DIGEST)
    assert chart_of(page, SERVICES) == "18 2"
    assert chart_of(page, THEMES) == "1 6 2 5 1 4 2 3 0 2"
    assert chart_of(page, STAGES) == "26 20 of 26 1 of 20 0 of 1 0"


def test_the_line_of_a_distribution_says_what_it_is() -> None:
    """The line has its words, and what is beyond it is told by a pattern that is explained."""
    page = Read(page_of(POOLE, DIGEST))
    assert DAYS_TO_CLOSE.chart
    assert DAYS_TO_CLOSE.chart.line in page.text("article#table-days", "div#")
    assert "Striped: beyond the line." in page.text("article#table-days", "p#")
    assert len(page.named("line")) == 2  # two groups beyond it have a bar


def test_no_bar_is_drawn_of_nothing_and_of_what_is_held_back() -> None:
    """Zero reads 0, and what is held back reads its words: neither has a bar."""
    row = SERVICES.rows[0]
    few = Figure(COUNT, held=FEW)
    table = SERVICES._replace(
        rows=tuple(row._replace(key=str(n), cells=(one,))
                   for n, one in enumerate((count(8), count(0), few)))
    )  # fmt: skip
    page = page_with(table)
    assert chart_of(page, table) == "8 0 fewer than 5"
    assert [attrs["width"] for attrs in Read(page).named("svg")] == ["100.0%"]


def test_a_chart_of_nothing_is_left_out() -> None:
    """Where no bar would be seen the table says it alone."""
    row = SERVICES.rows[0]
    page = Read(page_with(SERVICES._replace(rows=(row._replace(cells=(count(0),)),))))
    assert not [attrs for attrs in page.named("div") if attrs.get("role") == "img"]


def luminance(colour: str) -> float:
    """Of a colour such as #12436d, by WCAG 2.2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_each_colour_of_a_bar_is_told_from_the_page() -> None:
    """Four colours, each at 3:1 or more against white (WCAG 2.2, 1.4.11), and none is red."""
    style = Read(page_of(POOLE, DIGEST)).text("style#")
    inks = set(re.findall(r"--ink: (#\w{6});", style))
    assert inks == {"#12436d", "#28a197", "#801650", "#f46a25"}
    assert all(1.05 / (luminance(ink) + 0.05) >= 3 for ink in inks)


def test_a_distribution_whose_figures_have_no_room_lies() -> None:
    """Words do not stand over upright bars on a telephone: the bars lie, with the same line."""
    held = Figure(COUNT, held=FEW)
    rows = tuple(row._replace(cells=(row.cells[0], held)) for row in DAYS_TO_CLOSE.rows)
    page = page_with(DAYS_TO_CLOSE._replace(rows=rows))
    assert chart_of(page, DAYS_TO_CLOSE) == (
        "1 fewer than 5 3 fewer than 5 4 fewer than 5 7 fewer than 5"
        " 2 fewer than 5 2 fewer than 5 0 fewer than 5"
    )
    assert "20 working days" in Read(page).text("article#table-days", "div#")
