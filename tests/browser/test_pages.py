"""Every page that the program makes, in a real browser: on a phone, on a desk and on paper."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import VIEWS, Opened, look, opened, printed, sheets, sticking_out, violations
from cli_helpers import Place
from footprint_cli.forms.page import page_of
from playwright.sync_api import Browser
from report_helpers import DIGEST, PUBLISHED

pytestmark = pytest.mark.slow  # every page, three ways

ESCALATED, CHILD = "16", "204117"
"""A thread of the demonstration, and a child who has two."""


def reading_copy(place: Place, folder: Path) -> str:
    """The one in a bundle."""
    bundle = folder / "bundle.zip"
    place.done("evidence", ESCALATED, "--with-words", "--output", str(bundle))
    with zipfile.ZipFile(bundle) as files:
        return files.read("reading-copy.html").decode()


def subject_access(place: Place, folder: Path) -> str:
    """The answer to a child's request."""
    place.done("sar", CHILD, "--output", str(folder / "request"))
    return (folder / "request" / "record.html").read_text("utf-8")


def timeline(place: Place, _folder: Path) -> str:
    """Of a thread that is over."""
    return place.done("replay", ESCALATED, "--html").out


def open_timeline(place: Place, _folder: Path) -> str:
    """Of one that has been open for years, with its words."""
    return place.done("replay", "20", "--html", "--with-words").out


def annual(place: Place, _folder: Path) -> str:
    """The year's report, with all that is for use inside."""
    return place.done("report", "annual", "2016-17", "--full", "--format", "html").out


def published(place: Place, _folder: Path) -> str:
    """The copy for everybody, whose small figures are held back."""
    return place.done("report", "annual", "2016-17", "--format", "html").out


def much_published(_place: Place, _folder: Path) -> str:
    """One of which more is shown, with figures of every kind that are held back."""
    return page_of(PUBLISHED, DIGEST)


def quarter(place: Place, _folder: Path) -> str:
    """The last quarter's, with all that can be asked for."""
    options = ("--per-iro", "--with-words", "--format", "html")
    return place.done("report", "quarter", "2016-17", "Q4", *options).out


PAGES: dict[str, Callable[[Place, Path], str]] = {
    "reading copy": reading_copy,
    "subject access": subject_access,
    "timeline": timeline,
    "open timeline": open_timeline,
    "annual report": annual,
    "published report": published,
    "report with all that is held back": much_published,
    "quarter's report": quarter,
}


@pytest.fixture(scope="module", params=PAGES)
def shown(
    request: pytest.FixtureRequest,
    browser: Browser,
    year: Place,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Opened]:
    """Each page, opened once."""
    folder = tmp_path_factory.mktemp("page")
    document = folder / "page.html"
    document.write_text(PAGES[request.param](year, folder), "utf-8")
    with opened(browser, document) as one:
        yield one


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_is_for_everybody(shown: Opened, view: str) -> None:
    """All of it is within the window, and it keeps the rules of access."""
    look(shown.page, VIEWS[view])
    assert sticking_out(shown.page) == []
    assert violations(shown.page) == []


def test_a_page_goes_on_paper(shown: Opened) -> None:
    """It has sheets, of A4."""
    assert sheets(printed(shown.page)) > 0


def test_a_page_is_all_there_is(shown: Opened) -> None:
    """It asked for nothing but itself; what its own policy had kept it from would be told."""
    assert shown.asked_for == [shown.page.url]
    assert shown.complaints == []
