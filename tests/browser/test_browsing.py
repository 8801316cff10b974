"""What the tests of pages would find: each fault, put into a page on purpose, is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import VIEWS, look, opened, printed, sheets, sticking_out, violations
from playwright.sync_api import Browser

GOOD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title></head>'
    "<body><main><h1>A page</h1>{}</main></body></html>"
)
LOCKED = (
    "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">"
    '<img alt="" src="https://example.org/x.png">'
)
TINY = '<button style="width: 9px; height: 9px; padding: 0; border: 0" aria-label="x"></button>'
UNSEEN = (
    '<p style="position: absolute; width: 1px; height: 1px; overflow: hidden; white-space: nowrap">'
    f"{'Unseen. ' * 400}</p>"
)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


def test_nothing_is_found_in_a_good_page(browser: Browser, document: Path) -> None:
    """In no view is anything wrong with it, and it asks for nothing but itself.

    What is for the ears alone may be as long as it likes.
    """
    document.write_text(GOOD.format(f"<p>Some text.</p>{UNSEEN}"))
    with opened(browser, document) as shown:
        for view in VIEWS.values():
            look(shown.page, view)
            assert (sticking_out(shown.page), violations(shown.page)) == ([], [])
        assert (shown.asked_for, shown.complaints) == ([document.as_uri()], [])


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ('<div style="width: 2000px">x</div>', "the page is 2"),
        ('<div style="overflow: hidden"><p style="width: 2000px">x</p></div>', "<p"),
        (f"<p>{'x' * 500}</p>", "the text"),
        ('<p style="position: relative; left: -30px">x</p>', "from -"),
    ],
)
def test_what_sticks_out_is_found(browser: Browser, document: Path, body: str, what: str) -> None:
    """The page, an element that is cut off, and a text that is wider than its element."""
    document.write_text(GOOD.format(body))
    with opened(browser, document) as shown:
        assert any(what in one for one in sticking_out(shown.page))


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<p style="color: #aaa">Faint.</p>', "color-contrast"),
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "image-alt"),
        (f"{TINY}{TINY}", "target-size"),
    ],
)
def test_what_is_not_accessible_is_found(
    browser: Browser, document: Path, body: str, rule: str
) -> None:
    """With the rule that it is against, and where it is."""
    document.write_text(GOOD.format(body))
    with opened(browser, document) as shown:
        assert any(rule in one for one in violations(shown.page))


@pytest.mark.parametrize(
    "body",
    [
        '<img alt="" src="https://example.org/x.png">',
        '<link rel="stylesheet" href="other.css">',
        '<p style="background: url(http://example.org/y.png)">x</p>',
        LOCKED,
    ],
)
def test_what_is_fetched_is_found(browser: Browser, document: Path, body: str) -> None:
    """By whatever means a page would fetch it, and also where its own policy forbids that."""
    document.write_text(GOOD.format(body))
    with opened(browser, document, unguarded=True) as shown:
        assert len(shown.asked_for) == 2


def test_what_the_browser_complains_of_is_found(browser: Browser, document: Path) -> None:
    """A page that is kept from what it tries, and a script that fails."""
    document.write_text(GOOD.format(LOCKED))
    with opened(browser, document) as shown:
        assert shown.complaints
    document.write_text(GOOD.format("<script>nothing.such()</script>"))
    with opened(browser, document) as shown:
        assert shown.complaints


def test_sheets_are_counted(browser: Browser, document: Path) -> None:
    """Three sheets are three."""
    apart = '<p style="break-after: page">x</p>'
    document.write_text(GOOD.format(f"{apart}{apart}<p>x</p>"))
    with opened(browser, document) as shown:
        assert sheets(printed(shown.page)) == 3
