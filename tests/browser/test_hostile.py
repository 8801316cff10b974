"""What people typed, as a browser has it: words in the places of words, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import VIEWS, Opened, look, opened, sticking_out
from footprint_cli.screen.text import visible
from hard_pages import HARD_PAGES
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from strategies import HARD_TEXTS

SCRIPTS = (
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    '"><svg onload="window.ran = 1">',
    "' autofocus onfocus='window.ran = 1' x='",
    "</title></style></svg></script><script>window.ran = 1</script>",
    "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    "<link rel=stylesheet href=x.css><style>@import 'y.css'; body { background: url(z) }</style>",
    "<meta http-equiv=refresh content='0; url=x'><base href=https://example.org/>",
    "{{ 7 * 7 }}{% include 'base.html' %}",
    "&lt;script&gt;&#60;&#x3c;&amp;",
    "<!-- ]]> --><![CDATA[",
    "\u202e<script>\u2066window.ran = 1</script>",
)
"""Texts that would do something, if they were anything but text."""
SHORT = [one for one in HARD_TEXTS if 0 < len(one) < 999]
HARMLESS = "qzx"
"""A text that no page has of itself."""

pytestmark = pytest.mark.slow  # every page, with every hard text

_ALL = """() => {
  const found = [], all = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
  for (let one = all.nextNode(); one; one = all.nextNode()) {
    const own = Array.from(one.attributes ?? []).filter(a => !["class", "style"].includes(a.name));
    found.push([one.nodeName, ...own.map(a => `${a.name}=${a.value}`)], one.nodeValue);
  }
  return found;
}"""
"""Without what a page makes of the lengths of texts: how wide a column is."""


@pytest.fixture(scope="module")
def blank(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A page to be filled, whose own security policy is not heeded."""
    document = tmp_path_factory.mktemp("blank") / "page.html"
    document.write_text("")
    with opened(browser, document, unguarded=True) as shown:
        shown.asked_for.clear()
        yield shown


@pytest.fixture(scope="module")
def harmless(blank: Opened) -> dict[str, list[Any]]:
    """What each page is with a text that means nothing."""
    return {name: all_of(blank, make(HARMLESS)) for name, make in HARD_PAGES.items()}


def all_of(shown: Opened, html: str) -> list[Any]:
    """Everything that a browser makes of a page: elements with their attributes, and texts."""
    shown.page.set_content(html)
    found: list[Any] = shown.page.evaluate(_ALL)
    return found


def is_shown(found: Any, harmless: Any, typed: str) -> bool:
    """Whether a part of a page is that of the harmless one with what was typed in its place."""
    if isinstance(harmless, list):
        return bool(found == [part.replace(HARMLESS, visible(typed)) for part in harmless])
    forms = {visible(typed), visible(typed, lines=True)}
    return harmless is None or found in {harmless.replace(HARMLESS, form) for form in forms}


@pytest.mark.parametrize("name", HARD_PAGES)
def test_the_harmless_text_is_on_the_page(harmless: dict[str, list[Any]], name: str) -> None:
    """In many places, so that the tests below look at something."""
    assert sum(HARMLESS in str(part) for part in harmless[name]) > 30


@pytest.mark.parametrize("name", HARD_PAGES)
@settings(max_examples=30)
@given(typed=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_whatever_was_typed_is_shown_as_typed(
    blank: Opened, harmless: dict[str, list[Any]], name: str, typed: str
) -> None:
    """Each element and text is that of a page with a harmless text, and what was typed in it."""
    found = all_of(blank, HARD_PAGES[name](typed))
    assert len(found) == len(harmless[name])
    for one, other in zip(found, harmless[name], strict=True):
        assert is_shown(one, other, typed), (one, other)


@pytest.mark.parametrize("typed", [*SCRIPTS, *SHORT])
def test_what_would_do_something_does_nothing(
    blank: Opened, harmless: dict[str, list[Any]], typed: str
) -> None:
    """On no page does a script run or anything get fetched; it is shown as it was typed."""
    for name, make in HARD_PAGES.items():
        found = all_of(blank, make(typed))
        parts = zip(found, harmless[name], strict=True)
        assert all(is_shown(one, other, typed) for one, other in parts)
        assert blank.page.evaluate("window.ran") is None
    assert (blank.asked_for, blank.complaints) == ([], [])


@pytest.mark.parametrize("name", HARD_PAGES)
def test_a_text_without_an_end_is_within_the_page(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    """One of four hundred wide letters, in every place that has one: it is broken in each view."""
    document = tmp_path / "page.html"
    document.write_text(HARD_PAGES[name]("W" * 400), "utf-8")
    with opened(browser, document) as shown:
        for view in VIEWS.values():
            look(shown.page, view)
            assert sticking_out(shown.page) == []
