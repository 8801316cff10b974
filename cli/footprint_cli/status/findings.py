"""What is found where something is looked at: that all is well, or what is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from footprint.errors import FootprintError

_NAME, _MARK, _WIDTH = 19, 4, 80
_COMMAND = re.compile(
    "footprint (?:(?:policy|report|trust|vault|witness) )?[a-z]+"
    r"(?: (?:--[a-z-]+|[A-Z]+|>|[a-z]+\.txt|[0-9]{4}))*"
)
_TOGETHER = "\N{NO-BREAK SPACE}"


class Wrong(NamedTuple):
    """What is wrong, and what to do about it."""

    said: str
    next: str = ""

    @classmethod
    def of(cls, error: FootprintError) -> Wrong:
        """The same, of a refusal."""
        return cls(error.what, error.next_step)

    def __str__(self) -> str:
        return " ".join(filter(None, self))


class Told(NamedTuple):
    """What a check comes to: what is said where nothing is wrong, and all that is."""

    well: str
    wrong: Sequence[Wrong] = ()


class Finding(NamedTuple):
    """One line of what is told."""

    what: str
    ok: bool
    said: str
    next: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "ok": self.ok, "said": self.said, "next": self.next or None}


def findings(what: str, told: Told) -> list[Finding]:
    """All that is wrong, or that it is well."""
    wrong = [Finding(what, ok=False, said=one.said, next=one.next) for one in told.wrong]
    return wrong or [Finding(what, ok=True, said=told.well)]


def lines(finding: Finding) -> Iterator[str]:
    """A finding as it is printed at 80 columns: what to do begins a line, and no command is cut."""
    mark = "ok" if finding.ok else "!"
    indent = f"{finding.what:<{_NAME}}{mark:<{_MARK}}"
    for text in filter(None, (finding.said, finding.next)):
        whole = _COMMAND.sub(lambda found: found[0].replace(" ", _TOGETHER), text)
        for line in wrap(
            whole, _WIDTH - _NAME - _MARK, break_long_words=False, break_on_hyphens=False
        ):
            yield (indent + line.replace(_TOGETHER, " ")).rstrip()
            indent = " " * (_NAME + _MARK)
