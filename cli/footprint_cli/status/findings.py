"""What is found where something is looked at: that all is well, or what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from footprint.errors import FootprintError
from footprint_cli.screen.lines import fitted

_NAME, _MARK, _WIDTH = 19, 4, 80
_THIN, _BELOW = 70, 4
"""Where there is less room than that, what is said does not stand beside its name but below."""


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


def lines(finding: Finding, width: int | None = None) -> Iterator[str]:
    """A finding as it is printed, at 80 columns or where there are less: what to do begins a line.

    No command is cut that has room on a line.
    """
    room = min(width or _WIDTH, _WIDTH)
    mark = "ok" if finding.ok else "!"
    if room < _THIN:
        yield f"{finding.what}: {mark}"
        begins, indent = " " * _BELOW, _BELOW
    else:
        begins, indent = f"{finding.what:<{_NAME}}{mark:<{_MARK}}", _NAME + _MARK
    for text in filter(None, (finding.said, finding.next)):
        yield from fitted(begins + text, indent, room)
        begins = " " * indent
