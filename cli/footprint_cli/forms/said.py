"""A figure as people read it: the same words in every form that is read and not computed with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from footprint.domain.days import written
from footprint.reports.figures import (
    ALL_BUT_FEW,
    CHANGE,
    COUNT,
    DAY,
    DAYS,
    FEW,
    NOT_SHOWN,
    POINTS,
    SHARE,
    TEXT,
    Figure,
    Table,
)
from footprint_cli.screen.text import visible

_WORDS = (TEXT, DAY)
_MINUS = "\N{MINUS SIGN}"


def said(figure: Figure, threshold: int) -> str:
    """A figure as text: 6; 15 of 20 (75 %); 17; +5; 31 March 2017; fewer than 5.

    Where there is nothing to measure (the value is None, or a share is of nothing) it is empty:
    a form says so as fits it. The base of a median, mean or longest is apart, in `base_said`.
    Texts are safe to show, not to put in a markup: whoever does escapes them.

    Args:
        figure: the figure.
        threshold: under it a published copy shows no count.
    """
    if figure.held:
        return _HELD[figure.held](figure, threshold)
    if figure.value is None:
        return ""
    if figure.label:
        return visible(figure.label)
    return _SAID[figure.kind](figure)


def base_said(figure: Figure) -> str:
    """How many days a median, a mean or a longest is of, as `n 19`; otherwise empty.

    A share says its base itself.
    """
    return f"n {figure.base}" if figure.kind == DAYS and figure.base and not figure.held else ""


def is_numeric(table: Table, at: int) -> bool:
    """Whether a column has numbers, and not what is said of threads."""
    return not any(row.cells[at].kind in _WORDS for row in table.rows)


def percent(value: int, base: int) -> int:
    """So many of a base, in whole per cent: a half goes up. The base is over 0."""
    return (200 * value + base) // (2 * base)


# --- each kind --------------------------------------------------------------------------------


def _number(figure: Figure) -> str:
    """To a tenth where there is one (17, 17.5), with the true sign of what is under 0."""
    value: Any = figure.value
    return f"{round(value, 1) or 0:.1f}".removesuffix(".0").replace("-", _MINUS)


def _signed(figure: Figure) -> str:
    plain = _number(figure)
    return plain if plain == "0" or plain.startswith(_MINUS) else f"+{plain}"


def _share(figure: Figure) -> str:
    value: Any = figure.value
    return f"{value} of {figure.base} ({percent(value, figure.base)} %)" if figure.base else ""


def _text(figure: Figure) -> str:
    return visible(str(figure.value))


def _day(figure: Figure) -> str:
    value: Any = figure.value
    return written(value)


_SAID: dict[str, Callable[[Figure], str]] = {
    COUNT: _number,
    SHARE: _share,
    DAYS: _number,
    CHANGE: _signed,
    POINTS: _signed,
    TEXT: _text,
    DAY: _day,
}


# --- what a published copy holds back ---------------------------------------------------------


def _few(figure: Figure, threshold: int) -> str:
    """Of days, and of a share whose base is not said, it is the base that is under it."""
    if figure.kind == DAYS or (figure.kind == SHARE and figure.base is None):
        return f"of fewer than {threshold}"
    return f"fewer than {threshold}{_of(figure)}"


def _all_but_few(figure: Figure, threshold: int) -> str:
    """The rest of its base is under the threshold."""
    return f"at least {(figure.base or 0) - threshold + 1}{_of(figure)}"


def _not_shown(figure: Figure, _threshold: int) -> str:
    return "not shown" if figure.base is None else f"not shown, of {figure.base}"


def _of(figure: Figure) -> str:
    return "" if figure.base is None else f" of {figure.base}"


_HELD: dict[str, Callable[[Figure, int], str]] = {
    FEW: _few,
    ALL_BUT_FEW: _all_but_few,
    NOT_SHOWN: _not_shown,
}
