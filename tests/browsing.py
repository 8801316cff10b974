"""Pages in a real browser: the one of the system, without a network, and what is wrong there."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
NONE = f"No browser is installed. Install Chromium; looked for: {', '.join(NAMES)}."
REQUIRED = "FOOTPRINT_BROWSER"
"""The environment variable that says `required` where a browser must be there."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""Web Content Accessibility Guidelines 2.2, levels A and AA, by the names that axe has for them."""


class View(NamedTuple):
    """How somebody looks at a page: pixels of CSS, and whether it is a screen or paper."""

    width: int
    height: int
    media: Literal["screen", "print"] = "screen"


VIEWS = {
    "phone": View(360, 740),
    "desktop": View(1280, 900),
    "print": View(680, 1000, "print"),  # A4 within margins of 15 mm
}


def installed() -> str | None:
    """Where the system's browser is; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def launched(playwright: Playwright, path: str) -> Browser:
    """The browser at a path. As root it has no sandbox of its own, and would not start with one."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox"] if root else [], timeout=120_000
    )


@dataclass
class Opened:
    """A page that is open, what it asked for, and what the browser complained of."""

    page: Page
    asked_for: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def opened(
    browser: Browser, document: Path, view: View = VIEWS["desktop"], *, unguarded: bool = False
) -> Iterator[Opened]:
    """A page, without a network.

    Unguarded, its own security policy is not heeded: what it does then, it would do.
    """
    context = browser.new_context(bypass_csp=unguarded, offline=True)
    try:
        shown = Opened(context.new_page())
        look(shown.page, view)
        shown.page.on("request", lambda asked: shown.asked_for.append(asked.url))
        shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.page.on("console", lambda said: shown.complaints.append(said.text))
        shown.page.goto(document.as_uri(), wait_until="load")
        yield shown
    finally:
        context.close()


def look(page: Page, view: View) -> None:
    """See a page in a view."""
    page.set_viewport_size({"width": view.width, "height": view.height})
    page.emulate_media(media=view.media)


# --- what is wrong with it ----------------------------------------------------------------------

_STICKS_OUT = """() => {
  const root = document.scrollingElement, found = [];
  if (root.scrollWidth > root.clientWidth) {
    found.push(`the page is ${root.scrollWidth} wide, and the window ${root.clientWidth}`);
  }
  const check = (boxes, what) => {
    for (const box of boxes) {
      if (box.width && (box.right > root.clientWidth + 0.5 || box.left < -0.5)) {
        found.push(`${what} is from ${box.left} to ${box.right}`);
      }
    }
  };
  for (const one of document.body.querySelectorAll("*")) {
    check([one.getBoundingClientRect()], `<${one.tagName.toLowerCase()} class="${one.className}">`);
  }
  // What is for the ears alone is in a box of one pixel, and cut off.
  const unseen = one => one && (one.offsetWidth <= 1 && one.offsetHeight <= 1
    && getComputedStyle(one).overflow === "hidden" || unseen(one.parentElement));
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (unseen(text.parentElement)) continue;
    for (const word of text.data.matchAll(/\\S+/g)) {  // a space at the end of a line may hang over
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      check(range.getClientRects(), `the text "${word[0].slice(0, 40)}"`);
    }
  }
  return found;
}"""


def sticking_out(page: Page) -> list[str]:
    """What is not within the width of the window: the page itself, an element, a text."""
    found: list[str] = page.evaluate(_STICKS_OUT)
    return found


def violations(page: Page) -> list[str]:
    """What axe finds against the rules of `RULES`: the rule, what it asks for, where, and why."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']} ({rule['help']}) at {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def sheets(pdf: bytes) -> int:
    """How many sheets a printed page has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def printed(page: Page) -> bytes:
    """A page on A4, as a browser's own print dialogue would make it."""
    return page.pdf(format="A4", prefer_css_page_size=True)
